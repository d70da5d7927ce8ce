frappe.ui.form.on("Forgotten Person", {
	setup(frm) {
		// The kinds are names of doctypes, which each reads in their own language.
		const field = frappe.meta.get_docfield("Forgotten Person Count", "kind", frm.docname);
		if (field) field.formatter = (value) => frappe.utils.escape_html(__(value));
	},
});
