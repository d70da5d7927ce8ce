"""What a complaint that was closed makes due."""

from datetime import date, timedelta

import frappe
from frappe.utils import formatdate, getdate

from keep_customers.care.triggers import Premise, customers, gone, matching, row, since
from keep_customers.engine.complaints import CLOSED
from keep_customers.erp.said import said


def closed(rule, today: date) -> list[dict]:
	"""Customers whose complaint was closed; one contact for each case."""
	case = frappe.qb.DocType("Complaint Case")
	query, customer, _value = customers(rule, case.name, case.closed_on)
	query = (
		query.inner_join(case)
		.on(case.customer == customer.name)
		.where(case.status == CLOSED)
		.where((case.closed_on >= since(rule, today)) & (case.closed_on < today + timedelta(days=1)))
	)
	return [
		row(
			rule,
			one,
			occurrence=one.name,
			planned_on=getdate(one.closed_on),
			reason=said(
				"The complaint {0} was closed on {1}. Show that it is not forgotten.",
				one.name,
				formatdate(one.closed_on),
			),
			short=said("Complaint solved: still satisfied?"),
			reference_doctype="Complaint Case",
			reference_name=one.name,
		)
		for one in matching(rule, query.run(as_dict=True))
	]


STILL_CLOSED = Premise("No longer true", gone("Complaint Case", status=CLOSED))
