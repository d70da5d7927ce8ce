// One case from the first word to the last: where it stands, what the clock says, and what can be done now.
// What follows what is decided on the server (engine/complaints.py); here only what is possible is offered.
// Each part has a file of its own in public/js/complaint_case/, which hooks.py loads after this one.
frappe.provide("keep_customers.complaint_case");

keep_customers.complaint_case.text = (value) => frappe.utils.escape_html(String(value ?? ""));

frappe.ui.form.on("Complaint Case", {
	setup(frm) {
		frm.set_query("category", () => ({ filters: { disabled: 0 } }));
		frm.set_query("cause", () => ({ filters: { disabled: 0 } }));
		frm.set_query("responsible", () => ({ filters: { enabled: 1, user_type: "System User" } }));
		frm.set_query("contact", () => ({
			query: "keep_customers.people.contacts.contact_query",
			filters: { customer: frm.doc.customer },
		}));
		for (const field of ["sales_invoice", "delivery_note"]) {
			frm.set_query(field, () => ({ filters: { customer: frm.doc.customer, docstatus: 1 } }));
		}
		frm.set_query("issue", () => ({ filters: { customer: frm.doc.customer } }));
		frm.set_query("warranty_claim", () => ({ filters: { customer: frm.doc.customer } }));
		frm.set_query("serial_no", () => ({ filters: frm.doc.item ? { item_code: frm.doc.item } : {} }));
		frm.set_query("batch_no", () => ({ filters: frm.doc.item ? { item: frm.doc.item } : {} }));
	},

	refresh(frm) {
		const { contact, documents, meanwhile } = keep_customers.complaint_case;
		clearInterval(frm.keep_clock);
		meanwhile.remember(frm);
		// What was opened from here may have noted itself on the case.
		if (documents.come_back_from(frm)) {
			frm.reload_doc();
			return;
		}
		show_progress(frm);
		contact.clear(frm);
		if (frm.is_new()) return;
		meanwhile.named(frm).then((more) => more && show_progress(frm));
		frm.keep_clock = setInterval(() => show_progress(frm), 60_000);
		show_what_is_next(frm);
	},

	on_hide(frm) {
		clearInterval(frm.keep_clock);
	},
});

// With one question to the server; the answer to an earlier one is no answer any more.
function show_what_is_next(frm) {
	const { actions, contact } = keep_customers.complaint_case;
	const asked = (frm.keep_asked = (frm.keep_asked || 0) + 1);
	contact.load(frm).then((help) => {
		if (frm.keep_asked !== asked) return;
		contact.show(frm, help);
		if (frm.perm[0].write) actions.offer(frm, help);
	});
}

function show_progress(frm) {
	const { clock, steps, story } = keep_customers.complaint_case;
	const field = frm.get_field("progress");
	if (!field || frm.is_new()) return;
	field.$wrapper.html(clock.html(frm.doc) + steps.html(frm) + story.html(frm.doc));
}
