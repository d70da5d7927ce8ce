{% include "keep_customers/public/js/reports.js" %}

keep_customers.report("Referrals", {
	filters: [
		keep_customers.filter("from_date", { default: frappe.datetime.add_months(frappe.datetime.get_today(), -12) }),
		keep_customers.filter("to_date"),
		{
			fieldname: "show",
			label: __("Show", null, "Referrals"),
			fieldtype: "Select",
			options: [
				{ value: "Referrers", label: __("Who Brought Them", null, "Referrals") },
				{ value: "One by One", label: __("One by One", null, "Referrals") },
			],
			default: "Referrers",
			reqd: 1,
		},
		{
			fieldname: "status",
			label: __("Status"),
			fieldtype: "Select",
			options: ["", "New", "Thanked", "Won", "Lost"].map((value) => ({
				value,
				label: value && __(value, null, "Referral"),
			})),
		},
		...["customer", "tier", "company", "rows"].map((field) => keep_customers.filter(field)),
	],
});
