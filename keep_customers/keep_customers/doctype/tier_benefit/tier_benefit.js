frappe.ui.form.on("Tier Benefit", {
	setup(frm) {
		frm.set_query("care_rule", () => ({ filters: { send_automatically: 0 } }));
	},
});
