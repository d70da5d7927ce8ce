"""Volume rebates, by figures worked out by hand and by what must hold for all."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keep_customers.engine.rebates import (
	ABOVE,
	QUARTER,
	WHOLE,
	YEAR,
	Standing,
	Step,
	period,
	periods,
	rising,
	standing,
)

STEPS = [Step(10_000, 2), Step(50_000, 5)]
amounts = st.floats(-1e6, 1e6, allow_nan=False)
ladders = st.lists(st.tuples(st.floats(1, 1e5), st.floats(0.1, 10)), min_size=1, max_size=5).map(
	lambda rises: [
		Step(sum(r[0] for r in rises[: i + 1]), sum(r[1] for r in rises[: i + 1])) for i in range(len(rises))
	]
)


@pytest.mark.parametrize(
	("reached", "basis", "told"),
	[
		(9_999.99, WHOLE, Standing(0, 0, 10_000, 2)),
		(10_000, WHOLE, Standing(2, 200, 50_000, 5)),
		(46_800, WHOLE, Standing(2, 936, 50_000, 5)),
		(50_000, WHOLE, Standing(5, 2_500, None, None)),
		(10_000, ABOVE, Standing(2, 0, 50_000, 5)),
		(60_000, ABOVE, Standing(5, 40_000 * 0.02 + 10_000 * 0.05, None, None)),
		(-500, WHOLE, Standing(0, 0, 10_000, 2)),
	],
)
def test_what_an_amount_has_earned(reached, basis, told):
	assert standing(STEPS, reached, basis) == told


@given(ladders, amounts, amounts)
def test_who_bought_more_never_gets_less(steps, one, other):
	less, more = sorted((one, other))
	for basis in (WHOLE, ABOVE):
		assert 0 <= standing(steps, less, basis).rebate <= standing(steps, more, basis).rebate + 1e-6
	assert standing(steps, more, ABOVE).rebate <= standing(steps, more, WHOLE).rebate + 1e-6


@given(ladders, amounts)
def test_the_next_step_lies_ahead(steps, reached):
	told = standing(steps, reached)
	assert told.next_from is None or (told.next_from > reached and told.next_percent > told.percent)
	assert (told.next_from is None) == (reached >= steps[-1].from_amount)


def test_steps_have_to_rise():
	assert rising(STEPS) and rising(STEPS[:1]) and rising([])
	assert not rising(STEPS[::-1])
	assert not rising([Step(10_000, 5), Step(50_000, 5)])
	assert not rising([Step(0, 2)]) and not rising([Step(100, 101)]) and not rising([Step(100, 0)])


def test_years_and_quarters():
	assert period(date(2026, 3, 4), YEAR) == (date(2026, 1, 1), date(2026, 12, 31))
	assert period(date(2026, 3, 4), QUARTER) == (date(2026, 1, 1), date(2026, 3, 31))
	assert period(date(2026, 3, 4), YEAR, 4) == (date(2025, 4, 1), date(2026, 3, 31))
	assert period(date(2026, 1, 31), QUARTER, 2) == (date(2025, 11, 1), date(2026, 1, 31))
	assert period(date(2024, 2, 29), QUARTER, 12) == (date(2023, 12, 1), date(2024, 2, 29))


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.sampled_from((YEAR, QUARTER)), st.integers(1, 12))
def test_every_day_lies_in_one_period(day, kind, first_month):
	first, last = period(day, kind, first_month)
	assert first <= day <= last and first.day == 1
	assert period(first, kind, first_month) == period(last, kind, first_month) == (first, last)
	assert period(last + timedelta(days=1), kind, first_month)[0] == last + timedelta(days=1)


def test_which_periods_are_watched():
	today = date(2026, 3, 4)
	assert periods(date(2025, 1, 1), today, QUARTER) == [(date(2026, 1, 1), date(2026, 3, 31))]
	assert [first for first, _last in periods(date(2025, 9, 1), today, QUARTER, 1, 366)] == [
		date(2026, 1, 1),
		date(2025, 10, 1),
	]
	# One that began before the rebate did would count what nobody was promised anything for.
	assert periods(date(2026, 1, 2), today, QUARTER, 1, 366) == []
