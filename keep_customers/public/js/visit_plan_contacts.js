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
			})
		);
		card.on("click", "[data-next]", ({ currentTarget }) => {
			frm.keep_stop = currentTarget.dataset.next;
			frm.reload_doc();
		});
	});
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
	return `${who({ ...help, due: stop.appointment || help.due })}${ways({ ...help, reach, can_call: false })}
		${why([stop.goal, ...help.reasons.map((one) => one.short)].filter(Boolean))}
		${say(help.to_say)}${results.html(help, more)}`;
}
