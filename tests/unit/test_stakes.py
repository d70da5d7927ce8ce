"""What makes a contact urgent, and the order of a rep's list."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keep_customers.engine.stakes import HIGH, LOW, MEDIUM, NOTHING, Stake, priority, turn

DAY = date(2026, 3, 4)
LEVELS = st.sampled_from((LOW, MEDIUM, HIGH))
MONEY = st.floats(0, 1e12)


@pytest.mark.parametrize(
	"stake, asked, promised, level",
	[
		(NOTHING, MEDIUM, False, LOW),
		(NOTHING, MEDIUM, True, HIGH),
		(NOTHING, HIGH, False, HIGH),
		(Stake("Gold", 2, 1000, 500), LOW, False, LOW),
		(Stake("Gold", 2, 1000, 500), MEDIUM, False, HIGH),
		(Stake("Gold", 2, 1000, 499), MEDIUM, False, MEDIUM),
		(Stake("Iron", 3, 1000, 500), MEDIUM, False, MEDIUM),
		(Stake("Iron", 3, 1000, 100), None, False, LOW),
		(Stake("Gold", 2, 0, 0), MEDIUM, False, MEDIUM),
		(Stake("Lead", 4, 10, 1, None, True), LOW, False, HIGH),
	],
)
def test_promises_complaints_and_the_best_at_risk_come_first(stake, asked, promised, level):
	assert priority(stake, asked, promised) == level


@given(st.dates(date(1990, 1, 1), date(2400, 1, 1)), st.integers(1, 400), LEVELS, LEVELS, MONEY, MONEY)
def test_an_earlier_day_goes_before_anything_of_a_later_one(day, days, one, other, much, little):
	assert turn(day, one, little) > turn(day + timedelta(days=days), other, much)


@given(MONEY, MONEY)
def test_on_a_day_what_is_urgent_goes_first_then_the_money(some, other):
	assert turn(DAY, HIGH, some) > turn(DAY, MEDIUM, other) > turn(DAY, LOW, 0) - 1
	less, more = sorted((some, other))
	assert turn(DAY, MEDIUM, less) <= turn(DAY, MEDIUM, more)
	assert turn(DAY, MEDIUM, 1000) < turn(DAY, MEDIUM, 1100)


@given(st.none() | st.dates(), LEVELS, MONEY)
def test_it_fits_the_column(day, level, money):
	assert 0 <= turn(day, level, money) < 2**31
