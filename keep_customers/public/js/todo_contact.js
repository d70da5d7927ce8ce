// A care ToDo opens with the contact itself: who and how, why, what to say, and what came of it in one tap. The framework's
// fields are folded away. What is more complicated has the dialog that closing the ToDo asks for.
frappe.provide("keep_customers");
frappe.ui.form.on("ToDo", {
	refresh(frm) {
		if (frm.keep_outcome?.todo === frm.doc.name) return;
		frm.keep_outcome = null;
		const { form } = keep_customers.contact;
		form.clear(frm);
		// Until it is known who asks, so that nothing jumps.
		const may = frappe.model.can_read("Customer") && frappe.model.can_read("Follow Up");
		const folded = frm.doc.keep_follow_up && !frm.is_new() && may && frm.keep_unfolded !== frm.doc.name;
		form.fold(frm, folded, ["keep_help_section"]);
	},
});

// As soon as it is known what may be shown; who may not read the customer keeps the plain form.
keep_customers.show_contact = (frm, help) => {
	// What was noted and what comes next stays until somebody goes on.
	if (frm.keep_outcome) return;
	const { form, results } = keep_customers.contact;
	const open = frm.doc.status === "Open";
	const card = form.instead(frm, contact_html(frm, help, open), ["keep_help_section"]);
	const todo = frm.doc.name;
	results.listen(card, todo, (told) =>
		frappe.xcall("keep_customers.care.results.record", { todo, ...told }).then((outcome) => {
			// Somebody may have gone on to another one meanwhile.
			if (frm.doc.name !== todo) return;
			frm.keep_outcome = { todo, ...outcome };
			card.html(results.outcome(outcome, back_to_list()));
			return frm.reload_doc().then(() => card[0].scrollIntoView({ block: "end" }));
		})
	);
	const write = keep_customers.one_at_a_time(() =>
		frappe
			.xcall("keep_customers.messaging.by_hand.message_for_todo", { todo: frm.doc.name })
			.then((message) => keep_customers.show_message(frm.doc.name, message))
	);
	card.on("click", "[data-message]", ({ detail }) => detail > 1 || write());
	card.on("click", "[data-dial]", () => call(frm, frm.doc.name));
	card.on("click", "[data-more]", () => frm.set_value("status", "Closed").then(() => frm.save()));
	const go = (...route) => {
		frm.keep_outcome = null;
		frappe.set_route(...route);
	};
	card.on("click", "[data-next]", (event) => go("Form", "ToDo", event.currentTarget.dataset.next));
	card.on("click", "[data-list]", () => go("List", "ToDo", "List"));
	if (open && keep_customers.call_on_opening === frm.doc.name) card.find("[data-call]")[0]?.click();
	keep_customers.call_on_opening = null;
};

keep_customers.show_no_contact = (frm) => {
	keep_customers.contact.form.clear(frm);
	keep_customers.contact.form.fold(frm, false);
};

function contact_html(frm, help, open) {
	const { pieces, results } = keep_customers.contact;
	const { text, who, ways, why, say } = pieces;
	if (!open) return who(help);
	const more = `<button class="btn btn-link btn-sm" data-more>${text(__("More to note …"))}</button>`;
	return `${who(help)}${ways(help, true)}
		${why(help.reasons.map((one) => one.next_step || one.short || one.reason))}
		${help.comes_first ? `<div class="text-muted small keep-comes-first">${text(help.comes_first)}</div>` : ""}
		${say(help.to_say)}
		${frm.perm[0]?.write !== 0 ? results.html(help, more) : ""}`;
}

function back_to_list() {
	return `<button class="btn btn-default btn-sm" data-list>${keep_customers.contact.pieces.text(__("Back to the List"))}</button>`;
}
