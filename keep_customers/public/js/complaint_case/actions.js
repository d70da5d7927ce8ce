// What can be done now: the next step is the one dark button, the rest stands in two groups.
keep_customers.complaint_case.actions = (() => {
	const { answers, asking, customer, dialogs, documents, open, server, step_dialog, steps } = keep_customers.complaint_case;

	// `help`: as contact.for_case gives it.
	function offer(frm, help) {
		const next = next_step(frm, help);
		keep_customers.offer_actions(frm, [next], {
			[__("Actions")]: others(frm).filter((one) => one && one[0] !== next?.[0]),
			[__("Create")]: documents.makes(frm),
		});
		const { wrapper } = frm.layout;
		wrapper.find(".keep-next-here").append(wrapper.find(".keep-next-step"));
	}

	function next_step(frm, help) {
		const { doc } = frm;
		const pair = ({ label, action }) => [label, action];
		if (doc.status === "Closed") return steps.next(frm) === steps.FOLLOWED_UP && [__("Note the Check-Back Call"), () => dialogs.check_back(frm)];
		if (!doc.customer) {
			return pair(help.proposed.length === 1 ? open.taken(frm, help.proposed[0]) : open.mending(frm).customer);
		}
		if (doc.status === "Waiting for Customer") return [__("They Have Answered"), () => server.press(frm, "resume")];
		const step = next_to_take(frm);
		if (step) return [steps.to_do_for(frm, step), () => step_dialog.open(frm, step)];
		if (doc.word === "Yes") {
			const [first] = help.open;
			return first ? pair(open.mending(frm)[first.what]) : [__("Close"), () => server.press(frm, "close")];
		}
		return is_asked(doc) ? record_word(frm) : ask(frm);
	}

	// What somebody else decides, or the customer still gets, holds up nobody who can go on.
	function next_to_take(frm) {
		const [step] = steps.to_take(frm);
		const waits = step === steps.COMPENSATED && (frm.doc.compensations || []).some((row) => row.status === "Proposed");
		return waits && !open.may_override() ? undefined : step;
	}

	const is_asked = (doc) => doc.word_asked_on && !(doc.word_on && doc.word_on >= doc.word_asked_on);
	const ask = (frm) => [__("Ask the Customer"), () => asking.open(frm)];
	const record_word = (frm) => [__("Record the Customer's Word"), () => customer.record_word(frm)];

	function others(frm) {
		const { doc } = frm;
		if (doc.status === "Closed") return [doc.closed_unanswered && record_word(frm)];
		const may_ask = doc.customer && steps.done(frm)[steps.OFFERED] && doc.word !== "Yes";
		return [
			may_ask && ask(frm),
			may_ask && record_word(frm),
			doc.customer && [__("Not Reached", null, "Customer Touch"), () => dialogs.not_reached(frm)],
			["Open", "Reopened"].includes(doc.status) && [__("Wait for the Customer"), () => dialogs.wait(frm)],
			!doc.solved_on && [__("Promise a Time"), () => dialogs.promise(frm)],
			frappe.model.can_read("Standard Answer") && [__("Offer a Standard Answer"), () => answers.offer(frm)],
			doc.word !== "Yes" && open.may_override() && [__("Close Without Their Yes"), () => dialogs.close(frm)],
		];
	}

	return { offer };
})();
