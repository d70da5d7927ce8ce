frappe.ui.form.on("Tier Benefit", {
	setup(frm) {
		frm.set_query("care_rule", () => ({ filters: { send_automatically: 0 } }));
	},

	refresh(frm) {
		keep_customers.read_back.mean_everybody(frm);
		keep_customers.read_back.follow(frm);
	},
});
