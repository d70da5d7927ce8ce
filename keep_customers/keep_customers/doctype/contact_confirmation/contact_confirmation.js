frappe.ui.form.on("Contact Confirmation", {
	refresh(frm) {
		frm.disable_save();
		const { contact, customer } = frm.doc;
		if (!contact) return;
		frappe.xcall("keep_customers.care.confirming.is_to_confirm", { contact, customer }).then((waits) => {
			if (!waits) return;
			frm.dashboard.add_comment(__("An address, number or user of this contact is not confirmed."), "orange", true);
			frm.add_custom_button(__("Contact"), () => frappe.set_route("Form", "Contact", contact));
			frm.add_custom_button(__("Confirm"), () =>
				frappe
					.xcall("keep_customers.care.confirming.confirm", { contact, customer })
					.then(() => frm.reload_doc())
			);
		});
	},
});
