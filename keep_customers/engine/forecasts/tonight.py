"""A night's figures by a checked forecast: what was learned once a month, asked of everybody every night."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from keep_customers.engine import lifecycle
from keep_customers.engine.forecasts.candidates import Population
from keep_customers.engine.forecasts.choice import USUAL, some_of
from keep_customers.engine.forecasts.forecaster import Asked, Forecaster
from keep_customers.engine.forecasts.past import FADING, Known, Statistics, in_parts, known_of, statistics
from keep_customers.engine.night import (
	Figures,
	Forecast,
	Histories,
	Model,
	as_stated,
	expected,
	standing,
)
from keep_customers.engine.potential import expected_mean_value
from keep_customers.engine.value import Measures, Purchases

YEAR, QUARTER = 365, 90  # days
NUMBERS = 1 + 2 * len(FADING)  # that are stored of each customer, see Fading
BEFORE = "as before"  # in place of a check's name: the model that decided until the forecasts were accepted


@dataclass(frozen=True)
class Fading:
	"""What the forecasts know beyond :class:`Measures`, as of each customer's last purchase; arrays of one element a customer.

	:param log_gaps: see :class:`Statistics`, with decayed_counts and decayed_revenue, (3, n)
	"""

	log_gaps: np.ndarray
	decayed_counts: np.ndarray
	decayed_revenue: np.ndarray

	@classmethod
	def empty(cls, size: int) -> Fading:
		kinds = len(FADING)
		return cls(np.zeros(size), np.zeros((kinds, size)), np.zeros((kinds, size)))

	@classmethod
	def of(cls, log: Purchases, size: int) -> Fading:
		"""
		:param log: of :func:`keep_customers.engine.value.by_day`, customers numbered 0 … size-1
		"""
		found, result = statistics(log), cls.empty(size)
		result.log_gaps[found.who] = found.log_gaps
		result.decayed_counts[:, found.who] = found.decayed_counts
		result.decayed_revenue[:, found.who] = found.decayed_revenue
		return result

	def replace(self, where: np.ndarray, other: Fading) -> None:
		"""Put ``other``'s elements at the indices ``where``, in place."""
		self.log_gaps[where] = other.log_gaps
		self.decayed_counts[:, where] = other.decayed_counts
		self.decayed_revenue[:, where] = other.decayed_revenue

	def take(self, at: np.ndarray) -> Fading:
		return Fading(self.log_gaps[at], self.decayed_counts[:, at], self.decayed_revenue[:, at])

	def rows(self) -> np.ndarray:
		"""(n, 7), to be stored."""
		return np.column_stack([self.log_gaps, self.decayed_counts.T, self.decayed_revenue.T])

	@classmethod
	def from_rows(cls, rows: np.ndarray) -> Fading:
		log_gaps, *fading = np.asarray(rows, float).reshape(-1, NUMBERS).T
		return cls(log_gaps, np.array(fading[: len(FADING)]), np.array(fading[len(FADING) :]))


@dataclass(frozen=True)
class Checked:
	"""What a month's check leaves for the nights after it."""

	year: Forecaster
	quarter: Forecaster

	@classmethod
	def of(cls, log: Purchases, day: int, name: str) -> Checked:
		"""
		:param name: the candidate that was chosen
		"""
		log = some_of(log)
		return cls(
			Population(log, day, YEAR).forecaster(name), Population(log, day, QUARTER).forecaster(name)
		)

	@classmethod
	def unknown(cls) -> Checked:
		"""Of a population of whom nothing is known."""
		nothing = np.zeros(0, np.int64)
		return cls.of(Purchases(nothing, nothing, np.zeros(0), np.zeros(0, bool)), 1, USUAL)

	def as_dict(self) -> dict[str, Any]:
		return {"year": self.year.as_dict(), "quarter": self.quarter.as_dict()}

	@classmethod
	def from_dict(cls, saved: Mapping[str, Any]) -> Checked:
		"""
		:raises ValueError: for anything else
		"""
		try:
			return cls(Forecaster.from_dict(saved["year"]), Forecaster.from_dict(saved["quarter"]))
		except (KeyError, TypeError) as error:
			raise ValueError(f"Not a saved check: {error!r}") from error


