frappe.listview_settings["Standard Answer"] = {
	formatters: keep_customers.list_in_language("Standard Answer", ["category"]),
};
