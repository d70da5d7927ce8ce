frappe.listview_settings["VIP Event"] = {
	add_fields: ["status", "accepted", "capacity"],
	formatters: { ...keep_customers.list_people("host"), ...keep_customers.list_days("starts_on") },
	get_indicator(doc) {
		const colours = {
			Idea: "gray", Planned: "blue", Inviting: "orange", Held: "purple", Closed: "green", Cancelled: "red",
		};
		return [__(doc.status, null, "VIP Event"), colours[doc.status], `status,=,${doc.status}`];
	},
};
