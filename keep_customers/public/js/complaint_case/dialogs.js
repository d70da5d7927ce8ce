// The dialogs of a case: each asks for what one button needs.
keep_customers.complaint_case.dialogs = (() => {
	const { server, steps } = keep_customers.complaint_case;

	const note = () => ({
		fieldname: "note", fieldtype: "Small Text", label: __("What Was Said or Done", null, "Complaint Step"),
	});

	function check_back(frm) {
		const step = steps.FOLLOWED_UP;
		server.ask(frm, steps.name_of(step), [note()], __("Done"), "take_step", (values) => ({ step, note: values.note || "" }));
	}

	function not_reached(frm) {
		const dialog = keep_customers.dialog({
			title: __("Not Reached", null, "Customer Touch"),
			fields: [note()],
			primary_action_label: __("Save"),
			primary_action: ({ note }) =>
				frappe
					.xcall("keep_customers.complaints.contact.not_reached", { case: frm.doc.name, notes: note || "" })
					.then(() => {
						dialog.hide();
						frappe.show_alert({ message: __("Noted."), indicator: "green" });
					}),
		});
		dialog.show();
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
		const dialog = keep_customers.dialog({
			title: __("Promise a Time"),
			fields: [
				{
					fieldname: "promised_on",
					fieldtype: "Datetime",
					label: __("Promised For", null, "Complaint Case"),
					description: __("Until when the customer was promised a solution.", null, "Complaint Case"),
					// The host takes no part of a second for a moment, which is there once the customer was waited for.
					default: (frm.doc.promised_on || frm.doc.solve_due || "").split(".")[0],
					reqd: 1,
				},
			],
			primary_action_label: __("Promise"),
			primary_action: ({ promised_on }) =>
				server.closed_by(frm, dialog, frm.set_value("promised_on", promised_on).then(() => server.saved(frm))),
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

	return { check_back, not_reached, wait, promise, close };
})();
