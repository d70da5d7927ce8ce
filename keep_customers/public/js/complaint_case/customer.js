// Whose complaint it is, and their last word, as it was told to one of us.
keep_customers.complaint_case.customer = (() => {
	const { server } = keep_customers.complaint_case;

	// One of those the server proposes.
	const take = (frm, { customer }) => server.press(frm, "take_customer", { customer });

	function choose(frm) {
		const dialog = keep_customers.dialog({
			title: __("Choose the Customer"),
			fields: [{ fieldname: "customer", fieldtype: "Link", options: "Customer", label: __("Customer"), reqd: 1 }],
			primary_action_label: __("Save"),
			primary_action: ({ customer }) =>
				server.closed_by(frm, dialog, frm.set_value("customer", customer).then(() => server.saved(frm))),
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

	return { take, choose, record_word };
})();
