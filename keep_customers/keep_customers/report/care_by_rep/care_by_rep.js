{% include "keep_customers/public/js/reports.js" %}

keep_customers.report("Care by Rep", {
	filters: [
		keep_customers.filter("from_date", { default: frappe.datetime.month_start() }),
		keep_customers.filter("to_date", { default: frappe.datetime.get_today() }),
		{
			fieldname: "show",
			label: __("Show", null, "Care by Rep"),
			fieldtype: "Select",
			options: [
				{ value: "Reps", label: __("Reps", null, "Care by Rep") },
				{ value: "Contacts", label: __("Contacts", null, "Care by Rep") },
				{ value: "Reached", label: __("Reached", null, "Care by Rep") },
				{ value: "Caring", label: __("Caring Contacts", null, "Care by Rep") },
				{ value: "Visits", label: __("Visits", null, "Care by Rep") },
				{ value: "On Time", label: __("On Time", null, "Care by Rep") },
				{ value: "Late", label: __("Late") },
			],
			default: "Reps",
			reqd: 1,
		},
		...["rep", "rows"].map((field) => keep_customers.filter(field)),
	],
});
