frappe.provide("frappe.dashboards.chart_sources");

frappe.dashboards.chart_sources["Complaints By"] = {
	method: "keep_customers.keep_customers.dashboard_chart_source.complaints_by.complaints_by.get",
	filters: [
		{
			fieldname: "by",
			label: __("By", null, "Customers By"),
			fieldtype: "Select",
			options: [
				{ value: "cause", label: __("Cause", null, "Complaint Case") },
				{ value: "category", label: __("Category") },
				{ value: "severity", label: __("Severity", null, "Complaint Case") },
			],
			default: "cause",
			reqd: 1,
		},
	],
};
