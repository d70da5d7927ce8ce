frappe.ui.form.on("Customer Tier", {
	refresh(frm) {
		keep_customers.title_in_language(frm);
		keep_customers.read_back.follow(frm);
	},
});
