// What can be done now, by where the event stands.
keep_customers.vip_event.actions = (() => {
	const { afterwards, audience, next_wave, phases, server } = keep_customers.vip_event;

	function offer(frm, panel) {
		const { doc } = frm;
		const may_write = frm.perm[0].write;
		const phase = phases.present(doc, panel.counts);
		const choose = [__("Choose the Guests"), () => audience.choose(frm)];
		const choose_more = [__("Choose More Guests"), () => audience.choose(frm)];
		const send = [__("Send the Next Wave"), () => next_wave.send(frm)];
		const door = panel.door && [__("Check-In"), () => window.open(`/event-check-in?event=${encodeURIComponent(doc.name)}`)];
		const held = [__("It Was Held"), () => afterwards.held(frm, panel)];
		const off = [__("Call It Off"), () => call_off(frm)];
		// The day is over, and nobody was invited: it was hardly held.
		const missed = doc.status === "Planned";
		const steps = {
			when: doc.starts_on ? [[__("Plan It"), () => server.become(frm, "Planned")]] : [],
			whom: [choose],
			invitations: [send, choose_more],
			// As long as somebody has not answered, there is nothing to do but wait.
			replies: phases.free(doc, panel.counts) > 0 && !panel.counts.Invited ? [choose_more] : [],
			door: [phases.has_begun(doc) && (missed ? off : held)],
			result: [[__("Close"), () => afterwards.close(frm)]],
		};
		const anew = doc.status === "Cancelled" && frappe.model.can_create("VIP Event");
		const next = anew ? [[__("Plan It Anew"), () => frm.copy_doc()]] : may_write ? steps[phase] || [] : [];
		keep_customers.offer_actions(
			frm,
			phase === "door" ? [...next, door] : next,
			[
				phase === "replies" && may_write && !next.length && choose_more,
				phase === "result" && door,
				may_write &&
					["Held", "Closed"].includes(doc.status) && [
						__("Work Out the Result"),
						() => server.act(frm, "results.refresh"),
					],
				phase === "door" && missed && may_write && held,
				may_write && ["Idea", "Planned", "Inviting", "Held"].includes(doc.status) && !(phase === "door" && missed) && off,
			]
		);
	}

	function call_off(frm) {
		keep_customers.confirm(__("Call this event off? Everybody who was invited is told."), () => server.become(frm, "Cancelled"));
	}

	return { offer };
})();
