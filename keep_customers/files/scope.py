"""Whose files: customers by the rep who takes care of them, the best by value first."""

from collections import defaultdict
from collections.abc import Collection
from math import ceil
from typing import NamedTuple

import frappe
from frappe.query_builder.functions import IfNull
from frappe.utils import flt, getdate

from keep_customers.care.assignment import Assignment, perhaps_of
from keep_customers.erp.permissions import only_readable
from keep_customers.worth.values import of_today

SETTINGS = "Keep Customers Settings"
TOP_SHARE = 20.0  # per cent
# Who looks after whom is found out anew for each question, but among so many customers that takes a second or two.
MANY, KEPT = 5000, 300  # customers; seconds


class Mine(NamedTuple):
	customer: str
	customer_name: str
	tier: str | None
	value: float


def of_participants(
	users: Collection[str], tiers: Collection[str], top_share: float, policy: str | None
) -> dict[str, list[Mine]]:
	"""Rep -> the customers of a drive, the best first: those in the tiers, else the best of each rep's own.

	Of the customers that the user of this session may read.
	"""
	rows = _customers(tiers, policy)
	reps = _who_looks_after(rows)
	found: dict[str, list[Mine]] = defaultdict(list)
	for row in rows:
		rep = reps.user_for(row.customer)
		if rep in users:
			found[rep].append(row)
	return {rep: found[rep] if tiers else best(found[rep], top_share) for rep in users}


def of_user(user: str) -> list[Mine]:
	"""The customers a user takes care of and may read, the best first; of very many, as it was a few minutes ago."""
	key = f"keep_customers_looked_after_by:{user}"
	if kept := frappe.cache.get_value(key, expires=True):
		return [Mine(*row) for row in kept]
	rows = _customers((), None, user)
	reps = _who_looks_after(rows)
	mine = [row for row in rows if reps.user_for(row.customer) == user]
	if len(rows) > MANY:
		frappe.cache.set_value(key, [tuple(row) for row in mine], expires_in_sec=KEPT)
	return mine


def _who_looks_after(rows: list[Mine]) -> Assignment:
	reps = Assignment([row.customer for row in rows], frappe.get_cached_doc(SETTINGS))
	# Who is away this week looks after their files all the same: they have a month for them.
	reps.substitutes = {}
	return reps


def best(rows: list[Mine], share: float) -> list[Mine]:
	"""The first of a list, so many per cent of it, at least one of any."""
	return rows[: ceil(len(rows) * min(100.0, max(0.0, share)) / 100 - 1e-9)]


def _customers(tiers: Collection[str], policy: str | None, user: str | None = None) -> list[Mine]:
	customer, value, file = (
		frappe.qb.DocType(one) for one in ("Customer", "Customer Value", "Customer File")
	)
	query = (
		frappe.qb.from_(customer)
		.left_join(value)
		.on(value.name == customer.name)
		.where((customer.disabled == 0) & (IfNull(customer.is_internal_customer, 0) == 0))
	)
	if user:
		query = query.left_join(file).on(file.name == customer.name)
		query = perhaps_of(query, file, user, frappe.get_cached_doc(SETTINGS), getdate())
	if tiers:
		query = query.where(value.tier.isin(list(tiers)))
	if policy:
		query = query.where(value.policy == policy)
	query = only_readable(query, customer.name)
	rows = query.select(
		customer.name, customer.customer_name, value.tier, of_today(value, "current_value")
	).run()
	found = [Mine(name, title, tier, flt(worth)) for name, title, tier, worth in rows]
	return sorted(found, key=lambda row: (-row.value, row.customer))
