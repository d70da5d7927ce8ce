"""What a customer can be expected to buy: how often (BG/NBD) and for how much (Gamma-Gamma).

BG/NBD: P. S. Fader, B. G. S. Hardie and K. L. Lee (2005), "Counting Your Customers" the Easy Way: An
Alternative to the Pareto/NBD Model, Marketing Science 24(2), 275-284 (below: FHL). A living customer buys at
random with a rate that is Gamma(r, alpha) among customers; after each purchase a customer leaves for good
with a probability that is Beta(a, b) among customers.

Gamma-Gamma: P. S. Fader and B. G. S. Hardie (2013), The Gamma-Gamma Model of Monetary Value (below: FH). What
is spent at each purchase varies around the customer's own mean, and these means vary among customers.

A history is three numbers, as in FHL section 3:

	frequency  x    purchases after the first one, on distinct occasions: a whole number >= 0
	recency    t_x  time from the first purchase to the last one: 0 exactly when frequency is 0
	age        T    time from the first purchase to the end of observation: >= recency

recency, age, horizon and alpha are in one and the same unit of time, whichever the caller chooses; gamma is
in the unit of money of the mean values. Arrays are one-dimensional and equally long in the fits; the
predictions accept anything that broadcasts and return that shape.

ValueError is raised for impossible input, and its subclass FitError for data that do not determine the
parameters: keep using the last good parameters then, or the prior. Nothing here is random.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, TypeVar

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betaincinv, digamma, expit, gammaln, hyp2f1, zeta

from ._numeric import FitError, group_equal_rows, minimise

__all__ = [
	"BGNBD",
	"MIN_CUSTOMERS",
	"MIN_REPEAT_CUSTOMERS",
	"FitError",
	"GammaGamma",
	"expected_mean_value",
	"expected_purchases",
	"fit_bgnbd",
	"fit_gamma_gamma",
	"prior_bgnbd",
	"prior_gamma_gamma",
	"probability_alive",
	"typical_value",
]

# Under these counts four parameters are mostly noise, and a prior serves the customers better than a fit.
MIN_CUSTOMERS = 100
MIN_REPEAT_CUSTOMERS = 50

# A Gamma-Gamma fit with q near 1 can put the population mean far above anything that was observed.
MAX_MEAN_RATIO = 3

# Rows handled at a time, so that the temporaries stay in the processor's cache and memory stays flat.
BLOCK = 1 << 13

_Parameters = TypeVar("_Parameters", bound="_Saved")


class _Saved:
	"""Parameters as a plain dict of JSON's own types, and back, bit for bit."""

	def as_dict(self) -> dict[str, Any]:
		return asdict(self)  # type: ignore[call-overload]

	@classmethod
	def from_dict(cls: type[_Parameters], saved: Mapping[str, Any]) -> _Parameters:
		"""The inverse of `as_dict`. Unknown keys are ignored; ValueError for missing or impossible ones."""
		known = {field.name for field in fields(cls)}  # type: ignore[arg-type]
		try:
			return cls(**{key: value for key, value in saved.items() if key in known})
		except (AttributeError, TypeError) as error:
			raise ValueError(f"Not saved {cls.__name__} parameters: {error}") from error

	def _check(self, *names: str) -> None:
		"""Refuse parameters that are no positive numbers, and keep them as plain floats."""
		for name in names:
			value = getattr(self, name)
			if isinstance(value, bool) or not isinstance(value, (int, float, np.floating, np.integer)):
				raise ValueError(f"{type(self).__name__}: {name} must be a number, not {value!r}.")
			if not (math.isfinite(value) and value > 0):
				raise ValueError(f"{type(self).__name__}: {name} must be finite and above 0, not {value!r}.")
			object.__setattr__(self, name, float(value))


