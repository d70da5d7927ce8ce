{% include "keep_customers/public/js/reports.js" %}

keep_customers.report("Event Results", {
	filters: [
		keep_customers.filter("from_date", { default: frappe.datetime.add_months(frappe.datetime.get_today(), -12) }),
		keep_customers.filter("to_date"),
		{
			fieldname: "kind",
			label: __("Kind", null, "VIP Event"),
			fieldtype: "Select",
			options: ["", "Product", "Nature and Sport", "Salon", "Health", "Family", "Training", "Other"].map((value) => ({
				value,
				label: value && __(value, null, "VIP Event"),
			})),
		},
		keep_customers.filter("company"),
	],
});
