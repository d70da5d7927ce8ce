"""A night's arithmetic for one population: from measures to tiers, stages and what is worth writing."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from keep_customers.engine import lifecycle, tiers
from keep_customers.engine.followups import value_at_risk
from keep_customers.engine.potential import (
	BGNBD,
	FitError,
	GammaGamma,
	expected_mean_value,
	expected_purchases,
	fit_bgnbd,
	fit_gamma_gamma,
	prior_bgnbd,
	prior_gamma_gamma,
	probability_alive,
	typical_value,
)
from keep_customers.engine.value import DAYS_PER_WEEK, Measures

HORIZON = 365 / DAYS_PER_WEEK

# Probabilities drift a little every night. A stored row is written again only when something a person or
# a rule would act on has changed, or when the drift has added up to one of these.
ALIVE_STEP = 0.05
POTENTIAL_STEP = 0.10  # of the stored value …
POTENTIAL_FLOOR = 0.01  # … and of the population's mean
SMALLEST = 0.0005  # money; half of what no currency has a smaller part of

# What no customer has bought, and no column of the host holds: money, and days before today.
LARGEST = 1e12
OLDEST = 100 * 366
NO_DAY_AFTER = date.max.toordinal()
# Why a customer is set aside; the host has the sentences.
NOT_A_NUMBER, TOO_LARGE, NO_DAY, TOO_OLD = "not a number", "too large", "no day", "too old"
CONTRADICTORY = "contradictory"

MOST_CULPRITS = 50

LAST_GOOD, PRIOR = "last good", "prior"


def unsound(m: Measures, current: np.ndarray, today: int) -> dict[int, str]:
	"""Index -> why, of customers whose purchases cannot be true: all the others would be measured by them.

	An amount that is no number has no place in an order, one of a hundred digits or a purchase in the year 1 bends the
	model that is fitted to everybody.

	:param current: net value of the window, shape (n,)
	"""
	amounts = (m.total, current, m.median_gap, m.last_gap, m.earlier_gap)
	bought = m.purchases > 0
	return _first_of(
		(NOT_A_NUMBER, _any(amounts, lambda a: ~np.isfinite(a))),
		(TOO_LARGE, _any(amounts, lambda a: np.abs(a) >= LARGEST)),
		(NO_DAY, bought & (m.first <= 0)),
		(TOO_OLD, bought & (m.first < today - OLDEST)),
		(CONTRADICTORY, bought & contradictory(m)),
	)


def contradictory(m: Measures) -> np.ndarray:
	"""Whose number of purchases does not go with their days, as no history gives it."""
	return (m.last < m.first) | ((m.last == m.first) != (m.purchases == 1))


def unsound_figures(f: "Figures") -> dict[int, str]:
	"""Index -> why, of customers for whom nothing came out that could be written down."""
	figures = (f.current, f.potential, f.p_alive, f.expected_purchases, f.expected_value, f.gap, f.at_risk)
	return _first_of(
		(NOT_A_NUMBER, _any(figures, lambda a: ~np.isfinite(a))),
		(TOO_LARGE, _any(figures, lambda a: np.abs(a) >= LARGEST)),
		(NO_DAY, (f.next_purchase < 0) | (f.next_purchase > NO_DAY_AFTER)),
	)


def _any(arrays, test: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
	return np.logical_or.reduce([test(array) for array in arrays])


def _first_of(*reasons: tuple[str, np.ndarray]) -> dict[int, str]:
	found: dict[int, str] = {}
	for why, which in reasons:
		for index in np.flatnonzero(which).tolist():
			found.setdefault(index, why)
	return found


def culprits(size: int, fails: Callable[[np.ndarray], bool], most: int = MOST_CULPRITS) -> np.ndarray:
	"""Which of some elements make something impossible, each by itself; found by halving.

	:param fails: (indices) -> whether it is impossible with these alone
	:returns: indices; empty if it is possible, if it takes several together, or if there are more than ``most``: then
		something else is wrong than they
	"""
	found: list[int] = []

	def look(part: np.ndarray) -> None:
		if len(found) > most or not part.size or not fails(part):
			return
		if part.size == 1:
			found.append(int(part[0]))
			return
		middle = part.size // 2
		look(part[:middle])
		look(part[middle:])

	look(np.arange(size))
	return np.array(found if len(found) <= most else [], np.int64)


@dataclass(frozen=True)
class Model:
	"""The population's parameters, those worth remembering, and what went wrong.

	:param typical_gap: days
	:param fitted_bgnbd: the parameters as a dict if they were fitted tonight, else empty
	:param problems: (why it could not be fitted, :data:`LAST_GOOD` or :data:`PRIOR`) of each fit that failed
	"""

	bgnbd: BGNBD
	gamma_gamma: GammaGamma
	typical_gap: float
	fitted_bgnbd: dict
	fitted_gamma_gamma: dict
	problems: tuple[tuple[FitError, str], ...] = ()

	def remember(self, last_good: dict | None) -> dict:
		"""What the next night falls back on if it cannot fit: tonight's fit, else what was good before."""
		last_good = last_good or {}
		return {
			"bgnbd": self.fitted_bgnbd or last_good.get("bgnbd"),
			"gamma_gamma": self.fitted_gamma_gamma or last_good.get("gamma_gamma"),
		}


