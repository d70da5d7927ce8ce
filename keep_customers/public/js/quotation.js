frappe.ui.form.on("Quotation", {
	refresh: (frm) => keep_customers.offer_coupon(frm),
	party_name: (frm) => keep_customers.offer_coupon(frm),
});
