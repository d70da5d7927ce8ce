// What came of a contact, told in one tap, with the next one asked for in the same place.
frappe.provide("keep_customers.contact");

keep_customers.contact.results = (() => {
	const { text, entry, words, button } = keep_customers.contact.pieces;
	const { also } = keep_customers.contact;
	const REASONS = ["No Need Now", "Wrong Person", "Already in Contact", "Wrong Moment", "Wrong Data", "Other"];

	// Why it is not useful, one tap; a wrong person asks for whom instead, where somebody else is known.
	// `others`: as rep_help.for_todo gives them; `classes`: of the buttons.
	function reasons(others = [], classes = "btn btn-default btn-sm") {
		const choice = (attribute, value, label) =>
			`<button class="${classes}" ${attribute}="${text(value)}">${text(label)}</button>`;
		const people = others.map((one) => choice("data-person", one.contact, one.name));
		return `<div class="keep-because" data-reasons>${REASONS.map((one) => choice("data-because", one, __(one, null, "Follow Up"))).join(" ")}</div>
			<div class="keep-because hidden" data-people><span class="small text-muted">${text(__("Whom to ask for instead?"))}</span>
				${people.join(" ")} ${choice("data-person", "", __("I do not know"))}</div>`;
	}

	// Follows the taps on them; `told`: gets because and person, when nothing is left to ask.
	function listen_reasons($in, told) {
		$in.on("click", "[data-because]", ({ currentTarget }) => {
			const { because } = currentTarget.dataset;
			const $people = $(currentTarget).closest("[data-reasons]").siblings("[data-people]");
			if (because === "Wrong Person" && $people.find("[data-person]").length > 1) $people.removeClass("hidden")[0].scrollIntoView({ block: "nearest" });
			else told(because);
		});
		$in.on("click", "[data-person]", ({ currentTarget }) => told("Wrong Person", currentTarget.dataset.person || undefined));
	}

	// `help`: with again (day, why) and again_if_not (none where nothing comes back); `more`: HTML below the buttons.
	function html(help, more = "") {
		const { again, again_if_not } = help;
		const on = (day) => frappe.datetime.str_to_user(day);
		const result = (name) => `data-result="${name}"`;
		return `<div class="keep-result">
			${words(__("What was said (optional)"))}
			${also.html({ ...help, contact: help.reach?.contact })}
			<div class="keep-next">
				${entry("next_step", __("Agreed next step"), `maxlength="140"`)}
				${entry("next_step_date", __("Its day"), `type="date" value="${text(again.day)}" min="${frappe.datetime.get_today()}" title="${text(again.why)}"`)}
			</div>
			${again.why ? `<div class="small text-muted">${text(__("Proposed: {0} ({1})", [on(again.day), again.why]))}</div>` : ""}
			<div class="keep-results">
				${button(result("Reached"), __("Reached", null, "Customer Touch"), "", "primary")}
				${button(result("Not Reached"), __("Not Reached", null, "Customer Touch"), again_if_not ? __("again {0}", [on(again_if_not)]) : "")}
				${button(result("Agreed"), __("Agreed …"))}
				${button(result("Not Useful"), __("Not Useful …"))}
			</div>
			<div class="keep-why-not hidden">${reasons(help.others)}</div>
			${more}
		</div>`;
	}

	// What was tapped and typed, for `tell`; nothing as long as something is missing.
	function typed(card, result, because, person) {
		const field = (name) => card.find(`[name=${name}]`);
		const value = (name) => field(name).val().trim();
		const missing = (name) => void field(name).addClass("keep-missing").trigger("focus");
		const found = { result, notes: value("words"), next_step: value("next_step"), next_step_date: value("next_step_date") };
		if (result === "Agreed" && !found.next_step) return missing("next_step");
		if (found.next_step && ["Reached", "Agreed"].includes(result) && !found.next_step_date) return missing("next_step_date");
		if (result === "Not Useful" && !because) return void card.find(".keep-why-not").removeClass("hidden")[0].scrollIntoView({ block: "nearest" });
		if (because === "Other" && !found.notes) return missing("words");
		const besides = also.typed(card);
		if (!besides) return;
		Object.assign(found, besides);
		return because ? { ...found, because, person } : found;
	}

	// What is typed of a contact that is not told yet: its form may be drawn anew at any time, and is left to look something up.
	const begun = (keep_customers.contact.begun ??= new Map()); // each form's script makes this file anew

	// `of`: which contact it is; `tell`: gets result, notes, next_step, next_step_date, because, person, what they also said and key; its promise ends with what the server says.
	function listen(card, of, tell) {
		for (const [name, value] of Object.entries(begun.get(of) || {})) card.find(`[name=${name}]`).val(value);
		also.fill(card, begun.get(of) || {});
		also.listen(card);
		card.on("input", "[name]", ({ target }) => begun.set(of, { ...begun.get(of), [target.name]: target.value }));
		// Tapped twice, or sent again: it is one contact.
		const key = frappe.utils.get_random(20);
		const told = (result, because, person) => {
			const found = typed(card, result, because, person);
			if (!found) return;
			card.find("button").prop("disabled", true);
			keep_customers.answered(tell({ ...found, key })).then(
				() => begun.delete(of),
				() => card.find("button").prop("disabled", false)
			);
		};
		card.on("click", "[data-result]", (event) => told(event.currentTarget.dataset.result));
		listen_reasons(card, (because, person) => told("Not Useful", because, person));
	}

	// What was noted, and whom to contact next; `more`: HTML below.
	function outcome({ said, next }, more = "") {
		const day = (value) => (value ? ` · ${text(keep_customers.moment(value))}` : "");
		return `<div class="keep-said" role="status">✓ ${text(said)}</div>
			${
				next
					? `<button class="btn btn-primary keep-go-on" data-next="${text(next.todo)}">${text(__("Next Contact"))}: <b>${text(
							next.customer_name
					  )}</b><br><small>${text(next.why)}${day(next.date)}</small></button>`
					: `<div class="text-muted">${text(__("That was the last one. Well done."))}</div>`
			}
			${more}`;
	}

	return { html, listen, listen_reasons, outcome, reasons, told: (of) => begun.delete(of) };
})();
