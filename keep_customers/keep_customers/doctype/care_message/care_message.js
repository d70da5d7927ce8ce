frappe.ui.form.on("Care Message", {
	refresh(frm) {
		// The language of who writes it is the likeliest.
		if (frm.is_new() && !frm.doc.language) frm.set_value("language", frappe.boot.lang);
		keep_customers.read_back.follow(frm);
		if (frm.is_new()) return;
		frm.add_custom_button(__("Preview"), () => {
			if (frm.is_dirty()) return frappe.msgprint(__("Please save first: the preview shows the saved text."));
			preview(frm);
		});
	},
});

function preview(frm) {
	const text = (value) => frappe.utils.escape_html(String(value ?? ""));
	const dialog = keep_customers.dialog({
		title: __("Preview"),
		fields: [
			{
				fieldname: "customer",
				fieldtype: "Link",
				options: "Customer",
				label: __("Customer"),
				reqd: 1,
				change: () => dialog.get_value("customer") && show(),
			},
			{ fieldname: "shown", fieldtype: "HTML" },
		],
	});
	const show = () =>
		frappe
			.xcall("keep_customers.messaging.messages.preview", {
				message: frm.doc.name,
				customer: dialog.get_value("customer"),
			})
			.then((shown) =>
				dialog.get_field("shown").$wrapper.html(
					`<p><b>${text(shown.subject)}</b></p><p style="white-space: pre-wrap">${text(shown.text)}</p>`
				)
			);
	dialog.show();
}
