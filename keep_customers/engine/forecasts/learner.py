"""A learner on the company's own past: what a model got wrong at past days, told by what was known then.

At a past day each customer has the figures the model would have had, and what was bought after is known. A Poisson
regression with the model's expectation among its features says how many purchases come (its quasi-likelihood asks for no
more than a mean that grows with the features), a logistic one with the model's probability how likely one is. All times
are in horizons and all money in the customers' mean, so that what is learned on a short horizon holds for a long one. Both
lean on the model: with little past, or where it is right, the answer is the model's.

Both are convex and small; SciPy solves them in a few lines, which is why scikit-learn, five times the size of this app with
all it needs on every bench, is none of its dependencies. Nothing in it is random and no feature says who somebody is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit

from keep_customers.engine.forecasts.past import FADING, Known
from keep_customers.engine.forecasts.scores import log_odds
from keep_customers.engine.value import DAYS_PER_WEEK

# As many customers' worth of saying that the model is right.
STRENGTH = 5.0
MOST = 200_000  # customers to learn from; more teach nothing new
LEAST = 50
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
	buys: np.ndarray
	money: float


def unit_of(known: Known) -> float:
	"""The customers' mean purchase."""
	return float(known.mean_value.mean() if len(known.who) else 0.0) or 1.0


def features(known: Known, model: Forecast, horizon: int, money: float) -> np.ndarray:
	"""(n, p), of which none says who somebody is."""
	length = horizon / DAYS_PER_WEEK
	# What would be bought within the horizon at the pace of lately.
	fading = np.array(FADING)[:, None]
	pace = horizon / fading / -np.expm1(-(known.age * DAYS_PER_WEEK + 30) / fading)
	return np.column_stack(
		[
			np.log(model.purchases + SOME),
			log_odds(model.buys),
			np.log(model.value / money + 1e-3),
			np.log(known.since / length + 0.02),
			np.log(known.age / length + 0.02),
			np.log1p(known.decayed_counts * pace).T,
			np.log1p(np.maximum(known.decayed_revenue * pace, 0) / money).T,
			known.bought > 1,
		]
	)


def learn(parts: list[tuple[Known, Forecast, np.ndarray, int]], money: float) -> Learned | None:
	"""
	:param parts: of each past day: what was known, what the model said, the purchases that came, the horizon in days
	:param money: the unit of money at the day that is asked about
	:returns: None where there is too little to learn from
	"""
	rows = [features(known, model, horizon, unit_of(known)) for known, model, _came, horizon in parts]
	if sum(map(len, rows)) < LEAST:
		return None
	x = np.concatenate(rows)
	came = np.concatenate([came for _known, _model, came, _horizon in parts]).astype(float)
	expected = np.concatenate([np.log(model.purchases + SOME) for _k, model, _c, _h in parts])
	odds = np.concatenate([log_odds(model.buys) for _k, model, _c, _h in parts])
	if len(x) > MOST:
		some = np.linspace(0, len(x) - 1, MOST).astype(int)
		x, came, expected, odds = x[some], came[some], expected[some], odds[some]
	middle, spread = x.mean(axis=0), x.std(axis=0)
	spread = np.where(spread > 1e-9, spread, 1.0)
	least, most = np.quantile(x, SEEN, axis=0)
	design = _design(x, middle, spread, least, most)

	def poisson(eta):
		mean = np.exp(np.minimum(eta, 30))
		return mean - came * eta, mean - came

	def logistic(eta):
		again = came > 0
		return np.logaddexp(0, eta) - again * eta, expit(eta) - again

	return Learned(
		middle, spread, least, most, _solve(design, expected, poisson), _solve(design, odds, logistic), money
	)


def forecast(learned: Learned, known: Known, model: Forecast, horizon: int) -> Forecast:
	"""The model's forecast with what was learned."""
	design = _design(
		features(known, model, horizon, learned.money),
		learned.middle,
		learned.spread,
		learned.least,
		learned.most,
	)
	times = np.exp(np.clip(design @ learned.purchases, -5, 5))
	purchases = (model.purchases + SOME) * times
	buys = expit(log_odds(model.buys) + design @ learned.buys)
	per_purchase = model.value / np.maximum(model.purchases, 1e-12)
	return Forecast(purchases, purchases * per_purchase, buys)


def _design(x, middle, spread, least, most) -> np.ndarray:
	return np.column_stack([np.ones(len(x)), (np.clip(x, least, most) - middle) / spread])


def _solve(design: np.ndarray, offset: np.ndarray, loss) -> np.ndarray:
	"""What is added to the model's word, as small as the past allows."""
	weight = np.full(design.shape[1], STRENGTH)
	weight[0] = 1.0

	def objective(coefficients):
		lost, slope = loss(offset + design @ coefficients)
		return (
			lost.sum() + 0.5 * weight @ coefficients**2,
			design.T @ slope + weight * coefficients,
		)

	return minimize(objective, np.zeros(design.shape[1]), jac=True, method="L-BFGS-B").x
