frappe.listview_settings["Follow Up"] = {
	get_indicator(doc) {
		const colours = {
			Planned: "gray", Assigned: "blue", Late: "red", Done: "green", Skipped: "yellow", Cancelled: "gray",
		};
		return [__(doc.status, null, "Follow Up"), colours[doc.status], `status,=,${doc.status}`];
	},
};
