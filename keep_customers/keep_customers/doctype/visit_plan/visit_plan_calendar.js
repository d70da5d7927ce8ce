frappe.views.calendar["Visit Plan"] = {
	field_map: {
		start: "from_date", end: "to_date", id: "name", title: "rep_name", status: "status", allDay: "allDay",
	},
	fields: ["name", "from_date", "to_date", "rep_name", "status", "docstatus"],
	get_css_class(data) {
		return { Approved: "default", Reported: "success", "Waiting for Approval": "warning" }[data.status] || "";
	},
};
