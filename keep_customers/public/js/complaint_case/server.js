// What the server does with a case: what is on the screen is saved before, and what has become of it is shown after.
keep_customers.complaint_case.server = (() => {
	const { meanwhile } = keep_customers.complaint_case;
	const QUICKER = "TimestampMismatchError";

	// The host would ask to refresh, and all that was typed would be gone with it.
	function saved(frm) {
		const [known, stored, typed] = [meanwhile.known(frm), frm.keep_stored, meanwhile.typed_on(frm)];
		if (!frm.is_dirty() || !typed) return keep_customers.saved(frm);
		let overtaken = false;
		const note = () => (overtaken = true);
		const { error_handlers } = frappe.request;
		(error_handlers[QUICKER] = error_handlers[QUICKER] || []).push(note);
		const done = () => (error_handlers[QUICKER] = error_handlers[QUICKER].filter((one) => one !== note));
		return keep_customers.saved(frm).then(done, (error) => {
			done();
			if (!overtaken) throw error;
			return meanwhile
				.put_back(frm, typed, stored)
				.then((lost) => meanwhile.said(frm, known).then((words) => Promise.reject(new meanwhile.Overtaken(words, lost))));
		});
	}

	function act(frm, method, args = {}) {
		const known = meanwhile.known(frm);
		let overtaken = false;
		const error_handlers = { [QUICKER]: () => (overtaken = true) };
		return saved(frm)
			.then(() => frm.call({ method, doc: frm.doc, args, error_handlers }))
			.catch((error) => {
				// The host would only say that the case has changed, and what is in the dialog were to be typed again.
				if (!overtaken) throw error;
				return frm
					.reload_doc()
					.then(() => meanwhile.said(frm, known))
					.then((words) => Promise.reject(new meanwhile.Overtaken(words)));
			})
			.then(() => frm.reload_doc());
	}

	// What is pressed without a dialog.
	const press = (frm, method, args) => act(frm, method, args).catch(meanwhile.tell);

	// A dialog that closes when the server has done it, and stays with what was typed when it has not.
	const closed_by = (frm, dialog, work) =>
		work.then(
			() => dialog.hide(),
			(error) => {
				if (!(error instanceof meanwhile.Overtaken)) throw error;
				meanwhile.show(frm, dialog, error.message);
			}
		);

	function ask(frm, title, fields, label, method, args_of = (values) => values) {
		const dialog = keep_customers.dialog({
			title,
			fields,
			primary_action_label: label,
			primary_action: (values) => closed_by(frm, dialog, act(frm, method, args_of(values))),
		});
		dialog.show();
		return dialog;
	}

	return { saved, act, press, ask, closed_by };
})();
