"""Who was kept and who was lost: cohorts, the bridge from one period's revenue to the next, what a point of retention is
worth, and how a year's expected revenue spreads over its quarters.

Money is whole cents, or what the smallest part of the currency is, as int64: whatever is added up in whichever order and groups comes to the same, to the cent.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

UNIX_EPOCH = 719_163  # ordinal of 1970-01-01
MONTHS = 3

# What became of a customer from one period to the next.
LOST, SHRUNK, SAME, GROWN, WON_BACK, NEW, CORRECTED = range(7)
STEPS = 7
NOTHING = -1  # in neither period
KEPT = (SHRUNK, SAME, GROWN)
HAD = (LOST, *KEPT)  # who bought in the first period
HAS = (*KEPT, WON_BACK, NEW)  # who bought in the second

QUARTERS = 4
AHEAD = 5  # periods for which a customer who was kept is followed


def quarter(day: np.ndarray) -> np.ndarray:
	"""The quarters of ordinal days, numbered from the first one of 1970 on."""
	days = (np.asarray(day, np.int64) - UNIX_EPOCH).astype("datetime64[D]")
	return days.astype("datetime64[M]").astype(np.int64) // MONTHS


def quarter_begins(number: int) -> tuple[int, int]:
	"""Year and month in which a quarter begins."""
	year, month = divmod(number * MONTHS, 12)
	return 1970 + year, month + 1


@dataclass(frozen=True)
class Days:
	"""What was sold, one row a customer and day, sorted by both.

	:param customer: 0 … n-1
	:param day: ordinals
	:param cents: net amount of the day, returns subtracted
	:param bought: bool, whether the day is a purchase occasion
	"""

	customer: np.ndarray
	day: np.ndarray
	cents: np.ndarray
	bought: np.ndarray


def first_days(rows: Days, customers: int) -> np.ndarray:
	"""Each customer's first purchase, as an ordinal day; 0 for who never bought."""
	first = np.zeros(customers, np.int64)
	who, when = rows.customer[rows.bought], rows.day[rows.bought]
	starts = np.flatnonzero(np.diff(who, prepend=-1))
	first[who[starts]] = when[starts]
	return first


@dataclass(frozen=True)
class Cohorts:
	"""Customers by the quarter of their first purchase, against the quarters since.

	:param first: the quarters in which anybody came, rising; (c,)
	:param kept: how many bought in the quarter so many after it, (c, q); the first column is all who came
	:param cents: what was sold to all of them in it, (c, q)
	:param reached: bool, whether that quarter has come, (c, q)
	"""

	first: np.ndarray
	kept: np.ndarray
	cents: np.ndarray
	reached: np.ndarray

	@property
	def size(self) -> np.ndarray:
		return self.kept[:, 0]

	def together(self) -> tuple[np.ndarray, np.ndarray]:
		"""Kept and cents of all cohorts that have reached a quarter, each as a share of their first one, (q,); nan for none."""
		return _shares(self.kept, self.reached), _shares(self.cents, self.reached)


def _shares(cells: np.ndarray, reached: np.ndarray) -> np.ndarray:
	begun = np.where(reached, cells[:, :1], 0).sum(axis=0)
	came = np.where(reached, cells, 0).sum(axis=0)
	return np.where(begun > 0, came / np.where(begun > 0, begun, 1), np.nan)


def last_days(rows: Days, customers: int) -> np.ndarray:
	"""Day of each customer's latest purchase, 0 for none, (n,)."""
	last = np.zeros(customers, np.int64)
	last[rows.customer[rows.bought]] = rows.day[rows.bought]  # sorted by day: the latest one stays
	return last


def cohorts(rows: Days, customers: int, last: int, since: int | None = None) -> Cohorts:
	"""
	:param last: the last quarter that counts
	:param since: the first quarter whose newcomers are looked at; all by default
	"""
	came = first_days(rows, customers)
	cohort = np.where(came > 0, quarter(np.maximum(came, 1)), last + 1)
	if since is not None:
		cohort[cohort < since] = last + 1
	there = np.unique(cohort[cohort <= last])
	width = int(last - there[0]) + 1 if there.size else 1
	when = quarter(rows.day)
	# What was booked before anything was bought belongs to no quarter since.
	counts = (when <= last) & (when >= cohort[rows.customer])
	who, when = rows.customer[counts], when[counts]
	# Sorted by customer and day, so by customer and quarter too.
	starts = np.flatnonzero((np.diff(who, prepend=-1) != 0) | (np.diff(when, prepend=-1) != 0))
	kept, cents = (np.zeros((there.size, width), np.int64) for _ in range(2))
	if starts.size:
		who, when = who[starts], when[starts]
		place = np.searchsorted(there, cohort[who]), when - cohort[who]
		np.add.at(cents, place, np.add.reduceat(rows.cents[counts], starts))
		np.add.at(kept, place, np.add.reduceat(rows.bought[counts].astype(np.int64), starts) > 0)
	reached = there[:, None] + np.arange(width) <= last
	return Cohorts(there, kept, cents, reached)


@dataclass(frozen=True)
class Period:
	"""What each customer bought in it, (n,)."""

	cents: np.ndarray
	bought: np.ndarray


