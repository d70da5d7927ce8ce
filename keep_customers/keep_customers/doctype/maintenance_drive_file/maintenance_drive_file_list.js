frappe.listview_settings["Maintenance Drive File"] = {
	hide_name_column: true,
	formatters: { ...keep_customers.list_people("rep"), ...keep_customers.list_numbers("gap", "gain") },
};
