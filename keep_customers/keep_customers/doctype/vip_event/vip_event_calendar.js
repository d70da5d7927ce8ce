frappe.views.calendar["VIP Event"] = {
	field_map: { start: "starts_on", end: "ends_on", id: "name", title: "theme", status: "status", allDay: 0 },
	fields: ["name", "starts_on", "ends_on", "theme", "status"],
	get_css_class(data) {
		return { Planned: "default", Inviting: "warning", Held: "success", Closed: "success", Cancelled: "danger" }[data.status] || "default";
	},
};
