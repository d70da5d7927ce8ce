"""What is believed of each rule, from what its own customers say and what all rules say of a rule like it.

The effects of rules are taken to scatter normally around a common one. How much they scatter is integrated over, not
guessed: Gelman et al., Bayesian Data Analysis (3rd ed.), section 5.4; with the prior of DuMouchel, which depends on nothing
but the errors: Spiegelhalter, Abrams and Myles (2004), section 5.7.3. It is the hierarchical estimate of Morris (1983) without
its corrections for an estimated scatter, and holds for two rules too.

An order of what to do next goes by it: it wants the best guess, however far from a rule's own estimate. As bounds it
holds too often where rules are alike and too seldom where they are not, see benchmarks/pooled.py; bounds are in ``pooled``.
"""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr

# Of the prior s / (s + tau)^2 of the scatter tau, whose scale s is that of the errors.
QUANTILES = (np.arange(200) + 0.5) / 200
BISECTIONS = 60
OUTSIDE = 0.3173  # of a normal distribution, that much lies outside of one spread on each side


def believed(effect, variance, freedom, doubt: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
	"""
	:param effect: of each rule, with variance and its degrees of freedom; all finite, shape (rules,)
	:param doubt: how many times less the rules are taken to differ before anything is known of them
	:returns: (means, spreads: half of what the middle two thirds lie within); a single rule has nobody to learn from and
		keeps what it has
	"""
	effect, freedom = np.asarray(effect, float), np.asarray(freedom, float)
	# A variance is estimated itself: as much wider as a Student's t is than a normal distribution.
	variance = np.asarray(variance, float) * freedom / np.maximum(freedom - 2, freedom / 5)
	if len(effect) < 2:
		return effect, np.sqrt(variance)
	tau = np.sqrt(1 / np.mean(1 / variance)) / doubt * QUANTILES / (1 - QUANTILES)
	total = variance + tau[:, None] ** 2
	middle_variance = 1 / (1 / total).sum(1)
	middle = middle_variance * (effect / total).sum(1)
	fit = -0.5 * (np.log(total) + (effect - middle[:, None]) ** 2 / total).sum(1) + 0.5 * np.log(
		middle_variance
	)
	weight = np.exp(fit - fit.max())
	weight /= weight.sum()
	common = variance / total  # the share of the common effect in a rule's
	shrunk = common * middle[:, None] + (1 - common) * effect
	spread = np.sqrt((1 - common) * variance + common**2 * middle_variance[:, None])
	low, high = (_quantile(weight, shrunk, spread, part) for part in (OUTSIDE / 2, 1 - OUTSIDE / 2))
	return weight @ shrunk, (high - low) / 2


def _quantile(weight, means, spreads, part: float) -> np.ndarray:
	"""Of mixtures of normal distributions, one a column."""
	low, high = (means - 40 * spreads).min(0), (means + 40 * spreads).max(0)
	for _step in range(BISECTIONS):
		middle = (low + high) / 2
		below = weight @ ndtr((middle - means) / spreads) < part
		low, high = np.where(below, middle, low), np.where(below, high, middle)
	return (low + high) / 2
