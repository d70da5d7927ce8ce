{% include "keep_customers/public/js/reports.js" %}

keep_customers.report("Losses", {
	filters: [
		keep_customers.filter("from_date", { default: frappe.datetime.add_months(frappe.datetime.get_today(), -12) }),
		keep_customers.filter("to_date"),
		{
			fieldname: "group_by",
			label: __("By", null, "Losses"),
			fieldtype: "Select",
			options: [
				{ value: "Cause", label: __("Cause", null, "Losses") },
				{ value: "Rep", label: __("Rep") },
				{ value: "Tier", label: __("Tier Then", null, "Losses") },
				{ value: "Territory", label: __("Territory") },
				{ value: "Competitor", label: __("Competitor") },
				{ value: "Status", label: __("Status") },
				{ value: "Customers", label: __("One by One", null, "Losses") },
			],
			default: "Cause",
			reqd: 1,
		},
		{
			fieldname: "status",
			label: __("Status"),
			fieldtype: "Select",
			options: ["", "Open", "Explained", "Winning Back", "Won Back", "Given Up", "No Loss"].map((value) => ({
				value,
				label: value && __(value, null, "Loss Review"),
			})),
		},
		{ fieldname: "cause", label: __("Cause", null, "Losses"), fieldtype: "Link", options: "Loss Cause" },
		{ fieldname: "competitor", label: __("Competitor"), fieldtype: "Link", options: "Competitor" },
		...["tier", "rep", "company", "territory", "customer_group", "rows"].map((field) => keep_customers.filter(field)),
		{ fieldname: "no_cause", label: __("Without a Cause", null, "Losses"), fieldtype: "Check", of_links: 1 },
		{ fieldname: "no_competitor", label: __("Without a Competitor", null, "Losses"), fieldtype: "Check", of_links: 1 },
		{ fieldname: "no_rep", label: __("Without a Rep", null, "Losses"), fieldtype: "Check", of_links: 1 },
		{ fieldname: "currency", of_links: true, label: __("Currency"), fieldtype: "Link", options: "Currency" },
	],
});
