"""A log of purchases as it was known at a past day, and what came after that day."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from keep_customers.engine.value import DAYS_PER_WEEK, Purchases

SHARES = (0.25, 0.5, 1.0)  # of the horizon, behind the day, in which is counted what was bought


@dataclass(frozen=True)
class Known:
	"""What was known of customers at the end of a day; arrays of one element a customer, times in weeks.

	:param who: their numbers in the log
	:param frequency: and recency, age, log_gaps: see ``buying``
	:param bought: number of purchases, ``frequency + 1``
	:param mean_value: net amount per purchase, never below 0
	:param counts: (3, n), purchases in the last quarter, half and whole horizon before the day
	:param revenue: (3, n), net amounts likewise
	"""

	who: np.ndarray
	frequency: np.ndarray
	recency: np.ndarray
	age: np.ndarray
	log_gaps: np.ndarray
	mean_value: np.ndarray
	counts: np.ndarray
	revenue: np.ndarray

	@property
	def bought(self) -> np.ndarray:
		return self.frequency + 1

	@property
	def since(self) -> np.ndarray:
		"""Weeks since the last purchase."""
		return self.age - self.recency

	@property
	def last_period(self) -> np.ndarray:
		"""Revenue of the period before the day that is as long as the horizon: what any spreadsheet has."""
		return self.revenue[-1]


@dataclass(frozen=True)
class Came:
	"""What the same customers did within the horizon after the day."""

	purchases: np.ndarray
	value: np.ndarray


def known_at(log: Purchases, day: int, horizon: int) -> Known:
	"""
	:param log: of :func:`keep_customers.engine.value.by_day`
	:param day: ordinal day, which is included
	:param horizon: days; of the customers' past so many are looked at closely
	"""
	before = log.day <= day
	size = int(log.customer[-1]) + 1 if len(log.customer) else 0
	bought = before & log.occasion
	customer, when = log.customer[bought], log.day[bought]
	number = np.bincount(customer, minlength=size)
	who = np.flatnonzero(number)
	ends = np.cumsum(number)[who] - 1
	starts = ends - number[who] + 1
	gaps = np.diff(when, prepend=when[:1]).astype(float)
	gaps[starts] = DAYS_PER_WEEK  # no gap: its logarithm is 0 in weeks
	log_gaps = np.bincount(customer, np.log(gaps / DAYS_PER_WEEK), minlength=size)[who]
	first, last = when[starts], when[ends]
	total = np.bincount(log.customer[before], log.net[before], minlength=size)[who]
	counts, revenue = [], []
	for share in SHARES:
		recent = before & (log.day > day - horizon * share)
		counts.append(np.bincount(log.customer[recent], log.occasion[recent], minlength=size)[who])
		revenue.append(np.bincount(log.customer[recent], log.net[recent], minlength=size)[who])
	return Known(
		who,
		number[who] - 1.0,
		(last - first) / DAYS_PER_WEEK,
		(day - first) / DAYS_PER_WEEK,
		log_gaps,
		np.maximum(total, 0) / number[who],
		np.array(counts),
		np.array(revenue),
	)


def came_after(log: Purchases, known: Known, day: int, horizon: int) -> Came:
	later = (log.day > day) & (log.day <= day + horizon)
	size = int(log.customer[-1]) + 1 if len(log.customer) else 0

	def per_customer(values):
		return np.bincount(log.customer[later], values[later], minlength=size)[known.who]

	return Came(per_customer(log.occasion.astype(float)), per_customer(log.net))
