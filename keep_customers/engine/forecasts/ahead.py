"""The time ahead of each customer, from the posterior of a model of ``buying``: exact, no sampling.

Given the history, a customer has left, or is alive with j of the k events of its next purchase behind it; then its rate is
Gamma(R + j, alpha + T), with R = r + k x, and its probability of leaving Beta(a, b + x + m), independent of each other. In a
horizon h the events are negative binomial, and the m-th purchase from now happens if there are k m - j of them and the
customer has stayed after each of the m - 1 before it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betainc, expit, gammaln

from keep_customers.engine._numeric import group_equal_rows
from keep_customers.engine.forecasts.buying import Buying, log_odds_left, phases
from keep_customers.engine.potential import GammaGamma, _histories

ROWS = 1 << 12  # handled at a time
NEGLIGIBLE = 1e-9  # chance of one more purchase, from which on none is counted
MOST = 5000  # purchases of one customer within a horizon; more are not counted
LOW, HIGH = 0.1, 0.9  # what lies between is the 80 % interval
ALIKE = 1.5  # numbers of purchases this near each other are taken together for what they cost
HALVINGS = 9  # of a range of exp(-7) to exp(7); what is left is a straight line


@dataclass(frozen=True)
class Outlook:
	"""What a horizon brings; arrays of one element a customer.

	:param alive: probability of being a customer at all still
	:param buys: probability of at least one purchase within the horizon
	:param purchases: their expected number
	:param if_alive: the same, were it certain that the customer is one still
	"""

	alive: np.ndarray
	buys: np.ndarray
	purchases: np.ndarray
	if_alive: np.ndarray


def outlook(
	model: Buying, horizon: float, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike
) -> Outlook:
	"""What the coming ``horizon`` brings of each customer.

	:param horizon: time >= 0, in the model's unit
	:param frequency: and recency, age: shape (n,), see :mod:`keep_customers.engine.potential`
	"""
	x, t_x, age_ = _histories(frequency, recency, age, one_dimensional=True)
	order, starts = group_equal_rows(x, t_x, age_)
	chosen = order[starts]
	found = np.empty((4, len(chosen)))
	for rows, state in _blocks(model, x[chosen], t_x[chosen], age_[chosen]):
		alive = state.alive
		buys = if_alive = np.zeros(len(rows))
		for number, chance in enumerate(state.at_least(horizon), 1):
			if number == 1:
				buys = alive * chance
			if_alive = if_alive + chance
		found[:, rows] = alive, buys, alive * if_alive, if_alive
	result = np.empty((4, len(x)))
	result[:, order] = np.repeat(found, np.diff(starts, append=len(order)), axis=1)
	return Outlook(*result)


def place_of(
	model: Buying, horizon: float, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike, came: ArrayLike
) -> tuple[np.ndarray, np.ndarray]:
	"""Where the number of purchases that came lies in what was expected: the probabilities of fewer, and of no more.

	Between the two lies the probability integral transform of a count (Czado, Gneiting and Held 2009, Biometrics 65(4),
	1254-1261), by which intervals of counts are judged: nothing alone is more likely than 80 % with many a customer.
	"""
	x, t_x, age_ = _histories(frequency, recency, age, one_dimensional=True)
	came = np.asarray(came, float)
	fewer, no_more = np.zeros(len(x)), np.ones(len(x))
	for rows, state in _blocks(model, x, t_x, age_):
		for number, chance in enumerate(state.at_least(horizon), 1):
			chance = state.alive * chance
			fewer[rows] = np.where(came[rows] == number, 1 - chance, fewer[rows])
			no_more[rows] = np.where(came[rows] == number - 1, 1 - chance, no_more[rows])
	return fewer, no_more


def covered(fewer: np.ndarray, no_more: np.ndarray) -> float:
	"""Share of what came that lies within the 80 % interval, each in the part of its chance that does; 0.8 if all is right."""
	within = np.minimum(no_more, HIGH) - np.maximum(fewer, LOW)
	return float(np.mean(np.maximum(within, 0) / np.maximum(no_more - fewer, 1e-12)))


def value_interval(
	model: Buying,
	spend: GammaGamma,
	horizon: float,
	frequency: ArrayLike,
	recency: ArrayLike,
	age: ArrayLike,
	mean_value: ArrayLike,
) -> tuple[np.ndarray, np.ndarray]:
	"""The 80 % interval of what each customer spends within the horizon; money, two arrays of shape (n,).

	The sum of m purchases of a customer whose n known ones had the mean z is G b / (1 - b), where b is Beta(p m, Q), with
	Q = q + p n and G = gamma + n z (Fader and Hardie 2013, section 2); mixed over the distribution of m.
	"""
	x, t_x, age_ = _histories(frequency, recency, age, one_dimensional=True)
	bought = x + 1
	z = np.maximum(np.asarray(mean_value, float), 0)
	shape, scale = spend.q + spend.p * bought, spend.gamma + bought * z
	low, high = np.zeros(len(x)), np.zeros(len(x))
	for rows, state in _blocks(model, x, t_x, age_):
		chances = np.array([*state.at_least(horizon), np.zeros(len(rows))]) * state.alive
		numbers, mass = _together(chances[:-1] - chances[1:])
		nothing = 1 - chances[0]
		for quantile, result in ((LOW, low), (HIGH, high)):
			some = np.flatnonzero(nothing < quantile)
			result[rows[some]] = _value_at(
				quantile,
				nothing[some],
				mass[:, some],
				spend.p * numbers[:, some],
				shape[rows][some],
				scale[rows][some],
			)
	return low, high


def _together(exactly: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
	"""Neighbouring numbers of purchases as one, which is their mean, with their chances together; two (groups, n).

	:param exactly: chance of 1, 2, … purchases, (numbers, n)
	"""
	edges, number = [], 1.0
	while number <= len(exactly):
		edges.append(int(number) - 1)
		number = max(number + 1, number * ALIKE)
	mass = np.add.reduceat(exactly, edges, axis=0)
	times = np.add.reduceat(exactly * np.arange(1, len(exactly) + 1)[:, None], edges, axis=0)
	usual = (np.array(edges) + 1.0)[:, None]
	used = (mass > 1e-6).any(axis=1)
	return np.where(mass > 1e-12, times / np.maximum(mass, 1e-12), usual)[used], mass[used]


def _value_at(quantile, nothing, mass, shapes, shape, scale) -> np.ndarray:
	"""The quantile of what is spent, by halving in the logarithm.

	:param nothing: chance of buying nothing, less than the quantile; (n,)
	:param mass: chances of so many purchases as are in ``shapes``, times p; both (groups, n)
	"""
	expected = np.maximum((mass * shapes).sum(axis=0), 0.1)
	middle = np.log(scale) + np.log(expected / shape)
	lower, upper = middle - 7, middle + 7
	at_lower, at_upper = nothing, np.ones(len(shape))
	for _ in range(HALVINGS):
		half = (lower + upper) / 2
		value = np.exp(half)
		below = nothing + (mass * betainc(shapes, shape, value / (value + scale))).sum(axis=0)
		low = below < quantile
		lower, at_lower = np.where(low, half, lower), np.where(low, below, at_lower)
		upper, at_upper = np.where(low, upper, half), np.where(low, at_upper, below)
	part = (quantile - at_lower) / np.maximum(at_upper - at_lower, 1e-12)
	return np.exp(lower + np.clip(part, 0, 1) * (upper - lower))


def _blocks(
	model: Buying, x: np.ndarray, t_x: np.ndarray, age: np.ndarray
) -> Iterator[tuple[np.ndarray, _State]]:
	"""Places and states of those who buy about equally often: they need about equally many steps."""
	by_rate = np.argsort((model.r + model.k * x) / (model.alpha + age), kind="stable")
	for start in range(0, len(x), ROWS):
		rows = by_rate[start : start + ROWS]
		yield rows, _State.of(model, x[rows], t_x[rows], age[rows])


@dataclass
class _State:
	"""Where customers stand: alive, in which phase, and the posteriors of rate and leaving.

	:param weights: (k, n), of the phases of the living
	:param total: R, the shape of the rate in phase 0; (n,)
	:param whole: alpha + T, its rate parameter; (n,)
	:param stays: b + x + m, the second parameter of the probability of leaving; (n,)
	"""

	model: Buying
	alive: np.ndarray
	weights: np.ndarray
	total: np.ndarray
	whole: np.ndarray
	stays: np.ndarray

	@classmethod
	def of(cls, model: Buying, x, t_x, age) -> _State:
		total, whole = model.r + model.k * x, model.alpha + age
		terms, _slopes, _curves = phases(total, (age - t_x) / whole, model.k)
		m = int(model.at_once)
		with np.errstate(divide="ignore"):
			odds = log_odds_left(x, total, np.log1p((age - t_x) / (model.alpha + t_x)), model.a, model.b, m)
		sum_ = terms.sum(axis=0)
		return cls(model, expit(np.log(sum_) - odds), terms / sum_, total, whole, model.b + x + m)

	def at_least(self, horizon: float):
		"""For m = 1, 2, …: the probability of at least m purchases of the living within the horizon, until none matters."""
		k, a = self.model.k, self.model.a
		events = [_Events(self.total + j, horizon / self.whole) for j in range(k)]
		stayed = np.ones(len(self.alive))
		for m in range(1, MOST):
			chance = np.zeros(len(stayed))
			for j in range(k):
				chance += self.weights[j] * events[j].at_least(k * m - j)
			chance *= stayed
			if m > 1 and chance.max(initial=0) < NEGLIGIBLE:
				return
			yield chance
			stayed = stayed * ((self.stays + m - 1) / (a + self.stays + m - 1))


class _Events:
	"""A negative binomial number of events, asked for rising numbers: its chances are summed from below."""

	def __init__(self, shape: np.ndarray, ahead: np.ndarray):
		self.shape, self.share = shape, ahead / (1 + ahead)
		mean = shape * ahead
		# What is ten standard deviations below the mean does not happen; begun at 0, it would be 0 in the computer too.
		low = np.floor(mean - 10 * np.sqrt(mean * (1 + ahead)) - 10)
		self.start = np.maximum(low, 0)
		with np.errstate(divide="ignore", invalid="ignore"):
			log_one = gammaln(shape + self.start) - gammaln(shape) - gammaln(self.start + 1)
			log_one -= shape * np.log1p(ahead)
			log_one += np.where(self.start > 0, self.start * np.log(self.share), 0)
		self.one = np.exp(log_one)
		self.next = 0
		self.below = np.zeros(len(shape))
		self.late = bool(self.start.any())

	def at_least(self, number: int) -> np.ndarray:
		"""Of at least so many events; greater than the last one asked for."""
		while self.next < number:
			n = self.next
			if self.late:
				begun = n >= self.start
				self.below += np.where(begun, self.one, 0)
				step = (self.shape + n) / (n + 1) * self.share
				self.one = np.where(begun, self.one * step, self.one)
			else:
				self.below += self.one
				self.one = self.one * ((self.shape + n) / (n + 1) * self.share)
			self.next += 1
		return np.maximum(1 - self.below, 0)
