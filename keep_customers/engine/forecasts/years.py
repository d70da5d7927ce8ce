"""How one year of a company differs from the next, for all its customers at once, and how sure a chance can be therefore.

What comes after past days is learned of many customers and of few years. That a year is better or worse for everybody is no customer's
luck, and no number of customers tells of it: a forecast that has learned "nine of ten come back" of one good year is as sure of the next
one as of a coin that was thrown once. Something is known of it all the same:

- *Twins*: what was learned of lately is asked a year before, at the same season. By how much it is wrong there is by how much the year has
  changed since. A level that wanders (a random walk: Harvey 1989, Forecasting, Structural Time Series Models and the Kalman Filter,
  2.3 and 4.2) goes on from where it is; so the change of the coming months against those a year before shares with that of the last months
  the more, the shorter both are and the closer they lie. Its best guess given several such changes is that of a Gaussian process
  (Rasmussen and Williams 2006, Gaussian Processes for Machine Learning, eq. 2.23-2.24).
- What was learned of one year of a season is the season and that year's own shock; the more years, the more it is the season. So it is taken
  for what a season may be, not for what the next one is (the mean of normal draws under a normal prior: Gelman et al. 2013, Bayesian Data
  Analysis, eq. 2.11-2.12).
- By how much years differ at all, of which twins and two years of the same season tell, and where there are none, the usual. It is not set to
  one figure but summed over (:data:`SPREADS`), so that little past leaves it open, and nothing jumps as it comes into sight.

What is left is a shock of the log-odds that all customers share, and a chance is the mean over it: nearer to one half the less is known,
in the same order (MacKay 1992, Neural Computation 4(5), 720-736, eq. 10: the mean of a logistic over a normal).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import expit

YEAR = 365  # days
# What is usual before anything is known: a year moves the log-odds of buying again by this (a chance of one half by five points),
# give or take a factor of three: most years are like the one before, and a few are not at all. So much is left between a year and
# the next that the level does not go on with.
USUAL, SPREAD_OF, OWN = 0.2, 3.0, 0.3
SPREADS = np.geomspace(0.05, 2.0, 20)
# What the log-odds of a season may be off a model's that knows of none.
SEASONS = 2.0
# Where the season of what is asked about was never seen.
UNSEEN = 0.5
LEAN = 0.25  # of a level: as if it were about 0, give or take 2
STEPS, FURTHEST = 50, 2.0  # of Newton's method


@dataclass(frozen=True)
class Change:
	"""Of a year against the one before, at the same season, or of what came against what was said.

	:param length: of what was looked at, days, up to the day from which on is asked; 0 for years of the season asked about
	:param better: of the log-odds of buying again
	:param more: of the logarithm of the number of purchases
	:param noise: and noise_of_more: variances of the two, of the customers' luck
	:param weight: from 0 to 1
	"""

	length: int
	better: float
	more: float
	noise: float
	noise_of_more: float
	weight: float

	def since(self, length: int) -> Change:
		"""By how much it is otherwise now, of what was learned of now; of other customers, whose luck counts as well."""
		return Change(length, -self.better, -self.more, 2 * self.noise, 2 * self.noise_of_more, self.weight)

	def against(self, before: Change) -> Change:
		return Change(
			0,
			self.better - before.better,
			self.more - before.more,
			self.noise + before.noise,
			self.noise_of_more + before.noise_of_more,
			min(self.weight, before.weight),
		)


@dataclass(frozen=True)
class Year:
	"""The coming time against what was learned of it.

	:param better: of the log-odds of buying again
	:param more: of the logarithm of the number of purchases
	:param doubt: variance of the log-odds that all customers share
	"""

	better: float = 0.0
	more: float = 0.0
	doubt: float = UNSEEN**2


def level(odds: np.ndarray, again: np.ndarray) -> tuple[float, float]:
	"""What is to be added to everybody's log-odds for as many to buy again as did, and its variance.

	:param again: whether they did; shape (n,)
	"""
	found = 0.0
	for _ in range(STEPS):
		chance = expit(odds + found)
		curve = LEAN + chance @ (1 - chance)
		step = (np.sum(again - chance) - LEAN * found) / curve
		found += float(np.clip(step, -FURTHEST, FURTHEST))
		if abs(step) < 1e-6:
			break
	return found, float(1 / curve)


def how_many_more(expected: np.ndarray, came: np.ndarray) -> tuple[float, float]:
	"""The logarithm of how many times as many came as were expected, and its variance; shape (n,)."""
	total = came.sum() + 1
	return float(np.log(total / (expected.sum() + 1))), float((came @ came + 1) / total**2)


def coming(changes: Sequence[Change], horizon: int, season: float, mended: Sequence[Change] = ()) -> Year:
	"""
	:param changes: those that were seen, see :class:`Change`
	:param horizon: days that are asked about
	:param season: from 0 to 1, how far a year of the same season is known from which on to tell
	:param mended: of each such year, by how much it was above what the model said, which is what was learned of it
	"""
	better, doubt = _expected(
		changes, [(one.better, one.noise) for one in changes], [(one.better, one.noise) for one in mended],
		mended, horizon,
	)  # fmt: skip
	number, _doubt = _expected(
		changes, [(one.more, one.noise_of_more) for one in changes],
		[(one.more, one.noise_of_more) for one in mended], mended, horizon,
	)  # fmt: skip
	return Year(season * better, season * number, season * doubt + (1 - season) * UNSEEN**2)


def _expected(changes, seen, above, mended, horizon: int) -> tuple[float, float]:
	"""Mean and variance of the coming time against what was learned of it, over all that years may differ by.

	:param seen: of each change, how great it is, and its variance
	:param above: likewise of each of ``mended``
	"""
	mean, variance, likely = _wandering(changes, seen, horizon)
	if mended:
		# What a season is, is told by years, each with a shock of its own: the mean of normal ones under a normal prior.
		weight = np.array([one.weight for one in mended])
		level, noise = np.average(np.array(above), axis=0, weights=weight)
		of_luck = 1 / (1 + SEASONS**2 * weight.sum() / (SPREADS**2 + noise))
		mean, variance = mean - of_luck * level, variance + of_luck * SEASONS**2
	middle = likely @ mean
	return float(middle), float(likely @ (variance + (mean - middle) ** 2))


def _wandering(changes, seen, horizon: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
	"""For each of :data:`SPREADS` mean and variance of the coming change, and how likely it is."""
	seen, noise = np.array(seen, float).reshape(-1, 2).T
	length = np.array([one.length for one in changes], float)
	weight = np.array([one.weight for one in changes], float)
	# How much of a year's change two times share whose middles lie so far apart; the years before are another story.
	lately = length > 0
	apart = np.abs(length[:, None] - length) / 2 / YEAR
	shared = np.where(lately[:, None] & lately, np.clip(1 - apart, 0, 1), np.eye(len(length)))
	ahead = np.where(lately, np.clip(1 - (length + horizon) / 2 / YEAR, 0, 1), 0)
	own = np.diag((noise + OWN**2) / np.maximum(weight, 1e-9))
	likely = -0.5 * (np.log(SPREADS / USUAL) / np.log(SPREAD_OF)) ** 2
	mean, variance = np.zeros(len(SPREADS)), SPREADS**2
	nothing = np.linalg.slogdet(own)[1]
	for row, spread in enumerate(SPREADS**2):
		all_ = spread * shared + own
		toward = np.linalg.solve(all_, spread * ahead)
		mean[row], variance[row] = toward @ seen, spread * (1 - toward @ ahead)
		# Against all of it being chance, so that what weighs nothing says nothing.
		likely[row] -= 0.5 * (seen @ np.linalg.solve(all_, seen) + np.linalg.slogdet(all_)[1] - nothing)
	likely = np.exp(likely - likely.max())
	return mean, variance, likely / likely.sum()


def doubted(odds: np.ndarray, doubt: float) -> np.ndarray:
	"""The mean chance over a shock of the log-odds; the nearer to one half the greater it is, and in the same order.

	:param doubt: variance of the shock
	"""
	return expit(odds / np.sqrt(1 + np.pi / 8 * doubt))
