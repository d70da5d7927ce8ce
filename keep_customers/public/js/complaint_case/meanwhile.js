// Two people answer one case: who comes second hears what the other has done, and loses nothing of what they have typed.
keep_customers.complaint_case.meanwhile = (() => {
	const { steps, text } = keep_customers.complaint_case;
	const TEXTS = ["Small Text", "Text", "Data"];

	class Overtaken extends Error {}

	const steps_of = (frm) => new Set((frm.doc.steps || []).map((row) => row.name));

	// Who has done what since; `known`: steps_of then.
	function said(frm, known) {
		const of_user = {};
		for (const row of (frm.doc.steps || []).filter(({ name, left_out }) => !known.has(name) && !left_out)) {
			(of_user[row.done_by] = of_user[row.done_by] || []).push(steps.name_of(row.step));
		}
		const lines = Object.entries(of_user).map(([user, names]) =>
			__("Meanwhile {0} has noted: {1}.", [frappe.user.full_name(user), names.join(", ")])
		);
		return lines.join(" ") || __("Meanwhile {0} has changed this case.", [frappe.user.full_name(frm.doc.modified_by)]);
	}

	// In a dialog that stays: it can be sent again, and if that is of no use any more, its words can be kept.
	function show(frm, dialog, words) {
		keep_customers.meanwhile(dialog, words);
		dialog.set_secondary_action_label(__("Keep It as a Comment"));
		dialog.set_secondary_action(() => keep(frm, dialog));
	}

	const keep = keep_customers.one_at_a_time((frm, dialog) => {
		const typed = dialog.fields_list
			.filter(({ df }) => TEXTS.includes(df.fieldtype))
			.map((field) => [field.df.label, (field.get_value() || "").trim()])
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
				return frm.reload_doc();
			});
	});

	// Where there is no dialog, nothing was typed.
	function tell(error) {
		if (!(error instanceof Overtaken)) throw error;
		frappe.show_alert({ message: text(error.message), indicator: "orange" });
	}

	return { Overtaken, steps_of, said, show, tell };
})();
