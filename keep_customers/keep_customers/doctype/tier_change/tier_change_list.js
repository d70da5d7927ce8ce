frappe.listview_settings["Tier Change"] = {
	hide_name_column: true,
	formatters: keep_customers.list_in_language("Tier Change", ["direction", "from_tier", "to_tier"]),
};
