frappe.query_reports["Event Results"] = {
	filters: [
		{ fieldname: "from_date", label: __("From"), fieldtype: "Date", default: frappe.datetime.year_start() },
		{ fieldname: "to_date", label: __("To"), fieldtype: "Date" },
		{
			fieldname: "kind",
			label: __("Kind", null, "VIP Event"),
			fieldtype: "Select",
			options: ["", "Product", "Nature and Sport", "Salon", "Health", "Family", "Training", "Other"].map((value) => ({
				value,
				label: value && __(value, null, "VIP Event"),
			})),
		},
		{ fieldname: "company", label: __("Company"), fieldtype: "Link", options: "Company" },
	],
};
