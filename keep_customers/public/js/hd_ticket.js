frappe.ui.form.on("HD Ticket", {
	refresh(frm) {
		keep_customers.offer_case(frm);
	},
});
