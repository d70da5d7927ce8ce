frappe.ui.form.on("Sales Order", {
	refresh: (frm) => keep_customers.offer_coupon(frm),
	customer: (frm) => keep_customers.offer_coupon(frm),
});
