frappe.listview_settings["Maintenance Drive File"] = {
	hide_name_column: true,
};
