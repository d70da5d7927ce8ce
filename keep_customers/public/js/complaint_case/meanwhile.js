// Two people answer one case: who comes second hears what the other has done, and loses nothing of what they have typed.
keep_customers.complaint_case.meanwhile = (() => {
	const { steps, text } = keep_customers.complaint_case;
	const TEXTS = ["Small Text", "Text", "Data"];
	const { table_fields, no_value_type } = frappe.model;

	class Overtaken extends Error {
		// `lost`: what was typed on the form and could not be put back.
		constructor(said, lost = "") {
			super([said, lost].filter(Boolean).join(" "));
			this.lost = lost;
		}
	}

	// What is told of as news, later.
	const known = ({ doc }) => ({ steps: new Set((doc.steps || []).map((row) => row.name)), word_on: doc.word_on });

	// Who has done what since; `before`: what was known then.
	const said = (frm, before) => named(frm).then(() => in_words(frm, before));

	// Desk knows afterwards what everybody is called who has done something here.
	const named = ({ doc }) => keep_customers.names_known([...(doc.steps || []).map((row) => row.done_by), doc.modified_by]);

	function in_words(frm, before) {
		const { doc } = frm;
		const heard = doc.word && doc.word_on !== before.word_on;
		const of_user = {};
		for (const row of (doc.steps || []).filter(({ name, left_out }) => !before.steps.has(name) && !left_out)) {
			// What a Yes or a No brings along is said with it.
			if (heard && [steps.RECEIVED, steps.CONFIRMED].includes(row.step)) continue;
			(of_user[row.done_by] = of_user[row.done_by] || []).push(steps.name_of(row.step));
		}
		const lines = Object.entries(of_user).map(([user, names]) =>
			__("Meanwhile {0} has noted: {1}.", [frappe.user.full_name(user), names.join(", ")])
		);
		if (heard) lines.push(__("Meanwhile the customer's word was noted: {0}.", [__(doc.word)]));
		return lines.join(" ") || __("Meanwhile {0} has changed this case.", [frappe.user.full_name(doc.modified_by)]);
	}

	// What is stored of a case, as it came from the server: what differs from it on the form was typed there.
	function remember(frm) {
		if (!frm.is_dirty()) frm.keep_stored = JSON.parse(JSON.stringify(frm.doc));
	}

	// Whether two values are the same to who reads them.
	const same = (one, other) => (one ?? "") === (other ?? "");
	const shown = (rows) => JSON.stringify((rows || []).map((row) => Object.entries(row).filter(([name]) => !name.startsWith("__"))));

	// Field -> what was typed on the form and is not stored; nothing where it was in a table, or is not known.
	function typed_on(frm) {
		const stored = frm.keep_stored;
		if (stored?.name !== frm.doc.name) return;
		const fields = frm.meta.fields.map(({ fieldname, fieldtype }) => ({ fieldname, is_table: table_fields.includes(fieldtype), fieldtype }));
		if (fields.some(({ fieldname, is_table }) => is_table && shown(frm.doc[fieldname]) !== shown(stored[fieldname]))) return;
		const changed = fields.filter(
			({ fieldname, fieldtype }) => !no_value_type.includes(fieldtype) && !same(frm.doc[fieldname], stored[fieldname])
		);
		return Object.fromEntries(changed.map(({ fieldname }) => [fieldname, frm.doc[fieldname]]));
	}

	// The case as it is now, and on it again what was typed. Says what was not put back, as others have changed the same.
	function put_back(frm, typed, stored) {
		return frm.reload_doc().then(() => {
			remember(frm);
			const names = Object.keys(typed).filter((name) => !same(frm.doc[name], typed[name]));
			const [free, taken] = [true, false].map((free) => names.filter((name) => same(frm.doc[name], stored[name]) === free));
			const lost = taken.map((name) => `${__(frappe.meta.get_label(frm.doctype, name), null, frm.doctype)}: ${typed[name]}`);
			return frm
				.set_value(Object.fromEntries(free.map((name) => [name, typed[name]])))
				.then(() => (lost.length ? __("They have changed the same as you, and yours is not saved: {0}", [lost.join("; ")]) : ""));
		});
	}

	// In a dialog that stays: it can be sent again, and if that is of no use any more, its words can be kept.
	function show(frm, dialog, words) {
		keep_customers.meanwhile(dialog, words);
		dialog.set_secondary_action_label(__("Keep It as a Comment"));
		dialog.set_secondary_action(() => keep(frm, dialog));
	}

	const keep = keep_customers.one_at_a_time((frm, dialog) => {
		const chosen = ({ df, $wrapper }) => df.fieldtype === "Select" && $wrapper.is(":visible");
		const typed = dialog.fields_list
			.filter((field) => TEXTS.includes(field.df.fieldtype) || chosen(field))
			.map((field) => [field.df.label, chosen(field) ? __(field.get_value() || "") : (field.get_value() || "").trim()])
			.filter(([, words]) => words);
		if (!typed.length) return frappe.msgprint(__("Nothing is typed yet."));
		const content = typed.map(([label, words]) => `<p>${text(label)}: ${text(words).replace(/\n/g, "<br>")}</p>`).join("");
		return frappe
			.xcall("frappe.desk.form.utils.add_comment", {
				reference_doctype: frm.doctype, reference_name: frm.doc.name, content,
				comment_email: frappe.session.user, comment_by: frappe.session.user_fullname,
			})
			.then(() => {
				dialog.hide();
				// What is typed on the form is not stored yet.
				return frm.is_dirty() ? frm.sidebar.reload_docinfo() : frm.reload_doc();
			});
	});

	// Where there is no dialog.
	function tell(error) {
		if (!(error instanceof Overtaken)) throw error;
		const message = text(error.message);
		// An alert goes by itself, and what could not be put back with it.
		if (error.lost) frappe.msgprint({ message, indicator: "orange" });
		else frappe.show_alert({ message, indicator: "orange" });
	}

	return { Overtaken, known, named, said, remember, typed_on, put_back, show, tell };
})();
