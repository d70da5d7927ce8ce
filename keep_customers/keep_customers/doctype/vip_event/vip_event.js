// An event from the idea to its result. Each part has a file of its own in public/js/vip_event/, which hooks.py loads after
// this one.
frappe.ui.form.on("VIP Event", {
	setup(frm) {
		frm.set_query("contact", "guests", (doc, cdt, cdn) => ({
			query: "keep_customers.people.contacts.contact_query",
			filters: { customer: locals[cdt][cdn].customer },
		}));
	},

	before_save: (frm) => keep_customers.vip_event.moving.ask(frm),

	refresh(frm) {
		const { actions, audience, guests, head, moving } = keep_customers.vip_event;
		audience.show(frm);
		if (frm.is_new()) {
			frm.keep_asked = null;
			head.show(frm, { counts: {}, problems: [], guests: [] });
			return;
		}
		const asked = (frm.keep_asked = (frm.keep_asked || 0) + 1);
		frappe.xcall("keep_customers.events.panel.shown", { event: frm.doc.name }).then((panel) => {
			// Somebody may have gone on to another event meanwhile.
			if (asked !== frm.keep_asked) return;
			head.show(frm, panel);
			guests.show(frm, panel);
			actions.offer(frm, panel);
			moving.remember(frm, panel);
		});
	},

	...Object.fromEntries(
		["territory", "customer_group", "tiers", "invite_by", "capacity"].map((field) => [
			field,
			(frm) => keep_customers.vip_event.audience.show_soon(frm),
		])
	),
});

frappe.ui.form.on("VIP Event Guest", {
	customer: (frm) => keep_customers.vip_event.audience.show_soon(frm),
	contact: (frm) => keep_customers.vip_event.audience.show_soon(frm),
	guests_remove: (frm) => keep_customers.vip_event.audience.show_soon(frm),
});
