// What the server does with a case: what is on the screen is saved before, and what has become of it is shown after.
keep_customers.complaint_case.server = (() => {
	const { saved } = keep_customers;
	const { meanwhile } = keep_customers.complaint_case;

	function act(frm, method, args = {}) {
		const known = meanwhile.steps_of(frm);
		let overtaken = false;
		const error_handlers = { TimestampMismatchError: () => (overtaken = true) };
		return saved(frm)
			.then(() => frm.call({ method, doc: frm.doc, args, error_handlers }))
			.catch((error) => {
				// The host would only say that the case has changed, and what is in the dialog were to be typed again.
				if (!overtaken) throw error;
				return frm.reload_doc().then(() => {
					throw new meanwhile.Overtaken(meanwhile.said(frm, known));
				});
			})
			.then(() => frm.reload_doc());
	}

	// What is pressed without a dialog.
	const press = (frm, method, args) => act(frm, method, args).catch(meanwhile.tell);

	// A dialog that closes when the server has done it, and stays with what was typed when it has not.
	function ask(frm, title, fields, label, method, args_of = (values) => values) {
		const dialog = keep_customers.dialog({
			title,
			fields,
			primary_action_label: label,
			primary_action: (values) =>
				act(frm, method, args_of(values)).then(
					() => dialog.hide(),
					(error) => {
						if (!(error instanceof meanwhile.Overtaken)) throw error;
						meanwhile.show(frm, dialog, error.message);
					}
				),
		});
		dialog.show();
		return dialog;
	}

	return { saved, act, press, ask };
})();
