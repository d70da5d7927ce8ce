frappe.listview_settings["Care Rule"] = {
	formatters: keep_customers.list_in_language("Care Rule", ["name", "rule_name", "trigger", "channel"]),
};
