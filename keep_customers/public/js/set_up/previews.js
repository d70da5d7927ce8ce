// What would come of the answers, as HTML.
frappe.provide("keep_customers.set_up");

keep_customers.set_up.previews = (() => {
	const { text } = keep_customers.words;
	const count = (value) => format_number(value, null, 0);
	const money = (value, currency) => (value == null ? "" : format_currency(value, currency, 0));
	const line = (...cells) => `<tr>${cells.map((cell) => (typeof cell === "object" ? `<td class="ks-number">${cell.number}</td>` : `<td>${cell}</td>`)).join("")}</tr>`;
	const n = (value) => ({ number: value });
	const table = (heads, rows) => `<table><thead><tr>${heads.map((head) => (head.number ? `<th class="ks-number">${text(head.number)}</th>` : `<th>${text(head)}</th>`)).join("")}</tr></thead><tbody>${rows.join("")}</tbody></table>`;

	function warnings(found) {
		return (found.warnings || [])
			.map((one) => `<div class="alert alert-warning" role="alert">${text(one)}</div>`)
			.join("");
	}

	function company(found) {
		return table(
			[__("Company"), __("Currency"), n(__("Invoices", null, "Set Up")), __("Since")],
			found.companies.map((one) =>
				line(text(one.company), text(one.currency), n(count(one.invoices)), one.first ? text(frappe.datetime.str_to_user(one.first)) : "")
			)
		);
	}

	function excluded(found) {
		const rows = found.groups.slice(0, 12).map((one) => line(text(one.group || __("Not Set")), n(count(one.customers))));
		return `<p><b>${text(__("{0} of {1} customers are ranked.", [count(found.ranked), count(found.all)]))}</b></p>
			${rows.length ? table([__("Customer Group"), n(__("Customers"))], rows) : ""}`;
	}

	function populations(found) {
		const heads = (first) => [first, n(__("Customers")), n(__(found.value_basis, null, "Tier Policy"))];
		const row = (name, one) => line(text(name), n(count(one.customers)), n(money(one.value, found.currency)));
		const alone = found.populations.length === 1;
		const rest = () => (alone ? __("All Together") : __("Everybody Else"));
		const name = (one) => one.group || (one.rest ? rest() : __(one.policy, null, "Tier Policy"));
		const rows = found.populations.map((one) => row(name(one), one));
		const suggested = found.suggested.map((one) => row(one.group, one));
		return `${rows.length ? table(heads(__("Ranked Among Themselves")), rows) : ""}
			${
				suggested.length
					? `<p>${text(__("Your customer groups suggest to rank these by themselves, not with all others:"))}</p>
						${table(heads(__("Customer Group")), suggested)}
						<p><button class="btn btn-default btn-sm" data-do="take-suggested" data-groups="${text(JSON.stringify(found.suggested.map((one) => one.group)))}">${text(__("Rank Them by Themselves"))}</button></p>`
					: ""
			}
			${found.switched_off.length ? `<p>${text(__("Switched off, as you took them out: {0}.", [found.switched_off.join(", ")]))}</p>` : ""}
			<p class="text-muted">${text(__("Nothing is written yet. Each group gets a Tier Policy of its own, with the same cuts at first."))}</p>`;
	}

	function policy(found) {
		return found.pyramids
			.map((one) => {
				const most = Math.max(...one.steps.map((step) => step.customers), 1);
				const with_money = one.steps.some((step) => step.value != null);
				const waits = one.steps.some((step) => step.waiting);
				const rows = one.steps.map((step) =>
					line(
						text(__(step.tier, null, "Customer Tier")),
						`<div class="ks-bar ks-wide" style="width: ${Math.round((100 * step.customers) / most)}%"></div>`,
						n(count(step.customers)),
						...(with_money ? [n(money(step.from_value, one.currency)), n(money(step.value, one.currency))] : []),
						...(waits ? [n(step.waiting ? count(step.waiting) : "")] : [])
					)
				);
				return `<h4>${text(__(one.policy, null, "Tier Policy"))}</h4>${table(
					[
						__("Tier"), "", n(__("Customers")),
						...(with_money ? [n(__("From", null, "Set Up")), n(__("Together", null, "Set Up"))] : []),
						...(waits ? [n(__("Waits for the Review"))] : []),
					],
					rows
				)}`;
			})
			.join("")
			.concat(
				found.contacts ? `<p>${text(__("Contacts a month, if all of them are made as often as the tiers say: about {0}.", [count(found.contacts)]))}</p>` : "",
				found.alike?.length ? `<p class="text-muted">${text(__("The same for: {0}.", [found.alike.map((one) => __(one, null, "Tier Policy")).join(", ")]))}</p>` : "",
				found.others ? `<p class="text-muted">${text(__("Further policies: {0}. They are changed in the list of Tier Policies.", [found.others]))}</p>` : "",
				`<p class="text-muted">${text(__("Nothing is written yet. Who rises does so at once; who falls behind keeps the tier until two reviews in a row say so."))}</p>`
			);
	}

	const OWN_REPS = () =>
		__("Customers get a rep of their own by their Customer File, as Account Manager, in their Sales Team, or by the manager of their Territory. You can do that later.");

	function people(found) {
		const rows = found.reps.map((one) => line(text(one.name), n(count(one.customers))));
		const said = found.fallen_back
			? __("{0} of {1} customers have no rep of their own and go to the fallback.", [count(found.fallen_back), count(found.customers)])
			: found.nobody || !found.customers
				? "" // a warning says so, or there is nobody to have one
				: __("Every customer has a rep of their own.");
		return `${rows.length ? table([__("Rep"), n(__("Customers"))], rows) : ""}
			${said ? `<p>${text(said)}</p>` : ""}
			${found.fallen_back === found.customers ? `<p class="text-muted">${text(OWN_REPS())}</p>` : ""}`;
	}

	function rhythm(found) {
		// The framework 15 has moment's words in English alone.
		const weekday = new Intl.DateTimeFormat(frappe.boot.lang.replace("_", "-"), { weekday: "short" });
		const days = found.week.map((one) => {
			const day = moment(one.day);
			const label = `${weekday.format(day.toDate())} ${day.date()}`;
			return one.work ? `<span>${text(label)}</span>` : `<span class="ks-off">${text(label)}</span>`;
		});
		return `<p class="ks-week">${days.join("")}</p>
			${found.a_week ? `<p>${text(__("New ToDos a week: at most {0}. Reps: {1}.", [count(found.a_week), count(found.reps)]))}</p>` : ""}`;
	}

	const rules = (found) => keep_customers.set_up.rules.work(found);

	return { company, excluded, populations, policy, people, rhythm, rules, warnings, count, table, line, n };
})();
