"""Value at risk against what a contact is expected to change: what the nights have noted of either order. Three small queries."""

import json
from dataclasses import dataclass
from datetime import date, timedelta

import frappe
from frappe.query_builder.functions import Count, IfNull

from keep_customers.evidence import learned
from keep_customers.worth import currencies

NINETY_FIVE = 1.96  # spreads


@dataclass
class OfRule:
	"""
	:ivar name: empty for contacts of any other rule, and of none
	:ivar mean: what a contact changes, as a share of the value at risk, with bounds low and high; None where nothing is known
	:ivar cared: customers of whom it was learned, with held
	:ivar by_risk: (places, what is expected of them in money), with by_change
	:ivar came_first: why -> contacts that were made for it
	"""

	name: str
	mean: float | None = None
	low: float | None = None
	high: float | None = None
	cared: int = 0
	held: int = 0
	by_risk: tuple[int, float] = (0, 0.0)
	by_change: tuple[int, float] = (0, 0.0)
	came_first: dict[str, int] | None = None


@dataclass(frozen=True)
class Orders:
	nights: int
	rules: list[OfRule]


def compared(nights: int, today: date) -> Orders:
	"""
	:param nights: so many days up to today
	:returns: rules of which something is known or noted, what changes most first
	"""
	since, found = today - timedelta(days=nights - 1), {}

	def of(name: str | None) -> OfRule:
		return found.setdefault(name or "", OfRule(name or "", came_first={}))

	known = learned.kept(today)
	if known and any(map(sum, known.customers)):
		nothing = [None] * len(known.rules)
		low, high = known.low or nothing, known.high or nothing
		for name, mean, spread, least, most, (cared, held) in zip(
			(*known.rules, ""),
			known.mean,
			known.spread,
			(*low, None),
			(*high, None),
			(*known.customers, [0, 0]),
			strict=True,
		):
			one = of(name)
			one.mean, one.low, one.high = mean, least, most
			if one.low is None:
				# Nobody of it was held back: what rules do, and how much they differ.
				one.low, one.high = mean - NINETY_FIVE * spread, mean + NINETY_FIVE * spread
			one.cared, one.held = cared, held
	days = _noted(since, today)
	for noted in days.values():
		for name, places in noted.items():
			one = of(name)
			one.by_risk = tuple(a + b for a, b in zip(one.by_risk, places["by_risk"], strict=True))
			one.by_change = tuple(a + b for a, b in zip(one.by_change, places["by_change"], strict=True))
	follow_up = frappe.qb.DocType("Follow Up")
	rows = (
		frappe.qb.from_(follow_up)
		.select(follow_up.care_rule, follow_up.came_first, Count("*"))
		.where((IfNull(follow_up.came_first, "") != "") & follow_up.assigned_on[since:today])
		.groupby(follow_up.care_rule, follow_up.came_first)
	).run()
	for name, why, number in rows:
		of(name).came_first[why] = number
	order = sorted(found.values(), key=lambda one: (not one.name, -(one.mean or 0), one.name))
	return Orders(len(days), order)


def call_rule_anew(old: str, new: str) -> None:
	"""What nights have noted of a rule is the rule's, whatever it is called; two that become one had the places of both."""
	for run, noted in frappe.get_all("Care Run", {"orders": ("is", "set")}, ["name", "orders"], as_list=True):
		try:
			found = json.loads(noted)
			if old in found:
				found[new] = _together(found.pop(old), found.get(new))
				frappe.db.set_value("Care Run", run, "orders", json.dumps(found), update_modified=False)
		except (AttributeError, KeyError, TypeError, ValueError):
			continue  # somebody has been at it


def _together(one: dict, other: dict | None) -> dict:
	if not other:
		return one
	return {by: [a + b for a, b in zip(one[by], other[by], strict=True)] for by in one}


def _noted(since: date, today: date) -> dict[date, dict]:
	"""Day -> rule -> places and what is expected, in the reporting currency of today; of a day that was begun anew what the first
	run saw, which is all of it."""
	run, found = frappe.qb.DocType("Care Run"), {}
	rows = (
		frappe.qb.from_(run)
		.select(run.as_of, run.orders, run.parameters)
		.where(run.orders.isnotnull() & (run.clock_was_wrong == 0))
		.where((run.as_of >= since) & (run.as_of <= today))
		.orderby(run.creation)
	).run()
	currencies_then = {}
	for day, orders, parameters in rows:
		try:
			noted, then = json.loads(orders), json.loads(parameters or "{}").get("currency")
		except (AttributeError, TypeError, ValueError):
			continue  # somebody has been at it
		if day not in found:
			found[day], currencies_then[day] = noted, then
	rates = currencies.factors([*currencies_then.values()], currencies.reporting_currency(), today)
	for noted, rate in zip(found.values(), rates.tolist(), strict=True):
		for places in noted.values():
			for by in places:
				places[by] = [places[by][0], places[by][1] * rate]
	return found
