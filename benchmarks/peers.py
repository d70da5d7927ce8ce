"""What the night is measured against: the same questions asked the plain ways."""

from datetime import date

import frappe


def bare_totals() -> int:
	"""The least that anybody who wants a figure per customer must do. No index is added for it."""
	rows = frappe.db.sql(
		"select customer, count(*), sum(base_net_total) from `tabSales Invoice`"
		" where docstatus = 1 group by customer"
	)
	return len(rows)


def inactive_customers(today: date, days: int = 60) -> int:
	"""Who has not bought for so many days, in the way of ERPNext's report of that name.

	One join of customers and invoices, then one question more for each customer that was silent for so long:
	the amount of its latest invoice. 60 days is what the report's form proposes.
	"""
	customer, invoice = frappe.qb.DocType("Customer"), frappe.qb.DocType("Sales Invoice")
	fn = frappe.query_builder.functions
	rows = (
		frappe.qb.from_(customer)
		.join(invoice)
		.on(invoice.customer == customer.name)
		.where(invoice.docstatus == 1)
		.groupby(customer.name)
		.select(
			customer.name,
			customer.customer_name,
			customer.territory,
			customer.customer_group,
			fn.Count(invoice.name).distinct(),
			fn.Sum(invoice.base_net_total),
			fn.Max(invoice.posting_date),
		)
	).run()
	silent = [row for row in rows if (today - row[-1]).days >= days]
	report = []
	for row in silent:
		latest = frappe.db.sql(
			"select base_net_total from `tabSales Invoice` where customer = %s and docstatus = 1"
			" order by posting_date desc limit 1",
			row[0],
		)
		report.append((*row, latest[0][0]))
	return len(report)
