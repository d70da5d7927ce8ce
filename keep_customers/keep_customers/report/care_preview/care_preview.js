{% include "keep_customers/public/js/reports.js" %}

keep_customers.report("Care Preview", {
	filters: [
		{ fieldname: "care_rule", label: __("Care Rule"), fieldtype: "Link", options: "Care Rule" },
		{
			fieldname: "action",
			label: __("What Happens"),
			fieldtype: "Select",
			options: [
				{ value: "", label: "" },
				{ value: "Assign", label: __("Assigned", null, "Care Preview") },
				{ value: "Wait", label: __("Waits", null, "Care Preview") },
				{ value: "Skip", label: __("Skipped", null, "Care Preview") },
			],
		},
		...["rep", "tier", "company", "territory", "customer_group", "rows"].map((field) => keep_customers.filter(field)),
	],
});
