frappe.views.calendar["Complaint Case"] = {
	field_map: {
		start: "solve_due", end: "solve_due", id: "name", title: "subject", status: "status", allDay: 0,
		// When it is due follows from the clock: no field of a case says that it may be moved.
		editable: "editable_in_calendar",
	},
	options: { editable: false, selectable: false, displayEventEnd: false },
	fields: ["name", "solve_due", "subject", "status", "solve_late", "solved_on"],
	get_css_class(data) {
		if (data.status === "Closed") return "success";
		if (data.solve_late || (!data.solved_on && data.solve_due < frappe.datetime.system_datetime())) return "danger";
		return { "Waiting for Customer": "default", "Solution Given": "success" }[data.status] || "warning";
	},
};
