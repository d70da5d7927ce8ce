frappe.listview_settings["Consent Record"] = {
	hide_name_column: true,
};
