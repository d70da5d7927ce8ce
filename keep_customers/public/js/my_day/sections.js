// What is beside the contact that is next: the others of today, and everything else a day holds.
frappe.provide("keep_customers.my_day");

keep_customers.my_day.sections = (() => {
	const { text, joined, day, time, link, pill, to_map } = keep_customers.words;

	const section = (label, rows, more = "") =>
		rows.length || more
			? `<section><h3>${text(label)}${rows.length ? ` <span class="text-muted">${rows.length}</span>` : ""}</h3>
				${rows.length ? `<ul>${rows.map((row) => `<li>${row}</li>`).join("")}</ul>` : ""}${more}</section>`
			: "";
	const two = (first, second) => `<div>${first}</div>${second ? `<div class="text-muted">${second}</div>` : ""}`;

	function contacts(rows, label, at) {
		if (!rows.length) return "";
		const lines = rows.map((one) => {
			const late = one.date && one.date < keep_customers.my_day.today;
			const here = one.todo === at;
			const mark = late
				? pill("red", text(__("Late")))
				: one.tried
				? pill("gray", text(__("Tried today")))
				: one.promised
				? pill("blue", text(__("Promised", null, "My Day")))
				: "";
			return `<li><button class="kd-row ${here ? "kd-here" : ""}" data-at="${text(one.todo)}" ${here ? 'aria-current="true"' : ""}>
				<span class="indicator ${text((one.colour || "gray").toLowerCase())}"></span>
				<span class="kd-row-text"><b>${text(one.customer_name)}</b><small>${text(one.why || one.reasons[0])}</small></span>
				${mark}
			</button></li>`;
		});
		return `<section><h3>${text(label)} <span class="text-muted">${rows.length}</span></h3>
			<ol class="kd-contacts">${lines.join("")}</ol></section>`;
	}

	function visits(rows) {
		return section(
			__("Visits Today"),
			rows.map((one) =>
				two(
					joined([
						one.appointment && `<b>${time(one.appointment)}</b>`,
						link("Visit Plan", one.plan, text(one.customer_name || one.customer)),
						one.place && `<a ${to_map(one.place)}>${text(__("Map", null, "My Day"))}</a>`,
					]),
					joined([text(one.goal), text(one.people_to_meet)])
				)
			)
		);
	}

	// Who is the customer is named once.
	const of_customer = (one) =>
		one.customer_name === one.full_name ? link("Customer", one.customer, text(one.full_name)) : text(one.full_name);

	const birthdays = (rows) =>
		section(
			__("Birthdays"),
			rows.map((one) =>
				two(
					joined([`<b>${day(one.day)}</b>`, of_customer(one)]),
					joined([
						one.customer_name !== one.full_name && link("Customer", one.customer, text(one.customer_name)),
						one.relation && text(__(one.relation, null, "Customer File Person")),
					])
				)
			)
		);

	const promises = (rows) =>
		section(
			__("Promised for the Next Days"),
			rows.map((one) =>
				two(
					joined([`<b>${day(one.day)}</b>`, link("Customer Touch", one.touch, text(one.next_step))]),
					link("Customer", one.customer, text(one.customer_name))
				)
			)
		);

	const complaints = (rows) =>
		section(
			__("My Complaints"),
			rows.map((one) =>
				two(
					joined(
						[
							link("Complaint Case", one.name, text(one.subject)),
							one.late && pill("red", text(__("Late"))),
						],
						" "
					),
					joined([
						text(one.customer_name),
						text(__(one.status, null, "Complaint Case")),
						one.due && `${day(one.due)} ${time(one.due)}`,
					])
				)
			)
		);

	const events = (rows) =>
		section(
			__("My Events"),
			rows.map((one) =>
				two(
					joined([`<b>${day(one.starts_on)}</b> ${time(one.starts_on)}`, link("VIP Event", one.name, text(one.theme))]),
					joined([
						text(__(one.status, null, "VIP Event")),
						one.invited && text(__("{0} of {1} invited accepted", [one.accepted, one.invited])),
						text(one.place),
					])
				)
			)
		);

	const others = (rows) =>
		section(
			__("Other ToDos"),
			rows.map((one) =>
				two(
					link("ToDo", one.todo, text(one.text ?? __("About a customer you may not read"))),
					one.date && one.date < keep_customers.my_day.today ? text(__("Late")) : ""
				)
			)
		);

	function later(coming, held) {
		const days = coming.map((one) => joined([`<b>${day(one.day)}</b>`, text(__("ToDos: {0}", [one.number]))]));
		const why = held.reasons.map((one) =>
			joined([`<b>${text(one.number)}</b>`, text(__(one.reason, null, "Follow Up"))])
		);
		const rows = held.rows.map((one) =>
			two(
				link("Customer", one.customer, text(one.customer_name)),
				joined([text(__(one.hold_reason, null, "Follow Up")), text(one.reason)])
			)
		);
		const list = (items) => `<ul>${items.map((one) => `<li>${one}</li>`).join("")}</ul>`;
		const put_off = rows.length
			? `<p>${text(__("Put off, and why:"))}</p>${list(why)}<details><summary>${text(__("Who"))}</summary>${list(rows)}</details>`
			: "";
		return section(__("Left for Later"), days, put_off);
	}

	function all(found, at) {
		const due = found.contacts.filter((one) => one.due);
		const ahead = found.contacts.filter((one) => !one.due);
		const first = contacts(due, __("Contacts Today"), at);
		// What is beside them comes a moment later.
		if (!found.visits) return first + others(found.others) + contacts(ahead, __("Not Due Yet"), at);
		// What stands above as a case or an event is not said twice.
		const above = new Set([...found.complaints, ...found.events].map((one) => one.name));
		const besides = found.others.filter(
			(one) => !(["Complaint Case", "VIP Event"].includes(one.reference_type) && above.has(one.reference_name))
		);
		return (
			first +
			visits(found.visits) +
			complaints(found.complaints) +
			birthdays(found.birthdays) +
			promises(found.promises) +
			events(found.events) +
			others(besides) +
			contacts(ahead, __("Not Due Yet"), at) +
			later(found.coming, found.held_back)
		);
	}

	return { all };
})();
