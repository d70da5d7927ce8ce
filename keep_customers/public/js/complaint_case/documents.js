// What is made of a case: the host's documents, which may note themselves on it.
keep_customers.complaint_case.documents = (() => {
	const { meanwhile, server } = keep_customers.complaint_case;

	// [label, action] of what can be made of it.
	function makes(frm) {
		const { doc } = frm;
		const made = [
			["Issue", __("Issue"), "make_issue", !doc.issue],
			["Warranty Claim", __("Warranty Claim"), "make_warranty_claim", !doc.warranty_claim],
			["Quality Action", __("Quality Action"), "make_quality_action", !doc.quality_action],
			["Complaint Measure", __("Complaint Measure"), "make_measure", doc.cause || doc.category],
			["Sales Invoice", __("Credit Note"), "make_credit_note", doc.sales_invoice && doc.status !== "Closed"],
			["Stock Entry", __("Stock Entry for a Gift"), "make_stock_entry", doc.status !== "Closed"],
		];
		return made
			.filter(([doctype, , , possible]) => possible && doc.customer && frappe.model.can_create(doctype))
			.map(([, label, method]) => [label, () => make(frm, method)]);
	}

	function make(frm, method) {
		return server.saved(frm).then(() => {
			frm.keep_left = true;
			frappe.model.open_mapped_doc({ method: `keep_customers.complaints.documents.${method}`, frm });
		}, meanwhile.tell);
	}

	// Whether the form is seen again after one was opened from it.
	function come_back_from(frm) {
		const left = frm.keep_left;
		frm.keep_left = false;
		return left;
	}

	return { makes, make, come_back_from };
})();
