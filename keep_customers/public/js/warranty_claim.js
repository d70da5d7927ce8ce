frappe.ui.form.on("Warranty Claim", {
	refresh(frm) {
		keep_customers.offer_case(frm);
	},
});
