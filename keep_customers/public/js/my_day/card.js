// The contact that is next: who, how to reach them, why now, what to say, and what came of it.
frappe.provide("keep_customers.my_day");

keep_customers.my_day.card = (() => {
	const { text, joined, day, link, pill, money, to_map, not_said_in } = keep_customers.words;
	const ICONS = { Phone: "call", SMS: "message-1", Email: "mail", Map: "map", Letter: "printer" };

	// `details`: what rep_help and by_hand say of it; undefined while they are asked, null without a connection,
	// false where they are refused.
	function html(contact, details) {
		const late = contact.date && frappe.datetime.get_day_diff(keep_customers.my_day.today, contact.date);
		const marks = [
			contact.tier && pill((contact.colour || "gray").toLowerCase(), text(__(contact.tier, null, "Customer Tier"))),
			contact.promised && pill("blue", text(__("Promised", null, "My Day"))),
			late > 0 && pill("red", text(late === 1 ? __("Since yesterday") : __("{0} days late", [late]))),
			!contact.due && pill("gray", __("until {0}", [day(contact.date)])),
			contact.at_stake > 0 && pill("gray", text(__("At risk", null, "My Day")) + " " + money(contact.at_stake, contact.currency)),
		];
		return `<article class="kd-card" data-todo="${text(contact.todo)}">
			<h2>${link("Customer", contact.customer, text(contact.customer_name))}</h2>
			<div class="kd-marks">${joined(marks, " ")}</div>
			<div class="kd-people">${details ? keep_customers.contact.pieces.people(details.help) : ""}</div>
			<div class="kd-why">${why(contact, details)}</div>
			<div class="kd-ways">${ways(contact, details)}</div>
			<div class="kd-say">${say(contact, details)}</div>
			${result(contact, details)}
			<footer>
				${link("ToDo", contact.todo, text(__("Everything about it")))}
				<button class="btn btn-link btn-xs" data-do="skip">${text(__("Later today"))}</button>
			</footer>
		</article>`;
	}

	// In few words, and below it the sentences where they say more; the last one why this contact came before others.
	function why(contact, details) {
		const sentences = [...not_said_in(contact.why, contact.reasons), details?.help?.comes_first];
		const more = sentences.filter(Boolean).map((one) => `<small>${text(one)}</small>`);
		return `${contact.why ? `<p>${text(contact.why)}</p>` : ""}${more.join(" ")}`;
	}

	function ways(contact, details) {
		if (details === undefined) return `<span class="text-muted">…</span>`;
		if (details === null)
			return `<span class="text-muted">${text(__("The number comes when the connection is back."))}</span>`;
		if (!details) return `<span class="text-muted">${text(__("Please open the ToDo."))}</span>`;
		const { help, message } = details;
		const labels = { Phone: __("Call", null, "My Day"), SMS: __("Text", null, "My Day"), Email: __("Write", null, "My Day"), Map: __("Map", null, "My Day"), Letter: __("Letter", null, "Follow Up") };
		const button = (kind, to, attributes) =>
			`<a class="btn ${kind === wanted ? "btn-primary" : "btn-default"}" ${attributes}>
				<span class="kd-icon">${frappe.utils.icon(ICONS[kind], "sm")}</span>
				<span><b>${text(labels[kind])}</b>${to ? `<small>${text(to)}</small>` : ""}</span></a>`;
		const order = ["Phone", "SMS", "Email"];
		const open = message.ways.filter((way) => way.link && !way.refused);
		const wanted = { Messenger: "SMS", Visit: "Map" }[contact.channel] || contact.channel;
		open.sort((a, b) => (b.channel === wanted) - (a.channel === wanted) || order.indexOf(a.channel) - order.indexOf(b.channel));
		const found = open.map((way) =>
			way.channel === "Phone" && help.can_call
				? button("Phone", way.to, `href="#" data-do="call"`)
				: button(way.channel, way.to, `href="${text(way.link)}"`)
		);
		if (contact.place) found[wanted === "Map" ? "unshift" : "push"](button("Map", "", to_map(contact.place)));
		if (message.letter) found.unshift(button("Letter", "", `href="#" data-do="letter"`));
		const refused = help.refused.map((channel) =>
			pill("red", text(__("{0} not wanted", [__(channel, null, "Customer File Consent")])))
		);
		if (!open.length && !refused.length && !message.letter)
			found.push(`<span class="text-muted">${text(__("No address is known. Please enter one in the customer's contact."))}</span>`);
		return joined([...found, ...refused], "");
	}

	function say(contact, details) {
		if (!details) return contact.next_step ? `<p><b>${text(__("Agreed"))}:</b> ${text(contact.next_step)}</p>` : "";
		const { help } = details;
		const list = (lines) => (lines.length ? `<ul>${lines.map((one) => `<li>${text(one)}</li>`).join("")}</ul>` : "");
		const more = list(help.more_to_say) + rest(help);
		return `<h3>${text(__("What to Say"))}</h3>${list(help.to_say)}
			${more && `<details><summary>${text(__("More", null, "My Day"))}</summary>${more}</details>`}`;
	}

	function rest(help) {
		const bought = help.purchases.map((one) =>
			joined([day(one.last), text(one.item_name || one.item_code), one.rate != null && text(format_currency(one.rate, one.currency))])
		);
		const list = (label, rows) =>
			rows.length ? `<h3>${text(label)}</h3><ul>${rows.map((one) => `<li>${one}</li>`).join("")}</ul>` : "";
		return (
			list(__("Last Purchases"), bought) +
			list(__("Benefits"), keep_customers.benefit_lines(help.coupons, help.rebates)) +
			list(__("Days to Come"), help.occasions.map((one) => joined([day(one.day), text(one.occasion), text(one.person)])))
		);
	}

	function result(contact, details) {
		const button = (number, kind, label, classes = "btn-default") =>
			`<button class="btn ${classes}" data-result="${kind}"><kbd>${number}</kbd>${text(label)}</button>`;
		return `<div class="kd-result">
			<h3>${text(__("What came of it?"))}</h3>
			<textarea rows="1" class="form-control" data-field="notes" maxlength="2000"
				aria-label="${text(__("A sentence, if you like"))}" placeholder="${text(__("A sentence, if you like"))}"></textarea>
			${keep_customers.contact.also.html({ ...contact, contact: details?.help?.reach?.contact })}
			<div class="kd-buttons">
				${button(1, "reached", __("Reached", null, "Customer Touch"), "btn-primary")}
				${button(2, "not_reached", __("Not Reached", null, "Customer Touch"))}
				${button(3, "agreed", __("Agreed …"))}
				${button(4, "not_useful", __("Not Useful …"))}
			</div>
			<div class="kd-ask" data-ask="agreed" hidden>
				<input class="form-control" data-field="next_step" maxlength="140"
					aria-label="${text(__("What was agreed"))}" placeholder="${text(__("What was agreed"))}">
				<div class="kd-when">
					<input type="date" class="form-control" data-field="next_step_date" aria-label="${text(__("On", null, "Customer Touch"))}">
					${[[1, __("Tomorrow", null, "My Day")], [7, __("In a Week")], [30, __("In a Month")]]
						.map(([days, label]) => `<button class="btn btn-default btn-sm" data-in="${days}">${text(label)}</button>`)
						.join("")}
				</div>
				<button class="btn btn-primary" data-do="agreed">${text(__("Save and Go On"))}</button>
			</div>
			<div class="kd-ask" data-ask="not_useful" hidden>
				${keep_customers.contact.results.reasons(details?.help?.others)}
			</div>
		</div>`;
	}

	return { html };
})();
