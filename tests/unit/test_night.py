"""A night's arithmetic: whoever's figures cannot be true changes nothing about anybody else's."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from keep_customers.engine import tiers
from keep_customers.engine.night import (
	LARGEST,
	NO_DAY,
	NOT_A_NUMBER,
	TOO_LARGE,
	TOO_OLD,
	culprits,
	figures,
	model,
	unsound,
	unsound_figures,
)
from keep_customers.engine.value import Measures

TODAY = 740_000  # in the year 2027

bad = st.one_of(
	st.tuples(st.just("total"), st.sampled_from([np.nan, np.inf, -np.inf, 1e300, -1e300, LARGEST, 1e13])),
	st.tuples(st.just("current"), st.sampled_from([np.nan, np.inf, -np.inf, 1e300, LARGEST])),
	st.tuples(st.just("first"), st.sampled_from([0, 1, 5_000, TODAY - 40_000])),
	st.tuples(st.just("median_gap"), st.sampled_from([np.nan, np.inf])),
)


def population(random, size):
	"""Customers with made-up histories, some of which bought once, some with negative totals."""
	purchases = random.integers(1, 12, size)
	first = TODAY - random.integers(30, 1500, size)
	later = 1 + ((TODAY - first - 1) * random.random(size)).astype(np.int64)
	last = np.where(purchases > 1, first + later, first)
	gap = np.where(purchases > 1, (last - first) / np.maximum(purchases - 1, 1), 0.0)
	total = np.round(random.lognormal(6, 1, size) * np.where(random.random(size) < 0.05, -1, 1), 2)
	m = Measures(first, last, purchases, gap, gap.copy(), np.where(purchases > 2, gap, 0.0), total)
	return m, np.round(total * random.random(size), 2)


def ranked(m, current):
	"""(places of those who are ranked, their figures), as a night does it."""
	out = unsound(m, current, TODAY)
	at = np.array([index for index in range(len(current)) if index not in out], np.int64)
	while True:
		some, now = m.take(at), current[at]
		found = figures(some, now, model(some, TODAY), TODAY)
		if not (out := unsound_figures(found)):
			break
		at = np.delete(at, list(out))
	nothing = np.full(at.size, tiers.NOT_RANKED)
	found.placement = tiers.place(
		found.current, found.potential, nothing, np.zeros(at.size, np.int64), tiers.Cuts(), TODAY, True
	)
	return at, found


@settings(max_examples=60)
@given(seed=st.integers(0, 10**6), size=st.integers(20, 120), spoiled=st.lists(bad, min_size=1, max_size=5))
def test_everybody_else_gets_exactly_what_they_would_have_got_without(seed, size, spoiled):
	random = np.random.default_rng(seed)
	m, current = population(random, size)
	where = random.choice(size, len(spoiled), replace=False)
	for index, (field, value) in zip(where, spoiled, strict=True):
		(current if field == "current" else getattr(m, field))[index] = value
	others = np.setdiff1d(np.arange(size), where)
	at, found = ranked(m, current)
	assert at.tolist() == others.tolist()
	alone, without = ranked(m.take(others), current[others])
	assert alone.size == others.size
	for name in ("current", "potential", "p_alive", "gap", "next_purchase", "status"):
		assert np.array_equal(getattr(found, name), getattr(without, name)), name
	assert np.array_equal(found.placement.tier, without.placement.tier)


@settings(max_examples=60)
@given(seed=st.integers(0, 10**6), size=st.integers(1, 200))
def test_who_buys_as_people_do_is_never_set_aside(seed, size):
	m, current = population(np.random.default_rng(seed), size)
	assert not unsound(m, current, TODAY)
	assert not unsound_figures(figures(m, current, model(m, TODAY), TODAY))


def test_it_is_said_why():
	m, current = population(np.random.default_rng(1), 5)
	m.total[0], current[1], m.first[2], m.first[3] = np.nan, 1e300, 0, 1
	assert unsound(m, current, TODAY) == {0: NOT_A_NUMBER, 1: TOO_LARGE, 2: NO_DAY, 3: TOO_OLD}


def test_parameters_somebody_has_been_at_are_no_last_good_ones():
	m, _current = population(np.random.default_rng(1), 3)
	for spoiled in ({"r": "x"}, {"r": -1, "alpha": 1, "a": 1, "b": 1}, [], "nonsense"):
		found = model(m, TODAY, {"bgnbd": spoiled, "gamma_gamma": spoiled})
		assert len(found.problems) == 2 and found.bgnbd.r > 0


@given(size=st.integers(1, 300), who=st.sets(st.integers(0, 299), max_size=6))
def test_who_makes_it_impossible_is_found_by_halving(size, who):
	who = {index for index in who if index < size}
	asked = []

	def fails(part):
		asked.append(part.size)
		return not who.isdisjoint(part.tolist())

	assert set(culprits(size, fails).tolist()) == who
	assert len(asked) <= 1 + 2 * len(who) * (1 + int(np.ceil(np.log2(size + 1))))


def test_what_is_wrong_with_everybody_is_nobodys_fault_and_costs_little_time():
	asked = []
	assert not culprits(100_000, lambda part: not asked.append(1), most=50).size
	assert len(asked) <= 51 * 20


def test_what_takes_two_is_nobodys_fault():
	assert not culprits(8, lambda part: {1, 6} <= set(part.tolist())).size
