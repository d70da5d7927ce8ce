frappe.ui.form.on("Issue", {
	refresh(frm) {
		keep_customers.offer_case(frm);
	},
});
