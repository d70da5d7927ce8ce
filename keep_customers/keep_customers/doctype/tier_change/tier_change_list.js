frappe.listview_settings["Tier Change"] = {
	formatters: keep_customers.list_in_language("Tier Change", ["direction", "from_tier", "to_tier"]),
};
