{% include "keep_customers/public/js/reports.js" %}

keep_customers.report("Complaint Times", {
	filters: [
		...["from_date", "to_date"].map((field) => keep_customers.filter(field)),
		{ fieldname: "late", label: __("Late Now"), fieldtype: "Check" },
		{ fieldname: "repeats", label: __("Repeats"), fieldtype: "Check" },
		keep_customers.filter("customer"),
		{ fieldname: "responsible", label: __("Responsible", null, "Complaint Case"), fieldtype: "Link", options: "User" },
		{
			fieldname: "severity",
			label: __("Severity", null, "Complaint Case"),
			fieldtype: "Select",
			options: ["", "Low", "Normal", "High", "Grave"].map((value) => ({
				value,
				label: value && __(value, null, "Complaint Case"),
			})),
		},
		keep_customers.filter("category"),
		keep_customers.filter("cause"),
		{ fieldname: "item", label: __("Item"), fieldtype: "Link", options: "Item" },
		{
			fieldname: "not_known",
			of_links: true,
			label: __("Not Known Yet"),
			fieldtype: "Select",
			options: [
				{ value: "", label: "" },
				{ value: "cause", label: __("Cause", null, "Complaint Case") },
				{ value: "category", label: __("Category") },
				{ value: "item", label: __("Item") },
				{ value: "customer", label: __("Customer") },
				{ value: "responsible", label: __("Responsible", null, "Complaint Case") },
			],
		},
		{ fieldname: "language", of_links: true, label: __("Language"), fieldtype: "Link", options: "Language" },
		{ fieldname: "currency", of_links: true, label: __("Currency"), fieldtype: "Link", options: "Currency" },
		...["tier", "company", "territory", "customer_group", "rows"].map((field) => keep_customers.filter(field)),
	],

	formatter(value, row, column, data, standard) {
		const shown = standard(value, row, column, data);
		const judged = { answer_hours: "answered_in_time", solve_hours: "solved_in_time" }[column.fieldname];
		return judged && data?.[judged] === 0 ? `<span style="color: var(--red-500)">${shown || "–"}</span>` : shown;
	},
});
