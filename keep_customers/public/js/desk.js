// A tier's name in the user's language. Without the context the tier Lead would read like ERPNext's Lead.
frappe.form.link_formatters["Customer Tier"] = (value) => __(value, null, "Customer Tier");

// Options have their doctype as context where they are chosen; the framework forgets it where they are only shown.
const show_option = frappe.form.formatters.Select;
frappe.form.formatters.Select = (value, df, ...rest) =>
	(df && frappe._messages[`${value}:${df.parent}`]) || show_option(value, df, ...rest);
