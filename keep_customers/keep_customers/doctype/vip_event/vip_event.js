frappe.ui.form.on("VIP Event", {
	refresh(frm) {
		if (frm.is_new()) return;
		const { status } = frm.doc;
		if (frm.perm[0].write) {
			if (["Planned", "Inviting"].includes(status)) {
				frm.add_custom_button(__("Choose the Guests"), () => choose(frm));
				frm.add_custom_button(__("Send the Next Wave"), () => send_wave(frm)).addClass("btn-primary");
			}
			if (status === "Idea") step(frm, __("Plan It"), "Planned");
			if (status === "Planned") step(frm, __("Back to an Idea"), "Idea");
			if (["Planned", "Inviting"].includes(status)) frm.add_custom_button(__("It Was Held"), () => held(frm));
			if (status === "Held") step(frm, __("Close"), "Closed");
			if (["Held", "Closed"].includes(status)) {
				frm.add_custom_button(__("Work Out the Result"), () =>
					call(frm, "keep_customers.events.results.refresh", { event: frm.doc.name })
				);
			}
			if (!["Closed", "Cancelled"].includes(status)) {
				frm.add_custom_button(__("Call It Off"), () =>
					frappe.confirm(__("Call this event off? Everybody who was invited is told."), () =>
						set_status(frm, "Cancelled")
					)
				);
			}
		}
		frm.add_custom_button(__("Guests", null, "VIP Event"), () =>
			frappe.set_route("List", "VIP Invitation", { event: frm.doc.name })
		);
		const at_the_door = frm.perm[0].write || frm.doc.host === frappe.session.user;
		if (at_the_door && ["Inviting", "Held"].includes(status)) {
			frm.add_custom_button(__("Check-In"), () =>
				window.open(`/event-check-in?event=${encodeURIComponent(frm.doc.name)}`)
			);
		}
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

function step(frm, label, status) {
	frm.add_custom_button(label, () => set_status(frm, status));
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
