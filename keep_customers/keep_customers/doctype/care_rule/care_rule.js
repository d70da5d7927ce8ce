frappe.ui.form.on("Care Rule", {
	refresh(frm) {
		keep_customers.read_back.mean_everybody(frm);
		keep_customers.read_back.follow(frm);
		if (frm.is_new()) return propose_name(frm);
		frm.add_custom_button(__("Preview", null, "Care Rule"), () =>
			frappe.set_route("query-report", "Care Preview", { care_rule: frm.doc.name })
		);
	},

	trigger(frm) {
		propose_name(frm);
	},
});

// A name to begin with; one that somebody has written stays.
function propose_name(frm) {
	if (!frm.is_new() || (frm.doc.rule_name && frm.doc.rule_name !== frm.keep_proposed_name)) return;
	frm.keep_proposed_name = __(frm.doc.trigger, null, "Care Rule");
	frm.set_value("rule_name", frm.keep_proposed_name);
}
