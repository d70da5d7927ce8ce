frappe.ui.form.on("Consent Record", {
	refresh(frm) {
		frm.disable_save();
		// On Frappe 15 whoever is no customer's would be called by a hash; later ones see public/js/in_language.js.
		if (!frappe.model.get_doc_title && !frm.doc.customer_name) frm.page.set_title(frm.doc.address || frm.doc.name);
		const may = ["System Manager", "Keep Customers Manager", "Sales Manager"].some((role) =>
			frappe.user_roles.includes(role)
		);
		if (!may || frm.doc.void_since) return;
		frm.add_custom_button(__("Noted by Mistake"), () =>
			keep_customers.confirm(__("Make this void? The line stays on record and does not count any more."), () =>
				frappe
					.xcall("keep_customers.people.desk.take_back", { record: frm.doc.name })
					.then(() => frm.reload_doc())
			)
		);
	},
});
