frappe.listview_settings["Forgotten Person"] = {
	hide_name_column: true,
};
