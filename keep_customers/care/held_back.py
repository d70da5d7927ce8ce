"""Which contacts are due and reach nobody, and why."""

from datetime import date

import frappe
from frappe.query_builder.functions import Count, IfNull, Max, Sum
from pypika import Case

from keep_customers.access import control_group
from keep_customers.care.assignment import Assignment, of_rep
from keep_customers.erp.said import reworded
from keep_customers.erp.tables import FALLING
from keep_customers.worth.selection import selected
from keep_customers.worth.values import of_today

WAITING, GIVEN_UP = "Planned", "Skipped"


def by(field: str, filters: dict, since: date) -> list[dict]:
	"""
	:param field: hold_reason or care_rule
	:returns: dicts of the field, currency, waiting, given_up, customers and value_at_risk (of each customer once)
	"""
	query, follow_up, value = _query(filters, since)
	of_customers = (
		query.select(follow_up[field], follow_up.customer, *_numbers(follow_up, value))
		.groupby(follow_up[field], follow_up.customer)
		.as_("of_customers")
	)
	return (
		frappe.qb.from_(of_customers)
		.select(
			of_customers[field],
			Sum(of_customers.waiting).as_("waiting"),
			Sum(of_customers.given_up).as_("given_up"),
			Count("*").as_("customers"),
			Sum(of_customers.value_at_risk).as_("value_at_risk"),
			Max(of_customers.currency).as_("currency"),
		)
		.groupby(of_customers[field])
		.run(as_dict=True)
	)


def by_rep(filters: dict, since: date, today: date) -> list[dict]:
	"""As :func:`by`, by who takes care of the customer now; ``rep`` is None where there is nobody."""
	query, follow_up, value = _query(filters, since)
	rows = (
		query.select(follow_up.customer, *_numbers(follow_up, value))
		.groupby(follow_up.customer)
		.run(as_dict=True)
	)
	reps = Assignment({row.customer for row in rows}, frappe.get_cached_doc("Keep Customers Settings"), today)
	found: dict[str | None, dict] = {}
	for row in rows:
		rep = reps.user_for(row.customer)
		total = found.setdefault(
			rep, {"rep": rep, "currency": row.currency, "waiting": 0, "given_up": 0, "customers": 0, "value_at_risk": 0.0}
		)  # fmt: skip
		total["customers"] += 1
		for number in ("waiting", "given_up", "value_at_risk"):
			total[number] += row[number] or 0
	return list(found.values())


def one_by_one(filters: dict, since: date, most: int) -> list[dict]:
	"""Those of whom most may be lost first."""
	query, follow_up, value = _query(filters, since)
	rows = (
		query.select(
			follow_up.name, follow_up.customer, follow_up.customer_name, value.tier, follow_up.status, follow_up.hold_reason,
			follow_up.care_rule, follow_up.planned_on, follow_up.due_date, follow_up.reason, follow_up.made_of,
			of_today(value, "value_at_risk").as_("value_at_risk"), value.currency,
		)
		.orderby(of_today(value, "value_at_risk"), order=FALLING)
		.orderby(follow_up.due_date)
		.orderby(follow_up.name)
		.limit(most)
		.run(as_dict=True)
	)  # fmt: skip
	for row in rows:
		row.reason = reworded(row, "reason")
	return rows


def _numbers(follow_up, value) -> tuple:
	return (
		Sum(Case().when(follow_up.status == WAITING, 1).else_(0)).as_("waiting"),
		Sum(Case().when(follow_up.status == GIVEN_UP, 1).else_(0)).as_("given_up"),
		Max(of_today(value, "value_at_risk")).as_("value_at_risk"),
		Max(value.currency).as_("currency"),
	)


def _query(filters: dict, since: date):
	"""What waits, and what was given up of what was due from ``since`` on.

	:param filters: as :func:`selected`; status, hold_reason, care_rule and rep, no_rule and no_rep for those without
	"""
	follow_up, value, customer = (
		frappe.qb.DocType(name) for name in ("Follow Up", "Customer Value", "Customer")
	)
	given_up = (follow_up.status == GIVEN_UP) & (follow_up.due_date >= since)
	query = (
		frappe.qb.from_(follow_up)
		.inner_join(customer)
		.on(customer.name == follow_up.customer)
		.left_join(value)
		.on(value.name == follow_up.customer)
		.where((IfNull(follow_up.hold_reason, "") != "") & ((follow_up.status == WAITING) | given_up))
	)
	query = control_group.left_out(query, follow_up)
	for field in ("status", "hold_reason", "care_rule"):
		if filters.get(field):
			query = query.where(follow_up[field] == filters[field])
	if filters.get("no_rule"):
		query = query.where(IfNull(follow_up.care_rule, "") == "")
	query = selected(query, customer, value, filters)
	query = of_rep(query, customer.name, filters.get("rep"), nobody=bool(filters.get("no_rep")))
	return query, follow_up, value