@dataclass(frozen=True)
class BGNBD(_Saved):
	"""Parameters of the BG/NBD model.

	r, alpha: purchase rates of the living are Gamma with shape r and rate alpha (a time), mean r / alpha.
	a, b: probabilities of leaving after a purchase are Beta(a, b), mean a / (a + b).
	log_likelihood: of the data of the fit, in the caller's unit of time (FHL eq. 7); None for a prior.
	customers, repeat_customers: sums of weights that were fitted; iterations: Newton steps.
	"""

	r: float
	alpha: float
	a: float
	b: float
	log_likelihood: float | None = None
	customers: float = 0
	repeat_customers: float = 0
	iterations: int = 0

	def __post_init__(self) -> None:
		self._check("r", "alpha", "a", "b")


@dataclass(frozen=True)
class GammaGamma(_Saved):
	"""Parameters of the Gamma-Gamma model.

	p: shape of the spend per purchase around the customer's own mean, of which it varies by 1 / sqrt(p).
	q, gamma: the customers' means are p / nu with nu ~ Gamma(q, gamma); gamma is in units of money; q > 1.
	log_likelihood: of the data of the fit, in the caller's unit of money (FH eq. 1a); None for a prior.
	customers: sum of weights that were fitted; iterations: Newton steps.
	"""

	p: float
	q: float
	gamma: float
	log_likelihood: float | None = None
	customers: float = 0
	iterations: int = 0

	def __post_init__(self) -> None:
		self._check("p", "q", "gamma")
		if self.q <= 1:
			raise ValueError(
				f"GammaGamma: q must be above 1, or the population mean is infinite; it is {self.q!r}."
			)

	@property
	def population_mean(self) -> float:
		"""Expected spend per purchase of a customer of whom nothing is known: p gamma / (q - 1)."""
		return self.p * self.gamma / (self.q - 1)


# BG/NBD


def fit_bgnbd(
	frequency: ArrayLike, recency: ArrayLike, age: ArrayLike, weights: ArrayLike | None = None
) -> BGNBD:
	"""Maximum likelihood fit of the BG/NBD model (FHL eq. 6 and 7).

	frequency, recency, age: arrays of shape (n,), see the module. weights: how many customers have each
	history, finite and >= 0, default 1. Customers without a repeat purchase belong in the fit.

	With R = r + x, a history's likelihood is

		[Gamma(R) alpha^r / Gamma(r)] [B(a, b + x) / B(a, b)]
			[(alpha + T)^-R + (x > 0) a / (b + x - 1) (alpha + t_x)^-R]

	It is computed once per distinct history, in time scaled to a mean age of 1, and maximised over the
	logarithms of the parameters with exact first and second derivatives, always from the same start.

	Raises ValueError for impossible input; FitError with fewer than MIN_CUSTOMERS customers or
	MIN_REPEAT_CUSTOMERS repeat customers, and when a parameter runs to 0 or infinity (for example when no
	customer ever seems to leave).
	"""
	x, t_x, age_ = _histories(frequency, recency, age, one_dimensional=True)
	w = _weights(weights, len(x))
	customers = len(x) if w is None else float(w.sum())
	repeats = int(np.count_nonzero(x)) if w is None else float(w[x > 0].sum())
	if customers < MIN_CUSTOMERS:
		raise FitError(
			"Too little history to fit: {count} customers, at least {minimum} are needed. "
			"Use the last good parameters or the prior.",
			count=f"{customers:g}",
			minimum=MIN_CUSTOMERS,
		)
	if repeats < MIN_REPEAT_CUSTOMERS:
		raise FitError(
			"Too little history to fit: {count} customers with a repeat purchase, at least {minimum} are needed. "
			"Use the last good parameters or the prior.",
			count=f"{repeats:g}",
			minimum=MIN_REPEAT_CUSTOMERS,
		)
	scale = float(np.average(age_, weights=w))

	table = _BGNBDTable(x, t_x, age_, w, scale)
	# One purchase per mean age, one customer in four lost at each: the middle of what is met in practice.
	found = minimise(table.objective, np.log([1.0, 1.0, 1.0, 3.0]), ("r", "alpha", "a", "b"))
	r, alpha, a, b = np.exp(found.log_parameters).tolist()
	return BGNBD(
		r=r,
		alpha=alpha * scale,
		a=a,
		b=b,
		log_likelihood=-found.value * customers - table.purchases * math.log(scale),
		customers=customers,
		repeat_customers=repeats,
		iterations=found.iterations,
	)


