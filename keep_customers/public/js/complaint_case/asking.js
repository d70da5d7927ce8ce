// The customer is asked whether it is solved: who, how and in which words; the link can always be given by hand.
keep_customers.complaint_case.asking = (() => {
	const { meanwhile, server, text } = keep_customers.complaint_case;
	const METHODS = "keep_customers.complaints";

	function open(frm) {
		return server
			.saved(frm)
			.then(() => frappe.xcall(`${METHODS}.dialogs.for_asking`, { case: frm.doc.name }))
			.then((asked) => show(frm, asked))
			.catch(meanwhile.tell);
	}

	function show(frm, asked) {
		const possible = asked.ways.filter((way) => !way.why_not);
		const dialog = keep_customers.dialog({
			title: __("Ask the Customer"),
			fields: [
				{
					fieldname: "channel", fieldtype: "Select", label: __("Channel"), hidden: possible.length ? 0 : 1,
					options: possible.map(({ channel, to }) => ({ value: channel, label: `${__(channel)}: ${to}` })),
					default: possible[0]?.channel,
				},
				{ fieldname: "about", fieldtype: "HTML", options: about(asked, possible) },
				{ fieldname: "link", fieldtype: "HTML", options: keep_customers.copy_link.html(asked.link) },
			],
			...(possible.length && {
				primary_action_label: __("Send to {0}", [asked.person]),
				primary_action: ({ channel }) =>
					frappe.xcall(`${METHODS}.feedback.ask`, { case: frm.doc.name, channel }).then((who) => {
						frappe.show_alert({ message: __("{0} is asked.", [text(who)]), indicator: "green" });
						dialog.hide();
						return frm.reload_doc();
					}),
			}),
		});
		dialog.get_field("about").$wrapper.on("click", "[data-way]", (event) => {
			event.preventDefault();
			dialog.hide();
			frappe.set_route(asked.ways[event.currentTarget.dataset.way].route);
		});
		keep_customers.copy_link.listen(dialog.get_field("link").$wrapper, () => given(frm, dialog));
		dialog.show();
		return dialog;
	}

	// Who has taken the link gives it to the customer.
	function given(frm, dialog) {
		frappe.xcall(`${METHODS}.feedback.note_link_given`, { case: frm.doc.name }).then(() => {
			dialog.onhide = () => frm.reload_doc();
		});
	}

	function about(asked, possible) {
		const lines = [
			asked.asked_on &&
				__("Asked on {0}; no answer yet, and the link is still good.", [keep_customers.moment(asked.asked_on)]),
			...(possible.length ? [] : [...why_not(asked.ways), __("Copy the link and give it to them yourself.")]),
		].filter(Boolean);
		return `${lines.map((one) => `<p>${text(one)}</p>`).join("")}
			${possible.length ? "" : `<p>${mended_at(asked.ways)}</p>`}
			<div class="text-muted">${text(asked.person || "")}</div>
			<blockquote class="border-left pl-3">${text(asked.text)}</blockquote>`;
	}

	// Of each channel, unless all of them lack the same.
	function why_not(ways) {
		const whys = [...new Set(ways.map((way) => way.why_not))];
		return whys.length === 1 ? whys : ways.map((way) => `${__(way.channel)}: ${way.why_not}`);
	}

	// The same place once; none of those where this user may not go.
	function mended_at(ways) {
		const places = ways.map((way) => JSON.stringify(way.route));
		return ways
			.map((way, index) =>
				way.route && places.indexOf(places[index]) === index
					? `<a href="#" data-way="${index}" style="text-decoration: underline">${text(__("Open {0}", [__(way.route[1])]))}</a>`
					: ""
			)
			.filter(Boolean)
			.join(" &nbsp; ");
	}

	return { open };
})();
