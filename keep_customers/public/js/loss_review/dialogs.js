// What a rep says of a loss: each in a dialog of a few fields.
keep_customers.loss_review.dialogs = (() => {
	const CHANNELS = ["Phone", "Visit", "Email", "SMS", "Messenger", "Letter"];

	function act(frm, method, values) {
		return keep_customers
			.saved(frm)
			.then(() => frappe.xcall(`keep_customers.retention.actions.${method}`, { review: frm.doc.name, ...values }))
			.then(() => frm.reload_doc());
	}

	function ask(frm, title, label, fields, method, values_of = (values) => values) {
		const dialog = keep_customers.dialog({
			title,
			fields,
			primary_action_label: label,
			primary_action: (values) =>
				keep_customers.unless_overtaken(frm, dialog, () => act(frm, method, values_of(values)).then(() => dialog.hide())),
		});
		dialog.show();
		return dialog;
	}

	// `panel`: as panel.shown gives it.
	function explain(frm, panel) {
		const heard = (panel.facts.market || []).concat(panel.facts.offers || []);
		const competitor = heard.map((one) => one.competitor || (one.competitors || [])[0]).find(Boolean);
		ask(
			frm,
			__("Why Did They Leave?"),
			__("Save"),
			[
				{
					fieldname: "cause", fieldtype: "Link", options: "Loss Cause", label: __("Cause", null, "Loss Review"), reqd: 1,
					default: frm.doc.cause, get_query: () => ({ filters: { disabled: 0 } }),
				},
				{
					fieldname: "evidence", fieldtype: "Small Text", max_height: "6rem", label: __("How We Know", null, "Loss Review"), reqd: 1,
					default: frm.doc.evidence, description: __("A sentence: who said it, or what shows it."),
				},
				{
					fieldname: "competitor", fieldtype: "Link", options: "Competitor", label: __("Competitor"),
					default: frm.doc.competitor || competitor, description: __("Where they buy now, if it is known."),
				},
			],
			"explain",
			({ cause, evidence, competitor }) => ({ cause, evidence, competitor: competitor || null })
		);
	}

	function plan(frm, panel) {
		ask(
			frm,
			__("Plan a Step to Win Them Back"),
			__("Plan It", null, "Loss Review"),
			[
				{
					fieldname: "step", fieldtype: "Data", length: 120, label: __("What Is to Be Done"), reqd: 1,
					description: __("It stands in the ToDo on that day. Nothing personal, please."),
				},
				{
					fieldname: "on_date", fieldtype: "Date", label: __("On"), reqd: 1,
					default: frappe.datetime.add_days(frappe.datetime.get_today(), panel.plan.some((one) => one.pending) ? 14 : 3),
				},
				{
					fieldname: "channel", fieldtype: "Select", label: __("Channel"), reqd: 1, default: "Phone",
					options: CHANNELS.map((value) => ({ value, label: __(value, null, "Follow Up") })),
				},
				{
					fieldname: "user", fieldtype: "Link", options: "User", label: __("Who Does It"), default: frm.doc.responsible,
					get_query: () => ({ filters: { enabled: 1, user_type: "System User" } }),
				},
			],
			"plan",
			({ step, on_date, channel, user }) => ({ step, on_date, channel, user: user || null })
		);
	}

	function give_up(frm) {
		ask(
			frm,
			__("Give Up"),
			__("Give Up"),
			[
				{
					fieldname: "reason", fieldtype: "Small Text", max_height: "6rem", label: __("Why", null, "Loss Review"), reqd: 1,
					description: __("What is planned is taken back. Should they buy again, they are won back all the same."),
				},
			],
			"give_up"
		);
	}

	function moved(frm, customer) {
		ask(
			frm,
			__("It Only Moved"),
			__("It Is No Loss"),
			[
				{
					fieldname: "customer", fieldtype: "Link", options: "Customer", label: __("Buys Now As", null, "Loss Review"), reqd: 1,
					default: customer, get_query: () => ({ filters: { name: ["!=", frm.doc.customer] } }),
					description: __("The same business under another record, such as a new legal entity."),
				},
				{ fieldname: "reason", fieldtype: "Small Text", max_height: "6rem", label: __("Note", null, "Loss Review") },
			],
			"no_loss",
			({ customer, reason }) => ({ customer, reason: reason || null })
		);
	}

	const take_up_again = (frm) => act(frm, "take_up_again", {});

	return { explain, plan, give_up, moved, take_up_again };
})();
