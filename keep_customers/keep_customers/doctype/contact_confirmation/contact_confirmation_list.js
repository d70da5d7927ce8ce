frappe.listview_settings["Contact Confirmation"] = {
	hide_name_column: true,
	formatters: {
		...keep_customers.list_people("confirmed_by"),
		...keep_customers.list_in_language("Contact Confirmation", ["how"]),
	},
};
