{% include "keep_customers/public/js/reports.js" %}

keep_customers.report("Tier Moves", {
	filters: [
		keep_customers.filter("from_date", { default: frappe.datetime.add_months(frappe.datetime.get_today(), -3) }),
		keep_customers.filter("to_date"),
		{
			fieldname: "show",
			label: __("Show", null, "Tier Moves"),
			fieldtype: "Select",
			options: [
				{ value: "Moves", label: __("Moves", null, "Tier Moves") },
				{ value: "Customers", label: __("Customers", null, "Tier Moves") },
			],
			default: "Moves",
			reqd: 1,
		},
		{
			fieldname: "direction",
			label: __("Direction", null, "Tier Change"),
			fieldtype: "Select",
			options: ["", "Up", "Down", "Pinned", "Left", "First"].map((value) => ({
				value,
				label: value && __(value, null, "Tier Change"),
			})),
		},
		{ ...keep_customers.filter("tier"), fieldname: "from_tier", label: __("From", null, "Tier Change") },
		{ ...keep_customers.filter("tier"), fieldname: "to_tier", label: __("To", null, "Tier Change") },
		...["company", "territory", "customer_group", "rows"].map((field) => keep_customers.filter(field)),
		{ fieldname: "currency", of_links: true, label: __("Currency"), fieldtype: "Link", options: "Currency" },
	],
});
