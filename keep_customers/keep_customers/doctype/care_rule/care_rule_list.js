frappe.listview_settings["Care Rule"] = {
	add_fields: ["purpose"],
	formatters: keep_customers.list_in_language("Care Rule", ["name", "rule_name", "trigger", "channel"]),

	// A heading where the next purpose begins.
	refresh(listview) {
		listview.$result.find(".keep-purpose").remove();
		if (listview.sort_by !== "purpose") return;
		let last;
		// From Frappe 16 on the head of the list is such a container too.
		listview.$result.find(".list-row-container:has(.list-row)").each((place, row) => {
			const { purpose } = listview.data[place] || {};
			if (purpose === last) return;
			last = purpose;
			const title = frappe.utils.escape_html(__(purpose, null, "Care Rule"));
			$(row).before(`<div class="keep-purpose text-muted small" style="padding: 12px 15px 4px; font-weight: 600">${title}</div>`);
		});
	},
};
