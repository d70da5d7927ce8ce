frappe.listview_settings["Care Run"] = {
	get_indicator(doc) {
		const colours = {
			Running: "blue", Waiting: "yellow", Completed: "green", "Completed With Errors": "orange", Failed: "red",
		};
		return [__(doc.status, null, "Care Run"), colours[doc.status], `status,=,${doc.status}`];
	},
};
