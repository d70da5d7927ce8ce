// What the server does with a case: what is on the screen is saved before, and what has become of it is shown after.
keep_customers.complaint_case.server = (() => {
	const { saved } = keep_customers;

	function act(frm, method, args = {}) {
		return saved(frm)
			.then(() => frm.call(method, args))
			.then(() => frm.reload_doc());
	}

	// A dialog that closes when the server has done it, and stays with what was typed when it has not.
	function ask(frm, title, fields, label, method, args_of = (values) => values) {
		const dialog = keep_customers.dialog({
			title,
			fields,
			primary_action_label: label,
			primary_action: (values) => act(frm, method, args_of(values)).then(() => dialog.hide()),
		});
		dialog.show();
		return dialog;
	}

	return { saved, act, ask };
})();
