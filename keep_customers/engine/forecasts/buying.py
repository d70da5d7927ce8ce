"""How often customers buy and when they leave: one family of models, one likelihood.

A living customer buys with a rate lambda that is Gamma(r, alpha) among customers. The time from one purchase to the next is
Erlang-k: the k-th event of a stream with the rate lambda, so that the greater k is, the more regular customers are. A
customer leaves for good with a probability p that is Beta(a, b) among customers, after each repeat purchase, or, where
``at_once``, after the first purchase too.

	k = 1, not at_once    BG/NBD: Fader, Hardie and Lee (2005), Marketing Science 24(2), 275-284
	k = 1, at_once        MBG/NBD: Batislam, Denizel and Filiztekin (2007), Int. J. of Research in Marketing 24(3), 201-209
	k > 1, at_once        MBG/CNBD-k: Reutterer, Platzer and Schröder (2021), Int. J. of Research in Marketing 38(2), 343-367
	                      (below: RPS), after Platzer and Reutterer (2016), Marketing Science 35(5), 779-799

Where nobody leaves (a / b towards 0) it is the NBD, where moreover all are alike (r towards infinity) the Poisson process:
the edge of the family is an answer as any other.

A history is frequency x, recency t_x and age T as in :mod:`keep_customers.engine.potential`, in one unit of time, and for
k > 1 the sum of the logarithms of the times between the purchases.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import digamma, gammaln, zeta

from keep_customers.engine._numeric import group_equal_rows, minimise
from keep_customers.engine.potential import BLOCK, _histories, _in_logs, _Saved, _weights

NAMES = ("r", "alpha", "a", "b")
MOST_REGULAR = 6  # the largest k that is looked at
EVIDENCE = 3.0  # of the log-likelihood, twenty to one: a handful of customers is not called regular by luck

# The prior, in logarithms: one purchase a typical gap, give or take a factor of e; one in ten leaves at each, which is
# known far worse. As one row of the Hessian of the whole log-likelihood it weighs as much as about a customer.
PRIOR_SHAPE, PRIOR_A, PRIOR_B = 1.0, 1.0, 9.0
PRIOR_SPREAD = (1.0, 1.0, 1.5, 2.0)  # of log r, log(r / alpha), log(a / b), log(a b)
# Who buys ten times as often as is usual, and thrice more, is a till or a mistake: the others are not judged by it.
HASTE, HASTE_AT_ONCE = 10.0, 3
_COMBINED = np.array([[1, 0, 0, 0], [1, -1, 0, 0], [0, 0, 1, -1], [0, 0, 1, 1]], float)


@dataclass(frozen=True)
class Buying(_Saved):
	"""Parameters of one model of the family.

	r, alpha: rates of the living are Gamma with shape r and rate alpha (a time); a purchase takes k events, so that the
	mean purchase rate is r / (k alpha). a, b: probabilities of leaving are Beta(a, b). log_likelihood: of the data of the
	fit, in the caller's unit of time, None for a prior; customers: sum of weights that were fitted.
	"""

	r: float
	alpha: float
	a: float
	b: float
	k: int = 1
	at_once: bool = True
	log_likelihood: float | None = None
	customers: float = 0

	def __post_init__(self) -> None:
		self._check(*NAMES)
		if not (isinstance(self.k, int) and 1 <= self.k <= 100):
			raise ValueError(f"Buying: k must be a whole number from 1 to 100, not {self.k!r}.")

	@property
	def name(self) -> str:
		kind = "BG/NBD" if self.k == 1 else f"BG/CNBD-{self.k}"
		return f"M{kind}" if self.at_once else kind


def prior_buying(typical_gap: float, k: int = 1, at_once: bool = True) -> Buying:
	"""Parameters for a population of whom nothing is known but the usual time between two purchases."""
	if not (math.isfinite(typical_gap) and typical_gap > 0):
		raise ValueError("typical_gap must be finite and above 0.")
	return Buying(PRIOR_SHAPE, PRIOR_SHAPE * typical_gap / k, PRIOR_A, PRIOR_B, k, at_once)


def fit_buying(
	frequency: ArrayLike,
	recency: ArrayLike,
	age: ArrayLike,
	log_gaps: ArrayLike | None = None,
	*,
	k: int = 1,
	at_once: bool = True,
	typical_gap: float | None = None,
	weights: ArrayLike | None = None,
) -> Buying:
	"""Fit of one model (RPS eq. 4 and its special cases).

	frequency, recency, age: arrays of shape (n,). log_gaps: the sum of the logarithms of each customer's gaps, (n,); it
	moves no parameter, only the likelihood by which one k is compared with another, and may be left out for k = 1.

	typical_gap: with it the fit leans on :func:`prior_buying`, the more the fewer customers there are, and always gives an
	answer, for no customer the prior. Without it, it is the maximum likelihood, and :class:`FitError` is raised where that
	has none. Weights as in :func:`keep_customers.engine.potential.fit_bgnbd`.
	"""
	x, t_x, age_ = _histories(frequency, recency, age, one_dimensional=True)
	w = _weights(weights, len(x))
	prior = None if typical_gap is None else prior_buying(typical_gap, k, at_once)
	customers = float(len(x) if w is None else w.sum())
	if prior:
		if not customers:
			return prior
		x = np.minimum(x, np.floor(HASTE * t_x / typical_gap) + HASTE_AT_ONCE)
	scale = float(np.average(age_, weights=w)) or 1.0
	table = _Table(x, t_x, age_, w, scale, k, at_once)
	if prior is None:
		found = minimise(table.objective, np.log([1.0, 1.0 / k, 1.0, 3.0]), NAMES)
	else:
		centre = np.log([prior.r, prior.alpha / scale, prior.a, prior.b])
		found = minimise(_leaning(table.objective, centre, customers), centre, NAMES, accept_bounds=True)
	r, alpha, a, b = np.exp(found.log_parameters).tolist()
	own = -table.objective(found.log_parameters)[0] * customers
	own -= k * table.purchases * math.log(scale) + table.purchases * math.lgamma(k)
	if k > 1 and log_gaps is not None:
		own += (k - 1) * float(np.dot(np.ones(len(x)) if w is None else w, np.asarray(log_gaps, float)))
	return Buying(r, alpha * scale, a, b, k, at_once, own, customers)


def fit_regular(frequency, recency, age, log_gaps, **options) -> Buying:
	"""The MBG/CNBD-k whose k makes the data most likely (RPS section 3.3): k is raised as long as that clearly helps."""
	best = fit_buying(frequency, recency, age, log_gaps, k=1, **options)
	for k in range(2, MOST_REGULAR + 1):
		if best.log_likelihood is None:  # nobody, and the prior
			break
		other = fit_buying(frequency, recency, age, log_gaps, k=k, **options)
		if not other.log_likelihood > best.log_likelihood + EVIDENCE:
			break
		best = other
	return best


def _leaning(objective, centre: np.ndarray, customers: float):
	"""The objective, a mean per customer, and the prior's pull, whose weight fades with their number."""
	combined = _COMBINED / np.array(PRIOR_SPREAD)[:, None]
	pull = combined.T @ combined / customers

	def leaning(log_parameters):
		value, gradient, hessian = objective(log_parameters)
		off = log_parameters - centre
		return value + 0.5 * off @ pull @ off, gradient + pull @ off, hessian + pull

	return leaning


