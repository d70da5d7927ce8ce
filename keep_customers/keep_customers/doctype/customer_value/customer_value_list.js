frappe.listview_settings["Customer Value"] = {
	add_fields: ["tier", "status", "currency"],
	// A record has the customer's name.
	hide_name_column: true,
	// Most value at risk first, and of those who can still be kept.
	filters: [["status", "not in", ["Lost", "Not Ranked"]]],
	formatters: { tier: keep_customers.tier_pill },
	get_indicator(doc) {
		const colour = keep_customers.STAGE_COLOURS[doc.status] || "gray";
		return [__(doc.status, null, "Customer Value"), colour, `status,=,${doc.status}`];
	},
};
