frappe.listview_settings["Fact Check"] = {
	hide_name_column: true,
	formatters: {
		fact: (value) => frappe.utils.escape_html(__(value, null, "Fact Check")),
		result(value) {
			const colour = { Right: "green", Wrong: "red", "Could Not Tell": "gray" }[value] || "orange";
			const word = value ? __(value, null, "Fact Check") : __("Not Checked Yet");
			return `<span class="indicator-pill ${colour} ellipsis"><span class="ellipsis">${frappe.utils.escape_html(word)}</span></span>`;
		},
	},
};
