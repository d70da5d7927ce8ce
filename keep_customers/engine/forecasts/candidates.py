"""All that might forecast a population: a spreadsheet's column, RFM, the models, the learner, and means of two.

Each candidate takes what was known at a day and a past of the same company, and becomes a :class:`Forecaster`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from keep_customers.engine.forecasts import learner
from keep_customers.engine.forecasts.buying import Buying, fit_buying, fit_regular
from keep_customers.engine.forecasts.forecaster import (
	OFTEN,
	Alike,
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
from keep_customers.engine.forecasts.scores import log_odds
from keep_customers.engine.forecasts.years import YEAR, Change, Year, coming, how_many_more, level
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

# The past days at which it is learned what comes after, as parts of the longest that can be looked at.
LOOKS = (1.0, 0.6, 1 / 3)
SHORTEST = 14  # days
MOST_YEARS = 2
LEAP = 28  # days, by which a horizon may be longer than a year and still know its season, the less the longer it is
TWINS = 20_000  # customers of a past day that tell how its year was
STRAY = 0.01  # of the purchases may lie before the beginning
EQUAL_PARTS = 5
CELL_WEIGHT = 5.0
SURE = 0.95  # at most, before anything is known, that who bought often buys again
# A total is off by a fifth or so before anything is known of it, one over the root of this.
SURE_OF_TOTALS = 25.0
# Of the mean of a model and the learner, what is the model's: the learner knows what it says, and more. Where it has seen the
# season and the length that are asked about, and does not tell on from a shorter time, half of that.
OF_MODEL, OF_MODEL_IN_SEASON = 1 / 3, 1 / 6
FURTHEST = 3.0  # logarithm of a factor: a shop of one season looks dead for most of the year


@dataclass(frozen=True)
class Look:
	"""A past day: what was known then, what is asked of it, and what came.

	:param season: whether it is the season that is asked about
	:param weight: from 0 to 1; a day that comes into sight comes by and by, so that nothing jumps
	"""

	day: int
	asked: Asked
	came: Came
	season: bool
	weight: float

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
		first = start_of(self.log, self.day)
		longest = longest_look(self.day - first, self.horizon)
		# The same season of the years before, and what came lately.
		wanted = [
			(self.day - max(YEAR * years, self.horizon), self.horizon, True)
			for years in range(1, MOST_YEARS + 1)
		]
		wanted += [(self.day - round(longest * share), round(longest * share), False) for share in LOOKS]
		found: list[Look] = []
		for day, ahead, season in wanted:
			weight = min(ahead / SHORTEST - 1, 1.0)
			if season:
				# A year and a day (a leap year) is a year; what is much longer has seen no season as long.
				weight = min(weight, 2 * (day - first) / ahead - 1, 1 - (self.horizon - YEAR) / LEAP)
			if weight <= 0 or day in {one.day for one in found}:
				continue
			known = known_at(self.log, day, ahead)
			if len(known.who):
				came = came_after(self.log, known, day, ahead)
				found.append(Look(day, Asked(known, ahead), came, season, weight))
		return found

	@cached_property
	def twins(self) -> list[Look]:
		"""The looks at what came lately, a year before."""
		first = start_of(self.log, self.day)
		found = []
		for look in self.looks:
			day = look.day - YEAR
			weight = min(look.weight, 2 * (day - first) / look.horizon - 1)
			if look.season or weight <= 0:
				continue
			known = known_at(self.log, day, look.horizon)
			known = known.of(_spread_evenly(len(known.who)))
			if len(known.who):
				came = came_after(self.log, known, day, look.horizon)
				found.append(Look(day, Asked(known, look.horizon), came, False, weight))
		return found

	def year(self, learned: learner.Learned) -> Year:
		"""By how much the coming time is better than what was learned of, and how much is left open."""

		def off(look: Look, by_learner: bool = True) -> Change:
			"""Of what came, against what was learned of today or against what the model said."""
			at = _spread_evenly(len(look.known.who))
			model = self.modelled(REGULAR, look)
			then = replace(learned, season=float(look.season), money=learner.unit_of(look.known))
			before = Forecast(*(column[at] for column in vars(model).values()))
			said = learner.forecast(then, look.known.of(at), before, look.horizon) if by_learner else before
			came = look.came.purchases[at]
			better, noise = level(log_odds(said.buys), came > 0)
			number, noise_of_it = how_many_more(said.purchases, came)
			return Change(0, better, number, noise, noise_of_it, look.weight)

		# What is wrong then is by how much it is otherwise now.
		changes = [off(look).since(look.horizon) for look in self.twins]
		seasons = [look for look in self.looks if look.season]
		if len(seasons) > 1:
			last, before = map(off, seasons[:MOST_YEARS])
			changes.append(last.against(before))
		mended = [off(look, by_learner=False) for look in seasons]
		return coming(changes, self.horizon, learned.season, mended)

	@property
	def telling(self) -> list[tuple[Look, float]]:
		"""By which totals are corrected, with weights: the same season before, or the longest look at what came lately."""
		seasons = [(look, look.weight) for look in self.looks if look.season]
		rest = 1 - max((weight for _look, weight in seasons), default=0)
		recent = [(look, look.weight * rest) for look in self.looks if not look.season]
		return seasons + [one for one in recent[:1] if rest > 0]

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
		"""In total what the first one says; of the learner, which knows totals too, the mean of both."""
		ranks = other == LEARNER
		raw = Mean(self.says(one), self.says(other), ranks, share=self._of_model if ranks else 0.5)
		first, second, said = self.forecast(one), self.forecast(other), raw.say(self.asked)
		if not ranks:
			return replace(
				raw,
				purchases=_ratio(first.purchases, said.purchases),
				value=_ratio(first.value, said.value),
			)
		moved = replace(
			raw,
			purchases=_ratio(first.purchases, second.purchases) ** 0.5,
			value=(_ratio(first.value, said.value) * _ratio(second.value, said.value)) ** 0.5,
		)
		return replace(moved, alike=Alike.among(moved.say(self.asked)))

	@property
	def _of_model(self) -> float:
		says = self.says(LEARNER)
		season = says.learned.season if isinstance(says, Mended) else 0.0
		return OF_MODEL + season * (OF_MODEL_IN_SEASON - OF_MODEL)

	def model(self, name: str, known: Known) -> tuple[Buying, GammaGamma]:
		key = name, id(known)
		if key not in self._fits:
			self._fits[key] = fitted(name, known)
		return self._fits[key]

	def modelled(self, name: str, look: Look) -> Forecast:
		"""What a model would have said at a past day."""
		return look.asked.modelled(*self.model(name, look.known))


def start_of(log: Purchases, day: int) -> int:
	"""The day from which on there is a history; one mistyped date makes none."""
	known = log.day[log.occasion & (log.day <= day)]
	return int(np.quantile(known, STRAY)) if len(known) else day


def longest_look(history: int, horizon: int) -> float:
	"""Days: at a past day there was as much behind for what came after as there is now, or as much as came after."""
	return min(horizon, history / 2) if history >= horizon else history * horizon / (history + horizon)


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


def _spread_evenly(size: int) -> np.ndarray:
	"""Indices of :data:`TWINS` of so many, or of all."""
	return np.linspace(0, size - 1, min(size, TWINS)).astype(int)


def _ratio(one: np.ndarray, other: np.ndarray) -> float:
	total = other.sum()
	return float(one.sum() / total) if total > 0 else 1.0


def _modelled(name: str) -> Callable[[Population], Modelled]:
	def says(population: Population) -> Modelled:
		model = population.model(name, population.known)
		purchases, value = corrections(
			[(population.modelled(name, look), look.came, weight) for look, weight in population.telling]
		)
		# A year that is better or worse than the one before is so whoever counts on it.
		learned = population.says(LEARNER)
		more = float(np.exp(learned.learned.more)) if isinstance(learned, Mended) else 1.0
		return Modelled(*model, purchases * more, value * more)

	return says


def corrections(past: list[tuple[Forecast, Came, float]]) -> tuple[float, float]:
	"""The factors by which a model's totals of purchases and of value were wrong before; near 1 where little came then."""
	return (
		_off([(then.purchases, came.purchases, weight) for then, came, weight in past]),
		_off([(then.value, came.value, weight) for then, came, weight in past]),
	)


