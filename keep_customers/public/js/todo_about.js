// A ToDo about a document of ours that says itself what to do next: what it is about and the way there come first, the
// framework's fields are folded away.
(() => {
	const LEAD_ON = ["Complaint Case", "Event Suggestion", "Loss Review", "VIP Event", "Visit Plan"];

	frappe.ui.form.on("ToDo", {
		refresh(frm) {
			const { reference_type: doctype, reference_name: name, keep_follow_up: is_contact } = frm.doc;
			if (is_contact || frm.is_new() || !LEAD_ON.includes(doctype) || !frappe.model.can_read(doctype)) return;
			const { form, pieces } = keep_customers.contact;
			const { text, button } = pieces;
			const due = frm.doc.status === "Open" && frm.doc.date;
			const card = form.instead(
				frm,
				`<div class="keep-about">${text(strip_html(frm.doc.description || "").trim())}</div>
				${due ? `<div class="text-muted">${text(__("Due {0}", [frappe.datetime.str_to_user(due)]))}</div>` : ""}
				<div class="keep-ways">${button("data-open", __("Open {0}", [__(doctype)]), "", "primary")}</div>`
			);
			card.on("click", "[data-open]", () => frappe.set_route("Form", doctype, name));
		},
	});
})();
