"""The two arms of each rule, compared: differences of means, sharpened by what was known before.

Each arm's outcome is regressed on what was known at the first assignment, with slopes of the arm's own, and read off at
the means of both arms together: Lin (2013), Annals of Applied Statistics 7, 295-318. With one column, the outcome of the same
number of days before, it is CUPED, Deng et al. (2013), WSDM. Variances are HC3's, of unequal arms (Long and Ervin 2000, The
American Statistician 54, 217-224); degrees of freedom are Welch's and Satterthwaite's.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

# So many customers in the smaller arm a column must have for slopes of the group's own; with fewer, slopes are learned
# from all groups together. That changes how sharp an estimate is, never what it is an estimate of.
OWN_SLOPES = 20
# An arm's spread is taken from both arms as if so many of their customers were its own: few with skewed amounts seldom
# show how far amounts scatter (Smyth 2004, Statistical Applications in Genetics and Molecular Biology 3, section 3).
BORROWED = 30
# Of what customers bring, errors that small are of the sums' rounding: where all bring the same, as with a fee, nothing is known.
ROUNDING = 1e-9
MOST_LEVERAGE = 0.8  # nobody's residual grows beyond five times itself
CARED, HELD = 0, 1


@dataclass(frozen=True)
class Comparison:
	"""One element a group; nan where an arm has fewer than two customers.

	:param effect: mean of who was cared for, less mean of who was held back
	:param variance: of the effect
	:param freedom: degrees of freedom of the variance
	:param customers: int, shape (groups, 2), of the arms :data:`CARED` and :data:`HELD`
	:param means: of the outcome, shape (groups, 2), not adjusted
	"""

	effect: np.ndarray
	variance: np.ndarray
	freedom: np.ndarray
	customers: np.ndarray
	means: np.ndarray

	@property
	def known(self) -> np.ndarray:
		"""Where there is an estimate."""
		return np.isfinite(self.effect) & (self.variance > 0)

	@property
	def error(self) -> np.ndarray:
		return np.sqrt(self.variance)


def compare(group, held, outcome, before=None, groups: int | None = None) -> Comparison:
	"""
	:param group: of each customer, 0 … groups - 1
	:param held: whether it was held back
	:param outcome: what came
	:param before: what was known at the first assignment, shape (n, columns); none to compare the bare means
	"""
	group, outcome = np.asarray(group, np.int64), np.asarray(outcome, float)
	groups = groups if groups is not None else int(group.max(initial=-1)) + 1
	cell = 2 * group + np.asarray(held, np.int64)
	columns = _scaled(before, len(outcome))
	# The outcome and what was known before are centred alike.
	table = np.column_stack([outcome, columns])
	number = np.bincount(cell, minlength=2 * groups).astype(float)
	with np.errstate(invalid="ignore", divide="ignore"):
		mean = _sums(cell, table, 2 * groups) / number[:, None]
	centred = table - mean[cell]
	slopes, inverse, used = _slopes(cell, centred, number)
	residuals = centred[:, 0] - np.einsum("ij,ij->i", centred[:, 1:], slopes[cell])
	found = _compared(cell, residuals, number, mean, slopes, inverse, used, columns, centred[:, 1:])
	with np.errstate(invalid="ignore", divide="ignore"):
		size = np.bincount(group, np.abs(outcome), groups) / found.customers.sum(1)
	return replace(found, variance=np.where(found.error <= ROUNDING * size, 0.0, found.variance))


def _compared(cell, residuals, number, mean, slopes, inverse, used, columns, centred) -> Comparison:
	cells, width, arms = len(number), columns.shape[1], number.reshape(-1, 2)
	groups = len(arms)
	with np.errstate(invalid="ignore", divide="ignore"):
		known = np.nan_to_num(mean[:, 1:]).reshape(groups, 2, width)
		middle = np.nan_to_num((known * arms[:, :, None]).sum(1) / arms.sum(1)[:, None])
		apart = (middle[:, None] - known).reshape(cells, width)
		adjusted = (mean[:, 0] + np.einsum("ij,ij->i", apart, slopes)).reshape(-1, 2)
		# What each customer adds to its arm's adjusted mean.
		weight = 1 / number[cell] + np.einsum(
			"ij,ij->i", np.einsum("ij,ijk->ik", apart, inverse)[cell], centred
		)
		leverage = 1 / number[cell] + np.einsum("ij,ijk,ik->i", centred, inverse[cell], centred)
		# HC3 lets no residual be small only because the slopes follow it.
		left = 1 - np.minimum(leverage, MOST_LEVERAGE)
		own = np.bincount(cell, (weight * residuals / left) ** 2, cells).reshape(-1, 2)
		spread = np.bincount(cell, residuals**2 / left, cells).reshape(-1, 2).sum(1) / (arms.sum(1) - 2)
		alike = spread[:, None] * np.bincount(cell, weight**2, cells).reshape(-1, 2)
		parts = (arms * own + BORROWED * alike) / (arms + BORROWED)
		free = (number - 1 - used).reshape(-1, 2)
		parts[free <= 0] = np.nan
		free = np.minimum(free + BORROWED, arms.sum(1)[:, None] - 2)
		freedom = parts.sum(1) ** 2 / (parts**2 / free).sum(1)
	# The effect is meant for customers like these, not for these alone: what differs by what was known before counts.
	difference = slopes.reshape(groups, 2, width)
	difference = difference[:, CARED] - difference[:, HELD]
	within = _products(cell // 2, columns - middle[cell // 2], groups)
	with np.errstate(invalid="ignore", divide="ignore"):
		unlike = np.einsum("ij,ijk,ik->i", difference, within, difference) / arms.sum(1) ** 2
	return Comparison(
		adjusted[:, CARED] - adjusted[:, HELD],
		parts.sum(1) + unlike,
		freedom,
		arms.astype(np.int64),
		mean[:, 0].reshape(-1, 2),
	)


def together(compared: Comparison, into, number: int) -> Comparison:
	"""Groups merged, each counting by its customers; those without an estimate are left out, unless none has one.

	Rules draw their arms independently of each other, so their estimates do not move together even where they have
	customers in common.

	:param into: the new group of each, 0 … number - 1
	"""
	into = np.asarray(into, np.int64)
	of, known = into[compared.known], compared.known
	weight = compared.customers.sum(1)[known].astype(float)

	def summed(values):
		return np.bincount(of, values, number)

	with np.errstate(invalid="ignore", divide="ignore"):
		weight = weight / summed(weight)[of]
		variance = summed(weight**2 * compared.variance[known])
		freedom = variance**2 / summed((weight**2 * compared.variance[known]) ** 2 / compared.freedom[known])
		effect = np.where(variance > 0, summed(weight * compared.effect[known]), np.nan)
	means = np.column_stack([summed(weight * compared.means[known, arm]) for arm in (CARED, HELD)])
	means = np.where((variance > 0)[:, None], means, _plain_means(compared, into, number))
	customers = _sums(of, compared.customers[known].astype(float), number)
	return Comparison(
		effect, np.where(variance > 0, variance, np.nan), freedom, customers.astype(np.int64), means
	)


def _plain_means(compared: Comparison, into, number: int) -> np.ndarray:
	"""Of each arm, whatever group it was in; nan where nobody is."""
	total = _sums(into, np.nan_to_num(compared.means) * compared.customers, number)
	with np.errstate(invalid="ignore", divide="ignore"):
		return total / _sums(into, compared.customers.astype(float), number)


def _scaled(before, number: int) -> np.ndarray:
	"""Columns with a spread of 1; without those in which all are alike."""
	columns = np.zeros((number, 0)) if before is None else np.asarray(before, float)
	columns = columns[:, None] if columns.ndim == 1 else columns
	spread = columns.std(0) if number else np.zeros(columns.shape[1])
	return columns[:, spread > 0] / spread[spread > 0]


def _slopes(cell, centred, number) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
	"""Of each cell: slopes (cells, columns), the inverse of its columns' products, how many slopes are its own."""
	columns = centred.shape[1] - 1
	products = _products(cell, centred, len(number))
	of_arms = products.reshape(-1, 2, columns + 1, columns + 1).sum(0)
	smaller = number.reshape(-1, 2).min(1)
	own = np.repeat(smaller >= OWN_SLOPES * max(columns, 1), 2)
	products = np.where(own[:, None, None], products, np.tile(of_arms, (len(smaller), 1, 1)))
	inverse = np.linalg.pinv(products[:, 1:, 1:], hermitian=True)
	return np.einsum("ijk,ik->ij", inverse, products[:, 1:, 0]), inverse, np.where(own, columns, 0)


def _sums(cell, table, cells: int) -> np.ndarray:
	found = [np.bincount(cell, column, cells) for column in table.T]
	return np.array(found).reshape(table.shape[1], cells).T


def _products(cell, table, cells: int) -> np.ndarray:
	"""Sums of products of each two columns, shape (cells, columns, columns)."""
	columns = table.shape[1]
	found = np.zeros((cells, columns, columns))
	for one in range(columns):
		for other in range(one, columns):
			found[:, one, other] = found[:, other, one] = np.bincount(
				cell, table[:, one] * table[:, other], cells
			)
	return found
