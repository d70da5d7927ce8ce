"""Complaints before and after a measure: the ratio of their rates, and its bounds."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keep_customers.engine.before_after import FEWER, MORE, UNKNOWN, compare, spread

counts = st.integers(0, 300)
exposures = st.integers(1, 100_000)


def test_a_half_as_often_is_told_when_there_are_enough():
	# 40 of 1,000 purchases before, 20 of 1,000 after: half as often. R: binom::binom.bayes-like bounds of 20 of 60 with
	# Beta(0.5, 0.5) are 0.2245 and 0.4587, whose odds are 0.29 and 0.85.
	found = compare(40, 20, 1000, 1000)
	assert found.ratio == 0.5
	assert (round(found.low, 1), round(found.high, 1)) == (0.3, 0.8)
	assert found.claim == FEWER
	assert compare(20, 40, 1000, 1000).claim == MORE


def test_few_say_nothing():
	assert compare(4, 2, 1000, 1000).claim == UNKNOWN
	assert compare(0, 0, 1000, 1000).claim == UNKNOWN
	assert compare(4, 0, 1000, 0).claim == UNKNOWN


def test_none_any_more_after_many():
	found = compare(20, 0, 1000, 1000)
	assert (found.ratio, found.low, found.claim) == (0, 0, FEWER)
	assert np.isinf(compare(0, 20, 1000, 1000).high)


@given(counts, counts, exposures, exposures)
def test_the_ratio_lies_between_its_bounds(before, after, out_before, out_after):
	found = compare(before, after, out_before, out_after)
	assert 0 <= found.low <= found.high
	if before:
		assert found.low <= found.ratio * (1 + 1e-9) and found.ratio <= found.high * (1 + 1e-9)


@given(st.integers(1, 300), st.integers(1, 300), exposures, exposures)
def test_before_and_after_change_places(before, after, out_before, out_after):
	one, other = compare(before, after, out_before, out_after), compare(after, before, out_after, out_before)
	assert one.low == pytest.approx(1 / other.high, rel=1e-6)


@given(st.integers(1, 300), st.integers(1, 300), st.floats(1, 20))
def test_what_varies_more_says_less(before, after, times):
	plain, wide = compare(before, after, 1000, 1000), compare(before, after, 1000, 1000, times)
	assert wide.low <= plain.low * (1 + 1e-9) and wide.high >= plain.high * (1 - 1e-9)


@given(st.lists(st.tuples(counts, exposures, st.booleans()), max_size=30))
def test_the_spread_is_at_least_one(months):
	assert spread(*zip(*months, strict=True)) >= 1 if months else spread([], [], []) == 1


@pytest.mark.parametrize("rates", [(20, 20), (30, 15), (60, 40), (200, 150)])
def test_the_bounds_hold_as_often_as_they_say(rates):
	random = np.random.default_rng(20)
	held = 0
	for before, after in zip(*(random.poisson(rate, 4000) for rate in rates), strict=True):
		found = compare(int(before), int(after), 1000, 1500)
		held += found.low <= rates[1] / rates[0] / 1.5 <= found.high
	assert 0.93 <= held / 4000 <= 0.97


def test_they_hold_for_what_comes_in_clusters():
	# Two to four complaints of one batch each: three times Poisson's spread, 12 months on each side.
	random, held, tried = np.random.default_rng(8), 0, 2000
	after = np.repeat([False, True], 12)
	for _try in range(tried):
		months = np.array([random.integers(1, 6, one).sum() for one in random.poisson(5, 24)])
		wide = spread(months, np.full(24, 100.0), after)
		found = compare(months[~after].sum(), months[after].sum(), 1200, 1200, wide)
		held += found.low <= 1 <= found.high
	assert 0.92 <= held / tried <= 0.97
