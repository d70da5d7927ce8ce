frappe.listview_settings["Care Run"] = {
	get_indicator(doc) {
		const colours = {
			Running: "blue", Completed: "green", "Completed With Errors": "orange", Failed: "red",
		};
		return [__(doc.status), colours[doc.status], `status,=,${doc.status}`];
	},
};
