frappe.views.calendar["Visit Plan"] = {
	field_map: { start: "from_date", end: "to_date", id: "name", title: "rep_name", status: "status" },
	get_css_class(data) {
		return { Approved: "info", Reported: "success", "Waiting for Approval": "warning" }[data.status] || "";
	},
	get_events_method: "frappe.desk.calendar.get_events",
};
