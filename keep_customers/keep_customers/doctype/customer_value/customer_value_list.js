frappe.listview_settings["Customer Value"] = {
	add_fields: ["tier", "status", "currency"],
	// Most value at risk first, and of those who can still be kept.
	filters: [["status", "not in", ["Lost", "Not Ranked"]]],
	formatters: keep_customers.list_in_language("Customer Value", ["tier"]),
	get_indicator(doc) {
		const colours = {
			New: "blue", Active: "green", Due: "cyan", Overdue: "yellow",
			"At Risk": "orange", Lost: "red", "Won Back": "purple",
		};
		return [__(doc.status, null, "Customer Value"), colours[doc.status] || "gray", `status,=,${doc.status}`];
	},
};
