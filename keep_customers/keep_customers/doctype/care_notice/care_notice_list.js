frappe.listview_settings["Care Notice"] = {
	add_fields: ["status"],
	has_indicator_for_draft: 1,
	has_indicator_for_cancelled: 1,
	get_indicator(doc) {
		const colours = { Draft: "red", Planning: "orange", Planned: "green", Cancelled: "gray" };
		return [__(doc.status, null, "Care Notice"), colours[doc.status], `status,=,${doc.status}`];
	},
};
