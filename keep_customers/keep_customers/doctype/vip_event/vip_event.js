frappe.ui.form.on("VIP Event", {
	refresh(frm) {
		if (frm.is_new()) return;
		const { status } = frm.doc;
		const may_write = frm.perm[0].write;
		const is = (...states) => may_write && states.includes(status);
		const asking = is("Planned", "Inviting");
		const door = [
			__("Check-In"),
			() => window.open(`/event-check-in?event=${encodeURIComponent(frm.doc.name)}`),
		];
		const at_the_door = may_write || frm.doc.host === frappe.session.user;
		const choose_guests = [__("Choose the Guests"), () => choose(frm)];
		const planned = frm.doc.__onload?.planned;
		const has_begun = frm.doc.starts_on && frm.doc.starts_on <= frappe.datetime.now_datetime();
		keep_customers.offer_actions(
			frm,
			[
				is("Idea") && [__("Plan It"), () => set_status(frm, "Planned")],
				asking && has_begun && [__("It Was Held"), () => held(frm)],
				asking && !planned && choose_guests,
				asking && [__("Send the Next Wave"), () => send_wave(frm)],
				is("Held") && [__("Close"), () => set_status(frm, "Closed")],
			],
			[
				asking && planned && choose_guests,
				[
					__("Guests", null, "VIP Event"),
					() => frappe.set_route("List", "VIP Invitation", { event: frm.doc.name }),
				],
				at_the_door && ["Inviting", "Held"].includes(status) && door,
				asking && !has_begun && [__("It Was Held"), () => held(frm)],
				is("Held", "Closed") && [
					__("Work Out the Result"),
					() => call(frm, "keep_customers.events.results.refresh", { event: frm.doc.name }),
				],
				is("Planned") && [__("Back to an Idea"), () => set_status(frm, "Idea")],
				is("Idea", "Planned", "Inviting", "Held") && [
					__("Call It Off"),
					() =>
						frappe.confirm(__("Call this event off? Everybody who was invited is told."), () =>
							set_status(frm, "Cancelled")
						),
				],
			]
		);
	},

	setup(frm) {
		frm.set_query("contact", "guests", (doc, cdt, cdn) => ({
			query: "keep_customers.people.contacts.contact_query",
			filters: { customer: locals[cdt][cdn].customer },
		}));
	},
});

function call(frm, method, args) {
	const saved = frm.is_dirty() ? frm.save() : Promise.resolve();
	return saved.then(() => frappe.xcall(method, args)).then((found) => frm.reload_doc().then(() => found));
}

function set_status(frm, status, more = {}) {
	return call(frm, "keep_customers.events.documents.set_status", { event: frm.doc.name, status, ...more });
}

function held(frm) {
	if (frm.doc.attended || !frm.doc.accepted) return set_status(frm, "Held");
	frappe.confirm(__("Nobody was checked in. Did everybody come who said yes?"), () =>
		set_status(frm, "Held", { everybody_came: 1 })
	);
}

function choose(frm) {
	const saved = frm.is_dirty() ? frm.save() : Promise.resolve();
	saved
		.then(() => frappe.xcall("keep_customers.events.audience.preview", { event: frm.doc.name }))
		.then((found) => {
			const names = found.names.map((name) => `<li>${frappe.utils.escape_html(name)}</li>`);
			if (found.customers > names.length) names.push("<li>…</li>");
			const places = found.free === null ? "" : `<p>${__("Free places: {0}", [found.free])}</p>`;
			frappe.confirm(
				`<p><b>${__("New guests: {0}", [found.customers])}</b></p>${places}
				<p>${__("Left out of them, because they do not want to be contacted: {0}", [found.refused])}</p>
				<ol>${names.join("")}</ol><p>${__("Nothing is sent yet.")}</p>`,
				() => call(frm, "keep_customers.events.audience.plan", { event: frm.doc.name })
			);
		});
}

function send_wave(frm) {
	frappe.confirm(__("Send as many invitations as there are free places?"), () =>
		call(frm, "keep_customers.events.waves.invite", { event: frm.doc.name }).then((done) => {
			frappe.msgprint({
				title: __("Invitations sent: {0}", [done.sent]),
				message: [
					__("Not answered yet: {0}", [done.pending]),
					__("Persons on the waiting list: {0}", [done.waiting]),
					__("Planned and not sent: {0}", [done.left]),
				].join("<br>"),
			});
		})
	);
}
