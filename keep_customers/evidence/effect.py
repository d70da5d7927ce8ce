"""The effect of care: outcomes of who was drawn, compared by ``engine/effect``. Two queries, whatever the number of customers.

Looked at is once a week: counted is whose days were over on its Monday. Bounds that hold at all looks need to know how many there were.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import frappe
import numpy as np

from keep_customers.engine.effect.findings import Findings, findings
from keep_customers.engine.effect.outcomes import usual_most, within
from keep_customers.erp.tables import columns, to_ordinals
from keep_customers.evidence.drawn import Drawn, drawn
from keep_customers.worth import currencies, ledger
from keep_customers.worth.revenue import Revenue

VALUE, AGAIN, COMPLAINED = "Purchases", "Bought Again", "Complained"
OUTCOMES, DAYS = (VALUE, AGAIN, COMPLAINED), (90, 365)
FEW = 5000  # customers who are asked for by name; of more, all are read


@dataclass(frozen=True)
class Effect:
	"""What is known of an outcome within some days.

	:param rules: names, in the order of ``each``
	:param drawn: first assignments a rule and arm (cared for, held back) whose days were over on Monday, shape (rules, 2)
	:param running: how many of a rule's are still within them
	:param each: of the rules
	:param every: of all rules together
	:param most: up to how much of a customer's purchases counts; inf for all
	:param currency: of amounts
	"""

	rules: list[str]
	drawn: np.ndarray
	running: np.ndarray
	each: Findings
	every: Findings
	most: float
	currency: str


class Came(NamedTuple):
	"""What customers did, one element an event.

	:ivar customer: numbered as in :class:`Drawn`
	:ivar amount: money, or how often
	:ivar currency: of money
	"""

	customer: np.ndarray
	day: np.ndarray
	amount: np.ndarray
	currency: str


def effect(outcome: str, days: int, today: date) -> Effect:
	"""
	:param outcome: one of :data:`OUTCOMES`
	:param days: after the first assignment, which have to be over
	"""
	[found] = effects(outcome, days, [today])
	return found


def effects(outcome: str, days: int, ends: Sequence[date]) -> list[Effect]:
	"""As :func:`effect`, on each of some days, for what it costs to read once. What was corrected until the last of them is
	known on all of them."""
	everybody, last = drawn(), max(ends)
	came = _came(outcome, everybody.where(_over(everybody, days, last)), last)
	return [_effect(outcome, days, today, everybody, came) for today in ends]


def _effect(outcome: str, days: int, today: date, everybody: Drawn, came: Came) -> Effect:
	rules = len(everybody.rules)
	over = _over(everybody, days, today)
	those = everybody.where(over)
	cells = np.bincount(2 * those.rule + those.held, minlength=2 * rules).reshape(rules, 2)
	after, before, most = _around(outcome, those, days, came)
	# Two columns of what was known: the same of as many days before, and the forecast of that day.
	known = np.column_stack([before, np.minimum(np.maximum(those.at_risk, 0), most)])
	each, every = findings(
		those.rule,
		those.held,
		after,
		known,
		rules,
		_week(those.day + days),
		those.stratum,
		yes_no=outcome != VALUE,
	)
	running = np.bincount(everybody.rule[~over], minlength=rules)
	return Effect(everybody.rules, cells, running, each, every, most, came.currency)


def _over(everybody: Drawn, days: int, today: date) -> np.ndarray:
	"""Whose days were over on the Monday of this week; bool array."""
	return _week(everybody.day + days) < _week(today.toordinal())


def _week(day):
	"""Of ordinals: the week they are in, from Monday to Sunday."""
	return (day - 1) // 7


def what_came(outcome: str, those: Drawn, days: int, today: date) -> tuple[np.ndarray, np.ndarray, float]:
	"""(what came, the same before, up to how much counts)."""
	return _around(outcome, those, days, _came(outcome, those, today))


def _around(outcome: str, those: Drawn, days: int, came: Came) -> tuple[np.ndarray, np.ndarray, float]:
	after, before = within(those.customer, those.day, days, came.customer, came.day, came.amount)
	if outcome != VALUE:
		return (after > 0).astype(float), (before > 0).astype(float), np.inf
	most = usual_most(before)
	return np.minimum(after, most), np.minimum(before, most), most


def _came(outcome: str, those: Drawn, today: date) -> Came:
	currency = currencies.reporting_currency()
	if outcome == COMPLAINED:
		return Came(*_complaints(those), currency)
	customer, day, net, occasion = _purchases(those, currency, today)
	return Came(customer, day, occasion.astype(float) if outcome == AGAIN else net, currency)


def _purchases(those: Drawn, currency: str, today: date) -> tuple[np.ndarray, ...]:
	"""(customer, day, net amount, whether it was a purchase), numbered as in ``those``, in the reporting currency."""
	if not len(those.customer):
		nothing = np.zeros(0)
		return nothing, nothing, nothing, nothing
	rates, _warnings = currencies.rates_of(today, currency)
	number = {those.customers[at]: at for at in np.unique(those.customer).tolist()}
	books = Revenue(today, rates)
	few = sorted(number) if len(number) <= FEW else None
	# What is credited in full later was not bought, and is not to be half in the days that count.
	names, found = books.days(ledger.Lens(None, ledger.NET_SALES, today), few)
	place = np.array([number.get(name, -1) for name in names], np.int64)
	customer = place[found.customer] if len(place) else found.customer
	ours = customer >= 0
	return customer[ours], found.day[ours], found.cents[ours] / 100, found.bought[ours]


def _complaints(those: Drawn) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
	"""(customer, day, 1) of each complaint."""
	case = frappe.qb.DocType("Complaint Case")
	names, opened = columns(frappe.qb.from_(case).where(case.customer != ""), case.customer, case.opened_on)
	number = {name: at for at, name in enumerate(those.customers)}
	customer = np.array([number.get(name, -1) for name in names], np.int64)
	day = to_ordinals([str(moment)[:10] for moment in opened])
	ours = customer >= 0
	return customer[ours], day[ours], np.ones(int(ours.sum()))
