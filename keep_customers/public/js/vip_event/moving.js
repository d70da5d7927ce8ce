// Who moves an event to which guests are invited writes to all of them: that is asked before it is saved.
frappe.provide("keep_customers.vip_event");

keep_customers.vip_event.moving = (() => {
	const FIELDS = ["starts_on", "ends_on", "place"];
	const TOLD = ["Invited", "Accepted", "Waiting List"];

	function remember(frm, panel) {
		const guests = TOLD.reduce((sum, status) => sum + (panel.counts[status] || 0), 0);
		// What somebody has changed meanwhile is not what stands.
		if (frm.is_dirty()) return;
		frm.keep_stands = { name: frm.doc.name, guests, where: where(frm.doc) };
	}

	const where = (doc) => JSON.stringify(FIELDS.map((field) => doc[field] || ""));

	function ask(frm) {
		const stands = frm.keep_stands;
		const asks =
			stands?.name === frm.doc.name &&
			stands.guests &&
			frm.doc.status === "Inviting" &&
			!keep_customers.vip_event.phases.has_begun(frm.doc) &&
			stands.where !== where(frm.doc);
		if (!asks) return;
		return new Promise((go_on) => {
			keep_customers.confirm(
				stands.guests === 1
					? __("Move this event? One guest is told of it at once.")
					: __("Move this event? {0} guests are told of it at once.", [stands.guests]),
				go_on,
				() => {
					frappe.validated = false;
					go_on();
				}
			);
		});
	}

	return { remember, ask };
})();
