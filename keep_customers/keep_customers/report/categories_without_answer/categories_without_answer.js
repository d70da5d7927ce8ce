{% include "keep_customers/public/js/reports.js" %}

keep_customers.report("Categories Without Answer", {
	filters: [
		{
			fieldname: "since",
			label: __("Since"),
			fieldtype: "Date",
			default: frappe.datetime.add_months(frappe.datetime.get_today(), -3),
			reqd: 1,
		},
		...["company", "territory", "customer_group"].map((field) => keep_customers.filter(field)),
	],
});
