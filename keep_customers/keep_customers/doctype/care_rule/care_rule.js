frappe.ui.form.on("Care Rule", {
	refresh(frm) {
		keep_customers.read_back.mean_everybody(frm);
		keep_customers.read_back.follow(frm);
		keep_customers.rule_proposal.show(frm);
		if (frm.is_new()) return propose_name(frm);
		frm.add_custom_button(__("Preview", null, "Care Rule"), () =>
			frappe.set_route("query-report", "Care Preview", { care_rule: frm.doc.name })
		);
	},

	trigger(frm) {
		propose_name(frm);
	},
});

// A name to begin with, that no rule has; one that somebody has written stays.
function propose_name(frm) {
	const free = () => frm.is_new() && (!frm.doc.rule_name || frm.doc.rule_name === frm.keep_proposed_name);
	if (!frm.doc.trigger || !free()) return;
	const name = __(frm.doc.trigger, null, "Care Rule");
	frappe.db
		.get_list("Care Rule", { filters: { name: ["like", `${name}%`] }, fields: ["name"], limit: 0 })
		.then((rows) => {
			if (!free()) return;
			const taken = rows.map((rule) => rule.name);
			let number = 1;
			frm.keep_proposed_name = name;
			while (taken.includes(frm.keep_proposed_name)) frm.keep_proposed_name = `${name} ${++number}`;
			frm.set_value("rule_name", frm.keep_proposed_name);
		});
}
