// Why a customer left, what is done about it, and what came of it. Each part has a file of its own in
// public/js/loss_review/, which hooks.py loads after this one.
frappe.ui.form.on("Loss Review", {
	setup(frm) {
		frm.set_query("responsible", () => ({ filters: { enabled: 1, user_type: "System User" } }));
	},

	refresh(frm) {
		if (frm.is_new()) return; // the night makes them, and knows nothing of this one
		const { actions, head } = keep_customers.loss_review;
		const asked = (frm.keep_asked = (frm.keep_asked || 0) + 1);
		frappe.xcall("keep_customers.retention.panel.shown", { review: frm.doc.name }).then((panel) => {
			// Somebody may have gone on to another review meanwhile.
			if (asked !== frm.keep_asked) return;
			head.show(frm, panel);
			actions.offer(frm, panel);
		});
	},
});
