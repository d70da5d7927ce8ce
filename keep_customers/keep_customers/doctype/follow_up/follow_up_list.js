frappe.listview_settings["Follow Up"] = {
	hide_name_column: true,
	formatters: keep_customers.list_in_language("Follow Up", ["care_rule"]),
	get_indicator(doc) {
		const colours = {
			Planned: "gray", Assigned: "blue", Late: "red", Done: "green", Skipped: "yellow", Cancelled: "gray",
		};
		return [__(doc.status, null, "Follow Up"), colours[doc.status], `status,=,${doc.status}`];
	},
};
