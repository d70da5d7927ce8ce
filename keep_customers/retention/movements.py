"""From one period's revenue to the next: what was lost, shrank, grew, came back and came new, by whom and in money."""

from dataclasses import dataclass
from datetime import date, timedelta

import frappe
import numpy as np
from frappe import _
from frappe.utils import add_months, get_first_day, get_last_day, getdate

from keep_customers.engine import retention
from keep_customers.engine.retention import (
	CORRECTED,
	GROWN,
	LOST,
	NEW,
	NOTHING,
	SAME,
	SHRUNK,
	WON_BACK,
	Bridge,
	Period,
)  # fmt: skip
from keep_customers.retention import causes
from keep_customers.retention.books import Books, as_texts, months_on

RIGHT_BEFORE, A_YEAR_EARLIER = "Right Before", "A Year Earlier"
COMPARED = (RIGHT_BEFORE, A_YEAR_EARLIER)
STEPS = {
	LOST: "Lost", SHRUNK: "Shrunk", SAME: "Same", GROWN: "Grown", WON_BACK: "Won Back", NEW: "New", CORRECTED: "Corrected",
}  # fmt: skip
# What else a figure may be about: the revenue of a period, who bought in it, and who bought in both.
BEFORE, NOW = "Before", "Now"
BOUGHT_BEFORE, BOUGHT_NOW, KEPT = "Bought Before", "Bought Now", "Kept"
ABOUT = (BEFORE, BOUGHT_BEFORE, *STEPS.values(), KEPT, BOUGHT_NOW, NOW)
TIER, GROUP, TERRITORY, REP, CAUSE = "Tier", "Customer Group", "Territory", "Rep", "Cause"
GROUPED_BY = (TIER, GROUP, TERRITORY, REP, CAUSE)
NONE = "-"  # the group of those who have none


@dataclass(frozen=True)
class Spans:
	"""First and last day of the two periods."""

	before: tuple[date, date]
	now: tuple[date, date]


def spans(since: date | None, until: date | None, compared: str, today: date) -> Spans:
	"""Twelve whole months by default.

	A period of whole months is preceded by as many months, any other by as many days.

	:raises frappe.ValidationError: if it ends before it begins
	"""
	until = until or get_last_day(months_on(get_first_day(today), -1))
	since = since or get_first_day(months_on(get_first_day(until), -11))
	if until < since:
		frappe.throw(_("The period ends before it begins. Please check the dates."))
	whole = since == get_first_day(since) and until == get_last_day(until)
	months = (until.year - since.year) * 12 + until.month - since.month + 1
	if compared == A_YEAR_EARLIER:
		back = -12 * -(-months // 12)  # of more than a year, so that the two do not overlap
		return Spans((getdate(add_months(since, back)), months_on(until, back)), (since, until))
	begin = getdate(add_months(since, -months)) if whole else since - (until - since) - timedelta(days=1)
	return Spans((begin, since - timedelta(days=1)), (since, until))


@dataclass(frozen=True)
class Movements:
	"""Arrays of one element a customer of ``books``."""

	books: Books
	spans: Spans
	before: Period
	now: Period
	step: np.ndarray

	def bridge(self, keys: np.ndarray | None = None) -> tuple[list[str], Bridge]:
		"""
		:param keys: each customer's group; one for all by default
		:returns: the groups' keys, and their customers and money
		"""
		if keys is None:
			keys = as_texts([NONE] * len(self.step))
		there = sorted(set(keys[self.step != NOTHING].tolist()))
		number = {key: index for index, key in enumerate(there)}
		group = np.array([number.get(key, 0) for key in keys.tolist()], np.int64)
		return there, retention.bridge(self.step, self.before, self.now, group, len(there))


def movements(filters: dict, of: Spans, today: date) -> Movements:
	"""
	:param filters: as :class:`Books`; tier, the one that a customer had when the second period began
	"""
	books = Books(filters, today, (of.before, of.now))
	if filters.get("tier"):
		books.only(books.tiers_on(of.now[0]) == filters["tier"])
	before, now = books.sums.periods
	step = retention.steps(before, now, books.first, of.before[1].toordinal())
	return Movements(books, of, before, now, step)


def keys(found: Movements, by: str) -> np.ndarray:
	"""Each customer's group, NONE for who has none.

	:param by: one of GROUPED_BY
	"""
	books = found.books
	if by == TIER:
		result = books.tiers_on(found.spans.now[0])
	elif by == GROUP:
		result = books.people.groups
	elif by == TERRITORY:
		result = books.people.territories
	elif by == REP:
		result = books.reps(found.step != NOTHING)
	else:
		of = causes.newest()
		# Why somebody once left says nothing of who is here.
		result = as_texts(
			[
				of.get(name) if step in (LOST, WON_BACK) else None
				for name, step in zip(books.people.names.tolist(), found.step.tolist(), strict=True)
			]
		)
	return np.where(result == "", NONE, result)


def those(found: Movements, about: str) -> np.ndarray:
	"""Of whom a figure is; bool array.

	:param about: one of ABOUT
	"""
	if about in (BEFORE, BOUGHT_BEFORE):
		return found.before.bought | ((found.before.cents != 0) & (about == BEFORE))
	if about in (NOW, BOUGHT_NOW):
		return found.now.bought | ((found.now.cents != 0) & (about == NOW))
	if about == KEPT:
		return np.isin(found.step, retention.KEPT)
	return found.step == next(step for step, name in STEPS.items() if name == about)


def customers(found: Movements, about: str, only: np.ndarray | None = None) -> list[dict]:
	"""Who stands behind a figure, those first who make most of it.

	:param only: of whom; bool array, by default everybody
	:returns: dicts of customer, customer_name, step, before, now, change, amount (what the figure adds up), first_purchase and
		last_purchase
	"""
	which = those(found, about)
	if only is not None:
		which &= only
	before, now = found.before.cents, found.now.cents
	of_period = {BEFORE: before, BOUGHT_BEFORE: before, NOW: now, BOUGHT_NOW: now}
	amount = of_period.get(about, now - before)
	books, order = found.books, np.flatnonzero(which)
	order = order[np.lexsort((books.people.names[order].astype(str), -np.abs(amount[order])))]
	return [
		{
			"customer": books.people.names[at],
			"customer_name": books.people.titles[at],
			"step": STEPS[int(found.step[at])],
			"before": int(before[at]) / books.parts,
			"now": int(now[at]) / books.parts,
			"change": int(now[at] - before[at]) / books.parts,
			"amount": int(amount[at]) / books.parts,
			"first_purchase": date.fromordinal(int(books.first[at])) if books.first[at] else None,
			"last_purchase": date.fromordinal(int(books.last[at])) if books.last[at] else None,
		}
		for at in order.tolist()
	]
