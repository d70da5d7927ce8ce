{% include "keep_customers/public/js/reports.js" %}

keep_customers.report("Did the Measure Help", {
	filters: [
		{ fieldname: "measure", label: __("Measure", null, "Complaint Measure"), fieldtype: "Link", options: "Complaint Measure" },
		keep_customers.filter("cause"),
		keep_customers.filter("category"),
		keep_customers.filter("rows"),
	],
});
