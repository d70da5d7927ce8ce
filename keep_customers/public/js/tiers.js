// A tier and a stage look the same wherever they stand: in the lists, on a form, in the calendar.
frappe.provide("keep_customers");

keep_customers.STAGE_COLOURS = {
	New: "blue", Active: "green", Due: "cyan", Overdue: "orange", "At Risk": "red", Lost: "gray", "Won Back": "green",
};

keep_customers.tier_colour = (tier) => frappe.boot.keep_tiers?.[tier] || "gray";

keep_customers.list_pill = (colour, words) =>
	`<span class="indicator-pill keep-chip ${colour} ellipsis">${frappe.utils.escape_html(String(words ?? ""))}</span>`;

keep_customers.tier_pill = (tier) =>
	tier ? keep_customers.list_pill(keep_customers.tier_colour(tier), __(tier, null, "Customer Tier")) : "";

// The framework's pills fall short of the contrast that everybody can read (4.5 to 1), in the dark theme and some in the light.
const COLOURS = ["gray", "blue", "green", "cyan", "orange", "yellow", "red", "pink", "purple"];
// And its chart has the numbers below the names in black in both.
const NUMBERS = `[data-theme="dark"] [data-widget-name="Customers by Tier"] .legend-dataset-value { fill: var(--text-color); }`;
frappe.dom.set_style(
	COLOURS.map(
		(one) => `.keep-chip.${one} { color: color-mix(in srgb, var(--text-on-${one}), black 18%); }
		[data-theme="dark"] .keep-chip.${one} {
			color: var(--text-on-${one}); background: color-mix(in srgb, var(--bg-${one}), black 18%);
		}`
	)
		.concat(NUMBERS)
		.join("\n"),
	"keep-chips"
);

// The framework draws the figures in the legend of a chart of shares black on black where the theme is dark.
frappe.dom.set_style(`[data-theme="dark"] .frappe-chart .legend-dataset-value { fill: var(--text-muted); }`, "keep-legends");
