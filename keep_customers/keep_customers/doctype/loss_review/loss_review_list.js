frappe.listview_settings["Loss Review"] = {
	add_fields: ["status"],
	hide_name_column: true,
	formatters: keep_customers.list_in_language("Loss Cause", ["cause"]),

	get_indicator(doc) {
		const colours = {
			Open: "red", Explained: "orange", "Winning Back": "blue", "Won Back": "green", "Given Up": "gray", "No Loss": "gray",
		};
		return [__(doc.status, null, "Loss Review"), colours[doc.status], `status,=,${doc.status}`];
	},

	onload(list) {
		const views = [
			[__("My Open Reviews"), [["status", "in", ["Open", "Explained", "Winning Back"]], ["responsible", "=", frappe.session.user]]],
			[__("Nobody Has Said Why"), [["status", "=", "Open"]]],
			[__("Won Back", null, "Customer Value"), [["status", "=", "Won Back"]]],
		];
		for (const [label, filters] of views) {
			list.page.add_inner_button(
				label,
				() => list.filter_area.clear(false).then(() => list.filter_area.add(filters.map((one) => [list.doctype, ...one]))),
				__("Show", null, "Complaint Case")
			);
		}
	},
};