@dataclass(frozen=True)
class Histories:
	"""Measures in the model's terms, in weeks."""

	frequency: np.ndarray
	recency: np.ndarray
	age: np.ndarray
	mean_value: np.ndarray
	purchases: np.ndarray

	@classmethod
	def of(cls, m: Measures, today: int) -> "Histories":
		recency = (m.last - m.first) / DAYS_PER_WEEK
		age = np.maximum(today - m.first, m.last - m.first) / DAYS_PER_WEEK
		return cls(m.purchases - 1, recency, age, m.mean_value, m.purchases)


def model(m: Measures, today: int, last_good: dict | None = None) -> Model:
	"""Fit the population's model; with too little history, or if the fit fails, the next best thing.

	:param m: measures of the ranked customers, each with at least one purchase
	:param last_good: what :meth:`Model.remember` gave last night
	"""
	gap = lifecycle.typical_gap(m.median_gap, m.purchases)
	h = Histories.of(m, today)
	bgnbd, how_often = _fit(
		lambda: fit_bgnbd(h.frequency, h.recency, h.age),
		BGNBD,
		(last_good or {}).get("bgnbd"),
		lambda: prior_bgnbd(gap / DAYS_PER_WEEK),
	)
	gamma_gamma, how_much = _fit(
		lambda: fit_gamma_gamma(h.purchases, h.mean_value),
		GammaGamma,
		(last_good or {}).get("gamma_gamma"),
		lambda: prior_gamma_gamma(typical_value(h.mean_value)),
	)
	problems = tuple(problem for problem in (how_often, how_much) if problem)
	return Model(
		bgnbd,
		gamma_gamma,
		gap,
		{} if how_often else bgnbd.as_dict(),
		{} if how_much else gamma_gamma.as_dict(),
		problems,
	)


def remembered(m: Measures, last_good: dict | None) -> Model:
	"""The model as it was last fitted, or the prior; nothing is fitted."""
	last_good = last_good if isinstance(last_good, dict) else {}  # somebody may have been at it
	gap = lifecycle.typical_gap(m.median_gap, m.purchases)
	return Model(
		_last(BGNBD, last_good.get("bgnbd")) or prior_bgnbd(gap / DAYS_PER_WEEK),
		_last(GammaGamma, last_good.get("gamma_gamma")) or prior_gamma_gamma(typical_value(m.mean_value)),
		gap,
		{},
		{},
	)


def _fit(fit, kind, last_good: dict | None, prior):
	"""(parameters, what to say about them): fitted, else those of the last good fit, else the prior."""
	try:
		return fit(), None
	except FitError as problem:
		if last := _last(kind, last_good):
			return last, (problem, LAST_GOOD)
		return prior(), (problem, PRIOR)


def _last(kind, last_good: dict | None):
	"""The parameters of the last good fit; None where there are none, or somebody has been at them."""
	try:
		return kind.from_dict(last_good) if last_good else None
	except ValueError:
		return None


@dataclass
class Figures:
	"""What the night makes of a population; arrays of one element a customer, money rounded to cents."""

	current: np.ndarray
	potential: np.ndarray
	p_alive: np.ndarray
	expected_purchases: np.ndarray
	expected_value: np.ndarray
	gap: np.ndarray
	next_purchase: np.ndarray
	status: np.ndarray
	promised: np.ndarray  # whether the customer itself has named the next purchase's day
	at_risk: np.ndarray  # money of a year
	placement: tiers.Placement | None = field(default=None)
	forecast: "Forecast | None" = None  # of a checked forecast
	preview: "Figures | None" = None  # by the checked forecasts, where they do not decide yet


@dataclass(frozen=True)
class Forecast:
	"""What only a checked forecast tells; arrays of one element a customer.

	:param buys_quarter: probability of a purchase within 90 days; with buys_year, of one within 12 months
	:param interval: (indices) -> the 80 % interval of the value of 12 months, two arrays; it takes its time, so that only
		who is written down is asked about
	"""

	buys_quarter: np.ndarray
	buys_year: np.ndarray
	interval: Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]


