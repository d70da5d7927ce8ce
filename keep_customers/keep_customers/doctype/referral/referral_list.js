frappe.listview_settings["Referral"] = {
	hide_name_column: true,
	get_indicator(doc) {
		const colours = { New: "orange", Thanked: "blue", Won: "green", Lost: "gray" };
		return [__(doc.status, null, "Referral"), colours[doc.status], `status,=,${doc.status}`];
	},
};
