frappe.listview_settings["Rebate Claim"] = {
	hide_name_column: true,
	get_indicator(doc) {
		const colours = {
			Running: "blue",
			"Not Reached": "gray",
			Proposed: "orange",
			Credited: "green",
			Declined: "gray",
			Cancelled: "red",
		};
		return [__(doc.status, null, "Rebate Claim"), colours[doc.status], `status,=,${doc.status}`];
	},
};
