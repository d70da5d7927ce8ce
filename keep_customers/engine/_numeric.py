"""Small numerical tools shared by the fits: one thread, grouping equal rows, and Newton's method."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, wraps

import numpy as np
from threadpoolctl import ThreadpoolController

# A log-parameter further out than this says that the data hold no finite answer (1e-4 … 1e4 in scaled units).
LOG_BOUND = float(np.log(1e4))
MAX_ITERATIONS = 100
MAX_STEP = 1.5
# Squared length of the last Newton step, measured by the curvature of the mean log-likelihood. What is left
# to gain after it is far less than rounding.
TOLERANCE = 1e-12
# Below this the quadratic picture holds and differences of the objective are mostly rounding: no line search.
TRUSTED = 1e-6


class FitError(ValueError):
	"""The data do not determine the model's parameters. The message says why and what to do instead.

	:param message: the text with its placeholders, so that it can be translated
	:param values: what stands in their places
	"""

	def __init__(self, message: str, **values: object):
		super().__init__(message.format(**values))
		self.message, self.values = message, values


@dataclass(frozen=True)
class Minimum:
	log_parameters: np.ndarray
	value: float
	iterations: int


def group_equal_rows(*columns: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
	"""Group the rows of equally long float columns that are equal in every column.

	Returns `(order, starts)`: `order` puts equal rows next to each other, `starts` are the places in it where
	a group begins. `order[starts]` is one row of each group and `np.add.reduceat(v[order], starts)` sums v
	per group. The groups' order depends on their values only, not on the order of the rows.

	The rows are sorted by one 64-bit hash instead of by three keys, which is several times faster. Neighbours
	are then compared by their true values, so that two unequal rows never share a group; at worst, should
	hashes collide, equal rows form more than one group.
	"""
	key = np.zeros(len(columns[0]), dtype=np.uint64)
	for column in columns:
		bits = np.ascontiguousarray(column, dtype=np.float64) + 0.0  # -0.0 and 0.0 are one value
		key ^= bits.view(np.uint64)
		key *= np.uint64(0x9E3779B97F4A7C15)
		key ^= key >> np.uint64(32)
	order = np.argsort(key)
	del key
	new = np.zeros(len(order), dtype=bool)
	new[:1] = True
	for column in columns:
		ordered = column[order]
		new[1:] |= ordered[1:] != ordered[:-1]
	return order, np.flatnonzero(new)


@cache
def _threads() -> ThreadpoolController:
	"""To find the libraries takes a millisecond, which is as long as a small fit; numpy has loaded its own by now."""
	return ThreadpoolController()


def one_thread(function: Callable) -> Callable:
	"""Of a function that is many small products in a row: they are not shared out.

	A library that does has its other threads wait busily in between, on every core of the machine; and it adds up in another
	order where there are more cores.
	"""

	@wraps(function)
	def alone(*args, **kwargs):
		with _threads().limit(limits=1, user_api="blas"):
			return function(*args, **kwargs)

	return alone


@one_thread
def minimise(
	objective: Callable[[np.ndarray], tuple[float, np.ndarray, np.ndarray]],
	start: np.ndarray,
	names: tuple[str, ...],
	accept_bounds: bool = False,
) -> Minimum:
	"""Minimise over log-parameters with Newton's method, made safe for non-convex regions.

	`objective` returns value, gradient and Hessian at a vector of log-parameters; the value is of order one
	(a mean per customer). Directions of negative curvature are taken with their curvature's absolute value,
	steps are limited to MAX_STEP and halved until the value falls. Nothing in it is random: the same data
	give the same bits.

	accept_bounds: a parameter that runs to its bound stays there, and the others are found.

	Raises FitError when a parameter runs to its bound (unless that is accepted), nothing converges in
	MAX_ITERATIONS, or the value is not finite.
	"""
	point = np.array(start, dtype=float)
	value, gradient, hessian = objective(point)
	for iteration in range(1, MAX_ITERATIONS + 1):
		if not (np.isfinite(value) and np.isfinite(gradient).all() and np.isfinite(hessian).all()):
			raise FitError("The likelihood is not finite; look for extreme values among the data.")
		if accept_bounds:
			held = (np.abs(point) >= LOG_BOUND) & (gradient * point < 0)
			gradient = np.where(held, 0.0, gradient)
			hessian = np.where(held[:, None] | held, np.diag(held.astype(float)), hessian)
		curvatures, directions = np.linalg.eigh(hessian)
		convex = curvatures[0] > 0
		curvatures = np.maximum(np.abs(curvatures), 1e-10)
		step = -directions @ ((directions.T @ gradient) / curvatures)
		decrement = float(-gradient @ step)

		at_bound = np.abs(point) > LOG_BOUND - 1e-3
		if not accept_bounds:
			_refuse_runaway(at_bound & (step * point > 0), point, names)
		if decrement <= TOLERANCE and convex:
			return Minimum(np.clip(point + step, -LOG_BOUND, LOG_BOUND), value - decrement / 2, iteration)

		step *= min(1.0, MAX_STEP / float(np.abs(step).max()))
		for _ in range(40):
			candidate = np.clip(point + step, -LOG_BOUND, LOG_BOUND)
			value_there, gradient_there, hessian_there = objective(candidate)
			if value_there < value or decrement <= TRUSTED:
				break
			step /= 2
		else:
			if not accept_bounds:
				_refuse_runaway(at_bound, point, names)
			raise FitError("The fit found no way down. Use the last good parameters or the prior.")
		point, value, gradient, hessian = candidate, value_there, gradient_there, hessian_there
	raise FitError(
		"The fit did not converge in {steps} steps. Use the last good parameters or the prior.",
		steps=MAX_ITERATIONS,
	)


def _refuse_runaway(which: np.ndarray, point: np.ndarray, names: tuple[str, ...]) -> None:
	if which.any():
		first = int(np.argmax(which))
		if point[first] > 0:
			raise FitError(
				"The data do not determine the parameters: {name} grows without limit. "
				"Use the last good parameters or the prior.",
				name=names[first],
			)
		raise FitError(
			"The data do not determine the parameters: {name} vanishes. "
			"Use the last good parameters or the prior.",
			name=names[first],
		)
