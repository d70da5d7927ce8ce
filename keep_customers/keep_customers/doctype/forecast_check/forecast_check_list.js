frappe.listview_settings["Forecast Check"] = {
	hide_name_column: true,
	add_fields: ["grade"],
	get_indicator(doc) {
		const colours = { A: "green", B: "green", C: "yellow", D: "orange", E: "red" };
		return doc.grade
			? [__("Grade {0}", [doc.grade]), colours[doc.grade], `grade,=,${doc.grade}`]
			: [__("No grade yet"), "gray", "grade,=,"];
	},
};
