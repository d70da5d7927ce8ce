// People and birthdays of Contacts, taken over into Customer Files; what would be written is shown before it is.
frappe.provide("keep_customers");

keep_customers.take_over = (() => {
	const text = (value) => frappe.utils.escape_html(String(value ?? ""));

	// Once, however often it is clicked before the dialog is there.
	const ask = keep_customers.one_at_a_time((customers, done) =>
		frappe.xcall("keep_customers.files.take_over.preview", { customers }).then(({ rows, waiting }) => {
			if (!rows.length) return frappe.msgprint(nothing(waiting), __("Take Over People"));
			const dialog = keep_customers.dialog({
				title: __("Take Over People"),
				size: "large",
				fields: [{ fieldname: "rows", fieldtype: "HTML" }],
				primary_action_label: __("Take Over"),
				primary_action() {
					// Somebody may be a contact of two customers: each row is a choice of its own.
					const chosen = dialog.$wrapper.find("input:checked").map((_at, one) => rows[one.value]).get();
					return frappe.xcall("keep_customers.files.take_over.take_over", { customers, rows: chosen.map((row) => [row.customer, row.contact]) }).then((found) => {
						dialog.hide();
						frappe.show_alert({ message: text(__("People added: {0}, completed: {1}", [found.added, found.completed])), indicator: "green" });
						done?.();
					});
				},
			});
			dialog.get_field("rows").$wrapper.html(table(rows, customers.length > 1) + (waiting ? `<p class="text-muted">${unconfirmed(waiting)}</p>` : ""));
			dialog.show();
		})
	);

	const unconfirmed = (waiting) =>
		`${text(waiting === 1 ? __("One linked contact was confirmed by nobody, and is left out.") : __("{0} linked contacts were confirmed by nobody, and are left out.", [waiting]))}
		<a href="/app/query-report/Contacts to Confirm">${text(__("Contacts to Confirm"))}</a>`;

	const nothing = (waiting) => text(__("The files know all that the contacts know.")) + (waiting ? `<br>${unconfirmed(waiting)}` : "");

	function table(rows, many) {
		const line = (row, at) => {
			const found = [row.phone, row.email, row.birthday && frappe.datetime.str_to_user(row.birthday), row.note].filter(Boolean);
			return `<tr><td><label style="margin: 0"><input type="checkbox" checked value="${at}"> ${text(row.full_name)}</label></td>
				${many ? `<td>${text(row.customer_name)}</td>` : ""}
				<td>${text(row.adds ? __("New", null, "Take Over") : __("Completed", null, "Take Over"))}</td><td>${found.map(text).join("<br>")}</td></tr>`;
		};
		return `<p class="text-muted">${text(__("What is in a file already stays as it is."))}</p>
			<div style="overflow-x: auto"><table class="table table-bordered small"><thead><tr><th>${text(__("Who"))}</th>${
				many ? `<th>${text(__("Customer"))}</th>` : ""
			}<th>${text(__("In the File"))}</th><th>${text(__("Is Written"))}</th></tr></thead><tbody>${rows.map(line).join("")}</tbody></table></div>`;
	}

	return { ask };
})();

frappe.ui.form.on("Customer File", {
	refresh(frm) {
		if (frm.is_new() || !frm.perm[0]?.write || !frappe.model.can_read("Contact")) return;
		frm.add_custom_button(__("Take Over People"), () => {
			if (frm.is_dirty()) return frappe.msgprint(__("Please save the file first."));
			keep_customers.take_over.ask([frm.doc.customer], () => frm.reload_doc());
		});
	},
});
