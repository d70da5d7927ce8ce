frappe.listview_settings["Complaint Measure"] = {
	// What was changed says more than a number.
	hide_name_column: true,
	formatters: {
		...keep_customers.list_in_language("Complaint Measure", ["cause", "category"]),
		...keep_customers.list_people("responsible"),
	},
};
