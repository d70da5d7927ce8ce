// The guests by what they have said, each with how they were told and what can be noted in one tap.
keep_customers.vip_event.guests = (() => {
	const { server, phases } = keep_customers.vip_event;
	const { text, link, joined } = keep_customers.words;
	const ORDER = ["Accepted", "Attended", "Waiting List", "Invited", "Planned", "Declined", "No Show", "Cancelled"];
	const YES = "Yes", NO = "No", IN = "Check In", OUT = "Undo Check In", COPY = "Copy", AGAIN = "Invite After All";

	// On its day whoever may come stands at the door, everybody else with the replies.
	const AT_THE_DOOR = ["Accepted", "Attended", "Waiting List", "Invited"];

	function show(frm, panel) {
		const door = is_at_the_door(frm.doc);
		const at_the_door = (status) => door && AT_THE_DOOR.includes(status);
		draw(frm, panel, "door_list", ORDER.filter(at_the_door), "");
		draw(frm, panel, "guest_list", ORDER.filter((status) => !at_the_door(status)), rest(frm, panel));
	}

	const is_at_the_door = (doc) => phases.has_come(doc) && ["Inviting", "Held"].includes(doc.status);

	function draw(frm, panel, field, statuses, below) {
		const { $wrapper } = frm.get_field(field);
		const may = frappe.model.can_write("VIP Invitation");
		const groups = statuses
			.map((status) => [status, panel.guests.filter((guest) => guest.status === status)])
			.filter(([, guests]) => guests.length)
			.map(([status, guests]) => group(frm, panel, status, guests, may));
		$wrapper.html(`<div class="ke">${groups.join("")}${below}</div>`);
		$wrapper.off("click.ke").on("click.ke", "[data-do]", ({ currentTarget }) => {
			const guest = panel.guests.find((one) => one.name === currentTarget.closest("[data-guest]").dataset.guest);
			act(frm, guest, currentTarget.dataset.do, currentTarget);
		});
	}

	function group(frm, panel, status, guests, may) {
		const name = __(status, null, "VIP Invitation");
		const rows = guests.map((guest) => row(frm, guest, may ? offered(frm, panel, status) : []));
		return `<section><h4>${text(name)} (${text(panel.counts[status])})</h4><ul class="ke-guests">${rows.join("")}</ul></section>`;
	}

	function row(frm, guest, actions) {
		const with_others = guest.companions ? ` + ${guest.companions}` : "";
		const of = guest.customer_name === guest.guest_name ? "" : text(guest.customer_name);
		const name = link("VIP Invitation", guest.name, text((guest.guest_name || guest.customer_name) + with_others));
		const about = [guest.told, guest.answered || guest.opened, guest.remark && `“${guest.remark}”`];
		const buttons = actions.map(
			([what, label]) =>
				`<button type="button" class="btn btn-default btn-xs" data-do="${what}">${text(label)}</button>`
		);
		return `<li data-guest="${text(guest.name)}"><div>${name} <span class="ke-quiet">${of}</span>
			<div class="ke-quiet">${joined(about.map((one) => one && text(one)))}</div></div><div class="ke-do">${buttons.join("")}</div></li>`;
	}

	// What can be noted of a guest now.
	function offered(frm, panel, status) {
		const { doc } = frm;
		const is = (...states) => states.includes(status);
		const answers = doc.status === "Inviting" && !phases.has_begun(doc);
		const door = is_at_the_door(doc);
		return [
			door && is("Accepted", "Waiting List", "Invited") && [IN, __("Check In")],
			door && is("Attended") && [OUT, __("Undo")],
			answers && is("Invited", "Declined") && [YES, __("Says Yes")],
			answers && is("Invited", "Accepted", "Waiting List") && [NO, __("Says No")],
			answers && is("Invited", "Accepted", "Waiting List", "Declined") && [COPY, __("Copy the Link")],
			is("Cancelled") && ["Planned", "Inviting"].includes(doc.status) && [AGAIN, __("Invite After All")],
		].filter(Boolean);
	}

	function rest(frm, panel) {
		const all = `<a href="${text(
			frappe.utils.generate_route({ type: "doctype", name: "VIP Invitation", doc_view: "List", route_options: { event: frm.doc.name } })
		)}">${text(__("All Guests"))}</a>`;
		if (!Object.keys(panel.counts).length) return `<p class="ke-quiet">${text(__("Nobody is chosen yet."))}</p>`;
		return `<p>${panel.unseen ? `${text(__("Not shown here: {0}", [panel.unseen]))} · ` : ""}${all}</p>`;
	}

	function act(frm, guest, what, button) {
		if (what === COPY) return copy(guest);
		const note = (more) => {
			button.disabled = true;
			return keep_customers.answered(server.of_guest(frm, guest.name, what, more)).catch(() => (button.disabled = false));
		};
		if (what !== YES || !frm.doc.max_companions) return note();
		keep_customers.prompt(
			{ fieldname: "companions", fieldtype: "Int", label: __("Companions", null, "VIP Invitation"), default: guest.companions },
			note,
			__("Says Yes")
		);
	}

	const copy = (guest) =>
		frappe
			.xcall("keep_customers.events.links.shown", { invitation: guest.name })
			.then(({ link }) => keep_customers.copy_link.show(link, { label: guest.guest_name }));

	return { show };
})();
