{% include "keep_customers/public/js/reports.js" %}

keep_customers.report("Tier Overview", {
	filters: [
		{
			fieldname: "show",
			label: __("Show", null, "Tier Overview"),
			fieldtype: "Select",
			options: [
				{ value: "Tiers", label: __("Tiers", null, "Tier Overview") },
				{ value: "Customers", label: __("Customers", null, "Tier Overview") },
			],
			default: "Tiers",
			reqd: 1,
		},
		keep_customers.filter("policy"),
		keep_customers.filter("tier"),
		{
			fieldname: "status",
			label: __("Stage"),
			fieldtype: "Select",
			options: ["", "New", "Active", "Due", "Overdue", "At Risk", "Lost", "Won Back"].map((value) => ({
				value,
				label: value && __(value, null, "Customer Value"),
			})),
		},
		...["company", "territory", "customer_group", "rows"].map((field) => keep_customers.filter(field)),
		{ fieldname: "currency", of_links: true, label: __("Currency"), fieldtype: "Link", options: "Currency" },
	],
});
