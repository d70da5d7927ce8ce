frappe.listview_settings["Consent Record"] = {
	hide_name_column: true,
	// Of whom nobody knows whose customer they are, there is the address.
	formatters: {
		customer_name: (name, df, doc) => frappe.utils.escape_html(name || doc.person_name || doc.address || ""),
	},
};
