// What the customer is worth: tier and why, what is to be expected, the figures; benefits, what it buys, and what it cost.
frappe.provide("keep_customers.customer");

keep_customers.customer.figures = (() => {
	const { text, joined, day, link, pill, money } = keep_customers.words;
	const list = (rows) => `<ul>${rows.map((row) => `<li>${row}</li>`).join("")}</ul>`;

	function head(frm, care) {
		const { value, tier } = care;
		if (!value) return `${to_confirm(frm, care.to_confirm)}<p class="kc-empty">${text(unranked())}</p>`;
		const colour = (tier?.colour || "gray").toLowerCase();
		const pills = [
			pill(colour, text(value.tier ? __(value.tier, null, "Customer Tier") : __("Not Ranked"))),
			value.status && pill("gray", text(__(value.status, null, "Customer Value"))),
			value.tier_since && `<span class="kc-quiet">${text(__("since {0}", [frappe.datetime.str_to_user(value.tier_since)], "Customer"))}</span>`,
		];
		return `${to_confirm(frm, care.to_confirm)}
			<div class="kc-pills">${joined(pills, " ")}</div>
			${value.outlook ? `<p class="kc-lead">${text(value.outlook)}</p>` : ""}
			<p class="kc-quiet">${link("Customer Value", frm.doc.name, text(value.tier_reason))}</p>
			${numbers(value)}`;
	}

	const unranked = () =>
		frappe.model.can_read("Customer Value")
			? __("Ranked by the next nightly run.")
			: __("What the customer is worth is for others to see.");

	function numbers(value) {
		const cells = [
			[__("Current Value"), money(value.current_value, value.currency)],
			[__("Potential Value"), money(value.potential_value, value.currency)],
			[__("Value at Risk"), money(value.value_at_risk, value.currency)],
			[__("Last Purchase"), value.last_purchase && day(value.last_purchase)],
			[__("Next Expected"), value.next_purchase && day(value.next_purchase)],
			[__("Next Order About"), money(value.expected_order_value, value.currency)],
		];
		const shown = cells.map(([label, figure]) => `<div><dt>${text(label)}</dt><dd>${figure || "–"}</dd></div>`);
		return `<dl class="kc-numbers">${shown.join("")}</dl>`;
	}

	// Contacts that somebody has linked who may not say whose they are.
	function to_confirm(frm, number) {
		if (!number) return "";
		const report = keep_customers.report_link("Contacts to Confirm", { customer: frm.doc.name });
		const line = number === 1 ? __("1 contact is not confirmed") : __("{0} contacts are not confirmed", [number]);
		return `<p><a href="${text(report)}">${pill("orange", text(line))}</a></p>`;
	}

	// By item group: what slips away in a sentence, then the others with share, rhythm and days.
	function bought(frm, care) {
		if (!care.item_groups.length) return "";
		const report = keep_customers.report_link("Slipping Away", { group_by: "Customer" });
		const rows = care.item_groups.map((row) => {
			if (row.sentence) return `<a href="${text(report)}">${pill("orange", text(__("Slipping Away")))}</a> ${text(row.sentence)}`;
			const facts = [
				`${Math.round(row.share)} %`,
				row.rhythm ? __("every {0}", [row.rhythm], "Slipping Away") : __("once", null, "Slipping Away"),
				__("last {0}", [frappe.datetime.str_to_user(row.last_purchase)], "Slipping Away"),
				row.next_purchase && __("next {0}", [frappe.datetime.str_to_user(row.next_purchase)], "Slipping Away"),
			];
			return `<b>${text(row.item_group)}</b> <span class="kc-quiet">${joined(facts.map((one) => one && text(one)))}</span>`;
		});
		const all = frappe.utils.generate_route({
			type: "DocType",
			name: "Customer Item Group",
			doc_view: "List",
			route_options: { customer: frm.doc.name },
		});
		return `<section class="keep-item-groups"><h3><a href="${text(all)}">${text(__("What They Buy"))}</a></h3>${list(rows)}</section>`;
	}

	function benefits(care, more) {
		const of_tier = more.benefits.map((one) =>
			joined([
				link("Tier Benefit", one.name, text(one.name)),
				text(__(one.kind, null, "Tier Benefit")),
				one.discount > 0 && text(`${one.discount} %`),
				text(one.gift),
			])
		);
		// What the tier brings in words, which no price list says.
		const in_words = care.tier?.benefits && text(__(care.tier.benefits, null, "Customer Tier"));
		const rows = [...keep_customers.benefit_lines(care.coupons, care.rebates), ...of_tier, in_words].filter(Boolean);
		if (!care.value && !rows.length) return "";
		const none = `<p class="kc-empty">${text(__("Nothing special is promised to this tier."))}</p>`;
		return `<section><h3>${text(__("Benefits"))}</h3>${rows.length ? list(rows) : none}</section>`;
	}

	function cost(frm, care) {
		if (!care.cost) return "";
		const { total, currency, kinds, of_value } = care.cost;
		const report = keep_customers.report_link("Customer Cost and Value", { customer: frm.doc.name, show: "costs" });
		const bar =
			of_value === null
				? ""
				: `<div class="kc-bar" role="img" aria-label="${text(__("{0} % of the current value", [of_value]))}"><span style="width:${Math.min(
						of_value,
						100
				  )}%"></span></div><p class="kc-quiet">${text(__("{0} % of the current value", [of_value]))}</p>`;
		const rows = kinds.map((one) => joined([text(one.label), money(one.amount, currency)]));
		return `<section><h3><a href="${text(report)}">${text(__("Spent on this customer in 12 months"))}</a></h3>
			<p><b>${money(total, currency)}</b></p>${total ? bar + list(rows) : ""}</section>`;
	}

	return { head, bought, benefits, cost };
})();
