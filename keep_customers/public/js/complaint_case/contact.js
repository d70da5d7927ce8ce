// The complaint as a contact, above where it stands: what is missing, who and how, what to say at this step.
keep_customers.complaint_case.contact = (() => {
	const { open, text } = keep_customers.complaint_case;
	const { form, pieces } = keep_customers.contact;
	const { who, ways, say } = pieces;

	// What the server knows of the contact; nothing where there is none any more.
	function load(frm) {
		if (frm.is_new() || frm.doc.status === "Closed") return Promise.resolve({ open: [], proposed: [] });
		return frappe.xcall("keep_customers.complaints.contact.for_case", { case: frm.doc.name });
	}

	// What is said of a closed case: how it ended, and what to do if the customer comes back with it.
	const how_it_ended = (doc) =>
		doc.closed_unanswered
			? __("It was closed because the customer has not answered. If they do after all, record their word: a no opens it again.")
			: __("It is closed. If the customer comes back with it, open a new case: it is recognised as a repeat.");

	function show(frm, help) {
		form.clear(frm);
		const subject = `<div class="keep-subject">${text(frm.doc.subject)}</div>`;
		if (!help.reach) {
			const end = frm.doc.status === "Closed" ? `<p class="keep-end">${text(how_it_ended(frm.doc))}</p>` : "";
			form.card(frm).html(`${subject}${end}<div class="keep-next-here"></div>`);
			return;
		}
		const { answered_on, answer_due, promised_on, solve_due, solved_on } = frm.doc;
		const due = solved_on ? null : answered_on ? promised_on || solve_due : answer_due;
		const card = form.card(frm).html(`<div class="keep-open-here"></div>
			${subject}
			${who({ ...help, due })}${ways(help)}<div class="keep-next-here"></div>${say(help.to_say)}`);
		keep_customers.open_things(card.find(".keep-open-here"), frm.perm[0]?.write ? open.things(frm, help) : []);
		// One dark button: the next step.
		card.find(".keep-ways .btn-primary").toggleClass("btn-primary btn-default");
	}

	return { load, show, clear: form.clear };
})();
