"""From one forecast to the next without a jump: a population's figures are a mean of both, which moves on night by night.

Each night as much weight goes to the newest forecast as can without more customers standing in another tier for it than the
keep band is wide. What customers buy moves them as ever.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

FEWEST_MOVES = 2  # two who change places are the least that moves
LEAST = 1 / 45  # of the way a night; customers who are all alike would never come through else
HALVINGS = 7
NOTHING = 0.005  # less weight than this is none


def blend(said: Mapping[str, np.ndarray], weights: Mapping[str, float]) -> np.ndarray:
	"""The weighted mean of what several forecasts say; arrays of shape (n,)."""
	return sum(weight * said[name] for name, weight in weights.items())


def moved_on(
	weights: Mapping[str, float],
	newest: str,
	said: Mapping[str, np.ndarray],
	tiers_of: Callable[[np.ndarray], np.ndarray],
	keep_band: float,
) -> dict[str, float]:
	"""Tonight's weights of the forecasts.

	:param weights: last night's, which add up to 1; empty for the first night
	:param newest: the forecast that is to have all the weight in the end
	:param said: forecast -> potential of each customer, of the newest and of all in ``weights``
	:param tiers_of: potential -> tier of each customer
	:param keep_band: share of the customers that may stand in another tier tonight because of it
	"""
	weights = _worth_naming({name: weight for name, weight in weights.items() if name in said})
	if not set(weights) - {newest}:
		return {newest: 1.0}
	before = tiers_of(blend(said, weights))
	most = max(FEWEST_MOVES, int(keep_band * before.size))

	def fits(step: float) -> bool:
		return np.count_nonzero(tiers_of(blend(said, _towards(newest, weights, step))) != before) <= most

	if fits(1.0):
		return {newest: 1.0}
	low, high = 0.0, 1.0
	for _ in range(HALVINGS):
		middle = (low + high) / 2
		low, high = (middle, high) if fits(middle) else (low, middle)
	return _towards(newest, weights, max(low, LEAST))


def _towards(newest: str, weights: Mapping[str, float], step: float) -> dict[str, float]:
	moved = {name: (1 - step) * weight for name, weight in weights.items()}
	moved[newest] = moved.get(newest, 0.0) + step
	return _worth_naming(moved)


def _worth_naming(weights: Mapping[str, float]) -> dict[str, float]:
	"""Those that are something, brought to a sum of 1."""
	some = {name: weight for name, weight in weights.items() if weight >= NOTHING}
	whole = sum(some.values())
	return {name: weight / whole for name, weight in some.items()}