def figures(
	m: Measures,
	current: np.ndarray,
	fitted: Model,
	today: int,
	stated: np.ndarray | None = None,
	stated_day: np.ndarray | None = None,
	stated_size: np.ndarray | None = None,
	decimals: int = 2,
) -> Figures:
	"""Value, potential, rhythm and stage of every customer.

	:param current: net value of the window, shape (n,)
	:param stated: demand the customer stated for the next 12 months, shape (n,); the greater one counts
	:param stated_day: ordinal day for which it has stated a demand, 0 for none; one to come is the next purchase's
	:param stated_size: money of that day, 0 where it has not said how much; it is what the next purchase comes to
	:param decimals: of all money
	"""
	h = Histories.of(m, today)
	alive = np.round(probability_alive(fitted.bgnbd, h.frequency, h.recency, h.age), 6)
	purchases, value = expected(fitted, h)
	potential = purchases * value
	if stated is not None:
		potential = np.maximum(potential, stated)
	if stated_day is None:
		stated_day = np.zeros(len(m.last), np.int64)
	return Figures(
		current=np.round(current, decimals),
		potential=np.round(potential, decimals),
		p_alive=alive,
		expected_purchases=np.round(purchases, 4),
		expected_value=np.round(as_stated(value, today, stated_day, stated_size), decimals),
		at_risk=np.round(value_at_risk(np.round(current, decimals), alive), decimals),
		**standing(m, alive, today, stated_day, fitted.typical_gap),
	)


def as_stated(
	usual: np.ndarray, today: int, stated_day: np.ndarray, stated_size: np.ndarray | None
) -> np.ndarray:
	"""What the next purchase comes to: as the customer has said, else as usual."""
	if stated_size is None:
		return usual
	return np.where((stated_day > today) & (stated_size > 0), stated_size, usual)


def expected(fitted: Model, h: Histories) -> tuple[np.ndarray, np.ndarray]:
	"""The purchases of the next 12 months, and what each is worth."""
	return (
		expected_purchases(fitted.bgnbd, HORIZON, h.frequency, h.recency, h.age),
		expected_mean_value(fitted.gamma_gamma, h.purchases, h.mean_value),
	)


def standing(
	m: Measures,
	probability: np.ndarray,
	today: int,
	stated_day: np.ndarray,
	typical_gap: float,
	rhythm: lifecycle.Rhythm = lifecycle.Rhythm(),
) -> dict[str, np.ndarray]:
	"""Gap, stage and next purchase of every customer, by the names they have in :class:`Figures`.

	:param probability: and rhythm: see :func:`lifecycle.status`
	:param typical_gap: days, the population's
	"""
	gap = lifecycle.own_gap(m.median_gap, m.purchases - 1, typical_gap)
	earlier = lifecycle.own_gap(m.earlier_gap, m.purchases - 2, typical_gap)
	stage = lifecycle.status(m.last, m.purchases, gap, m.last_gap, earlier, probability, today, rhythm)
	promised = stated_day > today
	# Nobody waits for the next purchase of a lost customer who has not announced one.
	unannounced = np.where(stage == lifecycle.LOST, 0, lifecycle.next_purchase(m.last, gap))
	return {
		"gap": np.round(gap, 1),
		"status": stage,
		"next_purchase": np.where(promised, stated_day, unannounced),
		"promised": promised,
	}


def worth_writing(
	new: Figures, current: np.ndarray, potential: np.ndarray, p_alive: np.ndarray
) -> np.ndarray:
	"""Which customers' figures have moved far enough from the stored ones; bool array."""
	return (
		(np.abs(new.current - current) >= SMALLEST)
		| moved_far(new.potential, potential)
		| (np.abs(new.p_alive - p_alive) >= ALIVE_STEP)
	)


def of_another_size(new: Figures, stored: np.ndarray) -> np.ndarray:
	"""Whose next purchase is expected to come to something else than the stored one; bool array."""
	# What the customer has said is shown as it was given.
	said = new.promised & (np.abs(new.expected_value - stored) >= SMALLEST)
	return said | moved_far(new.expected_value, stored)


def due_on_another_day(new: Figures, next_purchase: np.ndarray) -> np.ndarray:
	"""Whose next purchase is expected on another day than the stored one; bool array."""
	# The model's day drifts; the customer's own word is shown as it was given.
	return np.abs(new.next_purchase - next_purchase) > np.where(new.promised, 0, 1)


def moved_far(new: np.ndarray, stored: np.ndarray) -> np.ndarray:
	"""Whose money is no longer about what is stored."""
	floor = POTENTIAL_FLOOR * new.mean() if new.size else 0
	return np.abs(new - stored) > np.maximum(np.abs(stored) * POTENTIAL_STEP, floor)
