frappe.listview_settings["Forgotten Person"] = {
	hide_name_column: true,
	formatters: {
		...keep_customers.list_people("asked_by"),
		...keep_customers.list_days("asked_on", "finished_on"),
	},
	get_indicator(doc) {
		const colours = { Waiting: "yellow", Running: "blue", Done: "green", Failed: "red", "Came Back": "orange" };
		return [__(doc.status, null, "Forgotten Person"), colours[doc.status], `status,=,${doc.status}`];
	},
};
