"""What customers complain about from period to period, and the measures that came into force meanwhile."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from datetime import date, timedelta
from typing import NamedTuple

import frappe
from frappe import _
from frappe.utils import getdate

from keep_customers.complaints import figures
from keep_customers.complaints.measures import DOCTYPE as MEASURE
from keep_customers.complaints.measures import purchases_by_day

MONTHS = {"Month": 1, "Quarter": 3, "Year": 12}
BY = ("cause", "category", "item")
MOST = 36  # columns


class Period(NamedTuple):
	"""
	:ivar name: 2026-03, 2026-Q1 or 2026
	:ivar first: and ``last``, both days of it; what was asked for may begin and end within it
	"""

	name: str
	first: date
	last: date


class Line(NamedTuple):
	"""
	:ivar key: name of the cause, category or item; empty where it is not known
	:ivar counts: cases in each period
	:ivar measures: (in force since, title), the oldest first
	"""

	key: str
	counts: list[int]
	measures: list[tuple[date, str]]


def periods(since: date, until: date, each: str) -> list[Period]:
	"""The calendar's periods between two days, cut off by them.

	:param each: one of :data:`MONTHS`
	:raises frappe.ValidationError: if they are more than :data:`MOST`
	"""
	step = MONTHS[each]
	number = (since.year * 12 + since.month - 1) // step
	last = (until.year * 12 + until.month - 1) // step
	if last - number >= MOST:
		frappe.throw(
			_(
				"More than {0} columns are hard to read. Please choose longer periods or a shorter time."
			).format(MOST)
		)
	return [
		Period(
			_name(at, each),
			max(_begins(at * step), since),
			min(_begins((at + 1) * step) - timedelta(1), until),
		)
		for at in range(number, last + 1)
	]


def _begins(month: int) -> date:
	return date(month // 12, month % 12 + 1, 1)


def _name(number: int, each: str) -> str:
	if each == "Year":
		return str(number)
	parts = 12 // MONTHS[each]
	year, part = divmod(number, parts)
	return f"{year}-Q{part + 1}" if each == "Quarter" else f"{year}-{part + 1:02}"


def table(filters: dict, by: str, those: list[Period]) -> list[Line]:
	"""The cases the user may read, the most frequent line first, what is not known last.

	:param filters: as :func:`figures.cases`
	:param by: one of :data:`BY`
	"""
	asked = {**filters, "from_date": those[0].first, "to_date": those[-1].last}
	lasts = [one.last for one in those]
	found: dict[str, list[int]] = defaultdict(lambda: [0] * len(those))
	for key, day, number in figures.by_day(asked, by):
		found[key][bisect_left(lasts, day)] += number
	measures = _measures(by, those[-1].last)
	lines = [Line(key, counts, measures.get(key, [])) for key, counts in found.items()]
	return sorted(lines, key=lambda line: (not line.key, -sum(line.counts), line.key))


def bought(those: list[Period]) -> list[int]:
	"""Purchases of each period, of the customers the user may read."""
	since, until = those[0].first, those[-1].last + timedelta(1)
	# A month is what it is known to be today, whichever months are looked at beside it.
	daily = purchases_by_day(since, until, (until - since).days, max(until, getdate()))
	return [int(daily[(one.first - since).days : (one.last - since).days + 1].sum()) for one in those]


def _measures(by: str, until: date) -> dict[str, list[tuple[date, str]]]:
	"""By cause or category: what came into force until a day and was not withdrawn."""
	if by == "item" or not frappe.has_permission(MEASURE, "read"):
		return {}
	rows = frappe.get_list(
		MEASURE,
		filters={by: ("is", "set"), "in_force_since": ("<=", until), "withdrawn_on": ("is", "not set")},
		fields=[by, "in_force_since", "title"],
		order_by="in_force_since, name",
		limit=0,
	)
	found = defaultdict(list)
	for row in rows:
		found[row[by]].append((getdate(row.in_force_since), row.title))
	return found
