frappe.provide("frappe.dashboards.chart_sources");

frappe.dashboards.chart_sources["Customers By"] = {
	method: "keep_customers.keep_customers.dashboard_chart_source.customers_by.customers_by.get",
	filters: [
		{
			fieldname: "by",
			label: __("By", null, "Customers By"),
			fieldtype: "Select",
			options: [
				{ value: "tier", label: __("Tier") },
				{ value: "status", label: __("Stage") },
			],
			default: "tier",
			reqd: 1,
		},
	],
};
