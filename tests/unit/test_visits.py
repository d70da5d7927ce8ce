"""On which day one visit is all that a customer is to be visited for."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from keep_customers.engine.visits import day_for

MONDAY = date(2026, 3, 2)
days = st.integers(-2, 6).map(lambda ahead: MONDAY + timedelta(days=ahead))


@given(st.lists(days, max_size=3), st.lists(days, max_size=3), days, days)
def test_it_is_the_latest_day_that_is_right_for_all(fixed, until, first, last):
	span = range(max((last - first).days + 1, 0))
	right = [
		day
		for day in (first + timedelta(days=ahead) for ahead in span)
		if all(day == one for one in fixed) and all(day <= one for one in until)
	]
	assert day_for(fixed, until, first, last) == (right[-1] if right else None)
