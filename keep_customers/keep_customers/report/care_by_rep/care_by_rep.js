{% include "keep_customers/public/js/reports.js" %}

keep_customers.report("Care by Rep", {
	filters: [
		{
			fieldname: "time",
			label: __("Period"),
			fieldtype: "Select",
			options: [
				{ value: "Own Dates", label: __("Own Dates", null, "Care by Rep") },
				{ value: "This Month", label: __("This Month") },
				{ value: "Last Month", label: __("Last Month") },
				{ value: "This Quarter", label: __("This Quarter") },
				{ value: "Last Quarter", label: __("Last Quarter") },
			],
			default: "Own Dates",
		},
		keep_customers.filter("from_date", { default: frappe.datetime.month_start(), depends_on: "eval:!doc.time || doc.time === 'Own Dates'" }),
		keep_customers.filter("to_date", { default: frappe.datetime.get_today(), depends_on: "eval:!doc.time || doc.time === 'Own Dates'" }),
		{
			fieldname: "ranked_by",
			label: __("Ranked By", null, "Care by Rep"),
			fieldtype: "Select",
			options: [
				{ value: "Contacts", label: __("Contacts", null, "Care by Rep") },
				{ value: "Caring", label: __("Caring Contacts", null, "Care by Rep") },
				{ value: "Visits", label: __("Visits", null, "Care by Rep") },
				{ value: "On Time", label: __("% On Time", null, "Care by Rep") },
			],
			default: "Contacts",
		},
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
