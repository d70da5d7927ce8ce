frappe.query_reports["Care Preview"] = {
	filters: [
		{ fieldname: "care_rule", label: __("Care Rule"), fieldtype: "Link", options: "Care Rule" },
		{
			fieldname: "action",
			label: __("What Happens"),
			fieldtype: "Select",
			options: [
				{ value: "", label: "" },
				{ value: "Assign", label: __("Assigned", null, "Care Preview") },
				{ value: "Wait", label: __("Waits", null, "Care Preview") },
				{ value: "Skip", label: __("Skipped", null, "Care Preview") },
			],
		},
	],
};
