// The list of customers: tier, stage, next purchase and last contact first; what ERPNext and people have set up stays.
(() => {
	const settings = (frappe.listview_settings["Customer"] = frappe.listview_settings["Customer"] || {});
	const theirs = { onload: settings.onload, get_indicator: settings.get_indicator };
	const COLUMNS = ["keep_tier", "keep_status", "keep_next_purchase", "keep_last_touch"];
	const SHORTER = { keep_next_purchase: "Next Expected" };
	const DAYS = ["keep_next_purchase", "keep_last_touch"];
	const { STAGE_COLOURS, tier_colour, tier_pill, list_pill } = keep_customers;

	settings.add_fields = [...(settings.add_fields || []), ...COLUMNS, "disabled"];

	// Beside the name on the form, too.
	settings.get_indicator = (doc) => {
		if (doc.disabled || !doc.keep_tier) return theirs.get_indicator?.(doc);
		return [__(doc.keep_tier, null, "Customer Tier"), tier_colour(doc.keep_tier), `keep_tier,=,${doc.keep_tier}`];
	};

	settings.formatters = {
		...settings.formatters,
		keep_tier: (value, _df, doc) => (doc.disabled ? list_pill("gray", __("Disabled", null, "Customer")) : tier_pill(value)),
		keep_status: (value) => (value ? list_pill(STAGE_COLOURS[value] || "gray", __(value, null, "Customer")) : ""),
	};

	settings.onload = (list) => {
		theirs.onload?.(list);
		if (list.view_name !== "List") return;
		if (!frappe.is_mobile()) add_day_filters(list);
		list.page.add_menu_item(__("Customers by Tier"), () => frappe.set_route("customers-by-tier"));
		if (frappe.model.can_create("Customer File") && frappe.model.can_read("Contact")) {
			list.page.add_actions_menu_item(__("Take Over People From Contacts"), () =>
				keep_customers.take_over.ask(list.get_checked_items(true), () => list.refresh())
			);
		}
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
			.map((df) => ({ type: "Field", df: { ...df, label: SHORTER[df.fieldname] || df.label } }));
		const fixed = columns.filter((one) => ["Subject", "Tag"].includes(one.type));
		const rest = columns.filter((one) => one.type === "Field" && !COLUMNS.includes(named(one)) && named(one) !== "name");
		const id = columns.filter((one) => named(one) === "name");
		const room = Math.max(columns.length - id.length - fixed.length - ours.length, 0);
		// Where customers are named by their names, the number would be the name once more.
		const numbered = frappe.sys_defaults.cust_master_name !== "Customer Name";
		return [...fixed, ...ours, ...rest.slice(0, room), ...(numbered ? id : [])];
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
