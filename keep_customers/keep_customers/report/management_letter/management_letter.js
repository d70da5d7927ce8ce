{% include "keep_customers/public/js/reports.js" %}

keep_customers.report("Management Letter", {
	filters: [
		keep_customers.filter("from_date", {
			label: __("A Day of the Month"),
			default: frappe.datetime.add_months(frappe.datetime.month_start(), -1),
		}),
	],

	onload(report) {
		report.page.add_inner_button(__("Send It to Me Monthly"), () =>
			frappe.xcall("keep_customers.evidence.letter.send_me_monthly").then(() => {
				frappe.show_alert({ message: __("You get it by e-mail on the first of every month."), indicator: "green" });
			})
		);
	},

	formatter(value, row, column, data, standard) {
		// Made by the server, for the mail as well.
		if (column.fieldname === "line") return value;
		return standard(value, row, column, data);
	},
});
