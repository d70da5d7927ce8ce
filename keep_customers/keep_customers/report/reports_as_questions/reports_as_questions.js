{% include "keep_customers/public/js/reports.js" %}

keep_customers.report("Reports as Questions", {
	formatter(value, row, column, data, standard) {
		const shown = standard(value, row, column, data);
		if (column.fieldname !== "question" || !data) return shown;
		return `<a href="${frappe.utils.escape_html(keep_customers.report_link(data.name, data.filters))}">${shown}</a>`;
	},
});
