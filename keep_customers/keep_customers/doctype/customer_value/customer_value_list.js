frappe.listview_settings["Customer Value"] = {
	add_fields: ["tier", "status"],
	formatters: keep_customers.list_in_language("Customer Value", ["tier"]),
	get_indicator(doc) {
		const colours = {
			New: "blue", Active: "green", Due: "cyan", Overdue: "yellow",
			"At Risk": "orange", Lost: "red", "Won Back": "purple",
		};
		return [__(doc.status, null, "Customer Value"), colours[doc.status] || "gray", `status,=,${doc.status}`];
	},
};
