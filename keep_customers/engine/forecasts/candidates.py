"""All that might forecast a population: a spreadsheet's column, RFM, the models, the learner, and means of two.

Each candidate takes what was known at a day and a past of the same company, and gives a :class:`Forecast`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import expit

from keep_customers.engine.forecasts import learner, scores
from keep_customers.engine.forecasts.ahead import outlook
from keep_customers.engine.forecasts.buying import Buying, fit_buying, fit_regular
from keep_customers.engine.forecasts.learner import Forecast
from keep_customers.engine.forecasts.past import Came, Known, came_after, known_at
from keep_customers.engine.lifecycle import DEFAULT_GAP
from keep_customers.engine.potential import (
	FitError,
	GammaGamma,
	expected_mean_value,
	fit_gamma_gamma,
	prior_gamma_gamma,
	typical_value,
)
from keep_customers.engine.value import DAYS_PER_WEEK, Purchases

LAST_PERIOD, RFM = "Last Period", "RFM"
BG, MBG, REGULAR = "BG/NBD", "MBG/NBD", "MBG/CNBD-k"
LEARNER = "Learner"
WITH = " & "
SINGLES = (LAST_PERIOD, RFM, BG, MBG, REGULAR, LEARNER)
MEANS = tuple(
	WITH.join(pair)
	for pair in (
		(MBG, LEARNER), (REGULAR, LEARNER), (BG, LEARNER), (MBG, LAST_PERIOD), (REGULAR, LAST_PERIOD),
		(LEARNER, LAST_PERIOD),
	)
)  # fmt: skip
ALL = SINGLES + MEANS

# The past days at which it is learned what comes after, as parts of the horizon they look ahead …
LOOKS = (1.0, 0.6, 0.5, 1 / 3)
MOST_LOOKS = 3
# … which need at least as much history behind them, or nothing is known of anybody.
BEHIND = 0.4
EQUAL_PARTS = 5
CELL_WEIGHT = 5.0


@dataclass(frozen=True)
class Look:
	"""A past day: what was known then, and what came within a horizon in days."""

	known: Known
	came: Came
	horizon: int


class Population:
	"""A company's purchases up to a day, for all that is asked about the horizon after it.

	:param log: of :func:`keep_customers.engine.value.by_day`
	:param day: ordinal; nothing after it is looked at
	:param horizon: days
	"""

	def __init__(self, log: Purchases, day: int, horizon: int):
		self.log, self.day, self.horizon = log, day, horizon
		self.known = known_at(log, day, horizon)
		self._fits: dict[tuple[str, int], tuple[Buying, GammaGamma]] = {}
		self._modelled: dict[tuple[str, int], Forecast] = {}
		self._said: dict[str, Forecast] = {}

	@cached_property
	def looks(self) -> list[Look]:
		if not len(self.known.who):
			return []
		first = int(self.log.day.min())
		found: list[Look] = []
		for share in LOOKS:
			ahead = round(self.horizon * share)
			day = self.day - ahead
			if ahead >= 14 and day - first >= BEHIND * ahead and len(found) < MOST_LOOKS:
				known = known_at(self.log, day, ahead)
				if len(known.who):
					found.append(Look(known, came_after(self.log, known, day, ahead), ahead))
		return found

	def forecast(self, name: str) -> Forecast:
		"""
		:raises KeyError: for a name that is no candidate's
		"""
		if name not in self._said:
			if WITH in name:
				said = mean(*map(self.forecast, name.split(WITH)))
				if name.endswith(LEARNER):  # it has learned how many come and how likely one is
					learned = self.forecast(LEARNER)
					said = Forecast(learned.purchases, _to(said.value, learned.value), learned.buys)
			else:
				said = SAYS[name](self)
			self._said[name] = said
		return self._said[name]

	def model(self, name: str, known: Known) -> tuple[Buying, GammaGamma]:
		key = name, id(known)
		if key not in self._fits:
			self._fits[key] = fitted(name, known)
		return self._fits[key]

	def modelled(self, name: str, known: Known, horizon: int) -> Forecast:
		"""What a model says of the horizon after a day; the learner asks what its model has said already."""
		key = name, id(known)
		if key not in self._modelled:
			buying, spend = self.model(name, known)
			seen = outlook(buying, horizon / DAYS_PER_WEEK, known.frequency, known.recency, known.age)
			each = expected_mean_value(spend, known.bought, known.mean_value)
			self._modelled[key] = Forecast(seen.purchases, seen.purchases * each, seen.buys)
		return self._modelled[key]


def fitted(name: str, known: Known) -> tuple[Buying, GammaGamma]:
	"""The parameters of one of the models; near the prior where little is known."""
	many = known.frequency > 0
	gap = (
		np.median(known.recency[many] / known.frequency[many]) if many.any() else DEFAULT_GAP / DAYS_PER_WEEK
	)
	history = known.frequency, known.recency, known.age, known.log_gaps
	if name == REGULAR:
		buying = fit_regular(*history, typical_gap=float(gap))
	else:
		buying = fit_buying(*history, at_once=name != BG, typical_gap=float(gap))
	try:
		spend = fit_gamma_gamma(known.bought, known.mean_value)
	except FitError:
		spend = prior_gamma_gamma(typical_value(known.mean_value))
	return buying, spend


def mean(one: Forecast, other: Forecast) -> Forecast:
	"""The geometric mean of two, of probabilities that of their odds; in total what the first one says."""
	value = np.sqrt(np.maximum(one.value, 0) * np.maximum(other.value, 0))
	purchases = np.sqrt(one.purchases * other.purchases)
	odds = (scores.log_odds(one.buys) + scores.log_odds(other.buys)) / 2
	return Forecast(_to(purchases, one.purchases), _to(value, one.value), expit(odds))


def _to(values: np.ndarray, like: np.ndarray) -> np.ndarray:
	total = values.sum()
	return values * (like.sum() / total) if total > 0 else values


def _modelled(name: str) -> Callable[[Population], Forecast]:
	def say(population: Population) -> Forecast:
		said = population.modelled(name, population.known, population.horizon)
		for look in population.looks[:1]:
			said = corrected(said, population.modelled(name, look.known, look.horizon), look.came)
		return said

	return say


def corrected(said: Forecast, then: Forecast, came: Came) -> Forecast:
	"""With the factor by which the same model's total was wrong at a past day; near 1 where little came then."""
	number = came.purchases.sum()
	weight = number / (number + 100.0)
	off = weight * np.log((number + 1) / (then.purchases.sum() + 1))
	times = float(np.exp(np.clip(off, -1, 1)))
	return Forecast(said.purchases * times, said.value * times, said.buys)


