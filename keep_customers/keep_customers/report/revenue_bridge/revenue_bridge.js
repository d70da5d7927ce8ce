{% include "keep_customers/public/js/reports.js" %}

keep_customers.report("Revenue Bridge", {
	filters: [
		{
			fieldname: "show",
			label: __("Show", null, "Revenue Bridge"),
			fieldtype: "Select",
			options: [
				{ value: "Bridge", label: __("From Before to Now", null, "Revenue Bridge") },
				{ value: "A Point of Retention", label: __("A Point of Retention", null, "Revenue Bridge") },
			],
			default: "Bridge",
		},
		{
			fieldname: "group_by",
			label: __("Group By"),
			fieldtype: "Select",
			options: [
				{ value: "", label: "" },
				{ value: "Tier", label: __("Tier") },
				{ value: "Customer Group", label: __("Customer Group") },
				{ value: "Territory", label: __("Territory") },
				{ value: "Rep", label: __("Rep") },
				{ value: "Cause", label: __("Cause", null, "Revenue Bridge") },
			],
		},
		// Twelve whole months: a month that is not over has less of everything.
		keep_customers.filter("from_date", {
			default: moment(frappe.datetime.get_today()).startOf("month").subtract(12, "months").format("YYYY-MM-DD"),
		}),
		keep_customers.filter("to_date", {
			default: moment(frappe.datetime.get_today()).startOf("month").subtract(1, "days").format("YYYY-MM-DD"),
		}),
		{
			fieldname: "compared",
			label: __("Compared With", null, "Revenue Bridge"),
			fieldtype: "Select",
			options: [
				{ value: "Right Before", label: __("The Time Right Before", null, "Revenue Bridge") },
				{ value: "A Year Earlier", label: __("The Same Time a Year Earlier", null, "Revenue Bridge") },
			],
			default: "Right Before",
		},
		keep_customers.filter("tier", { label: __("Tier Then", null, "Revenue Bridge") }),
		...["rep", "company", "territory", "customer_group", "rows"].map((field) => keep_customers.filter(field)),
		{
			fieldname: "about",
			of_links: true,
			label: __("Step", null, "Revenue Bridge"),
			fieldtype: "Select",
			options: [
				{ value: "Before", label: __("Before", null, "Revenue Bridge") },
				{ value: "Bought Before", label: __("Bought Before", null, "Revenue Bridge") },
				{ value: "Lost", label: __("Lost", null, "Revenue Bridge") },
				{ value: "Shrunk", label: __("Shrunk", null, "Revenue Bridge") },
				{ value: "Same", label: __("The Same", null, "Revenue Bridge") },
				{ value: "Grown", label: __("Grown", null, "Revenue Bridge") },
				{ value: "Won Back", label: __("Won Back", null, "Revenue Bridge") },
				{ value: "New", label: __("New", null, "Revenue Bridge") },
				{ value: "Corrected", label: __("Corrections Only", null, "Revenue Bridge") },
				{ value: "Kept", label: __("Kept", null, "Revenue Bridge") },
				{ value: "Bought Now", label: __("Bought Now", null, "Revenue Bridge") },
				{ value: "Now", label: __("Now", null, "Revenue Bridge") },
			],
		},
		{ fieldname: "of", of_links: true, label: __("Of", null, "Revenue Bridge"), fieldtype: "Data" },
	],
});
