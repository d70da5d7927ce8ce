frappe.ui.form.on("Delivery Note", {
	refresh(frm) {
		if (frm.doc.docstatus === 1) keep_customers.offer_case(frm);
	},
});
