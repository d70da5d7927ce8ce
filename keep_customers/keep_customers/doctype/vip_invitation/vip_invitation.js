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
		const button = (label, what) => frm.add_custom_button(label, () => record(what));

		if (["Planned", "Invited", "Declined", "Accepted", "Waiting List"].includes(status)) {
			frm.add_custom_button(__("Says Yes"), () =>
				frappe.prompt(
					{ fieldname: "companions", fieldtype: "Int", label: __("Companions", null, "VIP Invitation"), default: frm.doc.companions },
					(values) => record("Yes", values),
					__("Says Yes")
				)
			);
		}
		if (["Planned", "Invited", "Accepted", "Waiting List"].includes(status)) button(__("Says No"), "No");
		if (["Accepted", "Invited", "Waiting List"].includes(status)) button(__("Check In"), "Check In");
		if (status === "Attended") button(__("Undo Check In"), "Undo Check In");
		if (["Planned", "Invited", "Accepted", "Waiting List"].includes(status)) {
			button(__("Cancel Invitation"), "Cancel");
		}
	},
});
