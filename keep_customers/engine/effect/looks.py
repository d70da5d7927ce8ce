"""How many errors wide bounds are that may be looked at every week, for as long as one likes.

A group-sequential boundary by error spending: the chance that bounds have ever left out the truth is spent as time goes by, Lan and
DeMets (1983), Biometrika 70, 659-663; by the calendar and not by a planned number of customers, which no company has, as in their
paper of 1989, Statistics in Medicine 8, 1191-1198. What a look may spend is turned into errors by the recursion of Armitage,
McPherson and Rowe (1969), Journal of the Royal Statistical Society A 132, 235-244; its integrals as in Jennison and Turnbull (2000),
Group Sequential Methods, chapter 19.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from scipy.special import ndtr, ndtri

A_YEAR = 365.25 / 7  # weeks
STEADY = 10  # years for which a rule's pace is carried on
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(96)
_NODES, _WEIGHTS = (_NODES + 1) / 2, _WEIGHTS / 2  # both sides are alike: a half is enough
MOST_ERRORS = 38.0  # beyond it a normal chance is no number any more
# By so much more is known at each look at least: looks that are more alike than that are taken for less alike, which
# makes bounds a little wider, as the integrals of narrower steps would need more points.
LEAST_NEWS = 1.002


def spent(weeks) -> np.ndarray:
	"""Which share of the chance to be wrong is used up after so many weeks: seven eighths in a year, all of it never."""
	years = np.maximum(np.asarray(weeks, float), 0) / A_YEAR
	return years**1.5 / (years**1.5 + 1 / 7)


def boundary(weeks, information, alpha: float) -> np.ndarray:
	"""How many errors wide the bounds are at each of some looks.

	:param weeks: of each look since the first customer was counted, rising, more than 0
	:param information: one over the variance of what is known then, in any unit, above 0 and rising
	:param alpha: the chance to leave out the truth at any look there will ever be
	"""
	weeks, information = np.asarray(weeks, float), np.asarray(information, float)
	return np.array(_boundary(tuple(weeks.tolist()), tuple(information.tolist()), alpha))


@lru_cache(maxsize=512)
def _boundary(weeks, information, alpha: float) -> tuple[float, ...]:
	found, within, before = [], None, 0.0
	for part, told in zip(np.diff(alpha * spent(weeks), prepend=0.0), information, strict=True):
		known = told if within is None else max(told, before * LEAST_NEWS)
		if within is None:
			errors = float(-ndtri(part / 2))
			at = errors * _NODES
			density = np.sqrt(2 / np.pi) * np.exp(-(at**2) / 2)
		else:
			# Where those are now who were within at the look before.
			middle, spread = np.sqrt(before / known) * at, np.sqrt(1 - before / known)
			errors = _errors(within, middle, spread, part)
			at = errors * _NODES
			apart = (at[:, None] - middle) / spread, (at[:, None] + middle) / spread
			density = (np.exp(-(apart[0] ** 2) / 2) + np.exp(-(apart[1] ** 2) / 2)) @ within
			density /= spread * np.sqrt(2 * np.pi)
		within, before = errors * _WEIGHTS * density, known
		found.append(errors)
	return tuple(found)


def _errors(within, middle, spread: float, part: float) -> float:
	"""Beyond how many errors so small a part comes out that was within."""
	from scipy.optimize import brentq  # 25 MB, which a night in which no effect is counted does without

	def too_many(errors: float) -> float:
		out = within @ (ndtr((-errors - middle) / spread) + ndtr((middle - errors) / spread))
		return np.log(max(out, 1e-300)) - np.log(part)

	return brentq(too_many, 0.0, MOST_ERRORS, xtol=1e-7)


@lru_cache(maxsize=64)
def _steady(alpha: float) -> np.ndarray:
	weeks = np.arange(1, round(STEADY * A_YEAR) + 1)
	return boundary(weeks, weeks, alpha)


def steady(weeks, alpha: float) -> np.ndarray:
	"""The same after so many weeks in each of which as many customers came; longer than :data:`STEADY` years it stays."""
	known = _steady(alpha)
	return np.interp(weeks, np.arange(1, len(known) + 1), known)


def information(
	group, arm, week, groups: int, into, number: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
	"""What is known as time goes by where groups are merged, each counting by its customers, as :func:`arms.together` does.

	:param group: of each customer, 0 … groups - 1, with its arm, 0 or 1, and the week from which on it is counted, 0 …
	:param into: the merged group of each group, 0 … number - 1
	:returns: (one over the variance of who was alike at first, the customers of the smaller arm, whether anybody was new), each
		of shape (number, weeks), after each week
	"""
	weeks = int(np.max(week, initial=-1)) + 1
	cell = (2 * np.asarray(group, np.int64) + arm) * weeks + week
	came = np.bincount(cell, minlength=2 * groups * weeks).reshape(groups, 2, weeks)
	arms = came.cumsum(2)
	told = (arms >= 2).all(1)  # fewer have no estimate
	merged = np.zeros((number, groups))
	merged[into, np.arange(groups)] = 1
	with np.errstate(invalid="ignore", divide="ignore"):
		apart = np.where(told, arms.sum(1) ** 2 * (1 / arms).sum(1), 0.0)
		known = (merged @ np.where(told, arms.sum(1), 0)) ** 2 / (merged @ apart)
	smaller = np.stack([merged @ np.where(told, arms[:, one], 0) for one in (0, 1)]).min(0)
	return np.nan_to_num(known), smaller, merged @ came.sum(1) > 0
