{% include "keep_customers/public/js/reports.js" %}

keep_customers.report("Prices and Competitors", {
	filters: [
		keep_customers.filter("from_date", { default: frappe.datetime.add_months(frappe.datetime.get_today(), -12) }),
		keep_customers.filter("to_date"),
		{
			fieldname: "group_by",
			label: __("Group By"),
			fieldtype: "Select",
			options: [
				{ value: "Competitor", label: __("Competitor") },
				{ value: "Item Group", label: __("Item Group") },
				{ value: "Month", label: __("Month") },
				{ value: "Rep", label: __("Rep") },
				{ value: "Customer", label: __("Customer") },
				{ value: "Remarks", label: __("One by One", null, "Prices and Competitors") },
			],
			default: "Competitor",
			reqd: 1,
		},
		{ fieldname: "competitor", label: __("Competitor"), fieldtype: "Link", options: "Competitor" },
		{ fieldname: "item_group", label: __("Item Group"), fieldtype: "Link", options: "Item Group" },
		...["rep", "customer", "tier", "company", "territory", "customer_group", "rows"].map((field) => keep_customers.filter(field)),
		{ fieldname: "no_competitor", label: __("Without a Competitor", null, "Prices and Competitors"), fieldtype: "Check", of_links: 1 },
		{ fieldname: "no_item_group", label: __("Without an Item", null, "Prices and Competitors"), fieldtype: "Check", of_links: 1 },
		{ fieldname: "no_rep", label: __("Without a Rep", null, "Prices and Competitors"), fieldtype: "Check", of_links: 1 },
	],
});
