{% include "keep_customers/public/js/reports.js" %}

keep_customers.report("Effect of Care", {
	filters: [
		{
			fieldname: "outcome",
			label: __("What Came of It", null, "Effect of Care"),
			fieldtype: "Select",
			options: [
				{ value: "Purchases", label: __("Purchases", null, "Effect of Care") },
				{ value: "Bought Again", label: __("Bought Again", null, "Effect of Care") },
				{ value: "Complained", label: __("Complained", null, "Effect of Care") },
			],
			default: "Purchases",
			reqd: 1,
		},
		{
			fieldname: "days",
			label: __("Within Days", null, "Effect of Care"),
			fieldtype: "Select",
			options: ["90", "365"].map((value) => ({ value, label: __("Within {0} Days", [value]) })),
			default: "90",
			reqd: 1,
		},
	],
});
