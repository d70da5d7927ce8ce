{% include "keep_customers/public/js/reports.js" %}

keep_customers.report("Expected Purchases", {
	filters: [
		keep_customers.filter("from_date", { default: frappe.datetime.get_today() }),
		keep_customers.filter("to_date", { default: frappe.datetime.add_days(frappe.datetime.get_today(), 27) }),
		{
			fieldname: "group_by",
			label: __("Chart By", null, "Expected Purchases"),
			fieldtype: "Select",
			options: [
				{ value: "Week", label: __("Week") },
				{ value: "Day", label: __("Day") },
			],
			default: "Week",
		},
		...["tier", "rep", "company", "territory", "customer_group", "rows"].map((field) => keep_customers.filter(field)),
	],
	onload(report) {
		report.page.add_inner_button(__("Calendar"), () => frappe.set_route("List", "Customer Value", "Calendar"));
	},
});
