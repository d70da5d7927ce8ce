"""Customers who moved up or down."""

from datetime import date

import frappe
from frappe.utils import getdate

from keep_customers.care.triggers import (
	Premise,
	candidates,
	customers,
	matching,
	not_noted,
	of_customers,
	row,
	since,
)
from keep_customers.erp.said import said
from keep_customers.erp.tables import among, columns


def moved_up(rule, today: date) -> list[dict]:
	"""Customers who have moved into a better tier."""
	return _moved(
		rule,
		today,
		"Up",
		lambda *tiers: {
			"reason": said("Moved up from {0} to {1}. Congratulate, and tell them what it brings.", *tiers),
			"short": said("Up from {0} to {1}", *tiers),
		},
	)


def moved_down(rule, today: date) -> list[dict]:
	"""Customers who have moved into a lower tier."""
	return _moved(
		rule,
		today,
		"Down",
		lambda *tiers: {
			"reason": said("Moved down from {0} to {1}. What has changed for them?", *tiers),
			"short": said("Down from {0} to {1}", *tiers),
		},
	)


def _moved(rule, today: date, direction: str, words) -> list[dict]:
	"""
	:param words: (tier before, tier now) -> the row's texts
	"""
	change = frappe.qb.DocType("Tier Change")
	moves, customer, _value = candidates(rule)
	moves = moves.inner_join(change).on(change.customer == customer.name)
	newest = _newest(moves.where(change.date >= since(rule, today)), change, today)
	new = not_noted(rule, {name: move for name, (move, where) in newest.items() if where == direction})
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
			**words(*(said(tier, context="Customer Tier") for tier in (one.from_tier, one.to_tier))),
			reference_doctype="Tier Change",
			reference_name=one.name,
		)
		for one in matching(rule, among(query, change.name, new.values()).run(as_dict=True))
		if new.get(one.customer) == one.name
	]


def _newest(query, change, today: date) -> dict[str, tuple[str, str]]:
	"""Customer -> (its newest move, up or down): who has moved back meanwhile is not told of the first one."""
	query = query.where(
		change.direction.isin(["Up", "Down"]) & (change.date <= today) & (change.of_merged == 0)
	)
	query = query.orderby(change.date).orderby(change.creation)
	found = columns(query, change.customer, change.name, change.direction)
	return {customer: (name, direction) for customer, name, direction in zip(*found, strict=True)}


def _moved_on(rows: list, today: date) -> list[bool]:
	change = frappe.qb.DocType("Tier Change")
	query = among(frappe.qb.from_(change), change.customer, of_customers(rows))
	newest = _newest(query, change, today)
	return [newest.get(one["customer"], ("",))[0] != one["reference_name"] for one in rows]


MOVED_ON = Premise("Moved again", _moved_on)
