// What reports have in common, included by each: filters stay as they were left, figures lead to what they count.
frappe.provide("keep_customers");

keep_customers.filter = (fieldname, more = {}) => {
	const known = {
		from_date: { label: __("From", null, "Period"), fieldtype: "Date" },
		to_date: { label: __("To", null, "Period"), fieldtype: "Date" },
		category: { label: __("Category"), fieldtype: "Link", options: "Complaint Category" },
		cause: { label: __("Cause", null, "Complaint Case"), fieldtype: "Link", options: "Complaint Cause" },
		company: { label: __("Company"), fieldtype: "Link", options: "Company" },
		customer: { label: __("Customer"), fieldtype: "Link", options: "Customer" },
		customer_group: { label: __("Customer Group"), fieldtype: "Link", options: "Customer Group" },
		policy: { label: __("Policy"), fieldtype: "Link", options: "Tier Policy" },
		rep: { label: __("Rep"), fieldtype: "Link", options: "User" },
		// What is exported are the rows that are shown.
		rows: {
			label: __("Rows"),
			fieldtype: "Select",
			options: ["500", "2000", "10000"].map((value) => ({ value, label: __("{0} rows", [value]) })),
			default: "500",
		},
		territory: { label: __("Territory"), fieldtype: "Link", options: "Territory" },
		tier: { label: __("Tier"), fieldtype: "Link", options: "Customer Tier" },
	};
	return { fieldname, ...known[fieldname], ...more };
};

// A formatter for groups of which one is not known: that has a name and no document.
keep_customers.unknown_by_name = (value, row, column, data, standard) =>
	column.fieldname === "key" && data && !data.key ? frappe.utils.escape_html(data.label) : standard(value, row, column, data);

// Where a figure leads to: what `listed` or `reported` of erp/reports.py says.
keep_customers.address = ({ doctype, report, filters }) => {
	const written = {};
	for (const [field, value] of Object.entries(filters)) {
		written[field] = Array.isArray(value) ? JSON.stringify(value) : value;
	}
	return report
		? keep_customers.report_link(report, written)
		: frappe.utils.generate_route({ type: "doctype", name: doctype, doc_view: "List", route_options: written });
};

// The framework goes nowhere by a link to the page one is on, whatever the filters behind it.
keep_customers.follow_own_links = (report) => {
	report.page.main.off("click.keep").on("click.keep", "a.keep-figure", (event) => {
		const { pathname, href } = event.currentTarget;
		if (pathname !== location.pathname || event.ctrlKey || event.metaKey) return;
		event.preventDefault();
		event.stopPropagation();
		history.pushState(null, null, href);
		frappe.router.route();
	});
};

// Labels that follow each other, as months do: without room for all the framework cuts every one; better some are left out.
keep_customers.leave_labels_out = (report) => {
	if (report.keep_leaves_out) return; // one object draws all reports
	report.keep_leaves_out = true;
	const draw = report.render_chart;
	report.render_chart = (options) => {
		if (options.keep_series) options.axisOptions.xIsSeries = 1;
		draw.call(report, options);
		keep_customers.fit_chart?.(report.chart); // not there in a window from before an upgrade
	};
};

// On a phone the figures come first: the filters wait behind a button that says how many are set.
keep_customers.fold_filters = (report) => {
	report.page.page_form.children(".keep-filters").remove();
	const $filters = report.page.page_form.children();
	if (!frappe.is_mobile() || $filters.length < 3) return;
	const $button = $(`<button class="btn btn-default btn-sm btn-block keep-filters">`).prependTo(report.page.page_form);
	const fold = (folded) => {
		const { rows, ...set_by_hand } = report.get_filter_values();
		const set = Object.keys(set_by_hand).length;
		$filters.toggleClass("hide", folded);
		$button.text(folded && set ? `${__("Filters")} (${set})` : __("Filters"));
	};
	$button.on("click", () => fold(!$filters.hasClass("hide")));
	fold(true);
};

// filters: as the framework has them; those with of_links are shown where a link has set them.
keep_customers.report = (name, { filters = [], formatter, ...settings }) => {
	const key = `keep_customers:report:${name}:${frappe.session.user}`;
	const kept = () => JSON.parse(localStorage.getItem(key) || "{}");
	// What a link has chosen is of that visit.
	let linked = {};

	const changed = (report) => {
		const before = kept();
		const now = report.get_filter_values();
		const left = {};
		for (const { fieldname, fieldtype } of filters) {
			if (fieldtype === "Date") continue; // another day it would be another period
			const of_link = linked[fieldname] !== undefined && linked[fieldname] === now[fieldname];
			left[fieldname] = of_link ? before[fieldname] : now[fieldname] ?? "";
		}
		localStorage.setItem(key, JSON.stringify(left));
		if (report.prepared_report) report.reset_report_view();
		else if (!report._no_refresh) report.refresh(true);
	};

	// On a phone the framework gives the rows of a table two fifths of the width to be seen in, whatever is below; from 16 on
	// it cuts what hangs below a title's line.
	frappe.dom.set_style(
		`/* The number of a row has two digits from the tenth on; and what is good is said in a green that can be read. */
		[data-route="query-report/${name}"] .dt-cell--col-0 .dt-cell__content { padding-left: 2px; padding-right: 2px; text-overflow: clip; }
		[data-route="query-report/${name}"] .summary-value.green { color: color-mix(in srgb, var(--green-500), var(--text-color) 40%); }
		@media (max-width: 767px) {
			[data-route="query-report/${name}"] .dt-scrollable { height: 60vh; }
			[data-route="query-report/${name}"] .navbar-breadcrumbs a { line-height: 21px; overflow: hidden; text-overflow: ellipsis; }
		}`,
		`keep-report-${frappe.scrub(name)}`
	);

	frappe.query_reports[name] = {
		...settings,
		// Asked for whenever the report is opened.
		get filters() {
			linked = { ...frappe.route_options };
			const before = frappe.has_route_options() ? {} : kept();
			return filters
				.filter((df) => !df.of_links || linked[df.fieldname])
				.map((df) => ({ ...df, default: before[df.fieldname] ?? df.default, on_change: changed }));
		},
		onload(report) {
			// The framework 15 cuts titles after a quarter of a phone's width.
			report.page.wrapper.find(".title-text").css("max-width", "none");
			keep_customers.fold_filters(report);
			keep_customers.follow_own_links(report);
			keep_customers.leave_labels_out(report);
			settings.onload?.(report);
		},
		formatter(value, row, column, data, standard) {
			const shown = (formatter || standard)(value, row, column, data, standard);
			const to = value && data?.opens?.[column.fieldname];
			if (!to) return shown;
			// Escaped: "&not_known" would begin with a sign of its own.
			return `<a class="keep-figure" href="${frappe.utils.escape_html(keep_customers.address(to))}">${shown}</a>`;
		},
	};
};
