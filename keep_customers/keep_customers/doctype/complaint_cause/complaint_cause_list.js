frappe.listview_settings["Complaint Cause"] = {
	formatters: keep_customers.list_in_language("Complaint Cause", ["name", "cause_name", "description"]),
};
