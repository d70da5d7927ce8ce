// An event with a customer opens with the contact itself, as a care ToDo does.
frappe.ui.form.on("Event", {
	refresh(frm) {
		const { form } = keep_customers.contact;
		if (frm.keep_outcome === frm.doc.name) return;
		frm.keep_outcome = null;
		form.clear(frm);
		form.fold(frm, false);
		const with_somebody = (frm.doc.event_participants || []).some((one) =>
			["Customer", "Contact"].includes(one.reference_doctype)
		);
		if (frm.is_new() || frm.doc.status !== "Open" || !with_somebody || !frappe.model.can_read("Customer")) return;
		const appointment = frm.doc.name;
		frappe
			.xcall("keep_customers.care.appointments.for_event", { appointment })
			.then((help) => help && frm.doc.name === appointment && show_event_contact(frm, help));
	},
});

function show_event_contact(frm, help) {
	const { form, pieces, results } = keep_customers.contact;
	const { who, ways, why, say } = pieces;
	const reasons = help.reasons.map((one) => one.next_step || one.short || one.reason);
	const card = form.instead(
		frm,
		who({ ...help, due: frm.doc.starts_on }) +
			ways({ ...help, can_call: false }) +
			why([...new Set([frm.doc.subject, ...reasons])]) +
			say(help.to_say) +
			(frm.perm[0]?.write ? results.html(help) : "")
	);
	const appointment = frm.doc.name;
	results.listen(card, `Event ${appointment}`, (told) =>
		frappe.xcall("keep_customers.care.appointments.record", { appointment, ...told }).then((outcome) => {
			if (frm.doc.name !== appointment) return;
			frm.keep_outcome = appointment;
			card.html(results.outcome(outcome));
			return frm.reload_doc();
		})
	);
	card.on("click", "[data-next]", ({ currentTarget }) => {
		frm.keep_outcome = null;
		frappe.set_route("Form", "ToDo", currentTarget.dataset.next);
	});
}
