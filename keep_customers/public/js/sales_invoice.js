frappe.ui.form.on("Sales Invoice", {
	refresh(frm) {
		if (frm.doc.docstatus === 1) keep_customers.offer_case(frm);
		keep_customers.offer_coupon(frm, "keep_coupon");
	},
	customer: (frm) => keep_customers.offer_coupon(frm, "keep_coupon"),
});
