"""A learner on the company's own past: what a model got wrong at past days, told by what was known then.

At a past day each customer has the figures the model would have had, and what was bought after is known. A Poisson
regression with the model's expectation among its features says how many purchases come (its quasi-likelihood asks for no
more than a mean that grows with the features), a logistic one with the model's probability how likely one is. All times
are in horizons and all money in the customers' mean, so that what is learned on a short horizon holds for a long one. Both
lean on the model: with little past, or where it is right, the answer is the model's.

All are convex and small; Newton's method solves them in a few lines, which is why scikit-learn, five times the size of this app with
all it needs on every bench, is none of its dependencies. Nothing in it is random and no feature says who somebody is.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import expit

from keep_customers.engine._numeric import one_thread
from keep_customers.engine.forecasts.past import FADING, Known
from keep_customers.engine.forecasts.scores import log_odds
from keep_customers.engine.forecasts.years import Year, doubted
from keep_customers.engine.value import DAYS_PER_WEEK

# As many customers' worth of saying that the model is right.
STRENGTH = 10.0
MOST = 200_000  # customers to learn from; more teach nothing new
STEPS, ENOUGH = 50, 1e-7  # of Newton's method; what may be left to gain
FURTHEST = 3.0  # standard deviations; what lies outside was as good as never seen
OF_BOTH = 13  # features that tell of the number and of money
BENT = 11  # of them, those that say more or less above the middle than below; the last two are a yes or no
BEND = 0.4  # what is above the middle, on average
SOME = 1e-4  # purchases that are expected of everybody, for the logarithm …
SOME_MONEY = 1e-3  # … and what each is worth at least, in mean purchases
LATELY = 1  # of FADING: half a year; within a quarter most have bought nothing
ALIKE = 0.1  # a spread of the logarithm of amounts; where they differ by less, they are all alike
MOST_LOG = 30.0


@dataclass(frozen=True)
class Forecast:
	"""What a candidate expects of the horizon; arrays of one element a customer."""

	purchases: np.ndarray
	value: np.ndarray
	buys: np.ndarray


@dataclass(frozen=True)
class Learned:
	"""Coefficients on the columns of :func:`_design`; where there are fewer of them, on the first ones.

	:param money: the unit of money of the features, of the population that is asked
	:param season: from 0 to 1, how far what is asked about is known to be a season
	:param apart: whether the value mends the model's value; what an earlier version has stored mends the learned number's
	:param better: and more, doubt: see :class:`keep_customers.engine.forecasts.years.Year`; 0 in what an earlier version has stored
	"""

	middle: np.ndarray
	spread: np.ndarray
	purchases: np.ndarray
	value: np.ndarray
	buys: np.ndarray
	money: float
	season: float
	apart: bool = False
	better: float = 0.0
	more: float = 0.0
	doubt: float = 0.0

	def of(self, year: Year) -> Learned:
		"""For a time that differs so from what was learned of."""
		return replace(self, **vars(year))


def unit_of(known: Known) -> float:
	"""The customers' mean purchase."""
	return float(known.mean_value.mean() if len(known.who) else 0.0) or 1.0


def features(known: Known, model: Forecast, horizon: int, money: float, season: float) -> np.ndarray:
	"""(n, p), of which none says who somebody is; the last one is about money alone."""
	length = horizon / DAYS_PER_WEEK
	# What would be bought within the horizon at the pace of lately.
	fading = np.array(FADING)[:, None]
	pace = horizon / fading / -np.expm1(-(known.age * DAYS_PER_WEEK + 30) / fading)
	return np.column_stack(
		[
			np.log(model.purchases + SOME),
			log_odds(model.buys),
			np.log(model.value / money + 0.01),
			np.log(known.since / length + 0.02),
			np.log(known.age / length + 0.02),
			np.log1p(known.decayed_counts * pace).T,
			np.log1p(np.maximum(known.decayed_revenue * pace, 0) / money).T,
			known.bought > 1,
			np.full(len(known.who), season),
			_lately(known, _each(model) + SOME_MONEY * money),
		]
	)


def _lately(known: Known, each: np.ndarray) -> np.ndarray:
	"""By how much purchases of lately are worth more than the model expects of each, as a logarithm; (n,).

	Gamma-Gamma takes a customer's mean to stay what it is, however old the purchases are that tell it. One purchase of that
	mean is added, so that who bought little lately says little.
	"""
	count, revenue = known.decayed_counts[LATELY], np.maximum(known.decayed_revenue[LATELY], 0)
	return np.log((revenue / each + 1) / (count + 1))


@dataclass(frozen=True)
class Lesson:
	"""A past day: what was known and what the model said, what came within a horizon in days, whether it is the season that is
	asked about, and how much it counts."""

	known: Known
	model: Forecast
	purchases: np.ndarray
	value: np.ndarray
	horizon: int
	season: bool
	weight: float = 1.0

	def of(self, at: np.ndarray) -> Lesson:
		"""Of some of the customers."""
		model = Forecast(*(column[at] for column in vars(self.model).values()))
		return replace(
			self, known=self.known.of(at), model=model, purchases=self.purchases[at], value=self.value[at]
		)


