frappe.listview_settings["Maintenance Drive"] = {
	hide_name_column: true,
	get_indicator: ({ status }) => {
		const colours = { Draft: "gray", Running: "blue", Checking: "orange", Closed: "green", Cancelled: "gray" };
		return [__(status, null, "Maintenance Drive"), colours[status], `status,=,${status}`];
	},
};
