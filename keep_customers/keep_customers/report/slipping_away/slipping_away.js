frappe.query_reports["Slipping Away"] = {
	filters: [
		{
			fieldname: "group_by",
			label: __("Group By"),
			fieldtype: "Select",
			options: [
				{ value: "Item Group", label: __("Item Group") },
				{ value: "Rep", label: __("Rep", null, "Slipping Away") },
				{ value: "Customer", label: __("Customer") },
			],
			default: "Item Group",
			reqd: 1,
		},
		{ fieldname: "item_group", label: __("Item Group"), fieldtype: "Link", options: "Item Group" },
		{ fieldname: "territory", label: __("Territory"), fieldtype: "Link", options: "Territory" },
		{ fieldname: "rep", label: __("Rep", null, "Slipping Away"), fieldtype: "Link", options: "User" },
	],
};
