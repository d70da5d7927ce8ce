// Above the form: how far it is, what it costs, why they left, what is planned, and what was known on the day it was noticed.
keep_customers.loss_review.head = (() => {
	const { dialogs } = keep_customers.loss_review;
	const { text, joined, link, money } = keep_customers.words;
	const date = (value) => text(frappe.datetime.str_to_user(String(value).split(" ")[0]));
	const OVER = ["Won Back", "Given Up", "No Loss"];

	function show(frm, panel) {
		const { $wrapper } = frm.get_field("progress");
		$wrapper.html(
			`<div class="kl">${steps(frm.doc)}<div class="kl-open"></div>${result(frm.doc, panel)}${figures(frm.doc, panel)}
				${why(frm.doc, panel)}${plan(panel)}${facts(panel.facts, panel.names, frm.doc)}</div>`
		);
		keep_customers.open_things($wrapper.find(".kl-open"), OVER.includes(frm.doc.status) ? [] : elsewhere(frm, panel));
	}

	function steps({ status, cause }) {
		const at = { Open: 0, Explained: 1, "Winning Back": 1 }[status] ?? 2;
		const state = (place, left_out) => (place < at ? (left_out ? "left-out" : "done") : place === at ? "next" : "open");
		const over = OVER.includes(status);
		return keep_customers.step_bar([
			{ name: __("Say Why"), state: state(0, !cause) },
			{ name: __("Win Them Back"), state: state(1, status === "No Loss") },
			{ name: over ? __(status, null, "Loss Review") : __("Result", null, "Loss Review"), state: state(2) },
		]);
	}

	// Who may be the same customer under another name.
	const elsewhere = (frm, panel) =>
		(panel.facts.elsewhere || []).map((one) => ({
			text:
				one.by === "tax_id"
					? __("{0} has the same tax number and has bought on {1}.", [one.customer_name, frappe.datetime.str_to_user(one.day)])
					: __("{0} has a person in common and has bought on {1}.", [one.customer_name, frappe.datetime.str_to_user(one.day)]),
			...(panel.may_write && { label: __("It Only Moved"), action: () => dialogs.moved(frm, one.name) }),
		}));

	function result(doc, panel) {
		if (!OVER.includes(doc.status)) return "";
		const said = {
			"Won Back": [
				doc.won_back_on && __("Won back on {0}.", [frappe.datetime.str_to_user(doc.won_back_on)]),
				__("Has brought {0} since.", [format_currency(doc.revenue_since || 0, doc.currency, 0)]),
				doc.won_back_by && __("{0} had spoken to them last before.", [panel.names[doc.won_back_by] || doc.won_back_by]),
			],
			"Given Up": [doc.closed_on && __("Given up on {0}.", [frappe.datetime.str_to_user(doc.closed_on)]), doc.result_note],
			"No Loss": [
				doc.moved_to ? __("No loss: buys now as {0}.", [panel.moved_to_name || doc.moved_to]) : __("No loss."), doc.result_note,
			],
		}[doc.status];
		return `<p class="kl-result ${doc.status === "Won Back" ? "" : "kl-over"}">${text(said.filter(Boolean).join(" "))}</p>`;
	}

	const apart = (days) => (Math.round(days) <= 1 ? __("a day") : __("{0} days", [Math.round(days)]));

	function figures(doc, panel) {
		const rhythm =
			doc.purchases > 1
				? __("Bought {0} times, on average {1} apart", [doc.purchases, apart(doc.gap)])
				: __("Bought once");
		const line = joined([
			link("Customer", doc.customer, `<b>${text(doc.customer_name || doc.customer)}</b>`),
			__("Lost since {0}", [date(doc.lost_on)]),
			doc.last_purchase && __("Last purchase {0}", [date(doc.last_purchase)]),
			text(rhythm),
		]);
		const rows = [
			doc.tier && [__("Tier Then", null, "Loss Review"), text(__(doc.tier, null, "Customer Tier"))],
			[__("Revenue of the Year Before", null, "Loss Review"), money(doc.revenue_before || 0, doc.currency)],
			panel.profit !== null && [__("Gross Profit of the Year Before", null, "Loss Review"), money(panel.profit || 0, doc.currency)],
			doc.expected_year && [__("Expected in a Year", null, "Loss Review"), money(doc.expected_year, doc.currency)],
			doc.expected_on && [__("Was Expected", null, "Loss Review"), expected(doc)],
		];
		return `<p>${line}</p><dl class="kl-numbers">${rows
			.filter(Boolean)
			.map(([name, value]) => `<div><dt>${text(name)}</dt><dd>${value}</dd></div>`)
			.join("")}</dl>`;
	}

	const expected = (doc) => joined([date(doc.expected_on), doc.expected_amount && money(doc.expected_amount, doc.currency)]);

	function why(doc, panel) {
		if (!doc.cause) return "";
		const who = joined([
			text(panel.names[doc.explained_by] || doc.explained_by),
			doc.explained_on && date(doc.explained_on),
		]);
		return `<section><h4>${text(__("Why They Left", null, "Loss Review"))}: ${joined([
			text(__(doc.cause, null, "Loss Cause")), doc.competitor && link("Competitor", doc.competitor, text(doc.competitor)),
		])}</h4><p class="kl-said">${text(doc.evidence)}</p><p class="kl-quiet">${who}</p></section>`;
	}

	function plan({ plan }) {
		if (!plan.length) return "";
		return section(
			__("Plan to Win Them Back"),
			plan.map((one) => {
				const [doctype, name] = one.todo ? ["ToDo", one.todo] : ["Follow Up", one.name];
				const status = text(__(one.status, null, "Follow Up"));
				const held = one.hold_reason && text(__(one.hold_reason, null, "Follow Up"));
				return joined([
					`<b>${date(one.status === "Done" && one.done_on ? one.done_on : one.due_date)}</b>`,
					text(__(one.channel, null, "Follow Up")), link(doctype, name, text(one.short)), text(one.who),
					held ? `${status} (${held})` : status,
				]);
			})
		);
	}

	function facts(known, names, doc) {
		const parts = [
			part(__("Complaints"), known.complaints, (one) => [
				day(one), opens("Complaint Case", one, text(one.subject || one.name)), text(__(one.status, null, "Complaint Case")),
			]),
			part(__("Price and Competitors"), known.market, (one) => [
				day(one), opens("Customer Touch", one, text(one.text || __("Competitor"))), text(one.competitor),
				one.price && money(one.price, one.currency),
			]),
			part(__("Offers They Did Not Take"), known.offers, (one) => [
				day(one), opens("Quotation", one, text(one.name)), one.amount && money(one.amount, one.currency),
				text(__(one.status)), text([one.text, ...(one.lost_reasons || []), ...(one.competitors || [])].filter(Boolean).join(", ")),
			]),
			part(__("Stopped First"), known.stopped, (one) => [
				text(__(one.item_group)), __("last on {0}", [day(one)]), one.gap && text(__("before on average {0} apart", [apart(one.gap)])),
			]),
			part(__("Bought Most"), known.bought, (one) => [
				text(__(one.item_group)), one.amount && money(one.amount, one.currency || doc.currency), day(one),
			]),
			part(__("Last Contacts"), known.touches, (one) => [
				day(one), opens("Customer Touch", one, text(__(one.channel, null, "Customer Touch"))),
				one.result && text(__(one.result, null, "Customer Touch")),
				one.satisfaction && `${"★".repeat(Math.round(5 * one.satisfaction))}`, text(names[one.rep] || one.rep),
			]),
		].filter(Boolean);
		const heading = `<h4>${text(__("What Was Known on {0}", [frappe.datetime.str_to_user(doc.noted_on)]))}</h4>`;
		const none = `<p class="kl-quiet">${text(__("No complaints, no contacts, no refused offers are on record."))}</p>`;
		return `<section>${heading}${parts.length ? `<div class="kl-columns">${parts.join("")}</div>` : none}</section>`;
	}

	const day = (one) => one.day && date(one.day);
	const opens = (doctype, one, html) => (one.opens ? link(doctype, one.name, html) : html);
	const part = (label, rows, line) => rows && rows.length && `<div><h4 class="kl-quiet">${text(label)}</h4>${list(rows.map((one) => joined(line(one))))}</div>`;
	const list = (rows) => `<ul>${rows.map((row) => `<li>${row}</li>`).join("")}</ul>`;
	const section = (label, rows) => `<section><h4>${text(label)}</h4>${list(rows)}</section>`;

	return { show };
})();
