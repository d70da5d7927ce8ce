// The stops of an approved plan, for its rep on the way: one after the other, each as the contact it is.
frappe.ui.form.on("Visit Plan", {
	refresh(frm) {
		const { form } = keep_customers.contact;
		form.clear(frm);
		if (frm.is_new() || frm.doc.docstatus !== 1 || frm.doc.rep !== frappe.session.user) return;
		const plan = frm.doc.name;
		frappe.xcall("keep_customers.visits.contacts.to_visit", { plan }).then((stops) => {
			if (frm.doc.name === plan && stops.length) show_stop(frm, stops, frm.keep_stop);
		});
	},
});

// `at`: the ToDo of the stop that is shown; else the first one.
function show_stop(frm, stops, at) {
	const { form, results } = keep_customers.contact;
	const stop = stops.find((one) => one.todo === at) || stops[0];
	const others = stops.filter((one) => one !== stop);
	frm.keep_stop = stop.todo;
	frappe.xcall("keep_customers.care.rep_help.for_todo", { todo: stop.todo }).then((help) => {
		if (frm.keep_stop !== stop.todo) return;
		const card = form.card(frm).html(stop_html(stop, help, others));
		results.listen(card, stop.todo, (told) =>
			frappe.xcall("keep_customers.care.results.record", { todo: stop.todo, ...told }).then(({ said }) => {
				const [next] = others;
				const then = next && { todo: next.todo, customer_name: next.customer_name, why: next.goal, date: next.appointment };
				card.html(results.outcome({ said, next: then }));
				// What was there before was long: the tap was far below.
				card[0].scrollIntoView({ block: "end" });
			})
		);
		card.on("click", "[data-check]", ({ currentTarget }) => check(frm, stop, $(currentTarget)));
		card.on("click", "[data-next]", ({ currentTarget }) => {
			frm.keep_stop = currentTarget.dataset.next;
			frm.reload_doc();
		});
	});
}

// Three talks and three musts, one tap each; noted at once, as a rep on the way puts the telephone away.
const CHECKS = () => [
	[
		__("Talk About", null, "Visit Plan Stop"),
		{
			talk_product_in_market: __("Our Product in Their Market", null, "Visit Plan Stop"),
			talk_market_and_competitors: __("Market Reaction and Competitors", null, "Visit Plan Stop"),
			talk_problems_and_solutions: __("Problems and Solutions", null, "Visit Plan Stop"),
		},
	],
	[
		__("Be Sure To", null, "Visit Plan Stop"),
		{
			must_see_market: __("See the Market", null, "Visit Plan Stop"),
			must_see_site: __("See the Customer's Site", null, "Visit Plan Stop"),
			must_meet_person_in_charge: __("Meet the Person in Charge", null, "Visit Plan Stop"),
		},
	],
];

keep_customers.visit_checks = CHECKS;

function checks_html({ checks }) {
	const { text } = keep_customers.contact.pieces;
	const chip = ([what, label]) =>
		`<button type="button" class="btn btn-xs ${checks[what] ? "btn-success" : "btn-default"}" data-check="${what}"
			aria-pressed="${checks[what] ? "true" : "false"}">${checks[what] ? "✓ " : ""}${text(label)}</button>`;
	return CHECKS()
		.map(
			([title, all]) =>
				`<div class="keep-because"><span class="text-muted">${text(title)}</span> ${Object.entries(all).map(chip).join(" ")}</div>`
		)
		.join("");
}

function check(frm, stop, $chip) {
	const { check: what } = $chip[0].dataset;
	const done = stop.checks[what] ? 0 : 1;
	$chip.prop("disabled", true);
	keep_customers.answered(frappe.xcall("keep_customers.visits.contacts.check", { plan: frm.doc.name, stop: stop.stop, point: what, yes: done }))
		.then(() => {
			stop.checks[what] = done;
			// The form has it too, without having changed: saved later, it does not take it back.
			const row = frm.doc.stops.find((one) => one.name === stop.stop);
			if (row) row[what] = done;
			$chip.closest(".keep-checks").html(checks_html(stop));
		})
		.catch(() => $chip.prop("disabled", false));
}

// What was prepared for the visit, in small print.
function prepared_html(stop) {
	const { text } = keep_customers.contact.pieces;
	const line = (label, words) => (words ? `<div><span class="text-muted">${text(label)}:</span> ${text(words)}</div>` : "");
	return `<div class="small mb-2" style="white-space: pre-line">${line(__("People to Meet", null, "Visit Plan Stop"), stop.people_to_meet)}${line(
		__("Market", null, "Visit Plan Stop"),
		stop.market_notes
	)}${line(__("Recent Sales", null, "Visit Plan Stop"), stop.recent_sales)}</div>`;
}

function stop_html(stop, help, others) {
	const { pieces, results } = keep_customers.contact;
	const { text, who, ways, why, say } = pieces;
	const reach = { ...help.reach, place: stop.place || help.reach.place };
	const more = others.length
		? `<div class="keep-because"><span class="text-muted">${text(__("Other stops:"))}</span> ${others
				.map((one) => `<button class="btn btn-default btn-xs" data-next="${text(one.todo)}">${text(one.customer_name)}</button>`)
				.join(" ")}</div>`
		: "";
	// A goal that was taken in is why the visit was due.
	const reasons = keep_customers.words.not_said_in(stop.goal, help.reasons.map((one) => one.short));
	return `${who({ ...help, due: stop.appointment || help.due })}${ways({ ...help, reach, can_call: false })}
		${why([stop.goal, ...reasons].filter(Boolean))}
		${prepared_html(stop)}${say(help.to_say)}<div class="keep-checks">${checks_html(stop)}</div>${results.html(help, more)}`;
}
