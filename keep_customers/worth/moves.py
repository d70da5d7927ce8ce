"""Who moved from tier to tier in a period, and what they are worth."""

from collections.abc import Collection
from datetime import date

import frappe
from frappe.query_builder.functions import Count, Sum
from frappe.utils import getdate

from keep_customers.erp.tables import FALLING, among, columns
from keep_customers.worth.retold import retold
from keep_customers.worth.selection import selected

UP, DOWN, FIRST = "Up", "Down", "First"


def by_day(filters: dict, since: date, until: date) -> list[dict]:
	"""
	:returns: dicts of date, direction, from_tier, to_tier, currency, moves and current_value
	"""
	query, _customer, change = _query(filters, since, until)
	kind = (change.date, change.direction, change.from_tier, change.to_tier, change.currency)
	rows = (
		query.select(*kind, Count("*").as_("moves"), Sum(change.current_value).as_("current_value"))
		.groupby(*kind)
		.run(as_dict=True)
	)
	for row in rows:
		row.date = getdate(row.date)
	return rows


def customers(filters: dict, since: date, until: date, most: int) -> list[dict]:
	"""The latest moves first, of a day those of whom most is expected."""
	query, customer, change = _query(filters, since, until)
	rows = (
		query.select(
			change.date, change.customer, customer.customer_name, change.direction, change.from_tier, change.to_tier,
			change.current_value, change.currency, change.reason,
		)
		.orderby(change.date, order=FALLING)
		.orderby(change.current_value, order=FALLING)
		.orderby(change.customer)
		.limit(most)
	).run(as_dict=True)  # fmt: skip
	for row in rows:
		row.reason = retold(row.reason)
	return rows


def _query(filters: dict, since: date, until: date):
	"""
	:param filters: as :func:`selected`, with the tier and policy of the move; direction, from_tier, to_tier and currency. Who came into
		a tier for the first time did not move: they are left out, unless that direction is asked for
	"""
	change, customer = frappe.qb.DocType("Tier Change"), frappe.qb.DocType("Customer")
	query = (
		frappe.qb.from_(change)
		.inner_join(customer)
		.on(customer.name == change.customer)
		.where((change.date >= since) & (change.date <= until))
	)
	for field in ("direction", "from_tier", "to_tier", "currency"):
		if filters.get(field):
			query = query.where(change[field] == filters[field])
	if not filters.get("direction"):
		query = query.where(change.direction != FIRST)
	left = {name: value for name, value in filters.items() if name != "tier"}
	return selected(query, customer, change, left), customer, change


def tiers_on(day: date | None, customers: Collection[str]) -> dict[str, str | None]:
	"""Customer -> the tier it had on a day, for who has asked already whom the user may read.

	Of who came into a tier only later it is the first one; of who never moved, today's.

	:param day: None for the first tier that a customer was given
	"""
	change, value = frappe.qb.DocType("Tier Change"), frappe.qb.DocType("Customer Value")
	order = change.date, change.creation, change.name
	own = frappe.qb.from_(change).where(change.of_merged == 0)
	rows = columns(own, *order, change.customer, change.from_tier, change.to_tier)
	until, found = str(day) if day else "", {}
	# In order here: a sorted answer comes row by row, which takes three times as long.
	for moved, _creation, _name, customer, before, after in sorted(zip(*rows, strict=True)):
		if str(moved) <= until:
			found[customer] = after
		elif customer not in found:
			found[customer] = before or after
	if never := [name for name in customers if name not in found]:
		query = among(frappe.qb.from_(value), value.name, never)
		found = dict(zip(*columns(query, value.name, value.tier), strict=True)) | found
	return found


def make_room(goes: str, stays: str) -> None:
	"""Before customers are merged: the tiers that the one had were not the other's, which has its own.

	:param goes: whose value does not go on
	"""
	if frappe.db.exists("Tier Change", {"customer": stays}):
		frappe.db.set_value("Tier Change", {"customer": goes}, "of_merged", 1, update_modified=False)
