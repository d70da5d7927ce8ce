frappe.listview_settings["Volume Rebate"] = {
	formatters: keep_customers.list_in_language("Volume Rebate", ["period"]),
};
