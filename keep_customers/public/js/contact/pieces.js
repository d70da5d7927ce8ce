// What a contact looks like, wherever one is asked for: who and how, why now, what to say. Every text of others is escaped here.
frappe.provide("keep_customers.contact");

keep_customers.contact.pieces = (() => {
	const text = (value) => frappe.utils.escape_html(String(value ?? ""));
	const joined = (parts) => parts.filter(Boolean).join(" · ");
	const NAMED = 4;
	const digits = (number) => String(number).replace(/[^+\d]/g, "");

	// `help`: as rep_help.for_todo gives it.
	function who(help) {
		const { value, tier, reach } = help;
		const pill = value?.tier
			? `<span class="indicator-pill keep-chip ${text((tier?.colour || "gray").toLowerCase())}">${text(
					__(value.tier, null, "Customer Tier")
			  )}</span>`
			: "";
		const name = text(help.customer_name || help.customer);
		const customer = help.customer ? frappe.utils.get_form_link("Customer", help.customer, true, name) : name;
		const risk = value?.value_at_risk && text(__("{0} a year at risk", [format_currency(value.value_at_risk, value.currency, 0)]));
		const facts = [
			reach.person !== help.customer_name && reach.person && text(reach.person),
			help.due && text(__("Due {0}", [keep_customers.moment(help.due)])),
			risk,
		];
		return `<div class="keep-who">${customer} ${pill}</div><div class="text-muted keep-facts">${joined(facts)}</div>${people(help)}`;
	}

	// Whom to name: who decides first. More than these nobody remembers while it rings.
	function people(help) {
		const named = (help.people || []).slice(0, NAMED).map((one) => {
			const is = [one.relation && __(one.relation, null, "Customer File Person"), one.decides && __("decides")].filter(Boolean);
			return `<b>${text(one.full_name)}</b>${is.length ? ` (${text(is.join(", "))})` : ""}`;
		});
		return named.length ? `<div class="keep-people">${joined(named)}</div>` : "";
	}

	// One tap to call, write, message, or find the way; `message`: whether there is a message to show.
	function ways({ reach, can_call }, message = false) {
		const number = reach.phone || reach.mobile;
		const call = text(__("Call {0}", [number || ""]));
		const found = [];
		if (can_call) found.push(`<button class="btn btn-primary" data-call data-dial>${call}</button>`);
		else if (number) found.push(`<a class="btn btn-primary" data-call href="tel:${digits(number)}">${call}</a>`);
		if (message) found.push(`<button class="btn btn-default" data-message>${text(__("Message"))}</button>`);
		if (reach.mobile) found.push(way(`sms:${digits(reach.mobile)}`, __("SMS", null, "Follow Up")));
		if (reach.email) found.push(way(`mailto:${encodeURIComponent(reach.email).replace("%40", "@")}`, __("Email", null, "Follow Up")));
		if (reach.place) found.push(way(map(reach.place), __("Map"), `target="_blank" rel="noopener noreferrer"`));
		if (!number && !reach.email)
			found.push(
				`<span class="small text-muted">${text(__("No address is known. Please enter one in the customer's contact."))}</span>`
			);
		return `<div class="keep-ways">${found.join(" ")}</div>`;
	}

	const way = (href, label, more = "") => `<a class="btn btn-default" href="${text(href)}" ${more}>${text(label)}</a>`;

	// To one's own map: a telephone opens the program its owner has chosen.
	function map(place) {
		const where = encodeURIComponent(place.replace(/\s+/g, " "));
		if (/iPhone|iPad/.test(navigator.userAgent)) return `maps:?q=${where}`;
		if (/Android/.test(navigator.userAgent)) return `geo:0,0?q=${where}`;
		return `https://www.openstreetmap.org/search?query=${where}`;
	}

	const why = (lines) => `<div class="keep-why-now"><b>${lines.map(text).join("<br>")}</b></div>`;

	const say = (things) => (things.length ? `<ol class="keep-say">${things.map((one) => `<li>${text(one)}</li>`).join("")}</ol>` : "");

	// An entry for what is told in the same place as the result; `attributes` are HTML.
	const entry = (name, label, attributes = "") =>
		`<input class="form-control" name="${name}" placeholder="${text(label)}" aria-label="${text(label)}" ${attributes}>`;

	const words = (label) =>
		`<textarea class="form-control" name="words" rows="1" maxlength="2000" placeholder="${text(label)}" aria-label="${text(label)}"></textarea>`;

	// `below`: what it brings, in small print.
	const button = (attributes, label, below = "", kind = "default") =>
		`<button class="btn btn-${kind}" ${attributes}>${text(label)}${below && `<br><small>${text(below)}</small>`}</button>`;

	return { text, joined, who, people, ways, map, why, say, entry, words, button };
})();

frappe.dom.set_style(
	`.keep-contact { position: relative; padding: 15px; border-bottom: 1px solid var(--border-color); }
	.keep-folded { display: none !important; }
	.keep-who { font-size: var(--text-xl); font-weight: 600; padding-right: 80px; }
	.keep-who .indicator-pill { vertical-align: 2px; }
	.keep-people { overflow-wrap: anywhere; margin-top: 4px; }
	.keep-about { font-size: var(--text-lg); padding-right: 80px; white-space: pre-line; overflow-wrap: anywhere; }
	.keep-unfold { position: absolute; top: 18px; right: 15px; font-size: var(--text-sm); }
	.keep-ways { display: flex; flex-wrap: wrap; gap: 8px; margin: 10px 0; }
	.keep-say { margin: 6px 0 10px; padding-left: 20px; }
	.keep-result { display: grid; gap: 8px; }
	.keep-next { display: grid; grid-template-columns: 1fr 150px; gap: 8px; }
	.keep-when { display: grid; grid-template-columns: auto minmax(190px, 320px); gap: 8px; align-items: center; }
	.keep-results { display: grid; grid-template-columns: repeat(4, 1fr); gap: 8px; }
	.keep-because { display: flex; flex-wrap: wrap; gap: 6px; }
	.keep-because.hidden, .keep-why-not.hidden { display: none; }
	.keep-because + .keep-because { margin-top: 8px; }
	.keep-because > span { flex: 1 1 100%; }
	.keep-checks { margin-bottom: 8px; }
	.keep-missing { border: 2px solid var(--red-500) !important; }
	.keep-said { font-weight: 600; margin-bottom: 10px; }
	.keep-contact textarea { height: auto; min-height: 40px; }
	.keep-contact small { white-space: normal; }
	.keep-go-on { display: block; width: 100%; max-width: 480px; padding: 10px; margin-bottom: 10px; white-space: normal; }
	.keep-contact .btn-link { justify-self: start; padding-left: 0; }
	@media (max-width: 767px) {
		.keep-ways .btn, .keep-results .btn { min-height: 44px; display: inline-flex; flex-direction: column; justify-content: center; align-items: center; }
		.keep-ways [data-call] { flex: 1 1 100%; }
		.keep-results { grid-template-columns: 1fr 1fr; }
		.keep-because { display: grid; grid-template-columns: 1fr 1fr; }
		.keep-because.hidden { display: none; }
		.keep-because .btn { min-height: 44px; white-space: normal; }
		.keep-because > span { grid-column: 1 / -1; }
		.keep-contact .form-control { font-size: 16px; }
	}`,
	"keep-contact"
);
