frappe.listview_settings["Customer File"] = {
	hide_name_column: true,
	formatters: keep_customers.list_people("dedicated_rep"),
};