def period(rows: Days, customers: int, since: int, until: int) -> Period:
	"""
	:param since: and until: its first and last day, ordinals
	"""
	inside = (rows.day >= since) & (rows.day <= until)
	cents, bought = np.zeros(customers, np.int64), np.zeros(customers, bool)
	np.add.at(cents, rows.customer[inside], rows.cents[inside])
	bought[rows.customer[inside & rows.bought]] = True
	return Period(cents, bought)


def steps(before: Period, now: Period, first: np.ndarray, until: int) -> np.ndarray:
	"""What became of each customer, as one of LOST … CORRECTED, or NOTHING; (n,).

	Who bought in both periods has shrunk, grown or stayed the same. Who comes in the second one only is new if nothing was
	bought until the first one's last day, else won back. CORRECTED is who bought in neither and was credited or charged.

	:param first: day of the first purchase, 0 for none
	:param until: last day of the first period
	"""
	result = np.full(len(first), NOTHING)
	result[(before.cents != 0) | (now.cents != 0)] = CORRECTED
	result[before.bought & ~now.bought] = LOST
	newcomer = now.bought & ~before.bought
	result[newcomer & (first > until)] = NEW
	result[newcomer & (first <= until)] = WON_BACK
	both = before.bought & now.bought
	result[both] = SAME + np.sign(now.cents - before.cents)[both]
	return result


@dataclass(frozen=True)
class Bridge:
	"""Customers and money by group and step, each (g, STEPS)."""

	customers: np.ndarray
	before: np.ndarray
	now: np.ndarray

	@property
	def change(self) -> np.ndarray:
		"""What each step adds to the revenue; before + all of them = now, to the cent."""
		return self.now - self.before

	def whole(self) -> Bridge:
		"""All groups together, as one."""
		return Bridge(*(part.sum(axis=0, keepdims=True) for part in (self.customers, self.before, self.now)))


def bridge(step: np.ndarray, before: Period, now: Period, group: np.ndarray, groups: int) -> Bridge:
	"""
	:param group: 0 … groups-1, (n,)
	"""
	there = step != NOTHING
	place = group[there], step[there]
	result = [np.zeros((groups, STEPS), np.int64) for _ in range(3)]
	for part, values in zip(result, (np.ones(len(step), np.int64), before.cents, now.cents), strict=True):
		np.add.at(part, place, values[there])
	return Bridge(*result)


@dataclass(frozen=True)
class Kept:
	"""Of those who bought in the first period; shares of one, (g,), nan where nobody did.

	:param customers: who bought in the second one too
	:param gross: what is left of their revenue, whatever others bought more
	:param net: what they bring now, of what they brought
	"""

	customers: np.ndarray
	gross: np.ndarray
	net: np.ndarray


def kept(b: Bridge) -> Kept:
	had, brought = b.customers[:, HAD].sum(axis=1), b.before[:, HAD].sum(axis=1)
	less = b.change[:, (LOST, SHRUNK)].sum(axis=1)
	return Kept(
		_part(b.customers[:, KEPT].sum(axis=1), had),
		_part(brought + less, brought),
		_part(b.now[:, HAD].sum(axis=1), brought),
	)


@dataclass(frozen=True)
class Point:
	"""What it is worth that one customer in a hundred more is kept; (g,), money in cents, nan where nobody was lost.

	:param customers: so many they are; never more than were lost
	:param each: what one of those who were lost had brought
	:param worth: what these bring in the period after, if they go on as those do who are kept
	:param ahead: the same of AHEAD periods, in each of which as many of them are kept as of all
	"""

	customers: np.ndarray
	each: np.ndarray
	worth: np.ndarray
	ahead: np.ndarray


def point(b: Bridge) -> Point:
	had, lost = b.customers[:, HAD].sum(axis=1), b.customers[:, LOST]
	more = np.minimum(had / 100, lost)
	each = np.maximum(_part(b.before[:, LOST], lost), 0)
	holds = _part(b.now[:, KEPT].sum(axis=1), b.before[:, KEPT].sum(axis=1))
	# Where nobody was kept there is nobody to go by.
	holds = np.where(np.isnan(holds), 1.0, np.maximum(holds, 0))
	rate = np.nan_to_num(_part(had - lost, had))
	worth = more * each * holds
	return Point(more, each, worth, worth * sum(rate**number for number in range(AHEAD)))


def _part(some: np.ndarray, of: np.ndarray) -> np.ndarray:
	return np.where(of > 0, some / np.where(of > 0, of, 1), np.nan)


def course(came: np.ndarray) -> np.ndarray:
	"""How a year spreads over its quarters, as shares, (4,): as it came, evenly where nothing did.

	:param came: cents of the four quarters of past years, (years, 4)
	"""
	total = np.maximum(np.asarray(came, np.float64).reshape(-1, QUARTERS).sum(axis=0), 0)
	whole = total.sum()
	return total / whole if whole > 0 else np.full(QUARTERS, 1 / QUARTERS)


def spread(cents: np.ndarray, shares: np.ndarray) -> np.ndarray:
	"""Each amount by the shares, (n, 4); every row adds up to its amount, to the cent."""
	cents = np.asarray(cents, np.int64)
	until = np.rint(cents[:, None] * np.cumsum(shares)).astype(np.int64)
	until[:, -1] = cents
	return np.diff(until, axis=1, prepend=0)
