frappe.listview_settings["Customer Feedback"] = {
	hide_name_column: true,
};
