// What waits to be done for the customer, and what was agreed with it.
frappe.provide("keep_customers.customer");

keep_customers.customer.open_things = (() => {
	const { text, joined, day, link, pill } = keep_customers.words;
	const list = (rows) => `<ul>${rows.map((row) => `<li>${row}</li>`).join("")}</ul>`;

	function html(care, more) {
		// What was agreed stands below, in its own words.
		const agreed = more.agreements.map((one) => one.follow_up);
		const rows = [
			...care.complaints.map(complaint),
			...care.follow_ups.filter((row) => !agreed.includes(row.name)).map(follow_up),
			...more.losses.map(loss),
			...more.visits.map(visit),
			...more.invitations.map(invitation),
		];
		const none = `<p class="kc-empty">${text(__("Nothing is open. What a Care Rule asks for, and what you agree on, appears here."))}</p>`;
		return `<section><h3>${text(__("Open Things"))}</h3>${rows.length ? list(rows) : none}</section>${agreements(more.agreements)}`;
	}

	const complaint = (row) =>
		joined([
			pill("red", text(__("Complaint Case"))),
			row.about === null ? text(row.name) : link(row.doctype, row.name, text(row.about || row.name)),
			row.day && day(row.day),
			text(__(row.status, null, row.doctype)),
		]);

	function follow_up(row) {
		const [doctype, name] = row.todo ? ["ToDo", row.todo] : ["Follow Up", row.name];
		const who = text(row.assigned_name) || text(__(row.hold_reason || row.status, null, "Follow Up"));
		return joined([`<b>${day(row.due_date)}</b>`, link(doctype, name, text(row.reason)), who]);
	}

	const loss = (row) =>
		joined([
			pill("red", text(__("Lost", null, "Customer Value"))),
			link("Loss Review", row.name, text(row.cause ? __(row.cause, null, "Loss Cause") : __("Why did they leave?"))),
			day(row.lost_on),
			text(__(row.status, null, "Loss Review")),
		]);

	const visit = (row) =>
		joined([
			pill("blue", text(__("Visit"))),
			link("Visit Plan", row.plan, day(row.day)),
			text(row.goal),
			text(__(row.status, null, "Visit Plan")),
			text(row.rep_name),
		]);

	const invitation = (row) =>
		joined([
			pill("cyan", text(__("VIP Event"))),
			link("VIP Invitation", row.name, text(row.theme)),
			day(row.starts_on),
			text(__(row.status, null, "VIP Invitation")),
			text(row.guest_name),
		]);

	function agreements(rows) {
		const none = `<p class="kc-empty">${text(__("Nothing agreed yet. A next step that you note with a contact stands here."))}</p>`;
		const lines = rows.map((row) =>
			joined([
				row.day && `<b>${day(row.day)}</b>`,
				link("Customer Touch", row.touch, text(row.next_step)),
				row.status && text(__(row.status, null, "Follow Up")),
			])
		);
		return `<section><h3>${text(__("Agreements"))}</h3>${lines.length ? list(lines) : none}</section>`;
	}

	return { html };
})();
