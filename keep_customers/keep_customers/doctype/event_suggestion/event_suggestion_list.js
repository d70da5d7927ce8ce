frappe.listview_settings["Event Suggestion"] = {
	add_fields: ["status", "votes"],
	get_indicator(doc) {
		const colours = { New: "blue", Feasible: "green", "Not Feasible": "red", Accepted: "purple", Duplicate: "gray" };
		return [__(doc.status, null, "Event Suggestion"), colours[doc.status], `status,=,${doc.status}`];
	},
};
