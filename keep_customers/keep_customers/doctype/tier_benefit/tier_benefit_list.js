frappe.listview_settings["Tier Benefit"] = {
	formatters: keep_customers.list_in_language("Tier Benefit", ["kind"]),
};
