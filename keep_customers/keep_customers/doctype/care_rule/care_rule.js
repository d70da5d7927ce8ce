frappe.ui.form.on("Care Rule", {
	refresh(frm) {
		if (frm.is_new()) return;
		frm.add_custom_button(__("Preview", null, "Care Rule"), () =>
			frappe.set_route("query-report", "Care Preview", { care_rule: frm.doc.name })
		);
	},
});
