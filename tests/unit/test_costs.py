from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keep_customers.engine.costs import KINDS, add_up, of_value, share

DAY = date(2026, 3, 4)
AMOUNTS = st.integers(0, 10**8).map(lambda cents: cents / 100)


@given(AMOUNTS, st.lists(st.integers(0, 9), min_size=1, max_size=20))
def test_the_shares_of_all_parts_are_the_whole(amount, weights):
	shares = [share(amount, weight, sum(weights), len(weights)) for weight in weights]
	assert sum(shares) == pytest.approx(amount)
	if any(weights):
		assert all(bool(one) == bool(weight and amount) for one, weight in zip(shares, weights, strict=True))
	else:
		assert len(set(shares)) == 1


def test_what_nobody_has_a_part_in_is_shared_by_nobody():
	assert share(100, 0, 0) == 0


@given(st.lists(st.tuples(st.sampled_from("ABC"), st.just(DAY), st.sampled_from(KINDS), AMOUNTS)))
def test_groups_add_up_to_the_whole_and_nobody_is_in_two(costs):
	sums = add_up(costs, lambda customer: {"A": "Gold", "B": "Iron", "C": "Iron"}[customer])
	assert sum(sum(kinds.values()) for kinds in sums.values()) == pytest.approx(sum(row[3] for row in costs))
	gold = [row for row in costs if row[0] == "A"]
	assert sum(sums.get("Gold", {}).values()) == pytest.approx(sum(row[3] for row in gold))
	assert set(sums.get("Gold", {})) == {row[2] for row in gold}


def test_who_is_in_no_group_is_left_out():
	costs = [("A", DAY, "Gift", 5.0), ("B", DAY, "Gift", 7.0)]
	assert add_up(costs, {"A": "Gold"}.get) == {"Gold": {"Gift": 5.0}}


def test_a_cost_is_measured_by_a_value_there_is():
	assert of_value(50, 2000) == 2.5
	assert of_value(0, 2000) == 0
	assert [of_value(50, value) for value in (None, 0, -10)] == [None] * 3
