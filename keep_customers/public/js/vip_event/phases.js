// Where an event stands between the idea and its result.
keep_customers.vip_event.phases = (() => {
	const names = () => [
		["when", __("What and When")],
		["whom", __("Whom")],
		["invitations", __("Invitations")],
		["replies", __("Replies")],
		["door", __("Door")],
		["result", __("Result")],
	];

	// By the site's clock, as the event's time is; the user's own may be of another zone.
	const site_now = () => frappe.datetime.system_datetime();
	const has_come = (doc) => doc.starts_on && doc.starts_on.slice(0, 10) <= site_now().slice(0, 10);
	const has_begun = (doc) => doc.starts_on && doc.starts_on <= site_now();

	// Places nobody has or may claim; who waits comes first.
	function free(doc, counts) {
		if (!doc.capacity) return Infinity;
		return doc.waiting ? 0 : doc.capacity - doc.accepted - (counts.Invited || 0);
	}

	// The present one; `counts`: status -> how many invitations.
	function present(doc, counts) {
		if (["Closed", "Cancelled"].includes(doc.status)) return null;
		if (doc.status === "Held") return "result";
		if (!doc.starts_on || doc.status === "Idea") return "when";
		if (has_come(doc) && (doc.status === "Inviting" || has_begun(doc))) return "door";
		const on_record = Object.entries(counts).some(([status, count]) => status !== "Cancelled" && count);
		if (!on_record) return "whom";
		const sends = counts.Planned && (doc.status === "Planned" || free(doc, counts) > 0);
		return sends ? "invitations" : "replies";
	}

	function html(doc, counts) {
		if (doc.status === "Cancelled") return "";
		const all = names();
		const now = present(doc, counts);
		const at = now ? all.findIndex(([phase]) => phase === now) : all.length;
		return keep_customers.step_bar(
			all.map(([, name], index) => ({ name, state: index < at ? "done" : index === at ? "next" : "open" }))
		);
	}

	return { present, html, free, has_come, has_begun };
})();
