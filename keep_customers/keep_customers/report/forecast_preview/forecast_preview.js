{% include "keep_customers/public/js/reports.js" %}

keep_customers.report("Forecast Preview", {
	filters: [
		{ fieldname: "only_moves", label: __("Only What Changes"), fieldtype: "Check", default: 1 },
		...["policy", "tier"].map((field) => keep_customers.filter(field)),
		{ ...keep_customers.filter("tier"), fieldname: "new_tier", label: __("New Tier") },
		...["company", "territory", "customer_group", "rows"].map((field) => keep_customers.filter(field)),
	],
	onload(report) {
		if (!["System Manager", "Keep Customers Manager"].some((role) => frappe.user.has_role(role))) return;
		frappe.db.get_single_value("Keep Customers Settings", "forecasts").then((by) => {
			if (by !== "BG/NBD as Before") return;
			report.page.add_inner_button(__("Accept the Checked Forecasts"), () => accept(report), null, "primary");
		});
	},
});

function accept(report) {
	keep_customers.prompt(
		{
			fieldname: "reason",
			label: __("Why"),
			fieldtype: "Small Text",
			reqd: 1,
			description: __("From the next night on they decide. Tiers move over some nights, stages at once."),
		},
		({ reason }) =>
			frappe.xcall("keep_customers.worth.accepting.accept", { reason }).then(() => {
				report.page.clear_inner_toolbar();
				report.refresh();
				frappe.show_alert({ message: __("The checked forecasts decide from the next night on."), indicator: "green" });
			}),
		__("Accept the Checked Forecasts"),
		__("Accept")
	);
}