def _last_period(population: Population) -> Forecast:
	known = population.known
	edges = np.array([0.5, 1.5, 2.5, 4.5, 8.5])
	cell = np.digitize(known.counts[-1], edges)
	chance = 1 - np.exp(-(np.arange(len(edges) + 1) + 0.2))
	for look in population.looks[:1]:
		chance = _means(np.digitize(look.known.counts[-1], edges), look.came.purchases > 0, chance)
	return Forecast(known.counts[-1], np.maximum(known.last_period, 0), chance[cell])


def _rfm(population: Population) -> Forecast:
	"""Cells of recency, frequency and money in fifths, and what the same cells did after a past day."""
	if not population.looks:
		return _last_period(population)
	look = population.looks[0]
	then, now = _cells(look.known), _cells(population.known)

	def expected(came):
		alike = np.full(EQUAL_PARTS**3, came.mean() if len(came) else 0.0)
		for part in (EQUAL_PARTS**2, EQUAL_PARTS, 1):  # by recency, then frequency too, then money too
			alike = _means(then // part, came, alike, part)
		return alike

	longer = population.horizon / look.horizon
	purchases, value = expected(look.came.purchases) * longer, expected(look.came.value) * longer
	return Forecast(purchases[now], np.maximum(value[now], 0), expected((look.came.purchases > 0) * 1.0)[now])


def _cells(known: Known) -> np.ndarray:
	fifths = [
		np.minimum((scores.mean_ranks(column) - 1) * EQUAL_PARTS // max(len(column), 1), EQUAL_PARTS - 1)
		for column in (-known.since, known.frequency, known.mean_value * known.bought)
	]
	return ((fifths[0] * EQUAL_PARTS + fifths[1]) * EQUAL_PARTS + fifths[2]).astype(np.int64)


def _means(group: np.ndarray, came: np.ndarray, before: np.ndarray, part: int = 1) -> np.ndarray:
	"""Of all cells, ``part`` of which are a group: the mean of the group, leaning on what was said of them before."""
	number, total = (np.bincount(group, weights, minlength=len(before) // part) for weights in (None, came))
	cells = np.arange(len(before)) // part
	return (total[cells] + CELL_WEIGHT * before) / (number[cells] + CELL_WEIGHT)


def _learner(population: Population) -> Forecast:
	said = population.modelled(MBG, population.known, population.horizon)
	learned = learner.learn(
		[
			(
				look.known,
				population.modelled(MBG, look.known, look.horizon),
				look.came.purchases,
				look.horizon,
			)
			for look in population.looks
		]
	)
	return learner.forecast(learned, population.known, said, population.horizon) if learned else said


SAYS: dict[str, Callable[[Population], Forecast]] = {
	LAST_PERIOD: _last_period,
	RFM: _rfm,
	BG: _modelled(BG),
	MBG: _modelled(MBG),
	REGULAR: _modelled(REGULAR),
	LEARNER: _learner,
}
