frappe.listview_settings["Customer Touch"] = {
	hide_name_column: true,
	formatters: {
		...keep_customers.list_people("rep"),
		...keep_customers.list_days("date"),
		...keep_customers.list_in_language("Customer Touch", ["channel"]),
	},
};
