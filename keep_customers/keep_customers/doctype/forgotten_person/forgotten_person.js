frappe.ui.form.on("Forgotten Person", {
	setup(frm) {
		// The kinds are names of doctypes, which each reads in their own language.
		const field = frappe.meta.get_docfield("Forgotten Person Count", "kind", frm.docname);
		if (field) field.formatter = (value) => frappe.utils.escape_html(__(value));
	},
	refresh(frm) {
		if (frm.doc.status !== "Came Back") return;
		frm.set_intro(__("An older backup was restored, and this person is stored again."), "orange");
		keep_customers.personal_data.forget_again(frm);
	},
});
