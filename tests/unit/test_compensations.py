"""Sums of what is granted against the limits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keep_customers.engine.compensations import GRANTED, Limits, Sums, exceeded, is_cost, is_more, left

MONEY = st.integers(0, 100_000).map(lambda cents: cents / 100)


@pytest.mark.parametrize(
	"sums, limits, passed",
	[
		(Sums(50), Limits(50), None),
		(Sums(16.67 * 3), Limits(50.01), None),
		(Sums(50.01), Limits(50), ("case", 50.01, 50)),
		(Sums(0.01), Limits(0), ("case", 0.01, 0)),
		(Sums(0), Limits(0), None),
		(Sums(30, 30, 30), Limits(50), ("day", 60, 50)),
		(Sums(30, 0, 100), Limits(50), None),
		(Sums(30, 0, 100), Limits(50, 120), ("year", 130, 120)),
		(Sums(float("inf")), Limits(50), ("case", float("inf"), 50)),
	],
)
def test_the_limit_that_is_passed(sums, limits, passed):
	assert exceeded(sums, limits) == passed


@pytest.mark.parametrize(
	"sums, limits, rest",
	[
		(Sums(0), Limits(50), 50),
		(Sums(30, 10, 10), Limits(50), 10),
		(Sums(60), Limits(50), 0),
		(Sums(0), Limits(0), 0),
		(Sums(10, 0, 100), Limits(50, 120), 10),
	],
)
def test_what_may_still_be_granted(sums, limits, rest):
	assert left(sums, limits) == rest
	assert exceeded(Sums(sums.case + rest, sums.elsewhere_today, sums.elsewhere), limits) is None or rest == 0


@given(st.lists(MONEY, max_size=20), MONEY)
def test_a_sum_passes_however_it_is_split(costs, limit):
	"""In one case or in one for each: the limit lets through the same."""
	total, last = sum(costs), costs[-1] if costs else 0.0
	together = exceeded(Sums(total), Limits(limit))
	apart = exceeded(Sums(last, total - last, total - last), Limits(limit))
	assert bool(together) == bool(apart)


@given(st.sampled_from(GRANTED), MONEY, st.sampled_from([*GRANTED, "Proposed", "Rejected"]), MONEY)
def test_only_what_was_granted_and_is_no_dearer_needs_no_new_approval(status, cost, old, old_cost):
	assert is_more(status, cost, (old, old_cost)) == (old not in GRANTED or cost > old_cost)
	assert is_more(status, cost, None)
	assert not is_more("Proposed", cost, None)


def test_what_no_cost_is():
	assert [is_cost(value) for value in (0, 5.5, -0.01, float("nan"), float("inf"))] == [True, True] + [
		False
	] * 3
