// A tier and a stage look the same wherever they stand: in the lists, on a form, in the calendar.
frappe.provide("keep_customers");

keep_customers.STAGE_COLOURS = {
	New: "blue", Active: "green", Due: "cyan", Overdue: "orange", "At Risk": "red", Lost: "gray", "Won Back": "green",
};

keep_customers.tier_colour = (tier) => frappe.boot.keep_tiers?.[tier] || "gray";

keep_customers.list_pill = (colour, words) =>
	`<span class="indicator-pill ${colour} ellipsis">${frappe.utils.escape_html(String(words ?? ""))}</span>`;

keep_customers.tier_pill = (tier) =>
	tier ? keep_customers.list_pill(keep_customers.tier_colour(tier), __(tier, null, "Customer Tier")) : "";
