// The list of customers: tier, stage, next purchase and last contact first; what ERPNext and people have set up stays.
(() => {
	const settings = (frappe.listview_settings["Customer"] = frappe.listview_settings["Customer"] || {});
	const theirs = { onload: settings.onload, get_indicator: settings.get_indicator };
	const COLUMNS = ["keep_tier", "keep_status", "keep_next_purchase", "keep_last_touch"];
	const DAYS = ["keep_next_purchase", "keep_last_touch"];
	const STAGES = {
		New: "blue", Active: "green", Due: "cyan", Overdue: "orange", "At Risk": "red", Lost: "gray", "Won Back": "green",
	};

	settings.add_fields = [...(settings.add_fields || []), ...COLUMNS, "disabled"];

	const colour_of = (tier) => frappe.boot.keep_tiers?.[tier] || "gray";
	const text = (value) => frappe.utils.escape_html(String(value ?? ""));
	const pill = (colour, words) => `<span class="indicator-pill ${colour} ellipsis">${text(words)}</span>`;

	// Beside the name on the form, too.
	settings.get_indicator = (doc) => {
		if (doc.disabled || !doc.keep_tier) return theirs.get_indicator?.(doc);
		return [__(doc.keep_tier, null, "Customer Tier"), colour_of(doc.keep_tier), `keep_tier,=,${doc.keep_tier}`];
	};

	settings.formatters = {
		...settings.formatters,
		keep_tier: (value, _df, doc) => {
			if (doc.disabled) return pill("gray", __("Disabled", null, "Customer"));
			return value ? pill(colour_of(value), __(value, null, "Customer Tier")) : "";
		},
		keep_status: (value) => (value ? pill(STAGES[value] || "gray", __(value, null, "Customer")) : ""),
	};

	settings.onload = (list) => {
		theirs.onload?.(list);
		if (list.view_name !== "List") return;
		if (!frappe.is_mobile()) add_day_filters(list);
		list.page.add_menu_item(__("Customers by Tier"), () => frappe.set_route("customers-by-tier"));
		// Who has chosen columns for this site keeps them.
		if (list.list_view_settings?.fields) return;
		const as_before = list.setup_columns.bind(list);
		list.setup_columns = () => {
			as_before();
			list.columns = ours_first(list.columns);
		};
		list.setup_columns();
		list.render_header(true);
	};

	// As many columns as the framework has room for; the tier says what the status would.
	function ours_first(columns) {
		const named = (one) => one.df?.fieldname;
		const ours = COLUMNS.map((name) => frappe.meta.get_docfield("Customer", name))
			.filter(Boolean)
			.map((df) => ({ type: "Field", df }));
		const fixed = columns.filter((one) => ["Subject", "Tag"].includes(one.type));
		const rest = columns.filter((one) => one.type === "Field" && !COLUMNS.includes(named(one)) && named(one) !== "name");
		const id = columns.filter((one) => named(one) === "name");
		const room = Math.max(columns.length - id.length - fixed.length - ours.length, 0);
		return [...fixed, ...ours, ...rest.slice(0, room), ...id];
	}

	// The framework's own filter of a day asks for that very day.
	function add_day_filters(list) {
		for (const fieldname of DAYS) {
			const df = frappe.meta.get_docfield("Customer", fieldname);
			if (!df || list.page.fields_dict[fieldname]) continue;
			const filter = {
				fieldtype: "DateRange",
				fieldname,
				label: __(df.label, null, "Customer"),
				condition: "between",
				is_filter: 1,
				onchange: () => list.filter_area.debounced_refresh_list_view(),
			};
			list.page.add_field(filter, list.filter_area.standard_filters_wrapper);
		}
	}
})();
