frappe.ui.form.on("Maintenance Drive File", {
	refresh(frm) {
		for (const [field, words] of Object.entries(frm.doc.__onload?.in_words || {}))
			$(frm.get_field(field).disp_area).text(words);
	},
});
