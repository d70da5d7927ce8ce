"""Customers who moved up or down."""

from datetime import date

import frappe
from frappe import _
from frappe.utils import getdate

from keep_customers.care.triggers import candidates, customers, matching, not_noted, row, since
from keep_customers.erp.tables import among, columns


def moved_up(rule, today: date) -> list[dict]:
	"""Customers who have moved into a better tier."""
	return _moved(
		rule, today, "Up", _("Moved up from {0} to {1}. Congratulate, and tell them what it brings.")
	)


def moved_down(rule, today: date) -> list[dict]:
	"""Customers who have moved into a lower tier."""
	return _moved(rule, today, "Down", _("Moved down from {0} to {1}. What has changed for them?"))


def _moved(rule, today: date, direction: str, reason: str) -> list[dict]:
	change = frappe.qb.DocType("Tier Change")
	moves, customer, _value = candidates(rule)
	moves = (
		moves.inner_join(change)
		.on(change.customer == customer.name)
		.where(change.direction == direction)
		.where((change.date >= since(rule, today)) & (change.date <= today))
		.orderby(change.date)
	)
	# The newest of each customer.
	new = not_noted(rule, dict(zip(*columns(moves, customer.name, change.name), strict=True)))
	if not new:
		return []
	query, customer, _value = customers(rule, change.name, change.date, change.from_tier, change.to_tier)
	query = query.inner_join(change).on(change.customer == customer.name)
	return [
		row(
			rule,
			one,
			occurrence=one.name,
			planned_on=getdate(one.date),
			reason=reason.format(
				_(one.from_tier, context="Customer Tier"), _(one.to_tier, context="Customer Tier")
			),
			reference_doctype="Tier Change",
			reference_name=one.name,
		)
		for one in matching(rule, among(query, change.name, new.values()).run(as_dict=True))
		if new.get(one.customer) == one.name
	]
