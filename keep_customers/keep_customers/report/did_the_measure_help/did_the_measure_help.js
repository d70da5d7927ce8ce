{% include "keep_customers/public/js/reports.js" %}

keep_customers.report("Did the Measure Help", {
	filters: [
		{ fieldname: "measure", label: __("Measure", null, "Complaint Measure"), fieldtype: "Link", options: "Complaint Measure" },
		{ fieldname: "cause", label: __("Cause", null, "Complaint Case"), fieldtype: "Link", options: "Complaint Cause" },
		{ fieldname: "category", label: __("Category"), fieldtype: "Link", options: "Complaint Category" },
		keep_customers.filter("rows"),
	],
});
