frappe.ui.form.on("VIP Invitation", {
	setup(frm) {
		frm.set_query("contact", () => ({
			query: "keep_customers.people.contacts.contact_query",
			filters: { customer: frm.doc.customer },
		}));
	},

	refresh(frm) {
		if (frm.is_new() || !frm.perm[0].write) return;
		const { status } = frm.doc;
		const record = (what, more = {}) =>
			frappe
				.xcall("keep_customers.events.replies.record", { invitation: frm.doc.name, what, ...more })
				.then(() => frm.reload_doc());
		const is = (...states) => states.includes(status);
		const button = (label, what) => [label, () => record(what)];
		const yes = [
			__("Says Yes"),
			() =>
				frappe.prompt(
					{ fieldname: "companions", fieldtype: "Int", label: __("Companions", null, "VIP Invitation"), default: frm.doc.companions },
					(values) => record("Yes", values),
					__("Says Yes")
				),
		];
		const expected = is("Planned", "Invited", "Accepted", "Waiting List");
		const may_come = is("Accepted", "Invited", "Waiting List");
		const check_in = button(__("Check In"), "Check In");
		keep_customers.offer_actions(
			frm,
			[
				is("Accepted") && check_in,
				(is("Declined") || expected) && yes,
				is("Attended") && button(__("Undo Check In"), "Undo Check In"),
			],
			[
				expected && button(__("Says No"), "No"),
				may_come && !is("Accepted") && check_in,
				expected && button(__("Cancel Invitation"), "Cancel"),
			]
		);
	},
});