def _off(past: list[tuple[np.ndarray, np.ndarray, float]]) -> float:
	"""The factor, leaning on 1 the more, the fewer customers the sums rest on; one customer more on either side counts little."""
	sums = np.zeros((2, 2))  # of what was said and of what came: the sum and the sum of squares
	for said, came, weight in past:
		for which, column in enumerate((said, np.maximum(came, 0))):
			sums[which] += weight * column.sum(), weight * column @ column
	total, squares = sums[sums[:, 0].argmax()]
	if not total > 0:
		return 1.0
	one = squares / total
	off = total / (total + SURE_OF_TOTALS * one) * np.log((sums[1, 0] + one) / (sums[0, 0] + one))
	return float(np.exp(np.clip(off, -FURTHEST, FURTHEST)))


def _last_period(population: Population) -> Repeated:
	"""Each customer of a past day counts for the two numbers of purchases it lies between."""
	chances = SURE * -np.expm1(-(np.array(OFTEN) + 0.2))
	number, again = np.zeros(len(OFTEN)), np.zeros(len(OFTEN))
	for look, weight in population.telling:
		place = np.interp(in_last_period(look.known, look.horizon), OFTEN, np.arange(len(OFTEN)))
		near = np.maximum(1 - np.abs(place - np.arange(len(OFTEN))[:, None]), 0)
		number += weight * near.sum(axis=1)
		again += weight * near @ (look.came.purchases > 0)
	return Repeated(population.horizon, (again + CELL_WEIGHT * chances) / (number + CELL_WEIGHT))


def _rfm(population: Population) -> Cells | Repeated:
	"""Cells of recency, frequency and money in fifths, and what the same cells did after a past day."""
	if not population.looks:
		return _last_period(population)
	look = max(population.telling, key=lambda one: one[1])[0]
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
	model = population.model(REGULAR, population.known)
	learned = learner.learn(
		[
			learner.Lesson(
				look.known,
				population.modelled(REGULAR, look),
				look.came.purchases,
				look.came.value,
				look.horizon,
				look.season,
				look.weight,
			)
			for look in population.looks
		],
		learner.unit_of(population.known),
	)
	if learned is None:
		return Modelled(*model, doubt=Year().doubt)
	return Mended(*model, learned.of(population.year(learned)))


SAYS: dict[str, Callable[[Population], Said]] = {
	LAST_PERIOD: _last_period,
	RFM: _rfm,
	BG: _modelled(BG),
	MBG: _modelled(MBG),
	REGULAR: _modelled(REGULAR),
	LEARNER: _learner,
}
