frappe.ui.form.on("Customer Value", {
	refresh(frm) {
		const outlook = frm.doc.__onload?.outlook;
		if (outlook) frm.set_intro(frappe.utils.escape_html(outlook), "blue");
	},
});
