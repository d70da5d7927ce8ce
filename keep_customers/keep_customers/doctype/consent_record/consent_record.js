frappe.ui.form.on("Consent Record", {
	refresh(frm) {
		frm.disable_save();
		const may = ["System Manager", "Keep Customers Manager", "Sales Manager"].some((role) =>
			frappe.user_roles.includes(role)
		);
		if (!may || frm.doc.void_since) return;
		frm.add_custom_button(__("Noted by Mistake"), () =>
			frappe.confirm(__("Make this void? The line stays on record and does not count any more."), () =>
				frappe
					.xcall("keep_customers.people.desk.take_back", { record: frm.doc.name })
					.then(() => frm.reload_doc())
			)
		);
	},
});