class _Table:
	"""Distinct histories with their weights, and the negative mean log-likelihood on them.

	With R = r + k x, s = T - t_x, u = s / (alpha + T) and m = 1 where ``at_once``, else 0, a history's likelihood is

		Gamma(R) / Gamma(r) alpha^r (alpha + T)^-R  B(a, b + x + m) / B(a, b)  [S + e^d]

		S = sum over j < k of R (R + 1) … (R + j - 1) / j! u^j      j of the next purchase's k events have happened
		d = R log((alpha + T) / (alpha + t_x)) + log a - log(b + x - 1 + m)      left after the last purchase
	"""

	def __init__(self, x, t_x, age, w, scale, k, at_once):
		order, starts = group_equal_rows(x, t_x, age)
		chosen = order[starts]
		if w is None:
			count = np.diff(starts, append=len(order)).astype(float)
		else:
			count = np.add.reduceat(w[order], starts) if len(starts) else np.zeros(0)
			chosen, count = chosen[count > 0], count[count > 0]
		self.k, self.m = k, int(at_once)
		self.x, self.t_x, self.age, self.count = x[chosen], t_x[chosen] / scale, age[chosen] / scale, count
		self.customers = float(count.sum())
		self.purchases = float(count @ self.x)
		self.x_values, self.x_index = np.unique(self.x, return_inverse=True)
		self.x_counts = np.bincount(self.x_index, weights=count)

	def objective(self, log_parameters: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
		"""Value, gradient and Hessian of the negative mean log-likelihood in log(r, alpha, a, b)."""
		parameters = np.exp(log_parameters)
		value, gradient, hessian = self._by_frequency(*parameters)
		for start in range(0, len(self.x), BLOCK):
			block = slice(start, start + BLOCK)
			more = self._block(block, *parameters)
			value += more[0]
			gradient += more[1]
			hessian += more[2]
		n = self.customers
		return _in_logs(-value / n, -gradient / n, -hessian / n, parameters)

	def _by_frequency(self, r, alpha, a, b):
		"""What depends on x alone: a handful of values. The derivatives are by (r, alpha, a, b) themselves."""
		n, n_x = self.customers, self.x_counts
		x, total = self.x_values + self.m, r + self.k * self.x_values
		value = n * r * math.log(alpha) + n_x @ (
			gammaln(total) - gammaln(r) + gammaln(a + b) - gammaln(a + b + x) + gammaln(b + x) - gammaln(b)
		)
		both = n_x @ (digamma(a + b) - digamma(a + b + x))
		gradient = np.array(
			[
				n_x @ (digamma(total) - digamma(r)) + n * math.log(alpha),
				n * r / alpha,
				both,
				both + n_x @ (digamma(b + x) - digamma(b)),
			]
		)
		both = n_x @ (zeta(2.0, a + b) - zeta(2.0, a + b + x))
		hessian = np.zeros((4, 4))
		hessian[0, 0] = n_x @ (zeta(2.0, total) - zeta(2.0, r))
		hessian[0, 1] = n / alpha
		hessian[1, 1] = -n * r / alpha**2
		hessian[2, 2] = hessian[2, 3] = both
		hessian[3, 3] = both + n_x @ (zeta(2.0, b + x) - zeta(2.0, b))
		return value, gradient, hessian

	def _block(self, block, r, alpha, a, b):
		x, count = self.x[block], self.count[block]
		total = r + self.k * x
		age, recent = self.age[block] + alpha, self.t_x[block] + alpha
		log_age, per_age, per_recent = np.log(age), 1 / age, 1 / recent
		terms, slopes, curves = phases(total, (age - recent) * per_age, self.k)
		alive = np.log(terms.sum(axis=0))
		with np.errstate(divide="ignore"):
			odds = log_odds_left(x, total, log_age - np.log(recent), a, b, self.m)
		left = 1 / (1 + np.exp(np.minimum(alive - odds, 700)))
		value = count @ (np.logaddexp(alive, odds) - total * log_age)

		# A mixture's slope is the mean of its parts' slopes; its curvature their mean curvature and their variance.
		closer = per_age - per_recent
		by = np.zeros((self.k + 1, 4, len(x)))
		by[0] = log_age - np.log(recent), total * closer, np.full(len(x), 1 / a), -per_leaving(x, b, self.m)
		weight = np.empty((self.k + 1, len(x)))
		weight[0] = left
		weight[1:] = terms / terms.sum(axis=0) * (1 - left)
		for j in range(1, self.k):
			by[j + 1, 0], by[j + 1, 1] = slopes[j], -j * per_age
		mean = (weight[:, None] * by).sum(axis=0)
		gradient = mean @ count
		gradient[0] -= count @ log_age
		gradient[1] -= count @ (total * per_age)
		hessian = -(mean * count) @ mean.T
		for one, part in zip(weight, by, strict=True):
			hessian += (part * (one * count)) @ part.T
		gone = count * left
		hessian[0, 1] += gone @ closer - count @ per_age
		hessian[1, 1] += count @ (total * per_age**2) - gone @ (total * closer * (per_age + per_recent))
		hessian[2, 2] -= gone.sum() / a**2
		hessian[3, 3] += gone @ by[0, 3] ** 2
		for j in range(1, self.k):
			here = count * weight[j + 1]
			hessian[0, 0] += here @ curves[j]
			hessian[1, 1] += here @ (j * per_age**2)
		return value, gradient, hessian


def phases(total: np.ndarray, u: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
	"""The terms of S (see :class:`_Table`), and the first and second derivatives of their logarithms by r; each (k, n)."""
	terms, slopes, curves = np.ones((k, len(total))), np.zeros((k, len(total))), np.zeros((k, len(total)))
	for j in range(1, k):
		step = total + (j - 1)
		terms[j] = terms[j - 1] * step / j * u
		slopes[j] = slopes[j - 1] + 1 / step
		curves[j] = curves[j - 1] - 1 / step**2
	return terms, slopes, curves


def per_leaving(x: np.ndarray, b: float, m: int) -> np.ndarray:
	"""1 / (b + x - 1 + m); 0 where nobody can have left yet."""
	return np.where(x + m > 0, 1 / np.where(x + m > 0, b + x - 1 + m, 1), 0)


def log_odds_left(x, total, log_ratio, a: float, b: float, m: int) -> np.ndarray:
	"""d of :class:`_Table`; minus infinity where nobody can have left yet."""
	return total * log_ratio + math.log(a) + np.log(per_leaving(x, b, m))
