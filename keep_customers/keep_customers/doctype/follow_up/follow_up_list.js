frappe.listview_settings["Follow Up"] = {
	hide_name_column: true,
	// What is to be done; what was done stands in the customer's story.
	filters: [["status", "in", ["Planned", "Assigned", "Late"]]],
	formatters: {
		...keep_customers.list_in_language("Follow Up", ["care_rule"]),
		...keep_customers.list_people("assigned_to"),
	},
	get_indicator(doc) {
		const colours = {
			Planned: "gray", Assigned: "blue", Late: "red", Done: "green", Skipped: "yellow", Cancelled: "gray",
		};
		return [__(doc.status, null, "Follow Up"), colours[doc.status], `status,=,${doc.status}`];
	},
};
