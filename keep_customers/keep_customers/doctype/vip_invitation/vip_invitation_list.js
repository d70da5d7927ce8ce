frappe.listview_settings["VIP Invitation"] = {
	hide_name_column: true,
	add_fields: ["status", "companions"],
	get_indicator(doc) {
		const colours = {
			Planned: "gray", Invited: "blue", Accepted: "green", "Waiting List": "orange", Declined: "red",
			Attended: "purple", "No Show": "yellow", Cancelled: "gray",
		};
		return [__(doc.status, null, "VIP Invitation"), colours[doc.status], `status,=,${doc.status}`];
	},
};
