"""Where a customer stands in its own rhythm, and when the next purchase is expected."""

from dataclasses import dataclass

import numpy as np

STATUSES = ("New", "Active", "Due", "Overdue", "At Risk", "Lost", "Won Back")
NEW, ACTIVE, DUE, OVERDUE, AT_RISK, LOST, WON_BACK = range(7)
# Who is about to be lost and can still be kept.
STILL_TO_KEEP = (STATUSES[OVERDUE], STATUSES[AT_RISK])

DEFAULT_GAP = 90.0  # days; used only while nobody in the population has bought twice


@dataclass(frozen=True)
class Rhythm:
	"""When a customer counts as what; gaps are multiples of the customer's own gap.

	:param at_risk_late: how many gaps have to have passed before the probability says anything
	:param shrink: how many of the population's gaps each customer's own gaps are mixed with
	"""

	due_days: int = 7
	overdue_gaps: float = 1.5
	at_risk_gaps: float = 2.5
	at_risk_below: float = 0.5
	at_risk_late: float = 0.0
	lost_gaps: float = 4.0
	lost_below: float = 0.2
	lost_late: float = 0.0
	lost_days: int = 90
	shrink: float = 2.0


# By the probability of buying within a year. Of most first buyers it is small, and they are not at risk on the day they came:
# it counts from when the next purchase was to be expected.
BY_BUYING = Rhythm(at_risk_late=1.0, lost_late=1.5)


def typical_gap(median_gap: np.ndarray, purchases: np.ndarray) -> float:
	"""The population's gap in days: the median of the medians of those who bought more than once."""
	own = np.asarray(median_gap)[np.asarray(purchases) > 1]
	return float(np.median(own)) if own.size else DEFAULT_GAP


def own_gap(median_gap: np.ndarray, gaps: np.ndarray, typical: float, shrink: float = 2.0) -> np.ndarray:
	"""A customer's own gap, shrunk to the population's where the customer has few.

	:param median_gap: days, shape (n,)
	:param gaps: number of gaps it was taken from, shape (n,)
	:param typical: days, the population's gap
	:returns: days, shape (n,), at least 1
	"""
	gaps = np.maximum(np.asarray(gaps, np.float64), 0)
	weight = gaps / (gaps + shrink) if shrink else np.where(gaps > 0, 1.0, 0.0)
	return np.maximum(weight * np.asarray(median_gap) + (1 - weight) * typical, 1.0)


def next_purchase(last: np.ndarray, gap: np.ndarray) -> np.ndarray:
	"""Ordinal day of the expected next purchase; it stays in the past when it is overdue."""
	return np.asarray(last) + np.rint(gap).astype(np.int64)


def status(
	last: np.ndarray,
	purchases: np.ndarray,
	gap: np.ndarray,
	last_gap: np.ndarray,
	earlier_gap: np.ndarray,
	probability: np.ndarray,
	today: int,
	rhythm: Rhythm = Rhythm(),
) -> np.ndarray:
	"""Each customer's stage, as an index into :data:`STATUSES`.

	A function of the history alone, never of yesterday's stage: a replayed or repeated night gives the
	same answer. Won Back is who was gone for as long as a lost customer and has just bought again.

	:param last: ordinal day of the latest purchase, shape (n,)
	:param gap: own gap in days, see :func:`own_gap`
	:param last_gap: days between the last two purchases, 0 for none
	:param earlier_gap: own gap in days without the last one, shrunk like ``gap``
	:param probability: that the customer buys within a year, or, by the models before, is one still; 0 … 1
	"""
	since = today - np.asarray(last)
	probability = np.asarray(probability)
	result = np.full(since.shape, ACTIVE)
	expected = next_purchase(last, gap)
	result[expected - today <= rhythm.due_days] = DUE
	came_back = (purchases > 1) & (last_gap >= np.maximum(rhythm.lost_gaps * earlier_gap, rhythm.lost_days))
	result[came_back] = WON_BACK
	result[np.asarray(purchases) == 1] = NEW
	result[since > rhythm.overdue_gaps * gap] = OVERDUE
	unlikely = (probability < rhythm.at_risk_below) & (since >= rhythm.at_risk_late * gap)
	result[(since > rhythm.at_risk_gaps * gap) | unlikely] = AT_RISK
	hopeless = (probability < rhythm.lost_below) & (since >= rhythm.lost_late * gap)
	gone = (since > rhythm.lost_gaps * gap) | hopeless
	result[gone & (since >= rhythm.lost_days)] = LOST
	return result
