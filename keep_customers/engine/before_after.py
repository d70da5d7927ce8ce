"""Whether something comes less often since a day: two counts, each out of an exposure, and between which bounds their ratio lies.

Given how many there were in all, the number after is binomial (Przyborowski and Wilenski 1940, Biometrika 31, 313-323), so
bounds of its share are bounds of the ratio. The share's are Jeffreys' (Brown, Cai and DasGupta 2001, Statistical Science 16,
101-133). What comes in clusters says less than its number: counts are divided by how much more they vary from month to month
than Poisson's do, the quasi-Poisson factor of McCullagh and Nelder (1989), section 6.2.
"""

from typing import NamedTuple

import numpy as np
from scipy.special import betaincinv

ALPHA = 0.05
FEWER, MORE, UNKNOWN = "Fewer", "More", "Unknown"
LEAST_SLICES = 6  # of fewer, nothing is known of how they vary


class Ratio(NamedTuple):
	"""
	:ivar ratio: rate after by rate before; nan where there is none before, or nothing to compare
	:ivar low: at least, 0 … inf
	:ivar high: at most, 0 … inf
	:ivar claim: :data:`FEWER`, :data:`MORE`, or :data:`UNKNOWN` where 1 lies between the bounds
	"""

	ratio: float
	low: float
	high: float
	claim: str


def compare(
	before: float, after: float, out_of_before: float, out_of_after: float, spread: float = 1.0
) -> Ratio:
	"""The rate after against the one before.

	:param before: how many came, at least 0; fractions are allowed
	:param out_of_before: the exposure in which they came, say purchases
	:param spread: how many times as much as Poisson's they vary; below 1 counts as 1
	"""
	if not (out_of_before > 0 and out_of_after > 0 and before + after > 0):
		return Ratio(np.nan, 0.0, np.inf, UNKNOWN)
	scale = out_of_before / out_of_after
	spread = max(spread, 1.0)
	a, b = after / spread + 0.5, before / spread + 0.5
	low = _odds(betaincinv(a, b, ALPHA / 2)) * scale if after else 0.0
	high = _odds(betaincinv(a, b, 1 - ALPHA / 2)) * scale if before else np.inf
	ratio = after / before * scale if before else np.nan
	claim = FEWER if high < 1 else MORE if low > 1 else UNKNOWN
	return Ratio(float(ratio), float(low), float(high), claim)


def spread(counts, exposures, is_after) -> float:
	"""How many times as much as Poisson's the counts of some months vary around the rate of their period; at least 1.

	:param counts: one a month
	:param exposures: of the same months
	:param is_after: whether a month is of the period after
	"""
	counts, exposures = np.asarray(counts, float), np.asarray(exposures, float)
	is_after = np.asarray(is_after, bool)
	there = exposures > 0
	counts, exposures, is_after = counts[there], exposures[there], is_after[there]
	expected = np.zeros(len(counts))
	periods = 0
	for period in (is_after, ~is_after):
		if counts[period].sum() > 0:
			expected[period] = counts[period].sum() / exposures[period].sum() * exposures[period]
			periods += 1
	told = expected > 0
	if told.sum() < LEAST_SLICES:
		return 1.0
	freedom = told.sum() - periods
	return float(max(1.0, ((counts[told] - expected[told]) ** 2 / expected[told]).sum() / freedom))


def _odds(share: float) -> float:
	return share / (1 - share) if share < 1 else np.inf
