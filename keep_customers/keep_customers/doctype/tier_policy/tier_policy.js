frappe.ui.form.on("Tier Policy", {
	onload(frm) {
		// A copy has its tiers, and is off until somebody switches it on: two of a kind would move customers.
		if (!frm.is_new() || frm.doc.top_tier) return;
		frm.set_value("enabled", 1);
		frappe.db
			.get_list("Customer Tier", { fields: ["name"], order_by: "rank asc", limit: 4 })
			.then((tiers) =>
				["top_tier", "high_tier", "broad_tier", "low_tier"].forEach(
					(field, place) => tiers[place] && frm.set_value(field, tiers[place].name)
				)
			);
	},

	refresh(frm) {
		keep_customers.read_back.mean_everybody(frm);
		keep_customers.read_back.follow(frm);
	},
});
