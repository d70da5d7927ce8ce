{% include "keep_customers/public/js/reports.js" %}

keep_customers.report("Ratings of People", {
	filters: [
		keep_customers.filter("from_date", { default: frappe.datetime.add_months(frappe.datetime.get_today(), -12) }),
		keep_customers.filter("to_date"),
		{ fieldname: "rated_user", label: __("Person", null, "Ratings of People"), fieldtype: "Link", options: "User" },
		...["company", "territory", "customer_group"].map((field) => keep_customers.filter(field)),
	],
});
