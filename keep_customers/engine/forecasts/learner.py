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

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from keep_customers.engine.forecasts.past import FADING, Known
from keep_customers.engine.forecasts.scores import log_odds
from keep_customers.engine.value import DAYS_PER_WEEK

# As many customers' worth of saying that the model is right.
STRENGTH = 10.0
MOST = 200_000  # customers to learn from; more teach nothing new
LEAST = 50
STEPS = 50
SEEN = (0.005, 0.995)  # quantiles; what lies outside is as good as never seen
SOME = 1e-4  # purchases that are expected of everybody, for the logarithm


@dataclass(frozen=True)
class Forecast:
	"""What a candidate expects of the horizon; arrays of one element a customer."""

	purchases: np.ndarray
	value: np.ndarray
	buys: np.ndarray


@dataclass(frozen=True)
class Learned:
	"""Coefficients on standardised features, the first one for all alike.

	:param least: and most: between which each feature was seen at the past days; nothing is guessed beyond
	:param money: the unit of money of the features, of the population that is asked
	"""

	middle: np.ndarray
	spread: np.ndarray
	least: np.ndarray
	most: np.ndarray
	purchases: np.ndarray
	value: np.ndarray
	buys: np.ndarray
	money: float


def unit_of(known: Known) -> float:
	"""The customers' mean purchase."""
	return float(known.mean_value.mean() if len(known.who) else 0.0) or 1.0


def features(known: Known, model: Forecast, horizon: int, money: float, season: bool) -> np.ndarray:
	"""(n, p), of which none says who somebody is."""
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
			np.full(len(known.who), float(season)),
		]
	)


@dataclass(frozen=True)
class Lesson:
	"""A past day: what was known and what the model said, what came within a horizon in days, and whether it is the season
	that is asked about."""

	known: Known
	model: Forecast
	purchases: np.ndarray
	value: np.ndarray
	horizon: int
	season: bool


def learn(lessons: list[Lesson], money: float) -> Learned | None:
	"""
	:param money: the unit of money at the day that is asked about
	:returns: None where there is too little to learn from
	"""
	if sum(len(one.known.who) for one in lessons) < LEAST:
		return None
	units = [unit_of(one.known) for one in lessons]
	x = np.concatenate(
		[
			features(one.known, one.model, one.horizon, unit, one.season)
			for one, unit in zip(lessons, units, strict=True)
		]
	)
	came = np.concatenate([one.purchases for one in lessons]).astype(float)
	value = np.concatenate(
		[np.maximum(one.value, 0) / unit for one, unit in zip(lessons, units, strict=True)]
	)
	expected = np.concatenate([np.log(one.model.purchases + SOME) for one in lessons])
	each = np.concatenate(
		[np.log(_each(one.model) / unit + 1e-3) for one, unit in zip(lessons, units, strict=True)]
	)
	odds = np.concatenate([log_odds(one.model.buys) for one in lessons])
	if len(x) > MOST:
		some = np.linspace(0, len(x) - 1, MOST).astype(int)
		x, came, value, expected, each, odds = (
			x[some],
			came[some],
			value[some],
			expected[some],
			each[some],
			odds[some],
		)
	middle, spread = x.mean(axis=0), x.std(axis=0)
	spread = np.where(spread > 1e-9, spread, 1.0)
	least, most = np.quantile(x, SEEN, axis=0)
	design = _design(x, middle, spread, least, most)
	again = came > 0

	def logistic(eta):
		chance = expit(eta)
		return (np.logaddexp(0, eta) - again * eta).sum(), chance - again, chance * (1 - chance)

	purchases = _solve(design, expected, *_poisson(came, expected))
	expected = expected + np.clip(design @ purchases, -5, 5) + each
	return Learned(
		middle,
		spread,
		least,
		most,
		purchases,
		_solve(design, expected, *_poisson(value, expected)),
		_solve(design, odds, logistic),
		money,
	)


def _poisson(came: np.ndarray, before: np.ndarray):
	"""The loss, and how many times more the sums vary than counts do: so much less is learned from them."""
	mean = np.exp(np.minimum(before, 30))
	times = (came.sum() + 1) / (mean.sum() + 1)
	dispersion = float(np.mean((came - mean * times) ** 2) / max(np.mean(mean * times), 1e-12))

	def loss(eta):
		mean = np.exp(np.minimum(eta, 30))
		return (mean - came * eta).sum(), mean - came, mean

	return loss, max(dispersion, 1.0)


def _each(model: Forecast) -> np.ndarray:
	return model.value / np.maximum(model.purchases, 1e-12)


def forecast(learned: Learned, known: Known, model: Forecast, horizon: int) -> Forecast:
	"""The model's forecast with what was learned."""
	design = _design(
		features(known, model, horizon, learned.money, True),
		learned.middle,
		learned.spread,
		learned.least,
		learned.most,
	)
	purchases = (model.purchases + SOME) * np.exp(np.clip(design @ learned.purchases, -5, 5))
	buys = expit(log_odds(model.buys) + design @ learned.buys)
	value = purchases * (_each(model) + 1e-3 * learned.money) * np.exp(np.clip(design @ learned.value, -3, 3))
	return Forecast(purchases, value, buys)


def _design(x, middle, spread, least, most) -> np.ndarray:
	return np.column_stack([np.ones(len(x)), (np.clip(x, least, most) - middle) / spread])


def _solve(design: np.ndarray, offset: np.ndarray, loss, dispersion: float = 1.0) -> np.ndarray:
	"""What is added to the model's word, as small as the past allows; Newton's method, on a convex function."""
	weight = np.full(design.shape[1], STRENGTH * dispersion)
	weight[0] = dispersion
	point = np.zeros(len(weight))
	lost, slope, curve = loss(offset)
	for _ in range(STEPS):
		gradient = design.T @ slope + weight * point
		hessian = (design * curve[:, None]).T @ design + np.diag(weight)
		step = np.linalg.solve(hessian, gradient)
		gain = gradient @ step
		if gain < 1e-6 * dispersion:
			break
		before = lost + 0.5 * weight @ point**2
		for _halving in range(30):
			lost, slope, curve = loss(offset + design @ (point - step))
			if lost + 0.5 * weight @ (point - step) ** 2 < before - 1e-4 * gain or gain < 1e-4:
				break
			step, gain = step / 2, gain / 2
		point = point - step
	return point
