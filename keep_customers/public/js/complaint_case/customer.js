// The customer has the last word: asked by a link, or told to a rep.
keep_customers.complaint_case.customer = (() => {
	const { server, text } = keep_customers.complaint_case;

	function ask(frm) {
		const dialog = new frappe.ui.Dialog({
			title: __("Ask the Customer"),
			fields: [
				{
					fieldname: "channel",
					fieldtype: "Select",
					label: __("Channel"),
					options: [
						{ value: "Email", label: __("Email") },
						{ value: "SMS", label: __("SMS") },
					],
					default: frm.doc.contact_email || !frm.doc.contact_mobile ? "Email" : "SMS",
					description: __("The customer gets a link to say whether it is solved."),
					reqd: 1,
				},
			],
			primary_action_label: __("Send"),
			primary_action: ({ channel }) =>
				server
					.saved(frm)
					.then(() => frappe.xcall("keep_customers.complaints.feedback.ask", { case: frm.doc.name, channel }))
					.then((who) => {
						dialog.hide();
						frappe.show_alert({ message: __("{0} is asked.", [text(who || frm.doc.customer_name)]), indicator: "green" });
						frm.reload_doc();
					}),
		});
		dialog.show();
	}

	function record_word(frm) {
		// Stars for one's own work are the customer's to give.
		const hidden = frm.doc.responsible === frappe.session.user ? 1 : 0;
		server.ask(
			frm,
			__("Record the Customer's Word"),
			[
				{
					fieldname: "word",
					fieldtype: "Select",
					label: __("Is it solved for the customer?"),
					options: [
						{ value: "", label: "" },
						{ value: "Yes", label: __("Yes") },
						{ value: "No", label: __("No") },
					],
					reqd: 1,
				},
				{
					fieldname: "rating",
					fieldtype: "Rating",
					label: __("Rating of the Solution", null, "Complaint Case"),
					hidden,
				},
				{
					fieldname: "person_rating",
					fieldtype: "Rating",
					label: __("Rating of the Person", null, "Complaint Case"),
					hidden,
				},
				{ fieldname: "words", fieldtype: "Small Text", label: __("Their Words", null, "Complaint Case") },
			],
			__("Save"),
			"hear",
			({ word, rating, person_rating, words }) => ({
				word, rating: rating || 0, person_rating: person_rating || 0, words: words || "",
			})
		);
	}

	return { ask, record_word };
})();
