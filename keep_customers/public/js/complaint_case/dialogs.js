// The dialogs of a case: each asks for what one button needs.
keep_customers.complaint_case.dialogs = (() => {
	const { server, steps } = keep_customers.complaint_case;
	const { OFFERED, CONFIRMED, FOLLOWED_UP } = steps;

	function take_step(frm, step, note = "") {
		const all = steps.all();
		const done = steps.done(frm);
		const possible =
			step === FOLLOWED_UP
				? [FOLLOWED_UP]
				: all.filter(
						(one, index) =>
							!done[one] &&
							![CONFIRMED, FOLLOWED_UP].includes(one) &&
							(done[OFFERED] || index <= all.indexOf(OFFERED))
				  );
		const left_out = (chosen) => all.slice(0, all.indexOf(chosen)).filter((one) => !done[one]);
		let dialog; // the field asks for it while it is made
		dialog = server.ask(
			frm,
			steps.name_of(step),
			[
				{
					fieldname: "step",
					fieldtype: "Select",
					label: __("Step", null, "Complaint Case"),
					options: possible.map((one) => ({ value: one, label: steps.name_of(one) })),
					default: step,
					reqd: 1,
					hidden: possible.length < 2,
					onchange() {
						if (!dialog) return;
						const skipped = step === FOLLOWED_UP ? [] : left_out(dialog.get_value("step"));
						dialog.set_df_property("reason", "hidden", skipped.length ? 0 : 1);
						dialog.set_df_property("reason", "reqd", skipped.length ? 1 : 0);
						dialog.set_df_property(
							"reason",
							"label",
							__("Why is {0} left out?", [skipped.map(steps.name_of).join(", ")])
						);
						dialog.set_title(steps.name_of(dialog.get_value("step")));
					},
				},
				{ fieldname: "reason", fieldtype: "Small Text", label: __("Reason"), hidden: 1 },
				{
					fieldname: "note",
					fieldtype: "Small Text",
					label: __("What Was Said or Done", null, "Complaint Step"),
					default: note,
				},
			],
			__("Done"),
			"take_step",
			({ step, note, reason }) => ({ step, note: note || "", reason: reason || "" })
		);
	}

	function wait(frm) {
		server.ask(
			frm,
			__("Wait for the Customer"),
			[
				{
					fieldname: "note",
					fieldtype: "Small Text",
					label: __("What do we wait for?"),
					description: __("The clock stops until the customer has answered."),
					reqd: 1,
				},
			],
			__("Wait"),
			"wait"
		);
	}

	function promise(frm) {
		const dialog = new frappe.ui.Dialog({
			title: __("Promise a Time"),
			fields: [
				{
					fieldname: "promised_on",
					fieldtype: "Datetime",
					label: __("Promised For", null, "Complaint Case"),
					description: __("Until when the customer was promised a solution.", null, "Complaint Case"),
					default: frm.doc.promised_on || frm.doc.solve_due,
					reqd: 1,
				},
			],
			primary_action_label: __("Promise"),
			primary_action: ({ promised_on }) => {
				frm.set_value("promised_on", promised_on)
					.then(() => frm.save())
					.then(() => dialog.hide());
			},
		});
		dialog.show();
	}

	function close(frm) {
		server.ask(
			frm,
			__("Close Without the Customer's Yes"),
			[{ fieldname: "override_reason", fieldtype: "Small Text", label: __("Reason"), reqd: 1 }],
			__("Close"),
			"close"
		);
	}

	return { take_step, wait, promise, close };
})();
