{% include "keep_customers/public/js/reports.js" %}

keep_customers.report("Relationships at Risk", {
	filters: [
		{
			fieldname: "alarm",
			label: __("Alarm", null, "Relationships at Risk"),
			fieldtype: "Select",
			options: ["", "Decision Maker Left", "Only One Person Known", "Nobody Spoken To", "Rep Left"].map((value) => ({
				value,
				label: value && __(value, null, "Care Rule"),
			})),
		},
		...["tier", "rep", "company", "territory", "customer_group", "rows"].map((field) => keep_customers.filter(field)),
	],
});
