"""What is known of each rule and of all together: a claim with an interval, or that it is not known yet."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from keep_customers.engine.effect import intervals, looks
from keep_customers.engine.effect.arms import Comparison, compare, together
from keep_customers.engine.effect.pooled import FEWEST, pooled

LESS, UNKNOWN, MORE = -1, 0, 1
# So much of what customers do anyway an effect should be to be worth knowing.
WORTH_KNOWING = 0.1
# Of yes and no, so many of each the smaller arm must have to expect.
EXPECTED = 5


@dataclass(frozen=True)
class Findings:
	"""One element a rule; effects and bounds are nan where there are too few customers for any.

	:param compared: the arms
	:param once: (lower, upper) bounds of a look at this rule alone, at one time fixed before
	:param any_time: bounds that hold for all rules and all weekly looks at once
	:param claim: :data:`LESS` or :data:`MORE` came where customers were cared for, or :data:`UNKNOWN`
	:param weeks: since the first customer was counted
	:param alpha: the chance of each row's bounds for any time to be wrong, of all rows together 5 %
	"""

	compared: Comparison
	once: tuple[np.ndarray, np.ndarray]
	any_time: tuple[np.ndarray, np.ndarray]
	claim: np.ndarray
	weeks: np.ndarray
	alpha: float

	@cached_property
	def more(self) -> np.ndarray:
		"""Customers in addition until an effect of :data:`WORTH_KNOWING` is told, see :func:`intervals.how_many_more`."""
		one = self.compared
		number = one.customers.sum(1)
		worth = WORTH_KNOWING * np.abs(_overall(one))
		return intervals.how_many_more(one.error, number, self.weeks, worth, self.alpha)

	@cached_property
	def pooled(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
		"""(effects, lower, upper bounds) with what the other rules say, looked at once; where a rule has any estimate, or one of
		its own if there are too few rules to learn from."""
		learned, some = np.full((3, len(self.claim)), np.nan), self.compared.known
		if some.sum() < FEWEST:
			some = some & np.isfinite(self.once[0])
		if some.any():
			one = self.compared
			learned[:, some] = pooled(one.effect[some], one.variance[some], one.freedom[some])
		return tuple(learned)


def findings(
	rule, held, outcome, before, rules: int, week, stratum=None, yes_no: bool = False
) -> tuple[Findings, Findings]:
	"""
	:param rule: of each first assignment, 0 … rules - 1
	:param week: from which on it is counted, whole numbers; looked at is at the end of each
	:param stratum: who was drawn with the same share held back, 0 …; arms are compared within a rule and stratum
	:param yes_no: whether the outcome is 0 or 1
	:returns: (of the rules, of all rules together)
	"""
	rule, held = np.asarray(rule, np.int64), np.asarray(held, np.int64)
	week = np.asarray(week, np.int64)
	stratum = np.zeros_like(rule) if stratum is None else np.asarray(stratum, np.int64)
	strata = int(stratum.max(initial=0)) + 1
	group, groups = rule * strata + stratum, rules * strata
	parts = compare(group, held, outcome, before, groups)
	# All rows of the table are looked at: each gets its part of the 5 %.
	alpha = intervals.ALPHA / (rules + 1 if rules > 1 else 1)

	def found(into, number: int) -> Findings:
		known = looks.information(group, held, week - week.min(initial=0), groups, into, number)
		weeks, errors = np.array([_looked(*one, alpha) for one in zip(*known, strict=True)]).reshape(-1, 2).T
		return _found(together(parts, into, number), weeks, errors, alpha, yes_no)

	return found(np.repeat(np.arange(rules), strata), rules), found(np.zeros(groups, np.int64), 1)


def _looked(known, smaller, new, alpha: float) -> tuple[float, float]:
	"""(weeks since the first customer, how many errors wide the bounds are now; nan before the first look), of arrays a week."""
	came = np.flatnonzero(new)
	if not len(came):
		return 1, np.nan
	since = np.arange(1, len(known) + 1) - came[0]
	# Nothing is spent where nothing is new.
	news = np.diff(np.maximum.accumulate(known), prepend=0.0) > 0
	told = np.flatnonzero((smaller >= intervals.LEAST) & news)
	errors = looks.boundary(since[told], known[told], alpha)[-1] if len(told) else np.nan
	return since[came[-1]], errors


def _found(compared: Comparison, weeks, errors, alpha: float, yes_no: bool) -> Findings:
	told = enough(compared, yes_no)
	effect, error = (np.where(told, values, np.nan) for values in (compared.effect, compared.error))
	once = intervals.once(error, compared.freedom)
	always = intervals.any_time(error, compared.freedom, errors)
	claim = np.where(effect - always > 0, MORE, np.where(effect + always < 0, LESS, UNKNOWN))
	return Findings(
		compared,
		(effect - once, effect + once),
		(effect - always, effect + always),
		claim,
		weeks,
		alpha,
	)


def enough(compared: Comparison, yes_no: bool = False) -> np.ndarray:
	"""Where there are enough customers for an interval of a rule's own."""
	smaller = compared.customers.min(1)
	told = compared.known & (smaller >= intervals.LEAST)
	if yes_no:
		share = _overall(compared)
		told &= smaller * np.minimum(share, 1 - share) >= EXPECTED
	return told


def _overall(compared: Comparison) -> np.ndarray:
	"""The mean of both arms together."""
	with np.errstate(invalid="ignore", divide="ignore"):
		return (compared.means * compared.customers).sum(1) / compared.customers.sum(1)
