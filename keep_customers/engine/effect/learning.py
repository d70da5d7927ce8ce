"""Whom to contact first, if the planner learns: what a contact is expected to change, by what the trials have shown.

A rule's effect is taken to be a share of the value at risk of whom it reaches, the same for all of its customers. What is not
known of a rule is what all rules together say. Until the rules are told apart there is nothing to learn an order from: it
stays that of value at risk, which meanwhile goes on asking for all of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b

import numpy as np

from keep_customers.engine.effect.arms import Comparison, compare, together
from keep_customers.engine.effect.believed import believed
from keep_customers.engine.effect.pooled import pooled

# Of a rule of which nothing is known: so many times as unsure as all that is known is large. It says nothing to the others.
UNKNOWN = 1000.0
DOUBT = 2.0  # an order is left only for what rules show; see benchmarks/learning.py
# Two rules are told apart when they are believed to differ by so many spreads of their difference; see benchmarks/learning.py
APART = 2.5
MOST_TIMES = 1000  # as many customers as there are; what takes more will not be known
# A rule that seems to do harm comes last, and among those who is worth the most.
LEAST = 1e-9


@dataclass(frozen=True)
class Belief:
	"""What a contact of each rule is believed to change, as a share of the value at risk.

	:param mean: shape (rules,), with spread
	"""

	mean: np.ndarray
	spread: np.ndarray

	@property
	def apart(self) -> float:
		"""By how many spreads of their difference those two rules differ that differ most clearly; 0 for fewer than two."""
		if len(self.mean) < 2:
			return 0.0
		off = np.abs(self.mean[:, None] - self.mean)
		both = np.sqrt(self.spread[:, None] ** 2 + self.spread**2)
		return float(np.max(np.divide(off, both, out=np.zeros_like(off), where=both > 0)))

	@property
	def told_apart(self) -> bool:
		"""Whether there is an order to be learned from it."""
		return self.apart >= APART


@dataclass(frozen=True)
class Turns:
	"""One element a first follow-up of a rule and customer whose turn came on the day it was planned, in both arms.

	Whether there is room for somebody depends on who comes before, never on the own arm; so who is held back is compared
	with whom they would have been contacted with, and nobody blurs it of whom nobody had the time to think (counterfactual
	triggering: Kohavi, Tang and Xu 2020, Trustworthy Online Controlled Experiments, chapter 20).

	:param rule: 0 … rules - 1
	:param held: whether it was held back
	:param after: money that came within some days, with before, of as many days before
	:param at_risk: money, value at risk on that day
	:param contacts: of the rule with the customer in those days
	:param stratum: equal where the same share was held back
	"""

	rule: np.ndarray
	held: np.ndarray
	after: np.ndarray
	before: np.ndarray
	at_risk: np.ndarray
	contacts: np.ndarray
	stratum: np.ndarray


@dataclass(frozen=True)
class Known:
	"""
	:param compared: of each rule, purchases of who was cared for and who was held back
	:param dose: value at risk that was contacted, see :func:`beliefs`
	:param belief: of the rules, and at the end of any other one
	:param bounds: (lower, upper) of each rule, right for 19 of 20 rules; nan where nothing is known of it
	"""

	compared: Comparison
	dose: np.ndarray
	belief: Belief
	bounds: tuple[np.ndarray, np.ndarray]


def learn(turns: Turns, rules: int, most: float) -> Known:
	"""
	:param most: up to how much of a customer's purchases counts, and so of what is at risk
	"""
	after, before = np.minimum(turns.after, most), np.minimum(turns.before, most)
	at_risk = np.clip(turns.at_risk, 0, most)
	strata = int(turns.stratum.max(initial=0)) + 1
	part = turns.rule * strata + turns.stratum
	parts = compare(part, turns.held, after, np.column_stack([before, at_risk]), rules * strata)
	into = np.repeat(np.arange(rules), strata)
	compared = together(parts, into, rules)
	cared = ~turns.held
	with np.errstate(invalid="ignore", divide="ignore"):
		total = np.bincount(part[cared], (at_risk * turns.contacts)[cared], rules * strata)
		mean = total / np.bincount(part[cared], minlength=rules * strata)
		# As the effects of the parts are added up.
		weight = np.where(parts.known, parts.customers.sum(1), 0.0)
		dose = np.bincount(into, np.nan_to_num(mean) * weight, rules) / np.bincount(into, weight, rules)
	belief = beliefs(
		*(np.append(one, np.nan) for one in (compared.effect, compared.variance, compared.freedom, dose))
	)
	bounds = _bounds(*_shares(compared.effect, compared.variance, dose), compared.freedom, belief.mean[:-1])
	return Known(compared, dose, belief, bounds)


def _shares(effect, variance, dose) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
	"""(what a contact changes as a share of the value at risk, its error, where both are known)."""
	with np.errstate(invalid="ignore", divide="ignore"):
		share, error = np.asarray(effect, float) / dose, np.sqrt(variance) / dose
	return share, error, np.isfinite(share) & np.isfinite(error) & (error > 0)


def _bounds(share, error, known, freedom, mean) -> tuple[np.ndarray, np.ndarray]:
	"""They hold what is believed too, which is drawn further to what the other rules say."""
	low, high = np.full((2, len(share)), np.nan)
	if known.any():
		_middle, lower, upper = pooled(share[known], error[known] ** 2, freedom[known])
		low[known] = np.minimum(lower, mean[known])
		high[known] = np.maximum(upper, mean[known])
	return low, high


def beliefs(effect, variance, freedom, dose) -> Belief:
	"""
	:param effect: of each rule, of who was drawn to be cared for, with variance and its degrees of freedom; nan where unknown
	:param dose: value at risk that was contacted, once for each contact, as a mean of all who were drawn to be cared for: an
		effect by intention is that of a contact times it
	"""
	dose = np.asarray(dose, float)
	share, error, known = _shares(effect, variance, dose)
	if not known.any():
		return Belief(np.ones(len(dose)), np.zeros(len(dose)))
	unsure = UNKNOWN * (error[known].max() + np.abs(share[known]).max())
	share, error = np.where(known, share, 0.0), np.where(known, error, unsure)
	freedom = np.where(known, freedom, 1e9)
	return Belief(*believed(share, error**2, freedom, DOUBT))


@dataclass(frozen=True)
class Learned:
	"""What a night goes by.

	:param rules: names
	:param belief: of the rules, and at the end of any other one
	:param exploring: percent of a rep's places that go to who would come first if the rules did what they may do as well
		(Thompson 1933, Biometrika 25, 285-294), so that a rule of which too little is known is learned about
	:param night: what the draws are seeded with, besides the rep: a night that is begun anew draws the same
	"""

	rules: tuple[str, ...]
	belief: Belief
	exploring: int
	night: str

	def expected(self) -> dict[str, float]:
		"""Rule -> what each unit at risk is expected to be worth; "" for any other rule."""
		return self._named(self.belief.mean)

	def tried(self, rep: str) -> dict[str, float]:
		"""As :func:`expected`, if the rules did what is drawn for this rep and night."""
		seed = int.from_bytes(blake2b(f"{self.night}\x1f{rep}".encode(), digest_size=8).digest(), "big")
		# A draw a rule, in an order that does not depend on which rules there are by chance.
		return self._named(np.random.default_rng(seed).normal(self.belief.mean, self.belief.spread))

	def explores(self, place: int) -> bool:
		"""Whether a rep's place, 0 for the first of the day, is one of those that explore; they are spread evenly."""
		return (place + 1) * self.exploring // 100 > place * self.exploring // 100

	def _named(self, shares: np.ndarray) -> dict[str, float]:
		return dict(zip((*self.rules, ""), np.maximum(shares, LEAST).tolist(), strict=True))


def until_apart(known: Known) -> float:
	"""How many times as many customers it takes to tell the rules apart, if half of them change twice as much as the others.

	:returns: at least 1; inf where nothing is known, or where contacts do not seem to change anything
	"""
	one, some = known.compared, known.compared.known & (known.dose > 0)
	common = known.belief.mean[-1]
	if some.sum() < 2 or common <= 0:
		return np.inf
	supposed = common * np.where(np.arange(some.sum()) % 2, 4 / 3, 2 / 3)
	spread = np.sqrt(one.variance[some]) / known.dose[some]

	def apart(times: float) -> bool:
		return beliefs(
			supposed, spread**2 / times, one.freedom[some] * times, np.ones(len(supposed))
		).told_apart

	least, most = 1.0, float(MOST_TIMES)
	if apart(least):
		return least
	if not apart(most):
		return np.inf
	for _step in range(20):
		middle = np.sqrt(least * most)
		least, most = (least, middle) if apart(middle) else (middle, most)
	return float(most)