@dataclass(frozen=True)
class Said:
	"""What a forecast says of the coming 12 months; arrays of one element a customer, values in money.

	:param each: expected value of a purchase
	:param if_alive: expected value, were it certain that the customer is one still
	"""

	value: np.ndarray
	purchases: np.ndarray
	each: np.ndarray
	alive: np.ndarray
	if_alive: np.ndarray
	forecast: Forecast


def known(m: Measures, fading: Fading, last_period: np.ndarray, today: int) -> Known:
	stored = Statistics(
		np.arange(len(m.last)),
		m.first,
		m.last,
		m.purchases,
		fading.log_gaps,
		m.total,
		fading.decayed_counts,
		fading.decayed_revenue,
	)
	return known_of(stored, today, last_period)


def say(checked: Checked, m: Measures, fading: Fading, last_period: np.ndarray, today: int) -> Said:
	"""
	:param m: each with at least one purchase, none of them after today
	:param last_period: revenue of the last 12 months, (n,)
	"""
	now, year = known(m, fading, last_period, today), checked.year

	def interval(at: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
		of_some = year.ahead(now.of(at), YEAR)
		return of_some.low, of_some.high

	found = in_parts(lambda some: _Figures.of(checked, some), now)
	return Said(
		found.value,
		found.purchases,
		found.each,
		found.alive,
		found.if_alive,
		# Each is learned by itself: a purchase within 90 days is one within the year.
		Forecast(np.minimum(found.buys_quarter, found.buys_year), found.buys_year, interval),
	)


@dataclass(frozen=True)
class _Figures:
	"""Of :class:`Said`, what is an array; buys_quarter as its own forecaster says it."""

	value: np.ndarray
	purchases: np.ndarray
	each: np.ndarray
	alive: np.ndarray
	if_alive: np.ndarray
	buys_quarter: np.ndarray
	buys_year: np.ndarray

	@classmethod
	def of(cls, checked: Checked, now: Known) -> _Figures:
		year, asked = checked.year, Asked(now, YEAR)
		said, seen = year.says.say(asked), asked.outlook(year.buying)
		each = expected_mean_value(year.spend, now.bought, now.mean_value)
		return cls(
			said.value,
			said.purchases,
			each,
			seen.alive,
			np.maximum(seen.if_alive * each * year.scale, said.value),
			checked.quarter.say(now, QUARTER).buys,
			said.buys,
		)


def value_as_before(model: Model, m: Measures, today: int) -> np.ndarray:
	"""The potential by the model that decided before."""
	purchases, value = expected(model, Histories.of(m, today))
	return purchases * value


def figures(
	m: Measures,
	current: np.ndarray,
	said: Said,
	potential: np.ndarray,
	today: int,
	stated: np.ndarray,
	stated_day: np.ndarray,
	stated_size: np.ndarray | None = None,
	decimals: int = 2,
) -> Figures:
	"""Value, potential, rhythm and stage of every customer; as :func:`keep_customers.engine.night.figures`.

	:param potential: what the tiers go by, which is ``said.value`` but for the nights between two forecasts
	"""
	buys = np.round(said.forecast.buys_year, 6)
	typical_gap = lifecycle.typical_gap(m.median_gap, m.purchases)
	return Figures(
		current=np.round(current, decimals),
		potential=np.round(np.maximum(potential, stated), decimals),
		p_alive=np.round(said.alive, 6),
		expected_purchases=np.round(said.purchases, 4),
		expected_value=np.round(as_stated(said.each, today, stated_day, stated_size), decimals),
		at_risk=np.round(said.if_alive * (1 - buys), decimals),
		forecast=said.forecast,
		**standing(m, buys, today, stated_day, typical_gap, lifecycle.BY_BUYING),
	)
