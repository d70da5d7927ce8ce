{% include "keep_customers/public/js/reports.js" %}

keep_customers.report("Follow Ups Held Back", {
	filters: [
		{
			fieldname: "group_by",
			label: __("Group By"),
			fieldtype: "Select",
			options: [
				{ value: "Reason", label: __("Why", null, "Follow Ups Held Back") },
				{ value: "Care Rule", label: __("Care Rule") },
				{ value: "Rep", label: __("Rep") },
				{ value: "Customer", label: __("Customer") },
			],
			default: "Reason",
			reqd: 1,
		},
		keep_customers.filter("since", {
			label: __("Given Up Since", null, "Follow Ups Held Back"),
			fieldtype: "Date",
			default: frappe.datetime.add_days(frappe.datetime.get_today(), -30),
		}),
		{
			fieldname: "hold_reason",
			label: __("Why", null, "Follow Ups Held Back"),
			fieldtype: "Select",
			options: [
				"", "Contact cap", "Rep's capacity", "Control group", "No consent", "No rep", "Not a working day", "Task elsewhere",
				"Too late", "Not visited", "Greeted already",
			].map((value) => ({ value, label: value && __(value, null, "Follow Up") })),
		},
		{
			fieldname: "status",
			label: __("Status"),
			fieldtype: "Select",
			options: [
				{ value: "", label: "" },
				{ value: "Planned", label: __("Waiting", null, "Follow Ups Held Back") },
				{ value: "Skipped", label: __("Given Up", null, "Follow Ups Held Back") },
			],
		},
		{ fieldname: "care_rule", label: __("Care Rule"), fieldtype: "Link", options: "Care Rule" },
		{ fieldname: "no_rule", of_links: true, label: __("Without a Rule", null, "Follow Ups Held Back"), fieldtype: "Check" },
		{ fieldname: "no_rep", of_links: true, label: __("Of Nobody", null, "Follow Ups Held Back"), fieldtype: "Check" },
		...["rep", "tier", "company", "territory", "customer_group", "rows"].map((field) => keep_customers.filter(field)),
	],
});
