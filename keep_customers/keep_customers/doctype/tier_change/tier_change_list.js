frappe.listview_settings["Tier Change"] = {
	formatters: {
		// "Left" alone would be translated like the side.
		direction: (value) => frappe.utils.escape_html(__(value, null, "Tier Change")),
	},
};
