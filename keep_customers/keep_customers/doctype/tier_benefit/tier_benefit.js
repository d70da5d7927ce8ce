frappe.ui.form.on("Tier Benefit", {
	setup(frm) {
		frm.set_query("care_rule", () => {
			const filters = { send_automatically: 0 };
			if (frm.doc.kind === "Reorder Discount")
				filters.trigger = ["in", ["Reorder Due", "Reorder Overdue", "Item Group Slipping Away"]];
			return { filters };
		});
	},

	refresh(frm) {
		keep_customers.read_back.mean_everybody(frm);
		keep_customers.read_back.follow(frm);
	},
});
