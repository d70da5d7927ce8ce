// The rules to start with and the rhythm of the tiers: what is ticked and typed stays while what would come of it changes.
frappe.provide("keep_customers.set_up");

keep_customers.set_up.rules = (() => {
	const { text } = keep_customers.words;
	const { count, table, line, n } = keep_customers.set_up.previews;

	// Drawn once; `changed` is called whenever something is ticked or typed.
	function draw($into, found, changed) {
		const rows = found.rules.map(
			(one) => `<label class="ks-rule">
				<input type="checkbox" data-rule="${text(one.name)}" ${one.chosen ? "checked" : ""}>
				<span><b>${text(__(one.name, null, "Care Rule"))}</b><small>${text(__(one.description, null, "Care Rule"))}</small>
				<small data-made-of="${text(one.name)}"></small></span></label>`
		);
		const tiers = found.tiers.map((one) =>
			line(
				`${text(__(one.name, null, "Customer Tier"))}${one.suggested ? `<small>${text(__("their purchases suggest {0}", [one.suggested]))}</small>` : ""}`,
				n(`<input type="number" min="0" class="form-control input-xs ks-days" data-cadence="${text(one.name)}"
					value="${one.contact_every_days}" aria-label="${text(__("Contact Every (Days)"))}">`),
				n(`<span data-contacts-of="${text(one.name)}"></span>`)
			)
		);
		$(`<div>${rows.join("")}${table([__("Tier"), n(__("Contact Every (Days)")), n(__("Contacts a Month"))], tiers)}</div>`)
			.appendTo($into)
			.on("input", changed);
	}

	function show($card, found) {
		const put = (about, said) => $card.find(`[${about}]`).each((_at, cell) => void $(cell).text(said(cell.getAttribute(about))));
		const made = Object.fromEntries(found.rules.map((one) => [one.name, one.made]));
		put("data-made-of", (name) => __("ToDos it would have made last week: {0}", [count(made[name])]));
		put("data-contacts-of", (name) => (found.contacts[name] ? count(found.contacts[name]) : "–"));
	}

	function work(found) {
		const all = Object.values(found.contacts).reduce((sum, one) => sum + one, 0);
		if (!all) return "";
		const rows = found.reps.map((one) => line(text(one.name), n(count(one.contacts))));
		return `<p>${text(__("Contacts a month, to keep in touch: about {0}.", [count(all)]))}</p>
			${rows.length > 1 ? table([__("Rep"), n(__("Contacts a Month"))], rows) : ""}`;
	}

	function chosen($card) {
		const found = (selector) => $card.find(selector).toArray();
		if (!found("[data-rule]").length) return {};
		return {
			on: found("[data-rule]:checked").map((one) => one.dataset.rule),
			cadence: Object.fromEntries(found("[data-cadence]").map((one) => [one.dataset.cadence, Number(one.value)])),
		};
	}

	return { draw, show, work, chosen };
})();
