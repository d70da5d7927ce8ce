frappe.views.calendar["Customer Value"] = {
	field_map: { start: "next_purchase", end: "next_purchase", id: "name", title: "customer_name", allDay: "allDay" },
	options: {
		// When somebody buys, nobody can move.
		editable: false,
		selectable: false,
		eventStartEditable: false,
		// All weeks are there on a phone, too.
		height: "auto",
		// The calendar of the framework 15 knows Chinese by where it is written.
		locale: frappe.boot.lang === "zh" ? "zh-cn" : frappe.boot.lang.toLowerCase(),
	},
	get_events_method: "keep_customers.care.expected.calendar",
	// The colours of the list, by the names that the framework's calendar has for them.
	get_css_class(data) {
		return { Overdue: "warning", "At Risk": "danger" }[data.status] || "default";
	},
};

// Nothing can be made here by dragging, and on a phone the calendar's own buttons stand over each other.
frappe.dom.set_style(
	`[data-page-route^="List/Customer Value/Calendar"] .footnote-area { display: none; }
	[data-page-route^="List/Customer Value/Calendar"] .fc-daygrid-day-number { width: auto; white-space: nowrap; }
	@media (max-width: 767px) {
		[data-page-route^="List/Customer Value/Calendar"] .fc-toolbar { flex-wrap: wrap; gap: 8px; }
	}`,
	"keep-customer-value-calendar"
);
