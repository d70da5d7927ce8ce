// A tier's name in the user's language. Without the context the tier Lead would read like ERPNext's Lead.
frappe.form.link_formatters["Customer Tier"] = (value) => __(value, null, "Customer Tier");
