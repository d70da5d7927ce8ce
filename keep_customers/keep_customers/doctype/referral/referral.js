frappe.ui.form.on("Referral", {
	refresh(frm) {
		keep_customers.read_back.follow(frm);
	},
});
