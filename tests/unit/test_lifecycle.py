"""Stages of a customer whose gap is 30 days, day by day."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keep_customers.engine import lifecycle
from keep_customers.engine.lifecycle import STATUSES

TODAY = 740_000


def stage(since, purchases=5, gap=30.0, last_gap=30.0, earlier=30.0, alive=1.0):
	result = lifecycle.status(
		*(np.array([x]) for x in (TODAY - since, purchases, gap, last_gap, earlier, alive)), TODAY
	)
	return STATUSES[result[0]]


@pytest.mark.parametrize(
	("since", "expected"),
	[(0, "Active"), (22, "Active"), (23, "Due"), (45, "Due"), (46, "Overdue"), (75, "Overdue"), (76, "At Risk"),
	 (120, "At Risk"), (121, "Lost")],
)  # fmt: skip
def test_the_stages_follow_the_customers_own_gap(since, expected):
	assert stage(since) == expected


@pytest.mark.parametrize(
	("alive", "since", "expected"),
	[
		(0.49, 5, "At Risk"),
		(0.5, 5, "Active"),
		(0.19, 89, "At Risk"),
		(0.19, 90, "Lost"),
		(0.2, 90, "At Risk"),
	],
)
def test_the_probability_counts_too(alive, since, expected):
	assert stage(since, alive=alive) == expected


def test_nobody_is_lost_before_ninety_days():
	assert stage(60, gap=10) == "At Risk" and stage(90, gap=10) == "Lost"


def test_one_purchase_is_new_while_it_is_young():
	assert stage(0, purchases=1) == "New" and stage(45, purchases=1) == "New"
	assert stage(46, purchases=1) == "Overdue"


def test_who_comes_back_after_as_long_as_a_lost_customer_is_won_back():
	assert stage(3, last_gap=150) == "Won Back"
	assert stage(3, last_gap=119) == "Active"
	assert stage(50, last_gap=150) == "Overdue"
	assert stage(1, gap=5, earlier=5, last_gap=60) != "Won Back"


def test_few_gaps_lean_on_the_population():
	gap = lifecycle.own_gap(np.array([0.0, 10, 10]), np.array([0, 2, 200]), typical=30)
	assert gap.tolist() == pytest.approx([30, 20, 10.198], abs=0.001)


def test_a_population_in_which_nobody_came_twice_has_the_default_gap():
	assert lifecycle.typical_gap(np.array([0.0, 0.0]), np.array([1, 1])) == 90


@given(
	st.integers(0, 3000),
	st.integers(1, 400),
	st.floats(1, 1000),
	st.floats(0, 1000),
	st.floats(1, 1000),
	st.floats(0, 1),
)
def test_everybody_has_a_stage_and_waiting_never_makes_it_better(
	since, purchases, gap, last_gap, earlier, alive
):
	order = ["New", "Won Back", "Active", "Due", "Overdue", "At Risk", "Lost"]
	now = stage(since, purchases, gap, last_gap, earlier, alive)
	later = stage(since + 1, purchases, gap, last_gap, earlier, alive)
	assert now in STATUSES
	assert order.index(later) >= order.index(now)
