{% include "keep_customers/public/js/reports.js" %}

keep_customers.report("Care by Rep", {
	filters: [
		keep_customers.filter("from_date", { default: frappe.datetime.month_start() }),
		keep_customers.filter("to_date", { default: frappe.datetime.get_today() }),
		keep_customers.filter("rep"),
	],
	links: {
		contacts: (row) => ["Customer Touch", { rep: row.rep, date: ["Between", row.days] }],
		contacts_before: (row) => ["Customer Touch", { rep: row.rep, date: ["Between", row.days_before] }],
		on_time: (row) => ["Follow Up", { assigned_to: row.rep, status: "Done", due_date: ["Between", row.days] }],
		late: (row) => ["Follow Up", { assigned_to: row.rep, due_date: ["Between", row.days] }],
	},
});
