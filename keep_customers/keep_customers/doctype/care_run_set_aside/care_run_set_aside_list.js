frappe.listview_settings["Care Run Set Aside"] = {
	hide_name_column: true,
};
