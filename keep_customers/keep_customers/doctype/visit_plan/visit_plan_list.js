frappe.listview_settings["Visit Plan"] = {
	hide_name_column: true,
	add_fields: ["status"],
	has_indicator_for_draft: 1,
	has_indicator_for_cancelled: 1,
	get_indicator(doc) {
		const colours = {
			Draft: "red", "Waiting for Approval": "orange", Approved: "blue", Reported: "green", Cancelled: "gray",
		};
		return [__(doc.status, null, "Visit Plan"), colours[doc.status], `status,=,${doc.status}`];
	},
};
