// What can be done now: the buttons, by where the case stands.
keep_customers.complaint_case.actions = (() => {
	const { answers, customer, dialogs, documents, server, steps } = keep_customers.complaint_case;
	const MAY_OVERRIDE = ["System Manager", "Keep Customers Manager", "Sales Manager"];

	function offer(frm) {
		const { OFFERED, CONFIRMED, FOLLOWED_UP } = steps;
		const doc = frm.doc;
		const next = steps.next(frm);
		const record_word = [__("Record the Customer's Word"), () => customer.record_word(frm)];
		if (doc.status === "Closed") {
			keep_customers.offer_actions(
				frm,
				[next === FOLLOWED_UP && [__("Note the Check-Back Call"), () => dialogs.take_step(frm, FOLLOWED_UP)]],
				[doc.closed_unanswered && record_word]
			);
			documents.offer(frm);
			return;
		}
		const waiting = doc.status === "Waiting for Customer";
		const to_take = steps.next_to_take(frm);
		const may_ask = steps.done(frm)[OFFERED] && doc.word !== "Yes";
		const ask = may_ask && [__("Ask the Customer"), () => customer.ask(frm)];
		keep_customers.offer_actions(
			frm,
			[
				doc.word === "Yes" && [__("Close"), () => server.act(frm, "close")],
				waiting && [__("Go On"), () => server.act(frm, "resume")],
				to_take &&
					doc.customer && [
						__("Next: {0}", [steps.name_of(to_take)]),
						() => dialogs.take_step(frm, to_take),
					],
				next === CONFIRMED && ask,
			],
			[
				next !== CONFIRMED && ask,
				may_ask && record_word,
				["Open", "Reopened"].includes(doc.status) && [__("Wait for the Customer"), () => dialogs.wait(frm)],
				!doc.solved_on && [__("Promise a Time"), () => dialogs.promise(frm)],
				frappe.model.can_read("Standard Answer") && [
					__("Offer a Standard Answer"),
					() => answers.offer(frm),
				],
				doc.word !== "Yes" &&
					frappe.user.has_role(MAY_OVERRIDE) && [__("Close"), () => dialogs.close(frm)],
			]
		);
		documents.offer(frm);
	}

	return { offer };
})();
