{% include "keep_customers/public/js/reports.js" %}

keep_customers.report("Next Four Quarters", {
	filters: [
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
			],
		},
		...["tier", "rep", "company", "territory", "customer_group", "rows"].map((field) => keep_customers.filter(field)),
		{
			fieldname: "measure",
			of_links: true,
			label: __("Figure", null, "Next Four Quarters"),
			fieldtype: "Select",
			options: [
				{ value: "Expected", label: __("Expected", null, "Next Four Quarters") },
				{ value: "At Risk", label: __("At Risk Beside It", null, "Next Four Quarters") },
				{ value: "Last Year", label: __("Came a Year Before", null, "Next Four Quarters") },
			],
		},
		{
			fieldname: "quarter",
			of_links: true,
			label: __("Quarter", null, "Next Four Quarters"),
			fieldtype: "Select",
			options: ["1", "2", "3", "4", "Year"].map((value) => ({
				value,
				label: value === "Year" ? __("All Four Together", null, "Next Four Quarters") : value,
			})),
		},
		{ fieldname: "of", of_links: true, label: __("Of", null, "Next Four Quarters"), fieldtype: "Data" },
	],
});
