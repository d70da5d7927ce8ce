frappe.query_reports["Categories Without Answer"] = {
	filters: [
		{
			fieldname: "since",
			label: __("Since"),
			fieldtype: "Date",
			default: frappe.datetime.add_months(frappe.datetime.get_today(), -3),
			reqd: 1,
		},
	],
};
