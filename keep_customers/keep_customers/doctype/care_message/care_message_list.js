frappe.listview_settings["Care Message"] = {
	formatters: keep_customers.list_in_language("Care Message", ["kind", "occasion"]),
};