class _BGNBDTable:
	"""Distinct histories with their weights, and the negative mean log-likelihood on them."""

	def __init__(self, x: np.ndarray, t_x: np.ndarray, age: np.ndarray, w: np.ndarray | None, scale: float):
		order, starts = group_equal_rows(x, t_x, age)
		chosen = order[starts]
		if w is None:
			count = np.diff(starts, append=len(order)).astype(float)
		else:
			count = np.add.reduceat(w[order], starts)
			chosen, count = chosen[count > 0], count[count > 0]
		x, t_x, age = x[chosen], t_x[chosen] / scale, age[chosen] / scale

		self.customers = float(count.sum())
		self.purchases = float(count @ x)
		self.x_values, x_index = np.unique(x, return_inverse=True)
		self.x_counts = np.bincount(x_index, weights=count)
		single = x == 0
		self.single_age, self.single_count = age[single], count[single]
		many = ~single
		self.x, self.t_x, self.age, self.count = x[many], t_x[many], age[many], count[many]
		self.x_index = x_index[many]

	def objective(self, log_parameters: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
		"""Value, gradient and Hessian of the negative mean log-likelihood in log(r, alpha, a, b).

		Per history log L = A(x) - R log(alpha + T) + log(1 + e^d), where A holds the gamma functions and
		d = R log((alpha + T) / (alpha + t_x)) + log a - log(b + x - 1) are the log-odds of having left.
		"""
		parameters = np.exp(log_parameters)
		r, alpha, a, b = parameters
		n, x, n_x = self.customers, self.x_values, self.x_counts

		# What depends on x alone: a handful of values. The derivatives are by (r, alpha, a, b) themselves.
		value = n_x @ (
			gammaln(r + x) - gammaln(r) + gammaln(a + b) - gammaln(a + b + x) + gammaln(b + x) - gammaln(b)
		) + n * r * np.log(alpha)
		both = n_x @ (digamma(a + b) - digamma(a + b + x))
		gradient = np.array(
			[
				n_x @ (digamma(r + x) - digamma(r)) + n * np.log(alpha),
				n * r / alpha,
				both,
				both + n_x @ (digamma(b + x) - digamma(b)),
			]
		)
		both = n_x @ (_trigamma(a + b) - _trigamma(a + b + x))
		hessian = np.zeros((4, 4))
		hessian[0, 0] = n_x @ (_trigamma(r + x) - _trigamma(r))
		hessian[0, 1] = n / alpha
		hessian[1, 1] = -n * r / alpha**2
		hessian[2, 2] = hessian[2, 3] = both
		hessian[3, 3] = both + n_x @ (_trigamma(b + x) - _trigamma(b))

		# Customers with one purchase.
		age, count = self.single_age + alpha, self.single_count
		log_age = count @ np.log(age)
		value -= r * log_age
		gradient[:2] -= log_age, r * (count @ (1 / age))
		hessian[0, 1] -= count @ (1 / age)
		hessian[1, 1] += r * (count @ (1 / age**2))

		# Customers with more: d and its slopes by r, alpha and b; its slope by a is 1/a for everyone.
		log_odds_x = np.full(len(x), np.log(a))
		slope_b_x = np.zeros(len(x))
		repeat = x > 0
		log_odds_x[repeat] -= np.log(b + (x[repeat] - 1))
		slope_b_x[repeat] = -1 / (b + (x[repeat] - 1))
		for start in range(0, len(self.x), BLOCK):
			block = slice(start, start + BLOCK)
			x_index, count = self.x_index[block], self.count[block]
			total = self.x[block] + r
			age, recent = self.age[block] + alpha, self.t_x[block] + alpha
			log_age = np.log(age)
			slopes = np.empty((4, len(total)))
			slopes[0] = log_age - np.log(recent)
			per_age, per_recent = 1 / age, 1 / recent
			closer = per_age - per_recent
			slopes[1] = total * closer
			slopes[2] = 1 / a
			slopes[3] = slope_b_x[x_index]
			d = total * slopes[0] + log_odds_x[x_index]
			small = np.exp(-np.abs(d))
			left = np.where(d > 0, 1.0, small) / (1 + small)  # probability of having left

			value += count @ (np.maximum(d, 0) + np.log1p(small) - total * log_age)
			weighted = count * left
			gradient += slopes @ weighted
			gradient[0] -= count @ log_age
			gradient[1] -= count @ (total * per_age)
			hessian += (slopes * (weighted * (1 - left))) @ slopes.T
			hessian[0, 1] += weighted @ closer - count @ per_age
			hessian[1, 1] += count @ (total * per_age**2) - weighted @ (slopes[1] * (per_age + per_recent))
			hessian[2, 2] -= weighted.sum() / a**2
			hessian[3, 3] += weighted @ slopes[3] ** 2
		return _in_logs(-value / n, -gradient / n, -hessian / n, parameters)


def probability_alive(params: BGNBD, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike) -> np.ndarray:
	"""Probability that a customer with this history has not left for good by the end of the age.

		1 / (1 + (x > 0) a / (b + x - 1) ((alpha + T) / (alpha + t_x))^(r + x))

	One over the denominator of FHL eq. 10. In this model nobody leaves before the first repeat purchase, so
	that a frequency of 0 gives exactly 1, however old the customer is.

	frequency, recency, age broadcast against each other; the result has their shape. ValueError for
	impossible input.
	"""
	x, t_x, age_ = _histories(frequency, recency, age)
	return _alive(params, x, t_x, age_)[()]


def expected_purchases(
	params: BGNBD, horizon: ArrayLike, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike
) -> np.ndarray:
	"""Expected number of purchases in the `horizon` after the end of the age, given the history (FHL eq. 10).

	horizon: time >= 0, finite. All five arguments but params broadcast against each other; the result has
	their shape, is never negative and grows with the horizon. ValueError for impossible input.

	It is `probability_alive` times what a customer known to be alive would buy: with R = r + x and
	tau = horizon / (alpha + T), the mean over the probability of leaving, p ~ Beta(a, b + x), of
	(1 - (1 + p tau)^-R) / p.
	"""
	x, t_x, age_ = _histories(frequency, recency, age)
	ahead = np.asarray(horizon, dtype=float)
	if not (np.isfinite(ahead).all() and (ahead >= 0).all()):
		raise ValueError("horizon must be finite and not negative.")
	x, t_x, age_, ahead = np.broadcast_arrays(x, t_x, age_, ahead)
	# What the living buy does not depend on recency, so that customers share few distinct values of it.
	order, starts = group_equal_rows(x.ravel(), age_.ravel(), ahead.ravel())
	chosen = order[starts]
	living = _living_purchases(params, x.ravel()[chosen], age_.ravel()[chosen], ahead.ravel()[chosen])
	result = np.empty(x.shape)
	result.reshape(-1)[order] = np.repeat(living, np.diff(starts, append=len(order)))
	return (result * _alive(params, x, t_x, age_))[()]


def prior_bgnbd(typical_gap: float) -> BGNBD:
	"""BG/NBD parameters for a population with too little history to fit.

	typical_gap: usual time between two purchases of a customer who keeps buying, e.g. the median gap; finite,
	> 0, in the caller's unit of time, which becomes the unit of the parameters.

	r = 1, alpha = typical_gap: the mean purchase rate is one per typical gap, with a standard deviation among
	customers as large as that mean. It weighs as much as one observed gap: the expected rate after x repeat
	purchases at age T is (1 + x) / (typical_gap + T).
	a = 1, b = 9: after each purchase one customer in ten leaves; known to be alive after x, one in 10 + x.
	"""
	gap = float(typical_gap)
	if not (math.isfinite(gap) and gap > 0):
		raise ValueError("typical_gap must be finite and above 0.")
	return BGNBD(r=1.0, alpha=gap, a=1.0, b=9.0)


def _alive(params: BGNBD, x: np.ndarray, t_x: np.ndarray, age: np.ndarray) -> np.ndarray:
	log_odds = (params.r + x) * np.log1p((age - t_x) / (params.alpha + t_x))
	log_odds += math.log(params.a) - np.log(params.b + np.maximum(x - 1, 0))
	return np.where(x > 0, expit(-log_odds), 1.0)


def _living_purchases(params: BGNBD, x: np.ndarray, age: np.ndarray, horizon: np.ndarray) -> np.ndarray:
	"""Expected purchases in the horizon of customers alive at its start: FHL eq. 10 without its denominator.

	As printed there, 2F1(R, b + x; c; z) overflows for large x, and the formula divides by a - 1. Euler's
	transformation leaves, with c = a + b + x - 1 and z = tau / (1 + tau),

		c / (a - 1) [1 - (1 - z)^(a - 1) 2F1(a - 1, c - R; c; z)],

	whose upper parameters do not grow with x. The weak spots left are dealt with one by one.
	"""
	r, alpha, a, b = params.r, params.alpha, params.a, params.b
	total = r + x
	tau = horizon / (alpha + age)
	result = np.empty(x.shape)

	# 1. A short horizon: the bracket is a small difference, but the series in tau converges at once.
	short = tau * np.maximum((total + 1) / (a + b + x), 1) * max(a / 2, 1) < 0.1
	result[short] = _short_horizon(params, x[short], tau[short])

	# 2. a near 1, where 0 is divided by 0: the result is smooth in a, so take the chord over a tiny interval.
	rest = ~short
	x, total, tau = x[rest], total[rest], tau[rest]
	near = 1e-5
	if abs(a - 1) < near:
		below, above = (_euler(r, edge, b, x, tau) for edge in (1 - near, 1 + near))
		living = below + (above - below) * ((a - 1 + near) / (2 * near))
	else:
		living = _euler(r, a, b, x, tau)

	# 3. Parameters in the hundreds with a horizon of hundreds of ages overflow in 2F1. The result must lie
	# between what a customer with the mean p buys and what one buys who never leaves; what does not is
	# averaged over p.
	mean = a / (a + b + x)
	at_least = -np.expm1(-total * np.log1p(mean * tau)) / mean
	at_most = total * tau
	wrong = ~((living >= at_least * (1 - 1e-6)) & (living <= at_most * (1 + 1e-6)))
	if wrong.any():
		living[wrong] = _average_over_p(params, x[wrong], tau[wrong])
	result[rest] = living
	return result


def _short_horizon(params: BGNBD, x: np.ndarray, tau: np.ndarray) -> np.ndarray:
	"""R tau 3F2(R + 1, a, 1; a + b + x, 2; -tau), of which 20 terms are plenty where it is used."""
	total, term = np.ones(x.shape), np.ones(x.shape)
	for j in range(20):
		term = term * (
			-tau * (params.r + x + 1 + j) / (params.a + params.b + x + j) * ((params.a + j) / (j + 2))
		)
		total += term
	return (params.r + x) * tau * total


def _euler(r: float, a: float, b: float, x: np.ndarray, tau: np.ndarray) -> np.ndarray:
	"""The closed form, stepping aside by about 1e-9 from two places: where 2F1 has a pole that c cancels
	(x = 0 and a + b = 1), and where SciPy's is some percent off for large x and z near 1 (r - a whole).
	"""
	if abs(r - a - round(r - a)) < 1e-9:
		r += 2e-9
	c = x + (a + b - 1)
	c = np.where(np.abs(c) < 1e-9, 1e-9, c)
	with np.errstate(all="ignore"):
		bracket = 1 - (1 + tau) ** (1 - a) * hyp2f1(a - 1, c - r - x, c, tau / (1 + tau))
		return c / (a - 1) * bracket


def _average_over_p(params: BGNBD, x: np.ndarray, tau: np.ndarray) -> np.ndarray:
	"""The mean over p ~ Beta(a, b + x) taken at the middles of 128 slices of equal probability."""
	middles = (np.arange(128) + 0.5) / 128
	result = np.empty(x.shape)
	for start in range(0, len(x), BLOCK // 8):
		block = slice(start, start + BLOCK // 8)
		total, ahead = params.r + x[block, None], tau[block, None]
		p = np.maximum(betaincinv(params.a, params.b + x[block, None], middles), 1e-300)
		result[block] = (-np.expm1(-total * np.log1p(p * ahead)) / p).mean(axis=1)
	return result


# Gamma-Gamma


def fit_gamma_gamma(
	frequency: ArrayLike, mean_value: ArrayLike, weights: ArrayLike | None = None
) -> GammaGamma:
	"""Maximum likelihood fit of the Gamma-Gamma model (FH eq. 1a).

	frequency: number of purchases that mean_value is the mean of, shape (n,), whole numbers >= 0 (FH use the
	repeat purchases, so that it is the frequency of `fit_bgnbd`). mean_value: mean spend per purchase, same
	shape, in one unit of money; not looked at where frequency is 0. weights: as in `fit_bgnbd`.

	The model knows positive spend only: rows with frequency 0 or mean_value <= 0 (returns outweigh purchases)
	are left out. With S = x z the total spend, the likelihood of a mean z of x purchases is

		Gamma(px + q) / (Gamma(px) Gamma(q)) gamma^q z^(px - 1) x^px / (gamma + S)^(px + q)

	maximised in money scaled to a mean of 1, over the logarithms of the parameters.

	Raises ValueError for impossible input; FitError with fewer than MIN_REPEAT_CUSTOMERS customers left in,
	when a parameter runs to 0 or infinity, and when spend is so uneven that the mean over customers comes out
	infinite (q <= 1) or more than MAX_MEAN_RATIO times the observed one.
	"""
	x, z = _spend(frequency, mean_value, one_dimensional=True)
	w = _weights(weights, len(x))
	used = (x > 0) & (z > 0)
	if w is not None:
		used &= w > 0
		w = w[used]
	x, z = x[used], z[used]
	count = np.ones(len(x)) if w is None else w
	customers = len(x) if w is None else float(w.sum())
	if customers < MIN_REPEAT_CUSTOMERS:
		raise FitError(
			"Too little history to fit: {count} customers with purchases of a positive mean value, "
			"at least {minimum} are needed. Use the last good parameters or the prior.",
			count=f"{customers:g}",
			minimum=MIN_REPEAT_CUSTOMERS,
		)
	scale = float(np.average(z, weights=w))

	table = _GammaGammaTable(x, z / scale, count)
	# A customer's purchases vary by half their mean, and the customers' means by as much as theirs.
	found = minimise(table.objective, np.log([4.0, 3.0, 0.5]), ("p", "q", "gamma"))
	p, q, gamma = np.exp(found.log_parameters).tolist()
	mean = p * gamma / (q - 1) if q > 1 else math.inf
	if mean > MAX_MEAN_RATIO:
		raise FitError(
			"The spend per purchase is too uneven for the model: its mean over customers would be "
			"{mean} times the observed one (q = {q}). Look for extreme amounts, or use the last "
			"good parameters or the prior.",
			mean=f"{mean:.3g}",
			q=f"{q:.3g}",
		)
	return GammaGamma(
		p=p,
		q=q,
		gamma=gamma * scale,
		log_likelihood=-found.value * customers - customers * math.log(scale),
		customers=customers,
		iterations=found.iterations,
	)


class _GammaGammaTable:
	"""Numbers and means of purchases with weights, and the negative mean log-likelihood on them."""

	def __init__(self, x: np.ndarray, z: np.ndarray, count: np.ndarray):
		self.x_values, x_index = np.unique(x, return_inverse=True)
		self.x_counts = np.bincount(x_index, weights=count)
		self.customers = float(count.sum())
		self.x, self.count, self.spend = x, count, x * z
		self.sum_log_z = float(count @ np.log(z))
		self.sum_x_log_spend = float(count @ (x * np.log(self.spend)))

	def objective(self, log_parameters: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
		"""Value, gradient and Hessian of the negative mean log-likelihood in log(p, q, gamma)."""
		parameters = np.exp(log_parameters)
		p, q, gamma = parameters
		n, x, n_x = self.customers, self.x_values, self.x_counts
		value = n_x @ (gammaln(p * x + q) - gammaln(p * x) - gammaln(q))
		value += n * q * np.log(gamma) + p * self.sum_x_log_spend - self.sum_log_z
		gradient = np.array(
			[
				n_x @ (x * (digamma(p * x + q) - digamma(p * x))) + self.sum_x_log_spend,
				n_x @ (digamma(p * x + q) - digamma(q)) + n * np.log(gamma),
				n * q / gamma,
			]
		)
		hessian = np.zeros((3, 3))
		hessian[0, 0] = n_x @ (x**2 * (_trigamma(p * x + q) - _trigamma(p * x)))
		hessian[0, 1] = n_x @ (x * _trigamma(p * x + q))
		hessian[1, 1] = n_x @ (_trigamma(p * x + q) - _trigamma(q))
		hessian[1, 2] = n / gamma
		hessian[2, 2] = -n * q / gamma**2
		for start in range(0, len(self.x), BLOCK):
			block = slice(start, start + BLOCK)
			x, count, whole = self.x[block], self.count[block], self.spend[block] + gamma
			power = count * (p * x + q)
			log_whole, inverse = np.log(whole), 1 / whole
			value -= power @ log_whole
			gradient -= (count * x) @ log_whole, count @ log_whole, power @ inverse
			hessian[0, 2] -= (count * x) @ inverse
			hessian[1, 2] -= count @ inverse
			hessian[2, 2] += power @ inverse**2
		return _in_logs(-value / n, -gradient / n, -hessian / n, parameters)


def expected_mean_value(params: GammaGamma, frequency: ArrayLike, mean_value: ArrayLike) -> np.ndarray:
	"""Expected spend per future purchase of a customer whose `frequency` purchases had this mean (FH eq. 5).

	It is a weighted mean, w z + (1 - w) p gamma / (q - 1), with w = p x / (p x + q - 1): the more purchases
	are known, the more the customer's own mean counts. frequency 0 gives the population mean, whatever
	mean_value says (it may be nan there). A mean_value below 0 counts as 0, so that the result is never
	negative.

	frequency and mean_value broadcast; the result has their shape. ValueError for impossible input.
	"""
	x, z = _spend(frequency, mean_value)
	own = params.p * x / (params.p * x + (params.q - 1))
	return (own * np.maximum(z, 0) + (1 - own) * params.population_mean)[()]


def typical_value(mean_value: np.ndarray) -> float:
	"""The usual mean spend per purchase of a population, for :func:`prior_gamma_gamma`; 1 while nobody has paid anything."""
	paid = mean_value[mean_value > 0]
	return float(np.median(paid)) if paid.size else 1.0


def prior_gamma_gamma(typical_value: float) -> GammaGamma:
	"""Gamma-Gamma parameters for a population with too little history to fit.

	typical_value: usual mean spend per purchase, finite, > 0; it becomes the population mean.

	p = 2: a customer's purchases vary by 0.7 of their mean. q = 3: the customers' means vary by as much as
	their own mean, which is what companies with large and small customers show. Together they let a
	customer's own mean of n purchases count n / (n + 1): half after one purchase, three quarters after three.
	"""
	value = float(typical_value)
	if not (math.isfinite(value) and value > 0):
		raise ValueError("typical_value must be finite and above 0.")
	return GammaGamma(p=2.0, q=3.0, gamma=value)


# Shared


def _trigamma(values: np.ndarray | float) -> np.ndarray:
	return zeta(2.0, values)  # polygamma(1, values) without its overhead


def _in_logs(
	value: float, gradient: np.ndarray, hessian: np.ndarray, parameters: np.ndarray
) -> tuple[float, np.ndarray, np.ndarray]:
	"""Derivatives by the parameters (upper triangle filled) turned into derivatives by their logarithms."""
	gradient = gradient * parameters
	hessian = np.triu(hessian) + np.triu(hessian, 1).T
	return float(value), gradient, hessian * np.outer(parameters, parameters) + np.diag(gradient)


def _numbers(name: str, values: ArrayLike) -> np.ndarray:
	try:
		return np.asarray(values, dtype=float)
	except (TypeError, ValueError) as error:
		raise ValueError(f"{name} must be numbers: {error}") from error


def _refuse(wrong: np.ndarray, rule: str) -> None:
	if wrong.any():
		raise ValueError(
			f"{rule}; {np.count_nonzero(wrong)} of {wrong.size} are not, first at {int(wrong.argmax())}."
		)


def _same_shape(one_dimensional: bool, **columns: np.ndarray) -> list[np.ndarray]:
	names = ", ".join(columns)
	shapes = ", ".join(str(column.shape) for column in columns.values())
	if one_dimensional:
		if len({column.shape for column in columns.values()}) > 1 or next(iter(columns.values())).ndim != 1:
			raise ValueError(f"{names} must be one-dimensional and equally long; their shapes are {shapes}.")
		return list(columns.values())
	try:
		return list(np.broadcast_arrays(*columns.values()))
	except ValueError as error:
		raise ValueError(f"{names} must have shapes that broadcast; they are {shapes}.") from error


def _refuse_frequency(x: np.ndarray) -> None:
	_refuse(
		~((x >= 0) & (x == np.floor(x)) & np.isfinite(x)), "frequency must be whole numbers of at least 0"
	)


def _histories(
	frequency: ArrayLike, recency: ArrayLike, age: ArrayLike, one_dimensional: bool = False
) -> list[np.ndarray]:
	x, t_x, age_ = _same_shape(
		one_dimensional,
		frequency=_numbers("frequency", frequency),
		recency=_numbers("recency", recency),
		age=_numbers("age", age),
	)
	_refuse_frequency(x)
	_refuse(~(np.isfinite(t_x) & (t_x >= 0)), "recency must be finite and not negative")
	_refuse(~np.isfinite(age_), "age must be finite")
	_refuse(t_x > age_, "recency must not exceed age")
	_refuse((t_x == 0) != (x == 0), "recency must be 0 exactly where frequency is 0")
	return [x, t_x, age_]


def _spend(frequency: ArrayLike, mean_value: ArrayLike, one_dimensional: bool = False) -> list[np.ndarray]:
	x, z = _same_shape(
		one_dimensional,
		frequency=_numbers("frequency", frequency),
		mean_value=_numbers("mean_value", mean_value),
	)
	_refuse_frequency(x)
	_refuse((x > 0) & ~np.isfinite(z), "mean_value must be finite where frequency is above 0")
	return [x, np.where(x > 0, z, 0.0)]


def _weights(weights: ArrayLike | None, length: int) -> np.ndarray | None:
	if weights is None:
		return None
	w = _numbers("weights", weights)
	if w.shape != (length,):
		raise ValueError(f"weights must have the shape ({length},); it is {w.shape}.")
	_refuse(~(np.isfinite(w) & (w >= 0)), "weights must be finite and not negative")
	return w
