frappe.query_reports["Tier Overview"] = {
	filters: [
		{ fieldname: "policy", label: __("Policy"), fieldtype: "Link", options: "Tier Policy" },
		{ fieldname: "tier", label: __("Tier"), fieldtype: "Link", options: "Customer Tier" },
		{
			fieldname: "status",
			label: __("Stage"),
			fieldtype: "Select",
			options: ["", "New", "Active", "Due", "Overdue", "At Risk", "Lost", "Won Back"],
		},
	],
};
