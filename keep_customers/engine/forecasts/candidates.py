"""All that might forecast a population: a spreadsheet's column, RFM, the models, the learner, and means of two.

Each candidate takes what was known at a day and a past of the same company, and becomes a :class:`Forecaster`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from keep_customers.engine.forecasts import learner
from keep_customers.engine.forecasts.buying import Buying, fit_buying, fit_regular
from keep_customers.engine.forecasts.forecaster import (
	OFTEN,
	Asked,
	Cells,
	Forecaster,
	Mean,
	Mended,
	Modelled,
	Repeated,
	Said,
	cells_of,
	in_last_period,
	rfm_columns,
)
from keep_customers.engine.forecasts.learner import Forecast
from keep_customers.engine.forecasts.past import Came, Known, came_after, known_at
from keep_customers.engine.lifecycle import DEFAULT_GAP
from keep_customers.engine.potential import (
	FitError,
	GammaGamma,
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
	"""A past day: what was known then, what is asked of it, and what came."""

	asked: Asked
	came: Came

	@property
	def known(self) -> Known:
		return self.asked.known

	@property
	def horizon(self) -> int:
		return self.asked.horizon


class Population:
	"""A company's purchases up to a day, for all that is asked about the horizon after it.

	:param log: of :func:`keep_customers.engine.value.by_day`
	:param day: ordinal; nothing after it is looked at
	:param horizon: days
	"""

	def __init__(self, log: Purchases, day: int, horizon: int):
		self.log, self.day, self.horizon = log, day, horizon
		self.known = known_at(log, day, horizon)
		self.asked = Asked(self.known, horizon)
		self._fits: dict[tuple[str, int], tuple[Buying, GammaGamma]] = {}
		self._says: dict[str, Said] = {}
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
					found.append(Look(Asked(known, ahead), came_after(self.log, known, day, ahead)))
		return found

	def forecast(self, name: str) -> Forecast:
		"""
		:raises KeyError: for a name that is no candidate's
		"""
		if name not in self._said:
			self._said[name] = self.says(name).say(self.asked)
		return self._said[name]

	def forecaster(self, name: str) -> Forecaster:
		"""What is stored of a candidate, and applied every night.

		:raises KeyError: for a name that is no candidate's
		"""
		model = next((one for one in name.split(WITH) if one in (BG, MBG, REGULAR)), MBG)
		buying, spend = self.model(model, self.known)
		expected = self.asked.modelled(buying, spend).value.sum()
		scale = float(self.forecast(name).value.sum() / expected) if expected > 0 else 1.0
		return Forecaster(name, self.horizon, self.says(name), buying, spend, scale)

	def says(self, name: str) -> Said:
		if name not in self._says:
			self._says[name] = self._mean(*name.split(WITH)) if WITH in name else SAYS[name](self)
		return self._says[name]

	def _mean(self, one: str, other: str) -> Mean:
		"""In total what the first one says; the learner has learned how many come and how likely one is."""
		ranks = other == LEARNER
		total, raw = self.forecast(other if ranks else one), Mean(self.says(one), self.says(other), ranks)
		said = raw.say(self.asked)
		return Mean(
			raw.one,
			raw.other,
			ranks,
			1.0 if ranks else _ratio(total.purchases, said.purchases),
			_ratio(total.value, said.value),
		)

	def model(self, name: str, known: Known) -> tuple[Buying, GammaGamma]:
		key = name, id(known)
		if key not in self._fits:
			self._fits[key] = fitted(name, known)
		return self._fits[key]

	def modelled(self, name: str, look: Look) -> Forecast:
		"""What a model would have said at a past day."""
		return look.asked.modelled(*self.model(name, look.known))


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


def _ratio(one: np.ndarray, other: np.ndarray) -> float:
	total = other.sum()
	return float(one.sum() / total) if total > 0 else 1.0


def _modelled(name: str) -> Callable[[Population], Modelled]:
	def says(population: Population) -> Modelled:
		model = population.model(name, population.known)
		for look in population.looks[:1]:
			return Modelled(*model, correction(population.modelled(name, look), look.came))
		return Modelled(*model)

	return says


def correction(then: Forecast, came: Came) -> float:
	"""The factor by which a model's total was wrong at a past day; near 1 where little came then."""
	number = came.purchases.sum()
	weight = number / (number + 100.0)
	off = weight * np.log((number + 1) / (then.purchases.sum() + 1))
	return float(np.exp(np.clip(off, -1, 1)))


def _last_period(population: Population) -> Repeated:
	chances = 1 - np.exp(-(np.arange(len(OFTEN) + 1) + 0.2))
	for look in population.looks[:1]:
		cell = np.digitize(in_last_period(look.known, look.horizon), OFTEN)
		chances = _means(cell, look.came.purchases > 0, chances)
	return Repeated(population.horizon, chances)


def _rfm(population: Population) -> Cells | Repeated:
	"""Cells of recency, frequency and money in fifths, and what the same cells did after a past day."""
	if not population.looks:
		return _last_period(population)
	look = population.looks[0]
	then = cells_of(look.known, _edges(look.known))

	def expected(came):
		alike = np.full(EQUAL_PARTS**3, came.mean())
		for part in (EQUAL_PARTS**2, EQUAL_PARTS, 1):  # by recency, then frequency too, then money too
			alike = _means(then // part, came, alike, part)
		return alike

	return Cells(
		look.horizon,
		_edges(population.known),
		expected(look.came.purchases),
		np.maximum(expected(look.came.value), 0),
		expected((look.came.purchases > 0) * 1.0),
	)


def _edges(known: Known) -> np.ndarray:
	return np.quantile(rfm_columns(known), np.arange(1, EQUAL_PARTS) / EQUAL_PARTS, axis=1).T


def _means(group: np.ndarray, came: np.ndarray, before: np.ndarray, part: int = 1) -> np.ndarray:
	"""Of all cells, ``part`` of which are a group: the mean of the group, leaning on what was said of them before."""
	number, total = (np.bincount(group, weights, minlength=len(before) // part) for weights in (None, came))
	cells = np.arange(len(before)) // part
	return (total[cells] + CELL_WEIGHT * before) / (number[cells] + CELL_WEIGHT)


def _learner(population: Population) -> Mended | Modelled:
	model = population.model(MBG, population.known)
	learned = learner.learn(
		[
			(look.known, population.modelled(MBG, look), look.came.purchases, look.horizon)
			for look in population.looks
		],
		learner.unit_of(population.known),
	)
	return Mended(*model, learned) if learned else Modelled(*model)


SAYS: dict[str, Callable[[Population], Said]] = {
	LAST_PERIOD: _last_period,
	RFM: _rfm,
	BG: _modelled(BG),
	MBG: _modelled(MBG),
	REGULAR: _modelled(REGULAR),
	LEARNER: _learner,
}
