{% include "keep_customers/public/js/reports.js" %}

keep_customers.report("What Was Not Useful", {
	filters: [
		keep_customers.filter("from_date", { default: frappe.datetime.add_days(frappe.datetime.get_today(), -180) }),
		keep_customers.filter("to_date", { default: frappe.datetime.get_today() }),
		{ fieldname: "care_rule", label: __("Care Rule"), fieldtype: "Link", options: "Care Rule" },
		keep_customers.filter("rep"),
	],
	// What was agreed comes of no rule.
	formatter: (value, row, column, data, standard) =>
		column.fieldname === "care_rule" && data && !value
			? frappe.utils.escape_html(data.rule || "")
			: standard(value, row, column, data),
});
