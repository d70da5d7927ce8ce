frappe.listview_settings["Tier Policy"] = {
	formatters: keep_customers.list_in_language("Tier Policy", ["name", "policy_name"]),
};
