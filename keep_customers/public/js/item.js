// A recall, a warning, word of what comes after it: for who has bought this item.
frappe.ui.form.on("Item", {
	refresh(frm) {
		if (frm.is_new() || !frappe.model.can_create("Care Notice")) return;
		const begin = () =>
			frappe.model.with_doctype("Care Notice", () => {
				const notice = frappe.model.get_new_doc("Care Notice");
				frappe.model.add_child(notice, "Tier Benefit Item", "bought_items").item_code = frm.doc.name;
				frappe.set_route("Form", notice.doctype, notice.name);
			});
		frm.add_custom_button(__("Care Notice"), begin, __("Create"));
	},
});
