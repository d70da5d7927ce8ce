// What can be done now: the buttons, by where the case stands.
keep_customers.complaint_case.actions = (() => {
	const { answers, customer, dialogs, documents, server, steps } = keep_customers.complaint_case;
	const MAY_OVERRIDE = ["System Manager", "Keep Customers Manager", "Sales Manager"];

	function offer(frm) {
		const { OFFERED, CONFIRMED, FOLLOWED_UP } = steps;
		const doc = frm.doc;
		const next = steps.next(frm);
		if (doc.status === "Closed") {
			if (next === FOLLOWED_UP) {
				primary(frm, __("Note the Check-Back Call"), () => dialogs.take_step(frm, FOLLOWED_UP));
			}
			if (doc.closed_unanswered) {
				frm.add_custom_button(__("Record the Customer's Word"), () => customer.record_word(frm));
			}
			documents.offer(frm);
			return;
		}
		const to_take = steps.next_to_take(frm);
		if (to_take && doc.customer) {
			primary(frm, __("Next: {0}", [steps.name_of(to_take)]), () => dialogs.take_step(frm, to_take));
		}
		if (doc.status === "Waiting for Customer") frm.add_custom_button(__("Go On"), () => server.act(frm, "resume"));
		else if (["Open", "Reopened"].includes(doc.status)) {
			frm.add_custom_button(__("Wait for the Customer"), () => dialogs.wait(frm));
		}
		if (steps.done(frm)[OFFERED] && doc.word !== "Yes") {
			const label = __("Ask the Customer");
			if (next === CONFIRMED) primary(frm, label, () => customer.ask(frm));
			else frm.add_custom_button(label, () => customer.ask(frm));
			frm.add_custom_button(__("Record the Customer's Word"), () => customer.record_word(frm));
		}
		if (doc.word === "Yes") primary(frm, __("Close"), () => server.act(frm, "close"));
		else if (frappe.user.has_role(MAY_OVERRIDE)) frm.add_custom_button(__("Close"), () => dialogs.close(frm));
		if (!doc.solved_on) frm.add_custom_button(__("Promise a Time"), () => dialogs.promise(frm));
		if (frappe.model.can_read("Standard Answer")) {
			frm.add_custom_button(__("Offer a Standard Answer"), () => answers.offer(frm));
		}
		documents.offer(frm);
	}

	function primary(frm, label, action) {
		frm.add_custom_button(label, action);
		frm.change_custom_button_type(label, null, "primary");
	}

	return { offer };
})();
