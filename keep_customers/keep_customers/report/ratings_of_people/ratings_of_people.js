frappe.query_reports["Ratings of People"] = {
	filters: [
		{
			fieldname: "from_date",
			label: __("From"),
			fieldtype: "Date",
			default: frappe.datetime.add_months(frappe.datetime.get_today(), -12),
		},
		{ fieldname: "to_date", label: __("To"), fieldtype: "Date" },
		{ fieldname: "rated_user", label: __("Person", null, "Ratings of People"), fieldtype: "Link", options: "User" },
	],
};
