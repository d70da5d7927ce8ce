{% include "keep_customers/public/js/reports.js" %}

keep_customers.report("Complaint Analysis", {
	filters: [
		{
			fieldname: "group_by",
			label: __("Group By"),
			fieldtype: "Select",
			options: [
				{ value: "cause", label: __("Cause", null, "Complaint Case") },
				{ value: "category", label: __("Category") },
				{ value: "item", label: __("Item") },
				{ value: "customer", label: __("Customer") },
				{ value: "severity", label: __("Severity", null, "Complaint Case") },
				{ value: "month", label: __("Month") },
				{ value: "responsible", label: __("Responsible", null, "Complaint Case") },
			],
			default: "cause",
			reqd: 1,
		},
		keep_customers.filter("from_date", { default: frappe.datetime.add_months(frappe.datetime.get_today(), -12) }),
		...["to_date", "customer"].map((field) => keep_customers.filter(field)),
		keep_customers.filter("category"),
		keep_customers.filter("cause"),
		{ fieldname: "item", label: __("Item"), fieldtype: "Link", options: "Item" },
		...["tier", "company", "territory", "customer_group", "rows"].map((field) => keep_customers.filter(field)),
	],

	formatter: keep_customers.unknown_by_name,
});