@one_thread
def learn(lessons: list[Lesson], money: float) -> Learned | None:
	"""
	:param money: the unit of money at the day that is asked about
	:returns: None where there is nothing to learn from
	"""
	if not lessons:
		return None
	units = [unit_of(one.known) for one in lessons]
	lessons = _some(lessons)
	season = float(max((one.weight for one in lessons if one.season), default=0.0))
	x = np.concatenate(
		[
			features(one.known, one.model, one.horizon, unit, one.season)
			for one, unit in zip(lessons, units, strict=True)
		]
	)
	rows = np.concatenate(
		[
			np.column_stack(
				[
					one.purchases,
					np.maximum(one.value, 0) / unit,
					np.log(one.model.purchases + SOME),
					np.log(_each(one.model) / unit + SOME_MONEY),
					log_odds(one.model.buys),
					np.full(len(one.purchases), one.weight),
				]
			)
			for one, unit in zip(lessons, units, strict=True)
		]
	)
	came, value, expected, each, odds, weight = rows.T
	middle = np.average(x, axis=0, weights=weight)
	spread = np.sqrt(np.average((x - middle) ** 2, axis=0, weights=weight))
	spread = np.where(spread > 1e-9, spread, 1.0)
	spread[-1] = max(spread[-1], ALIKE)
	design = _design(x, middle, spread)
	# Customers are looked at once a lesson, and are no more of them for it.
	strength = STRENGTH * max(sum(one.weight for one in lessons), 1.0)
	loss, dispersion = _poisson(came, expected, weight)
	# A total is told on from a short time to a long one, and the straighter, the better.
	purchases = _solve(design[:, : 1 + OF_BOTH], expected, loss, strength * dispersion)
	# The value is not told by way of the number: what is not known of that would be handed on.
	loss, dispersion = _poisson(value, expected + each, weight)
	spent = _solve(design, expected + each, loss, strength * dispersion)
	buys = _solve(design[:, :-1], odds, _logistic(came > 0, weight), strength)
	return Learned(middle, spread, purchases, spent, buys, money, season, apart=True)


def _some(lessons: list[Lesson]) -> list[Lesson]:
	"""All of them, or :data:`MOST` customers spread evenly: features of a million would take half a gigabyte."""
	ends = np.cumsum([len(one.purchases) for one in lessons])
	if ends[-1] <= MOST:
		return lessons
	rows = np.linspace(0, ends[-1] - 1, MOST).astype(int)
	parts = np.split(rows, np.searchsorted(rows, ends[:-1]))
	begins = np.concatenate([[0], ends[:-1]])
	return [one.of(part - begin) for one, part, begin in zip(lessons, parts, begins, strict=True)]


def _logistic(again: np.ndarray, weight: np.ndarray):
	def loss(eta):
		chance = expit(eta)
		lost = weight @ (np.logaddexp(0, eta) - again * eta)
		return lost, weight * (chance - again), weight * chance * (1 - chance)

	return loss


def _poisson(came: np.ndarray, before: np.ndarray, weight: np.ndarray):
	"""The loss, and how many times more the sums vary than counts do: so much less is learned from them."""
	mean = np.exp(np.minimum(before, MOST_LOG))
	mean = mean * (weight @ came + 1) / (weight @ mean + 1)
	dispersion = weight @ (came - mean) ** 2 / max(weight @ mean, 1e-12)

	def loss(eta):
		mean = np.exp(np.minimum(eta, MOST_LOG))
		return weight @ (mean - came * eta), weight * (mean - came), weight * mean

	return loss, max(float(dispersion), 1.0)


def _each(model: Forecast) -> np.ndarray:
	return model.value / np.maximum(model.purchases, 1e-12)


def forecast(learned: Learned, known: Known, model: Forecast, horizon: int) -> Forecast:
	"""The model's forecast with what was learned."""
	x = features(known, model, horizon, learned.money, learned.season)
	design = _design(x, learned.middle, learned.spread)

	def said(coefficients: np.ndarray) -> np.ndarray:
		return design[:, : len(coefficients)] @ coefficients

	number = model.purchases + SOME
	more = np.exp(learned.more)
	purchases = number * np.exp(np.clip(said(learned.purchases), -5, 5)) * more
	buys = doubted(log_odds(model.buys) + said(learned.buys) + learned.better, learned.doubt)
	before, most = (number * more, 5) if learned.apart else (purchases, 3)
	each = _each(model) + SOME_MONEY * learned.money
	return Forecast(purchases, before * each * np.exp(np.clip(said(learned.value), -most, most)), buys)


def _design(x: np.ndarray, middle: np.ndarray, spread: np.ndarray) -> np.ndarray:
	"""(n, q): one, the standardised features, of those that are amounts what lies above the middle, and what is about money alone.

	:param middle: with spread (p,); without the last feature in what an earlier version has stored
	"""
	z = np.clip((x[:, : len(middle)] - middle) / spread, -FURTHEST, FURTHEST)
	both, money = z[:, :OF_BOTH], z[:, OF_BOTH:]
	return np.column_stack([np.ones(len(z)), both, np.maximum(both[:, :BENT], 0) - BEND, money])


def _solve(design: np.ndarray, offset: np.ndarray, loss, strength: float) -> np.ndarray:
	"""What is added to the model's word, as small as the past allows; Newton's method, on a convex function."""
	point = np.zeros(design.shape[1])
	lost, slope, curve = loss(offset)
	for _ in range(STEPS):
		gradient = design.T @ slope + strength * point
		hessian = (design * curve[:, None]).T @ design + strength * np.eye(len(point))
		step = np.linalg.solve(hessian, gradient)
		gain = gradient @ step
		if gain < ENOUGH * strength:
			break
		before = lost + 0.5 * strength * point @ point
		for _halving in range(STEPS):
			there = point - step
			lost, slope, curve = loss(offset + design @ there)
			if lost + 0.5 * strength * there @ there < before or gain < ENOUGH * strength:
				break
			step, gain = step / 2, gain / 2
		point = there
	return point
