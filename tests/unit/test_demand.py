"""When a stated demand is open, by hand and by generated cases."""

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keep_customers.engine.demand import BOUGHT_EARLY, KEPT_OPEN, Demand, newest, open_on
from keep_customers.engine.night import due_on_another_day, figures, model, of_another_size, worth_writing
from keep_customers.engine.value import Measures

STATED, DAY = date(2026, 3, 4), date(2026, 4, 20)


def demand(**values):
	return Demand(
		**{"touch": "T1", "customer": "Firm", "stated": STATED, "day": DAY, "amount": 100.0, **values}
	)


@pytest.mark.parametrize(
	"today, last_purchase, expected",
	[
		(date(2026, 3, 3), None, False),
		(date(2026, 3, 4), None, True),
		(date(2026, 5, 20), None, True),  # 30 days after its day
		(date(2026, 5, 21), None, False),
		(date(2026, 4, 10), date(2026, 4, 5), True),  # 15 days before its day: something else
		(date(2026, 4, 10), date(2026, 4, 6), False),
	],
)
def test_a_demand_is_open_until_it_is_met_or_long_past(today, last_purchase, expected):
	assert open_on(demand(last_purchase=last_purchase), today) is expected


def test_what_was_bought_before_it_was_stated_does_not_meet_it():
	soon = demand(day=STATED + timedelta(days=2))
	assert open_on(demand(day=soon.day, last_purchase=STATED - timedelta(days=1)), STATED)
	assert not open_on(demand(day=soon.day, last_purchase=STATED), STATED)


days = st.dates(date(2026, 1, 1), date(2026, 12, 31))


@given(stated=days, day=days, last=st.none() | days, today=days)
def test_a_demand_once_closed_stays_closed_and_a_later_purchase_opens_none(stated, day, last, today):
	one = demand(stated=stated, day=day, last_purchase=last)
	if open_on(one, today):
		assert stated <= today <= day + timedelta(days=KEPT_OPEN)
		assert last is None or last < max(stated, day - timedelta(days=BOUGHT_EARLY))
	elif today > stated:
		assert not open_on(one, today + timedelta(days=1))
	if last and not open_on(one, today):
		later = demand(stated=stated, day=day, last_purchase=last + timedelta(days=1))
		assert not open_on(later, today)


def test_what_was_said_twice_counts_as_it_was_said_last():
	said = [demand(amount=100), demand(touch="T2", amount=80), demand(touch="T3", item="Drill", amount=5)]
	assert [(d.touch, d.amount) for d in newest(said)] == [("T2", 80), ("T3", 5)]


def population(today):
	n = 3
	return Measures(
		first=np.array([today - 300] * n),
		last=np.array([today - 20, today - 20, today - 299]),
		purchases=np.array([10, 10, 2]),
		median_gap=np.array([30.0, 30.0, 1.0]),
		last_gap=np.array([30.0, 30.0, 1.0]),
		earlier_gap=np.array([30.0, 30.0, 0.0]),
		total=np.array([1000.0, 1000.0, 200.0]),
	)


def test_the_greater_of_model_and_word_is_the_potential_and_the_word_the_next_day():
	today = date(2026, 3, 4).toordinal()
	m = population(today)
	fitted, current = model(m, today), np.array([1000.0, 1000.0, 0.0])
	plain = figures(m, current, fitted, today)
	said = figures(
		m, current, fitted, today, np.array([1e6, 0.01, 500.0]), np.array([today + 50, today, today + 9])
	)
	assert said.potential[0] == 1e6 and said.potential[1] == plain.potential[1]
	assert plain.next_purchase[2] == 0, "nobody waits for a lost customer …"
	assert said.next_purchase.tolist() == [today + 50, plain.next_purchase[1], today + 9], (
		"… that says nothing"
	)
	assert (said.status == plain.status).all()

	def written(new, old, shift=0):
		figures = worth_writing(new, old.current, old.potential, old.p_alive)
		return (figures | due_on_another_day(new, old.next_purchase + shift)).tolist()

	assert written(said, plain) == [True, False, True]
	assert written(said, said) == [False] * 3
	assert written(said, said, shift=1) == [True, False, True], (
		"a word is exact, the model may drift by a day"
	)


def test_the_size_that_was_said_is_that_of_the_next_purchase_and_of_no_later_one():
	today = date(2026, 3, 4).toordinal()
	m = population(today)
	fitted, current = model(m, today), np.array([1000.0, 1000.0, 0.0])
	day, size = np.array([today + 50, today, today + 9]), np.array([5000.0, 5000.0, 0.0])
	plain = figures(m, current, fitted, today)
	said = figures(m, current, fitted, today, size, day, size)
	# The second one's day is here, the third has not said how much.
	assert said.expected_value.tolist() == [5000, *plain.expected_value[1:]]
	assert of_another_size(said, plain.expected_value).tolist() == [True, False, False]
	assert of_another_size(said, said.expected_value + 0.01).tolist() == [True, False, True]
