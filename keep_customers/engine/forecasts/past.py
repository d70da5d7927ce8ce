"""A log of purchases as it was known at a past day, and what came after that day.

What is known of a customer follows from a few figures as of the last purchase (:class:`Statistics`). They are stored; when
nothing but time has passed, nobody's invoices are read again: what was bought fades with its age, so that a later day is
one multiplication away.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from keep_customers.engine.value import DAYS_PER_WEEK, Purchases

# Purchases fade by e in a quarter, half a year and a year, whatever the horizon: one set of figures serves them all.
FADING = (91.25, 182.5, 365.0)  # days
# A company of a million customers is looked at part by part: whole, what is worked out on the way would take gigabytes.
ROWS = 1 << 20  # of a log, at a time
CUSTOMERS = 1 << 14  # at a time: as many as a processor keeps at hand, which is a quarter faster too
T = TypeVar("T")


@dataclass(frozen=True)
class Statistics:
	"""What is stored of customers; arrays of one element a customer, days are ordinals.

	:param who: their numbers in the log; only who has bought
	:param first: and last: days of the first and the last purchase
	:param bought: number of purchases
	:param log_gaps: sum of the logarithms of the weeks between them
	:param total: net amount of all there is
	:param decayed_counts: (3, n), purchases, each counting exp(-age / fading) on the day of the last one
	:param decayed_revenue: (3, n), net amounts likewise
	"""

	who: np.ndarray
	first: np.ndarray
	last: np.ndarray
	bought: np.ndarray
	log_gaps: np.ndarray
	total: np.ndarray
	decayed_counts: np.ndarray
	decayed_revenue: np.ndarray


@dataclass(frozen=True)
class Known:
	"""What was known of customers at the end of a day; arrays of one element a customer, times in weeks.

	:param who: their numbers in the log
	:param frequency: and recency, age, log_gaps: see ``buying``
	:param mean_value: net amount per purchase, never below 0
	:param decayed_counts: (3, n), purchases, each counting exp(-age / fading) for each of :data:`FADING`
	:param decayed_revenue: (3, n), net amounts likewise
	:param last_period: revenue of the period before the day that is as long as the horizon: what any spreadsheet has
	"""

	who: np.ndarray
	frequency: np.ndarray
	recency: np.ndarray
	age: np.ndarray
	log_gaps: np.ndarray
	mean_value: np.ndarray
	decayed_counts: np.ndarray
	decayed_revenue: np.ndarray
	last_period: np.ndarray

	@property
	def bought(self) -> np.ndarray:
		"""Number of purchases."""
		return self.frequency + 1

	@property
	def since(self) -> np.ndarray:
		"""Weeks since the last purchase."""
		return self.age - self.recency

	def of(self, at: np.ndarray) -> Known:
		"""What is known of some of them."""
		return Known(**{name: column[..., at] for name, column in vars(self).items()})


@dataclass(frozen=True)
class Came:
	"""What the same customers did within the horizon after the day."""

	purchases: np.ndarray
	value: np.ndarray


def statistics(log: Purchases) -> Statistics:
	"""
	:param log: of :func:`keep_customers.engine.value.by_day`
	"""
	return together([_statistics(part, first) for first, part in _parts(log)])


def _statistics(log: Purchases, first: int) -> Statistics:
	"""
	:param first: what is added to the customers' numbers
	"""
	size = _size(log)
	customer, when = log.customer[log.occasion], log.day[log.occasion]
	number = np.bincount(customer, minlength=size)
	who = np.flatnonzero(number)
	ends = np.cumsum(number)[who] - 1
	starts = ends - number[who] + 1
	gaps = np.diff(when, prepend=when[:1]).astype(float)
	gaps[starts] = DAYS_PER_WEEK  # no gap: its logarithm is 0 in weeks
	last = np.zeros(size, np.int64)
	last[who] = when[ends]
	# Below 0 for what was returned after the last purchase. Who never bought is no customer.
	ago = np.where(number[log.customer] > 0, last[log.customer] - log.day, 0.0)
	counts, revenue = [], []
	for fading in FADING:
		weight = np.exp(-ago / fading)
		counts.append(np.bincount(log.customer, weight * log.occasion, minlength=size)[who])
		revenue.append(np.bincount(log.customer, weight * log.net, minlength=size)[who])
	return Statistics(
		who + first,
		when[starts],
		when[ends],
		number[who],
		np.bincount(customer, np.log(gaps / DAYS_PER_WEEK), minlength=size)[who],
		np.bincount(log.customer, log.net, minlength=size)[who],
		np.array(counts),
		np.array(revenue),
	)


def known_of(stored: Statistics, day: int, last_period: np.ndarray) -> Known:
	"""
	:param day: ordinal, not before the last purchase of anybody
	:param last_period: (n,), see :class:`Known`
	"""
	faded = np.exp(-(day - stored.last)[None, :] / np.array(FADING)[:, None])
	return Known(
		stored.who,
		stored.bought - 1.0,
		(stored.last - stored.first) / DAYS_PER_WEEK,
		(day - stored.first) / DAYS_PER_WEEK,
		stored.log_gaps,
		np.maximum(stored.total, 0) / stored.bought,
		stored.decayed_counts * faded,
		stored.decayed_revenue * faded,
		last_period,
	)


def known_at(log: Purchases, day: int, horizon: int) -> Known:
	"""
	:param log: of :func:`keep_customers.engine.value.by_day`
	:param day: ordinal day, which is included
	:param horizon: days; how long the last period is
	"""
	return together([_known_at(part, first, day, horizon) for first, part in _parts(log)])


def _known_at(log: Purchases, first: int, day: int, horizon: int) -> Known:
	until = _where(log, log.day <= day)
	stored = _statistics(until, first)
	recent = until.day > day - horizon
	revenue = np.bincount(until.customer[recent], until.net[recent], minlength=_size(until))
	return known_of(stored, day, revenue[stored.who - first])


def came_after(log: Purchases, known: Known, day: int, horizon: int) -> Came:
	size = _size(log)
	purchases, value = np.zeros(size), np.zeros(size)
	for first, part in _parts(log):
		later = _where(part, (part.day > day) & (part.day <= day + horizon))
		end = first + _size(part)
		purchases[first:end] = np.bincount(later.customer, later.occasion, minlength=end - first)
		value[first:end] = np.bincount(later.customer, later.net, minlength=end - first)
	return Came(purchases[known.who], value[known.who])


def together(parts: Sequence[T]) -> T:
	"""One of several, which are arrays whose last axis is that of the customers, or dataclasses of such."""
	if len(parts) == 1:
		return parts[0]
	if isinstance(parts[0], np.ndarray):
		return np.concatenate(parts, axis=-1)
	return type(parts[0])(*map(together, zip(*(vars(part).values() for part in parts), strict=True)))


def in_parts(ask: Callable[[Known], T], known: Known) -> T:
	"""What is asked of everybody, of :data:`CUSTOMERS` at a time; of no more of them than that, at once.

	:param ask: what it says of a customer depends on that one alone; returns a dataclass of arrays
	"""
	starts = range(0, max(len(known.who), 1), CUSTOMERS)
	return together([ask(known.of(slice(start, start + CUSTOMERS))) for start in starts])


def _parts(log: Purchases) -> Iterator[tuple[int, Purchases]]:
	"""The log by whole customers, about :data:`ROWS` rows at a time, and the first one's number, from which on they are counted."""
	ends = np.searchsorted(log.customer, log.customer[ROWS::ROWS], "left") if len(log.customer) > ROWS else []
	ends = [*sorted(set(ends)), len(log.customer)]
	start = 0
	for end in ends:
		if end > start or not len(log.customer):
			part = slice(start, end)
			first = int(log.customer[start]) if start else 0
			yield (
				first,
				Purchases(log.customer[part] - first, log.day[part], log.net[part], log.occasion[part]),
			)
		start = end


def _where(log: Purchases, rows: np.ndarray) -> Purchases:
	return Purchases(log.customer[rows], log.day[rows], log.net[rows], log.occasion[rows])


def _size(log: Purchases) -> int:
	return int(log.customer[-1]) + 1 if len(log.customer) else 0
