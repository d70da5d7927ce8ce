frappe.listview_settings["Consent Record"] = {
	hide_name_column: true,
	// Of whom nobody knows whose customer they are, there is the address.
	formatters: {
		...keep_customers.list_in_language("Consent Record", ["channel"]),
		customer_name: (name, df, doc) => frappe.utils.escape_html(name || doc.person_name || doc.address || ""),
	},
};
