{% include "keep_customers/public/js/reports.js" %}

keep_customers.report("File Quality", {
	filters: [
		{
			fieldname: "group_by",
			label: __("By", null, "File Quality"),
			fieldtype: "Select",
			options: [
				{ value: "Rep", label: __("Rep") },
				{ value: "Tier", label: __("Tier") },
				{ value: "Territory", label: __("Territory") },
				{ value: "Customers", label: __("One by One", null, "File Quality") },
			],
			default: "Rep",
			reqd: 1,
		},
		{
			fieldname: "state",
			label: __("Files", null, "File Quality"),
			fieldtype: "Select",
			options: ["", "Without a File", "With a File", "Full"].map((value) => ({
				value,
				label: value && __(value, null, "File Quality"),
			})),
		},
		...["tier", "rep", "company", "territory", "customer_group", "rows"].map((field) => keep_customers.filter(field)),
		{ fieldname: "no_rep", label: __("Without a Rep", null, "File Quality"), fieldtype: "Check", of_links: 1 },
		{ fieldname: "no_tier", label: __("Without a Tier", null, "File Quality"), fieldtype: "Check", of_links: 1 },
	],
});
