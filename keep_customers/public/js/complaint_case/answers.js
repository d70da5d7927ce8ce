// Standard answers as an e-mail to the customer; as a solution the dialog of the steps offers them.
keep_customers.complaint_case.answers = (() => {
	const { meanwhile, server, text } = keep_customers.complaint_case;
	const METHODS = "keep_customers.complaints.standard_answers";

	function offer(frm) {
		server
			.saved(frm)
			.then(() => frappe.xcall(`${METHODS}.offered`, { case: frm.doc.name }))
			.then((offered) => {
				if (!offered.length) {
					frappe.msgprint(__("There is no standard answer for this category yet."));
					return;
				}
				const find = (name) => offered.find((one) => one.name === name);
				const use = (then) =>
					frappe
						.xcall(`${METHODS}.use`, { case: frm.doc.name, answer: dialog.get_value("answer") })
						.then((words) => {
							dialog.hide();
							then(words);
						});
				const dialog = keep_customers.dialog({
					title: __("Offer a Standard Answer"),
					fields: [
						{
							fieldname: "answer",
							fieldtype: "Select",
							label: __("Standard Answer"),
							options: offered.map((one) => ({ value: one.name, label: one.title })),
							default: offered[0].name,
							onchange: () => dialog.get_field("preview").$wrapper.html(preview(find(dialog.get_value("answer")))),
						},
						{ fieldname: "preview", fieldtype: "HTML" },
					],
					primary_action_label: __("Write an E-Mail"),
					primary_action: () => use((words) => write_email(frm, words)),
				});
				dialog.get_field("preview").$wrapper.html(preview(offered[0]));
				dialog.show();
			})
			.catch(meanwhile.tell);
	}

	const preview = (answer) =>
		answer && answer.text ? `<div class="border rounded p-3" style="white-space: pre-wrap">${text(answer.text)}</div>` : "";

	function write_email(frm, words) {
		new frappe.views.CommunicationComposer({
			doc: frm.doc,
			frm,
			subject: `${frm.doc.subject} (${frm.doc.name})`,
			recipients: frm.doc.contact_email,
			message: text(words).replace(/\n/g, "<br>"),
		});
	}

	return { offer };
})();
