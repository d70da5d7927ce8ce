"""A log of purchases as it was known at a past day, and what came after that day.

What is known of a customer follows from a few figures as of the last purchase (:class:`Statistics`). They are stored; when
nothing but time has passed, nobody's invoices are read again: what was bought fades with its age, so that a later day is
one multiplication away.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from keep_customers.engine.value import DAYS_PER_WEEK, Purchases

# Purchases fade by e in a quarter, half a year and a year, whatever the horizon: one set of figures serves them all.
FADING = (91.25, 182.5, 365.0)  # days


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
		who,
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
	before = log.day <= day
	until = Purchases(log.customer[before], log.day[before], log.net[before], log.occasion[before])
	stored = statistics(until)
	recent = until.day > day - horizon
	revenue = np.bincount(until.customer[recent], until.net[recent], minlength=_size(until))
	return known_of(stored, day, revenue[stored.who])


def came_after(log: Purchases, known: Known, day: int, horizon: int) -> Came:
	later = (log.day > day) & (log.day <= day + horizon)

	def per_customer(values):
		return np.bincount(log.customer[later], values[later], minlength=_size(log))[known.who]

	return Came(per_customer(log.occasion.astype(float)), per_customer(log.net))


def _size(log: Purchases) -> int:
	return int(log.customer[-1]) + 1 if len(log.customer) else 0
