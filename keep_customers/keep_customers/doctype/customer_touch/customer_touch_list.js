frappe.listview_settings["Customer Touch"] = {
	hide_name_column: true,
};
