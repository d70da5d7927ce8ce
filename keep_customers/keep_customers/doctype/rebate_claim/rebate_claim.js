frappe.ui.form.on("Rebate Claim", {
	refresh: (frm) => keep_customers.read_back.follow(frm),
});
