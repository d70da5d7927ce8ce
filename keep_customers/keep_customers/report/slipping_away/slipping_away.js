{% include "keep_customers/public/js/reports.js" %}

keep_customers.report("Slipping Away", {
	filters: [
		{
			fieldname: "group_by",
			label: __("Group By"),
			fieldtype: "Select",
			options: [
				{ value: "Item Group", label: __("Item Group") },
				{ value: "Rep", label: __("Rep", null, "Slipping Away") },
				{ value: "Customer", label: __("Customer") },
			],
			default: "Item Group",
			reqd: 1,
		},
		{ fieldname: "item_group", label: __("Item Group"), fieldtype: "Link", options: "Item Group" },
		keep_customers.filter("rep"),
		{ fieldname: "no_rep", of_links: true, label: __("Of Nobody", null, "Slipping Away"), fieldtype: "Check" },
		...["tier", "company", "territory", "customer_group", "rows"].map((field) => keep_customers.filter(field)),
		{ fieldname: "currency", of_links: true, label: __("Currency"), fieldtype: "Link", options: "Currency" },
	],
});
