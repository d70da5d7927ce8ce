frappe.listview_settings["Referral"] = {
	hide_name_column: true,
};
