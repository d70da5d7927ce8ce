frappe.listview_settings["Contact Confirmation"] = {
	hide_name_column: true,
};
