{% include "keep_customers/public/js/reports.js" %}

keep_customers.report("Customer Cost and Value", {
	filters: [
		{
			fieldname: "show",
			label: __("Show", null, "Customer Cost and Value"),
			fieldtype: "Select",
			options: [
				{ value: "customers", label: __("Customers", null, "Customer Cost and Value") },
				{ value: "tiers", label: __("Tiers", null, "Customer Cost and Value") },
				{ value: "costs", label: __("Costs One by One", null, "Customer Cost and Value") },
			],
			default: "customers",
			reqd: 1,
		},
		// The current value is that of twelve months too.
		keep_customers.filter("from_date", { default: frappe.datetime.add_months(frappe.datetime.get_today(), -12) }),
		...["to_date", "customer", "tier", "policy"].map((field) => keep_customers.filter(field)),
		{
			fieldname: "kind",
			label: __("Kind", null, "Customer Cost and Value"),
			fieldtype: "Select",
			options: [
				{ value: "", label: "" },
				{ value: "Gift", label: __("Gifts", null, "Customer Cost and Value") },
				{ value: "Visit", label: __("Visits", null, "Customer Cost and Value") },
				{ value: "Contact", label: __("Contacts", null, "Customer Cost and Value") },
				{ value: "Compensation", label: __("Compensations", null, "Customer Cost and Value") },
				{ value: "Event", label: __("Events", null, "Customer Cost and Value") },
				{ value: "Referral", label: __("Referrals", null, "Customer Cost and Value") },
				{ value: "Rebate", label: __("Rebates", null, "Customer Cost and Value") },
				{ value: "Discount", label: __("Tier Prices", null, "Customer Cost and Value") },
				{ value: "Coupon", label: __("Coupons", null, "Customer Cost and Value") },
			],
		},
		...["company", "territory", "customer_group", "rows"].map((field) => keep_customers.filter(field)),
		{
			fieldname: "without_costs",
			label: __("Customers Without Costs Too", null, "Customer Cost and Value"),
			fieldtype: "Check",
			depends_on: "eval:doc.show === 'customers'",
		},
	],
});
