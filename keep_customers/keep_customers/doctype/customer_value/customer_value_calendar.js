frappe.views.calendar["Customer Value"] = {
	field_map: { start: "next_purchase", end: "next_purchase", id: "name", title: "customer_name", allDay: "allDay" },
	// When somebody buys, nobody can move.
	options: { editable: false, selectable: false, eventStartEditable: false },
	get_events_method: "keep_customers.care.expected.calendar",
	get_css_class(data) {
		return { Due: "warning", Overdue: "danger", "At Risk": "danger" }[data.status] || "info";
	},
};
