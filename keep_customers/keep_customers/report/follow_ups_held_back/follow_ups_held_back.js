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
				"Too late", "Not visited",
			].map((value) => ({ value, label: value && __(value, null, "Follow Up") })),
		},
		{ fieldname: "care_rule", label: __("Care Rule"), fieldtype: "Link", options: "Care Rule" },
		...["rep", "tier", "company", "territory", "customer_group"].map((field) => keep_customers.filter(field)),
	],
	links: {
		waiting: (row, filters) => keep_customers.held_back(row, filters, { status: "Planned" }),
		given_up: (row, filters) => keep_customers.held_back(row, filters, { status: "Skipped", due_date: [">=", filters.since] }),
		customers: (row, filters) => [
			"Follow Ups Held Back",
			{ ...filters, ...keep_customers.held_back_by(row), group_by: "Customer" },
			true,
		],
	},
});

keep_customers.held_back_by = ({ hold_reason, care_rule, rep }) => ({ hold_reason, care_rule, rep });

// The list of what a row counts; whose customer it is now is no field of it.
keep_customers.held_back = (row, filters, more) =>
	row.rep
		? ["Follow Ups Held Back", { ...filters, rep: row.rep, group_by: "Customer" }, true]
		: [
				"Follow Up",
				{
					hold_reason: row.hold_reason || filters.hold_reason || ["is", "set"],
					care_rule: row.care_rule || filters.care_rule,
					...more,
				},
		  ];
