"""Whom to contact first, if the planner learns: what a contact is expected to change, by what the trials have shown.

A rule's effect is taken to be a share of the value at risk of whom it reaches, the same for all of its customers. What is not
known of a rule is what all rules together say, so without any evidence the order is that of value at risk.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from keep_customers.engine.effect.pooled import pooled

# Of a rule of which nothing is known: as unsure as if it had so many times the error of the least known other.
UNKNOWN = 10.0
DOUBT = 2.0  # an order is left only for what rules show; see benchmarks/learning.py
ONE_SPREAD = 0.3173  # of a normal distribution, that much lies outside of one spread on each side


class Belief(NamedTuple):
	"""What a contact of each rule is believed to change, as a share of the value at risk: mean and spread, shape (rules,)."""

	mean: np.ndarray
	spread: np.ndarray


def beliefs(effect, variance, freedom, reached) -> Belief:
	"""
	:param effect: of each rule, of who was drawn to be cared for, with variance and its degrees of freedom; nan where unknown
	:param reached: value at risk of who was reached, as a mean of all who were drawn to be cared for; an effect by intention is
		that of a contact times it
	"""
	reached = np.asarray(reached, float)
	with np.errstate(invalid="ignore", divide="ignore"):
		share, error = np.asarray(effect, float) / reached, np.sqrt(variance) / reached
	known = np.isfinite(share) & np.isfinite(error) & (error > 0)
	if not known.any():
		return Belief(np.ones(len(reached)), np.zeros(len(reached)))
	share, error = np.where(known, share, 0.0), np.where(known, error, UNKNOWN * error[known].max())
	freedom = np.where(known, freedom, 1e9)
	mean, low, high = pooled(share, error**2, freedom, ONE_SPREAD, DOUBT)
	return Belief(mean, (high - low) / 2)


def order(rule, at_risk, belief: Belief, exploring: float, rng: np.random.Generator) -> np.ndarray:
	"""Contacts in the order in which they are made.

	:param exploring: share of the places that go to who would come first if the rules did what they may do as well (Thompson 1933,
		Biometrika 25, 285-294), so that a rule of which too little is known is learned about; spread evenly over the order
	:returns: indices, the first contact first
	"""
	at_risk = np.asarray(at_risk, float)
	# A rule that seems to do harm comes last, and among those who is worth the most.
	best = _by(np.maximum(belief.mean, 1e-9)[rule] * at_risk)
	if not exploring:
		return best
	drawn = rng.normal(belief.mean, belief.spread)
	other = _by(np.maximum(drawn, 1e-9)[rule] * at_risk)
	explored = np.diff(np.floor(np.arange(len(best) + 1) * exploring)) > 0
	return _merged(best.tolist(), other.tolist(), explored.tolist())


def _by(expected) -> np.ndarray:
	return np.argsort(-expected, kind="stable")


def _merged(best: list[int], other: list[int], explored: list[bool]) -> np.ndarray:
	"""Place by place from one order or the other, nobody twice."""
	taken, found = set(), []
	queues = iter(best), iter(other)
	for from_other in explored:
		one = next(index for index in queues[from_other] if index not in taken)
		taken.add(one)
		found.append(one)
	return np.array(found, np.int64)
