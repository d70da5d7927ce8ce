"""Whether too many of a rule's contacts are not useful, and which one change would have spared most of them.

A change keeps a rule away from part of what it asked for: from what lies below a number (an amount, days since a contact), or
from a group. It is judged by what was said: the share of useless contacts it spares, less the share of useful ones it loses.
"""

from collections.abc import Mapping, Sequence
from math import floor, isfinite, log10, sqrt
from typing import NamedTuple

import numpy as np

LEAST = 20  # contacts somebody has judged; of fewer nothing is concluded
HIGH = 0.3  # share of useless ones from which on a rule is worth a look, at the lower end of the interval
SPARES_AT_LEAST = 0.5  # of the useless ones
LOSES_AT_MOST = 0.25  # of the useful ones
Z = 1.959964  # 95 %


class Change(NamedTuple):
	"""
	:ivar field: the measure or the grouping it is about
	:ivar value: the least the measure has to be, or the group that is left out
	:ivar spared: useless contacts it would have spared
	:ivar lost: useful contacts it would have cost
	"""

	field: str
	value: float | str
	spared: int
	lost: int


def wilson(hits: int, of: int, z: float = Z) -> tuple[float, float]:
	"""The interval of a share by Wilson, both ends from 0 to 1; of nothing, anything is possible."""
	if not of:
		return 0.0, 1.0
	share = hits / of
	middle = (share + z * z / (2 * of)) / (1 + z * z / of)
	away = z / (1 + z * z / of) * sqrt(share * (1 - share) / of + z * z / (4 * of * of))
	return max(0.0, middle - away), min(1.0, middle + away)


def too_many(useless: int, judged: int) -> bool:
	"""Whether the share of useless contacts is surely high."""
	return judged >= LEAST and wilson(useless, judged)[0] >= HIGH


def next_round(value: float) -> float:
	"""The next greater number of two digits and zeros: 2,340 → 2,400; 2,400 → 2,500.

	:param value: 1 or more
	"""
	step = 10.0 ** (floor(log10(value)) - 1)
	return round((floor(value / step + 1e-9) + 1) * step, 6)


def rounds_above(values: np.ndarray) -> list[float]:
	"""The numbers worth trying as a minimum: the round one after each value from 1 on."""
	return sorted({next_round(float(one)) for one in values if one >= 1 and isfinite(one)})


def best_change(
	useless: np.ndarray,
	measures: Mapping[str, tuple[np.ndarray, Sequence[float]]],
	groups: Mapping[str, Sequence[str | None]],
) -> Change | None:
	"""The change that spares most of the useless contacts at the least cost of useful ones; None if none spares half of them
	without losing more than a quarter of the others.

	:param useless: bool, one a contact that was judged
	:param measures: field -> (a number a contact, nan where nobody knows; what to try as the least)
	:param groups: field -> the group of each contact, None for none
	"""
	useless = np.asarray(useless, bool)
	bad, good = int(useless.sum()), int((~useless).sum())
	if not bad:
		return None
	best, best_rank = None, None
	for field, value, spared in _changes(measures, groups):
		one = Change(field, value, int((spared & useless).sum()), int((spared & ~useless).sum()))
		share, cost = one.spared / bad, one.lost / good if good else 0.0
		if share < SPARES_AT_LEAST or cost > LOSES_AT_MOST:
			continue
		# Of equals the one that costs less; then the first, which of a measure is the smallest step.
		rank = (share - cost, -one.lost)
		if share > cost and (best_rank is None or rank > best_rank):
			best, best_rank = one, rank
	return best


def _changes(measures, groups):
	for field, (numbers, tried) in measures.items():
		numbers = np.asarray(numbers, np.float64)
		for least in sorted(tried):
			yield field, least, numbers < least
	for field, names in groups.items():
		there = sorted({name for name in names if name})
		column = np.array(list(names), object)
		for name in there:
			yield field, name, column == name
