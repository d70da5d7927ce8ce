frappe.query_reports["Complaint Times"] = {
	filters: [
		{ fieldname: "from_date", label: __("From"), fieldtype: "Date" },
		{ fieldname: "to_date", label: __("To"), fieldtype: "Date" },
		{ fieldname: "late", label: __("Late Now"), fieldtype: "Check" },
		{ fieldname: "customer", label: __("Customer"), fieldtype: "Link", options: "Customer" },
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
		{ fieldname: "tier", label: __("Tier"), fieldtype: "Link", options: "Customer Tier" },
	],

	formatter(value, row, column, data, standard) {
		const shown = standard(value, row, column, data);
		const judged = { answer_hours: "answered_in_time", solve_hours: "solved_in_time" }[column.fieldname];
		return judged && data?.[judged] === 0 ? `<span style="color: var(--red-500)">${shown || "–"}</span>` : shown;
	},
};
