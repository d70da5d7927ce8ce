{% include "keep_customers/public/js/reports.js" %}

keep_customers.report("Retention Cohorts", {
	filters: [
		{
			fieldname: "measure",
			label: __("What Is Kept", null, "Retention Cohorts"),
			fieldtype: "Select",
			options: [
				{ value: "Customers", label: __("Customers", null, "Retention Cohorts") },
				{ value: "Revenue", label: __("Revenue", null, "Retention Cohorts") },
			],
			default: "Customers",
			reqd: 1,
		},
		{
			fieldname: "shown_as",
			label: __("Shown As", null, "Retention Cohorts"),
			fieldtype: "Select",
			options: [
				{ value: "Share", label: __("Shares", null, "Retention Cohorts") },
				{ value: "Number", label: __("Numbers", null, "Retention Cohorts") },
			],
			default: "Share",
			reqd: 1,
		},
		{
			fieldname: "quarters",
			label: __("Quarters", null, "Retention Cohorts"),
			fieldtype: "Select",
			options: ["8", "12", "20", "40"].map((value) => ({ value, label: __("{0} quarters", [value]) })),
			default: "12",
		},
		...["rep", "company", "territory", "customer_group"].map((field) => keep_customers.filter(field)),
		keep_customers.filter("tier", { label: __("First Tier", null, "Retention Cohorts") }),
		{ fieldname: "running", label: __("With the Running Quarter", null, "Retention Cohorts"), fieldtype: "Check" },
		keep_customers.filter("rows"),
		{ fieldname: "cohort", of_links: true, label: __("First Bought In", null, "Retention Cohorts"), fieldtype: "Data" },
		{ fieldname: "after", of_links: true, label: __("Quarters Later", null, "Retention Cohorts"), fieldtype: "Data" },
		{
			fieldname: "who",
			of_links: true,
			label: __("Who", null, "Retention Cohorts"),
			fieldtype: "Select",
			options: [
				{ value: "Bought", label: __("Who Bought", null, "Retention Cohorts") },
				{ value: "Revenue", label: __("Whose Revenue It Is", null, "Retention Cohorts") },
				{ value: "Did Not Buy", label: __("Who Did Not Buy", null, "Retention Cohorts") },
			],
		},
	],
	// The more was kept, the darker: what changes from quarter to quarter is seen before it is read.
	formatter(value, row, column, data, standard) {
		if (!/^q\d+$/.test(column.fieldname)) return standard(value, row, column, data);
		if (value === null || value === undefined) return "";
		const shown = standard(value, row, column, data);
		const of = column.fieldtype === "Currency" ? data.begun : data.customers;
		const share = column.fieldtype === "Percent" ? value / 100 : of > 0 ? value / of : 0;
		const strength = Math.min(Math.max(share, 0), 1) * 0.55;
		return `<div class="keep-heat" style="background: rgba(48, 166, 109, ${strength.toFixed(3)})">${shown}</div>`;
	},
});
