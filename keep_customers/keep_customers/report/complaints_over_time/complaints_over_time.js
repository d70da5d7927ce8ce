{% include "keep_customers/public/js/reports.js" %}

keep_customers.report("Complaints Over Time", {
	filters: [
		{
			fieldname: "group_by",
			label: __("Group By"),
			fieldtype: "Select",
			options: [
				{ value: "cause", label: __("Cause", null, "Complaint Case") },
				{ value: "category", label: __("Category") },
				{ value: "item", label: __("Item") },
			],
			default: "cause",
			reqd: 1,
		},
		{
			fieldname: "each",
			label: __("Each Column"),
			fieldtype: "Select",
			options: [
				{ value: "Month", label: __("Month") },
				{ value: "Quarter", label: __("Quarter") },
				{ value: "Year", label: __("Year") },
			],
			default: "Month",
			reqd: 1,
		},
		keep_customers.filter("from_date", { default: frappe.datetime.add_months(frappe.datetime.month_start(), -11) }),
		keep_customers.filter("to_date"),
		{ fieldname: "per_purchases", label: __("Per 1,000 Purchases"), fieldtype: "Check" },
		keep_customers.filter("category"),
		keep_customers.filter("cause"),
		{ fieldname: "item", label: __("Item"), fieldtype: "Link", options: "Item" },
		keep_customers.filter("rows"),
	],

	formatter: keep_customers.unknown_by_name,
});
