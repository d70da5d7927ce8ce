// A tier's name in the user's language. Without the context the tier Lead would read like ERPNext's Lead.
frappe.form.link_formatters["Customer Tier"] = (value) => __(value, null, "Customer Tier");

// Options have their doctype as context where they are chosen; the framework forgets it where they are only shown.
const show_option = frappe.form.formatters.Select;
frappe.form.formatters.Select = (value, df, ...rest) =>
	(df && frappe._messages[`${value}:${df.parent}`]) || show_option(value, df, ...rest);

// A complaint case about the document on the screen.
frappe.provide("keep_customers");
keep_customers.offer_case = (frm) => {
	if (frm.is_new() || !frappe.model.can_create("Complaint Case")) return;
	frm.add_custom_button(
		__("Complaint Case"),
		() =>
			frappe
				.xcall("keep_customers.erp.case_documents.new_case", { doctype: frm.doctype, name: frm.doc.name })
				.then((made) => {
					frappe.model.sync(made);
					frappe.set_route("Form", made.doctype, made.name);
				}),
		__("Create")
	);
};
