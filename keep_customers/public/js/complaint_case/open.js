// What still stands between the case and its end, each with where it is mended.
keep_customers.complaint_case.open = (() => {
	const { asking, customer, dialogs, documents, step_dialog, steps } = keep_customers.complaint_case;
	const MAY_OVERRIDE = ["System Manager", "Keep Customers Manager", "Sales Manager"];
	const may_override = () => frappe.user.has_role(MAY_OVERRIDE);

	// `help`: as contact.for_case gives it.
	function things(frm, help) {
		const proposed = help.proposed.map((one) => ({
			text: __("{0} is known: {1}, {2}", [frm.doc.contact_email || frm.doc.contact_mobile, one.person || "", one.customer_name]),
			...taken(frm, one),
		}));
		return [...proposed, ...help.open.map(({ what, text }) => ({ text, ...mending(frm)[what] }))];
	}

	const taken = (frm, one) => ({
		label: __("Take {0}", [one.customer_name]), action: () => customer.take(frm, one),
	});

	// Where each is mended.
	function mending(frm) {
		const field = (name, label) => ({ label, action: () => frm.scroll_to_field(name) });
		const step = (name, or_field) =>
			steps.to_take(frm).includes(name)
				? { label: steps.to_do_for(frm, name), action: () => step_dialog.open(frm, name) }
				: field(or_field, steps.to_do_for(frm, name));
		return {
			customer: { label: __("Choose the Customer"), action: () => customer.choose(frm) },
			cause: step(steps.CAUSE_FOUND, "cause"),
			measure: frappe.model.can_create("Quality Action")
				? { label: __("Create a Quality Action"), action: () => documents.make(frm, "make_quality_action") }
				: field("quality_action", __("Measure", null, "Complaint Case")),
			compensation: step(steps.COMPENSATED, "compensations"),
			answer: { label: __("Ask the Customer"), action: () => asking.open(frm) },
			refused: may_override() ? { label: __("Close"), action: () => dialogs.close(frm) } : {},
		};
	}

	return { things, taken, mending, may_override };
})();
