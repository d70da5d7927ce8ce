frappe.query_reports["Customer Cost and Value"] = {
	filters: [
		{
			fieldname: "show",
			label: __("Show", null, "Customer Cost and Value"),
			fieldtype: "Select",
			options: [
				{ value: "customers", label: __("Customers", null, "Customer Cost and Value") },
				{ value: "tiers", label: __("Tiers", null, "Customer Cost and Value") },
				{ value: "costs", label: __("Costs One by One", null, "Customer Cost and Value") },
			],
			default: "customers",
			reqd: 1,
		},
		{
			fieldname: "from_date",
			label: __("From"),
			fieldtype: "Date",
			// The current value is that of twelve months too.
			default: frappe.datetime.add_months(frappe.datetime.get_today(), -12),
		},
		{ fieldname: "to_date", label: __("To"), fieldtype: "Date" },
		{ fieldname: "customer", label: __("Customer"), fieldtype: "Link", options: "Customer" },
		{ fieldname: "tier", label: __("Tier"), fieldtype: "Link", options: "Customer Tier" },
		{ fieldname: "policy", label: __("Policy"), fieldtype: "Link", options: "Tier Policy" },
		{ fieldname: "territory", label: __("Territory"), fieldtype: "Link", options: "Territory" },
		{ fieldname: "customer_group", label: __("Customer Group"), fieldtype: "Link", options: "Customer Group" },
		{
			fieldname: "without_costs",
			label: __("Customers Without Costs Too", null, "Customer Cost and Value"),
			fieldtype: "Check",
			depends_on: "eval:doc.show === 'customers'",
		},
	],
};
