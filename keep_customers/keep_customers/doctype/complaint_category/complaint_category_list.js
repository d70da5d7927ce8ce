frappe.listview_settings["Complaint Category"] = {
	formatters: keep_customers.list_in_language("Complaint Category", [
		"name", "category_name", "default_severity", "assign_to",
	]),
};
