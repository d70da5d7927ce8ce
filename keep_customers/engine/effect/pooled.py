"""Bounds of each rule's effect with what the other rules say: right for 19 of 20 of a company's rules, not for each of them.

That is coverage in the sense of Morris (1983), Journal of the American Statistical Association 78, 47-55: averaged over the
rules, whether they are alike or not. A rule that is unlike all others is told wrong more often: one time in four, at worst two in five.

Each estimate is drawn towards the common one by how little the rules scatter. The scatter is where a restricted likelihood times
a power of it is greatest, so it is never nought: Li and Lahiri (2010), Journal of Multivariate Analysis 101, 882-892; Yoshimori
and Lahiri (2014), Annals of Statistics 42, 1233-1261, find the power with which an interval around such an estimate is right to the
second order, never wider than the rule's own; both are about many groups. With four to forty no power is right both where
rules are alike and where they differ. So there are two: the estimate is drawn with :func:`caution`, by at most about a half; what that
may be off is reckoned with :data:`PLAIN`. Half the width is a critical value times the root of the mean squared error of an
estimate that is drawn so far, were that the scatter, as in Armstrong, Kolesár and Plagborg-Møller (2022), Econometrica 90,
2567-2602, with their critical value of normal effects. Both powers are set by simulation, see benchmarks/pooled.py.
"""

from __future__ import annotations

import numpy as np
from scipy.special import stdtrit

from keep_customers.engine.effect.intervals import ALPHA

# Of its own error, that far an estimate is drawn at most, or as much further as its error is greater than what the rules scatter by:
# so who is quite unlike all others is seldom told wrong (Efron and Morris 1972, Journal of the American Statistical Association
# 67, 130-139). In the mean of all rules it changes nothing.
FARTHEST = 0.75
FEWEST = 3  # rules; how much two scatter nobody can tell
# Of the scatter's square, a power that makes the greatest place of its logarithm that of a flat prior of the scatter.
PLAIN = 0.5
# Logarithms of squares of the scatter, in units of a usual variance.
STEP = 0.1
GRID = np.arange(-12, 12 + STEP, STEP)


def pooled(effect, variance, freedom, alpha: float = ALPHA) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
	"""
	:param effect: of each rule, with variance and its degrees of freedom; all finite, shape (rules,)
	:returns: (effects, lower bounds, upper bounds); fewer than :data:`FEWEST` rules keep what they have
	"""
	effect, variance, freedom = (np.asarray(one, float) for one in (effect, variance, freedom))
	rules = len(effect)
	if rules < FEWEST:
		half = -stdtrit(freedom, alpha / 2) * np.sqrt(variance)
		return effect, effect - half, effect + half
	scattered = scatter(effect, variance, caution(rules))
	weight = 1 / (variance + scattered)
	weight /= weight.sum()
	away = np.abs(weight @ effect - effect)
	most = FARTHEST * np.sqrt(variance * np.maximum(variance / scattered, 1))
	share = np.minimum(variance / (variance + scattered), most / np.maximum(away, 1e-300))
	# Row by row, how much each rule's estimate makes of an effect, and what that is more than its own.
	of_others = share[:, None] * (weight - np.eye(rules))
	made = np.eye(rules) + of_others
	parts = made**2 * variance
	off = scatter(effect, variance, PLAIN) * (of_others**2).sum(1)
	error = parts.sum(1) + off
	free = error**2 / (parts**2 / freedom).sum(1)
	half = -stdtrit(free, alpha / 2) * np.sqrt(error)
	middle = made @ effect
	return middle, middle - half, middle + half


def caution(rules: int) -> float:
	"""The power of the scatter's square with which estimates are drawn to each other.

	It grows with the rules, so that where they are alike an estimate is drawn by an eighth if there are three, and never by much
	more than a half.
	"""
	return (rules + 4) / 8


def scatter(effect, variance, power: float) -> float:
	"""The square of how much effects scatter around a common one, where its restricted likelihood times a power of it is greatest.

	:param power: less than half of the number of effects less one
	"""
	effect, variance = np.asarray(effect, float), np.asarray(variance, float)
	unit = 1 / np.mean(1 / variance)
	total = variance + unit * np.exp(GRID)[:, None]
	precision = (1 / total).sum(1)
	middle = (effect / total).sum(1) / precision
	fit = -0.5 * (np.log(total) + (effect - middle[:, None]) ** 2 / total).sum(1) - 0.5 * np.log(precision)
	fit += power * GRID
	best = int(np.clip(fit.argmax(), 1, len(GRID) - 2))
	# The top of a parabola through the best and its neighbours.
	before, at, after = fit[best - 1 : best + 2]
	bend = before - 2 * at + after
	shift = np.clip(0.5 * (before - after) / bend, -1, 1) if bend < 0 else 0.0
	return float(unit * np.exp(GRID[best] + STEP * shift))
