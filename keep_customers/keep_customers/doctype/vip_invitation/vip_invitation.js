// One guest: the link, how it was given, and what the guest has said.
frappe.ui.form.on("VIP Invitation", {
	setup(frm) {
		frm.set_query("contact", () => ({
			query: "keep_customers.people.contacts.contact_query",
			filters: { customer: frm.doc.customer },
		}));
	},

	refresh(frm) {
		frm.get_field("way").$wrapper.empty();
		if (frm.is_new()) return;
		const { name } = frm.doc;
		frappe.xcall("keep_customers.events.links.shown", { invitation: name }).then((found) => {
			// Somebody may have gone on to another invitation meanwhile.
			if (frm.doc.name !== name) return;
			const end = ends_with(frm, found.status);
			frm.set_intro("");
			if (end) frm.set_intro(end);
			show_way(frm, found, end);
			if (frm.perm[0].write) offer(frm, found);
		});
	},
});

// What each button notes, by where the invitation stands; the first is the next step.
const OFFERED = {
	Planned: { next: [], more: ["Yes", "No", "Cancel"] },
	Invited: { next: ["Yes"], more: ["No", "Check In", "Cancel"] },
	"Waiting List": { next: [], more: ["Yes", "No", "Check In", "Cancel"] },
	Accepted: { next: ["Check In"], more: ["Yes", "No", "Cancel"] },
	Declined: { next: ["Yes"], more: [] },
	Attended: { next: [], more: ["Undo Check In"] },
	Cancelled: { next: ["Invite After All"], more: [] },
};

function offer(frm, event) {
	const labels = {
		Yes: __("Says Yes"),
		No: __("Says No"),
		Cancel: __("Cancel Invitation"),
		"Check In": __("Check In"),
		"Undo Check In": __("Undo Check In"),
		"Invite After All": __("Invite After All"),
	};
	// By the site's clock, as the event's time is; the user's own may be of another zone.
	const now = frappe.datetime.system_datetime();
	const begun = event.starts_on && event.starts_on <= now;
	const day_has_come = event.starts_on && event.starts_on.slice(0, 10) <= now.slice(0, 10);
	const answers = event.status === "Inviting" && !begun;
	const possible = {
		Yes: answers,
		No: answers,
		Cancel: ["Idea", "Planned", "Inviting"].includes(event.status),
		"Check In": day_has_come && ["Inviting", "Held"].includes(event.status),
		"Undo Check In": ["Inviting", "Held"].includes(event.status),
		"Invite After All": ["Idea", "Planned", "Inviting"].includes(event.status),
	};
	const buttons = (names) =>
		names.filter((what) => possible[what]).map((what) => [labels[what], () => (what === "Yes" ? says_yes(frm) : record(frm, what))]);
	const { next, more } = OFFERED[frm.doc.status] || { next: [], more: [] };
	keep_customers.offer_actions(frm, buttons(next), buttons(more));
}

function record(frm, what, more = {}) {
	return frappe
		.xcall("keep_customers.events.replies.record", { invitation: frm.doc.name, what, ...more })
		.then(() => frm.reload_doc());
}

function says_yes(frm) {
	keep_customers.prompt(
		{
			fieldname: "companions",
			fieldtype: "Int",
			label: __("Companions", null, "VIP Invitation"),
			default: frm.doc.companions,
		},
		(values) => record(frm, "Yes", values),
		__("Says Yes")
	);
}

// Where nothing is left to be done with an invitation: why, and what can be done elsewhere.
function ends_with(frm, event) {
	if (event === "Cancelled") return __("The event was called off; the guest is asked for nothing any more.");
	if (["Held", "Closed"].includes(event)) return __("The event was held. What came of it stands on the event.");
	if (frm.doc.status === "Cancelled") return __("The invitation was cancelled. Invite After All takes that back.");
	return null;
}

function show_way(frm, way, end) {
	const text = (value) => frappe.utils.escape_html(value);
	const { $wrapper } = frm.get_field("way");
	const lines = [
		way.told || (!end && frm.doc.status === "Planned" && __("Not invited yet; the next wave does that.")),
		way.opened || (way.link && !frm.doc.replied_on && __("Whether it was opened is not known.")),
	];
	const told = lines.filter(Boolean).map((line) => `<p>${text(line)}</p>`);
	const link = way.link ? keep_customers.copy_link.html(way.link, __("The guest's own page")) : "";
	$wrapper.html(told.join("") + link);
	keep_customers.copy_link.listen($wrapper);
}
