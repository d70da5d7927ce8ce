// What is made of a case: the host's documents, which may note themselves on it.
keep_customers.complaint_case.documents = (() => {
	const { server } = keep_customers.complaint_case;

	function offer(frm) {
		const doc = frm.doc;
		const made = [
			["Issue", __("Issue"), "make_issue", !doc.issue],
			["Warranty Claim", __("Warranty Claim"), "make_warranty_claim", !doc.warranty_claim],
			["Quality Action", __("Quality Action"), "make_quality_action", !doc.quality_action],
			["Sales Invoice", __("Credit Note"), "make_credit_note", doc.sales_invoice && doc.status !== "Closed"],
			["Stock Entry", __("Stock Entry for a Gift"), "make_stock_entry", doc.status !== "Closed"],
		];
		for (const [doctype, label, method, possible] of made) {
			if (!possible || !doc.customer || !frappe.model.can_create(doctype)) continue;
			frm.add_custom_button(
				label,
				() =>
					server.saved(frm).then(() => {
						frm.keep_left = true;
						frappe.model.open_mapped_doc({ method: `keep_customers.complaints.documents.${method}`, frm });
					}),
				__("Create")
			);
		}
	}

	// Whether the form is seen again after one was opened from it.
	function come_back_from(frm) {
		const left = frm.keep_left;
		frm.keep_left = false;
		return left;
	}

	return { offer, come_back_from };
})();
