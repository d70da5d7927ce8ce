frappe.ui.form.on("Forecast Check", {
	refresh(frm) {
		const { meaning, colour } = frm.doc.__onload || {};
		if (meaning) frm.set_intro(frappe.utils.escape_html(meaning), colour);
		show_tenths(frm);
	},
});

// Expected against what came, by tenth of the customers, the most promising first.
function show_tenths(frm) {
	const { tenths } = frm.doc.__onload || {};
	frm.toggle_display("tenths_section", Boolean(tenths));
	const wrapper = frm.get_field("tenths_html").$wrapper.empty();
	if (!tenths) return;
	const when = [frappe.datetime.str_to_user(frm.doc.compared_from), frm.doc.compared_days];
	const about = frm.doc.was_made
		? __("Forecast on {0}, and what came in the {1} days after, by tenth of the customers, the most promising first.", when)
		: __("What would have been forecast on {0}, and what came in the {1} days after, by tenth of the customers, the most promising first.", when);
	wrapper.html(`<p class="text-muted small"></p><div class="forecast-tenths"></div>`);
	wrapper.find("p").text(about);
	new frappe.Chart(wrapper.find(".forecast-tenths")[0], {
		type: "bar",
		height: 240,
		animate: 0,
		disableEntryAnimation: 1, // as AT_ONCE of erp/reports.py
		colors: ["#7c8db5", "#1f6f5c"],
		data: {
			labels: tenths.map((_, index) => String(index + 1)),
			datasets: [
				{ name: __("Expected", null, "Forecast Check"), values: tenths.map(([expected]) => expected) },
				{ name: __("Came"), values: tenths.map(([, came]) => came) },
			],
		},
		axisOptions: { shortenYAxisNumbers: 1 },
		tooltipOptions: { formatTooltipY: (value) => format_currency(value, frm.doc.currency, 0) },
	});
}

// Nine narrow columns beside a sidebar: their heads go on below.
frappe.dom.set_style(
	`[data-page-route="Forecast Check"] .grid-heading-row,
	[data-page-route="Forecast Check"] .grid-heading-row :is(.grid-row, .data-row, .grid-static-col) { height: auto; max-height: none; }
	[data-page-route="Forecast Check"] .grid-heading-row .static-area { white-space: normal; line-height: 1.2; overflow-wrap: anywhere; }`,
	"keep-forecast-check"
);
