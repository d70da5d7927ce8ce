frappe.listview_settings["Loss Cause"] = {
	formatters: keep_customers.list_in_language("Loss Cause", ["name", "cause_name", "description"]),
};
