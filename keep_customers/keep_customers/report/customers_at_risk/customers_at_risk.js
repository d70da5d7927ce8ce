{% include "keep_customers/public/js/reports.js" %}

keep_customers.report("Customers at Risk", {
	filters: [
		{
			fieldname: "status",
			label: __("Stage"),
			fieldtype: "Select",
			options: ["", "Overdue", "At Risk", "Lost"].map((value) => ({
				value,
				label: value && __(value, null, "Customer Value"),
			})),
		},
		{
			fieldname: "done",
			label: __("What Was Done", null, "Customers at Risk"),
			fieldtype: "Select",
			options: [
				{ value: "", label: "" },
				{ value: "Nothing Yet", label: __("Nothing Yet", null, "Customers at Risk") },
				{ value: "Contacted", label: __("Contacted", null, "Customers at Risk") },
			],
		},
		...["tier", "rep", "company", "territory", "customer_group", "rows"].map((field) => keep_customers.filter(field)),
	],
});
