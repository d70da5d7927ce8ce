frappe.listview_settings["Customer Item Group"] = {
	hide_name_column: true,
};
