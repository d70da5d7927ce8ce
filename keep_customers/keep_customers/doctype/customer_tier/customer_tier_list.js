frappe.listview_settings["Customer Tier"] = {
	formatters: keep_customers.list_in_language("Customer Tier", ["name", "tier_name", "colour"]),
};
