{% include "keep_customers/public/js/reports.js" %}

keep_customers.report("Orders Compared", {
	filters: [
		{
			fieldname: "nights",
			label: __("Last Nights", null, "Orders Compared"),
			fieldtype: "Select",
			options: ["1", "7", "28", "90"].map((value) => ({
				value,
				label: value === "1" ? __("Last Night") : __("Last {0} Nights", [value]),
			})),
			default: "28",
			reqd: 1,
		},
	],
});
