{% include "keep_customers/public/js/reports.js" %}

keep_customers.report("Contacts to Confirm", {
	filters: ["customer", "company", "territory", "customer_group", "rows"].map((field) => keep_customers.filter(field)),

	get_datatable_options(options) {
		return Object.assign(options, { checkboxColumn: true });
	},

	onload(report) {
		const decide = (method) => {
			const chosen = report.datatable?.rowmanager.getCheckedRows().map((index) => report.data[index]) || [];
			if (!chosen.length) {
				frappe.msgprint(__("Please tick the contacts first."));
				return Promise.resolve();
			}
			// One after the other: two of them may be of the same customer.
			return chosen
				.reduce(
					(before, row) =>
						before.then(() =>
							frappe.xcall(`keep_customers.care.confirming.${method}`, {
								contact: row.contact,
								customer: row.customer,
							})
						),
					Promise.resolve()
				)
				.then(() => report.refresh());
		};
		report.page.add_inner_button(__("Confirm"), () => decide("confirm"));
		report.page.add_inner_button(__("Not Theirs"), () =>
			keep_customers.confirm(__("Take the customer off these contacts?"), () => decide("refuse"))
		);
	},
});
