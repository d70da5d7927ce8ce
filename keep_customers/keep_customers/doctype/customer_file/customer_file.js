frappe.ui.form.on("Customer File", {
	setup(frm) {
		frm.set_query("contact", "people", () => ({
			query: "keep_customers.people.contacts.contact_query",
			filters: { customer: frm.doc.customer },
		}));
	},

	refresh(frm) {
		if (frm.is_new()) return;
		frm.add_custom_button(__("Customer"), () => frappe.set_route("Form", "Customer", frm.doc.customer));
		frm.add_custom_button(__("Record a Contact"), () =>
			frappe.new_doc("Customer Touch", { customer: frm.doc.customer })
		);
		show_purchases(frm);
	},
});

function show_purchases(frm) {
	const text = (value) => frappe.utils.escape_html(String(value ?? ""));
	frappe
		.xcall("keep_customers.care.panel.deal_archive", { customer: frm.doc.customer })
		.then((rows) => {
			const table = rows.length
				? `<table class="table table-bordered small"><thead><tr>
					<th>${__("Item")}</th><th class="text-right">${__("Times")}</th><th class="text-right">${__(
						"Quantity"
				  )}</th><th class="text-right">${__("Last Price")}</th><th>${__("Last Bought")}</th></tr></thead><tbody>
					${rows
						.map(
							(row) => `<tr><td>${text(row.item_name || row.item_code)}</td>
							<td class="text-right">${text(row.times)}</td>
							<td class="text-right">${text(format_number(row.qty))} ${text(row.stock_uom)}</td>
							<td class="text-right">${row.rate == null ? "" : text(format_currency(row.rate, row.currency))}</td>
							<td>${text(frappe.datetime.str_to_user(row.last))}</td></tr>`
						)
						.join("")}</tbody></table>`
				: `<p class="text-muted">${__("Nothing bought yet.")}</p>`;
			frm.get_field("purchases_html").$wrapper.html(table);
		});
}
