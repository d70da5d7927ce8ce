"""Whom we are about to lose: how much money, since when, and what was done about it."""

from datetime import date

import frappe
from frappe.query_builder.functions import Count, Sum
from pypika import Case

from keep_customers.care.assignment import Assignment, of_rep
from keep_customers.care.followups import OPEN
from keep_customers.engine.lifecycle import LOST, STATUSES, STILL_TO_KEEP
from keep_customers.erp.tables import FALLING
from keep_customers.worth.selection import selected

LATE = (*STILL_TO_KEEP, STATUSES[LOST])
NOTHING_YET, CONTACTED = "Nothing Yet", "Contacted"


def totals(filters: dict) -> list[dict]:
	"""Customers and money by stage and tier.

	:returns: dicts of status, tier, currency, contacted (0 or 1), customers and value_at_risk
	"""
	query, customer, value = _query(filters)
	contacted = _contacted(customer, value)
	return (
		query.select(
			value.status,
			value.tier,
			value.currency,
			contacted.as_("contacted"),
			Count("*").as_("customers"),
			Sum(value.value_at_risk).as_("value_at_risk"),
		)
		.groupby(value.status, value.tier, value.currency, contacted)
		.run(as_dict=True)
	)


def customers(filters: dict, most: int, today: date) -> list[dict]:
	"""Those who can still be kept first, and of them whose loss would cost most.

	:param filters: as :func:`selected`; status, done (:data:`NOTHING_YET` or :data:`CONTACTED`) and rep
	"""
	query, customer, value = _query(filters)
	rows = (
		query.select(
			value.customer, customer.customer_name, value.tier, value.status, value.status_since, value.last_purchase,
			value.current_value, value.value_at_risk, value.currency,
		)
		.orderby(Case().when(value.status.isin(list(STILL_TO_KEEP)), 0).else_(1))
		.orderby(value.value_at_risk, order=FALLING)
		.orderby(value.customer)
		.limit(most)
	).run(as_dict=True)  # fmt: skip
	names = [row.customer for row in rows]
	contacts, asked = _contacts(names), _asked(names)
	reps = Assignment(names, frappe.get_cached_doc("Keep Customers Settings"), today)
	for row in rows:
		row.contacts, row.last_contact, row.result = contacts.get(row.customer, (0, None, None))
		row.next_contact = asked.get(row.customer)
		row.rep = reps.user_for(row.customer)
	return rows


def _query(filters: dict):
	value, customer = frappe.qb.DocType("Customer Value"), frappe.qb.DocType("Customer")
	stages = [filters["status"]] if filters.get("status") in LATE else list(LATE)
	query = (
		frappe.qb.from_(value)
		.inner_join(customer)
		.on(customer.name == value.customer)
		.where(value.status.isin(stages) & (customer.disabled == 0))
	)
	if filters.get("done") in (NOTHING_YET, CONTACTED):
		query = query.where(_contacted(customer, value) == int(filters["done"] == CONTACTED))
	query = selected(query, customer, value, filters)
	return of_rep(query, customer.name, filters.get("rep")), customer, value


def _contacted(customer, value):
	"""1 if somebody was in contact since the customer came into its stage, else 0."""
	return Case().when(customer.keep_last_touch >= value.status_since, 1).else_(0)


def _contacts(names: list[str]) -> dict[str, tuple]:
	"""Customer -> (contacts since it came into its stage, day of the last one, its result)."""
	touch, value = frappe.qb.DocType("Customer Touch"), frappe.qb.DocType("Customer Value")
	rows = (
		frappe.qb.from_(touch)
		.inner_join(value)
		.on(value.name == touch.customer)
		.select(touch.customer, touch.date, touch.result)
		.where(touch.customer.isin(names or [""]) & (touch.date >= value.status_since))
		.orderby(touch.date)
	).run()
	found: dict[str, tuple] = {}
	for name, moment, result in rows:
		found[name] = (found.get(name, (0,))[0] + 1, frappe.utils.getdate(moment), result)
	return found


def _asked(names: list[str]) -> dict[str, date]:
	"""Customer -> the day by which somebody is asked to contact it."""
	if not names:
		return {}
	rows = frappe.get_all(
		"Follow Up",
		filters={"customer": ("in", names), "status": ("in", OPEN)},
		fields=["customer", "due_date"],
		order_by="due_date desc",
		as_list=True,
	)
	return dict(rows)
