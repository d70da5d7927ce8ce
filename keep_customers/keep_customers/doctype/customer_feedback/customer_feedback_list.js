frappe.listview_settings["Customer Feedback"] = {
	hide_name_column: true,
	formatters: {
		...keep_customers.list_days("given_on"),
		...keep_customers.list_in_language("Customer Feedback", ["kind", "solved"]),
	},
};
