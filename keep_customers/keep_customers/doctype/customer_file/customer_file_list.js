frappe.listview_settings["Customer File"] = {
	hide_name_column: true,
};
