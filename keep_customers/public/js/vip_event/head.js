// Above the form: the steps, what stands in the way and where it is mended, and how many have said what.
keep_customers.vip_event.head = (() => {
	const { text, joined } = keep_customers.words;

	function show(frm, panel) {
		const { $wrapper } = frm.get_field("progress");
		$wrapper.html(
			`<div class="ke">${keep_customers.vip_event.phases.html(frm.doc, panel.counts)}${when_and_where(frm, panel)}${said(panel)}${problems(panel)}${figures(frm.doc, panel.counts)}</div>`
		);
		$wrapper.off("click.ke").on("click.ke", "[data-problem]", ({ currentTarget }) => {
			const { route, field } = panel.problems[currentTarget.dataset.problem];
			if (route) frappe.set_route(route);
			else frm.scroll_to_field(field);
		});
	}

	// What the first section says, as it is folded once the event is planned.
	function when_and_where({ doc }, panel) {
		if (doc.__islocal || !doc.starts_on) return "";
		const until = doc.reply_until && __("Reply until {0}", [frappe.datetime.str_to_user(doc.reply_until)]);
		const host = panel.host && __("Host: {0}", [panel.host]);
		const what = [keep_customers.moment(doc.starts_on), doc.place, until, host];
		return `<p>${joined(what.map((one) => one && text(one)))}</p>`;
	}

	// What was done with an event that does not take place, and what can be done now.
	const said = ({ says = [] }) => (says.length ? `<p>${text(says.join(" "))}</p>` : "");

	const problems = (panel) =>
		panel.problems
			.map(
				(one, index) => `<p class="ke-problem">${text(one.text)} ${way(one, index)}</p>`
			)
			.join("");

	// None for who may not go there: the text says whom to ask.
	const way = (one, index) =>
		one.route || one.field
			? `<button type="button" class="btn btn-default btn-xs" data-problem="${index}">${text(label_of(one))}</button>`
			: "";

	const label_of = ({ route }) => (route ? __("Open {0}", [__(route[1])]) : __("Go There"));

	function figures(doc, counts) {
		if (!Object.keys(counts).length || doc.status === "Cancelled") return "";
		const held = ["Held", "Closed"].includes(doc.status);
		const rows = [
			doc.capacity && [__("Places"), doc.capacity],
			counts.Planned && [__("Chosen, Not Invited"), counts.Planned],
			!held && [__("Not Answered"), counts.Invited || 0],
			[__("Coming", null, "VIP Event"), doc.accepted],
			doc.waiting && [__("Waiting", null, "VIP Event"), doc.waiting],
			counts.Declined && [__("Declined", null, "VIP Invitation"), counts.Declined],
			(held || doc.attended) && [__("Attended", null, "VIP Event"), doc.attended],
		];
		return `<dl class="ke-figures">${rows
			.filter(Boolean)
			.map(([name, value]) => `<div><dt>${text(name)}</dt><dd>${text(value)}</dd></div>`)
			.join("")}</dl>`;
	}

	return { show };
})();
