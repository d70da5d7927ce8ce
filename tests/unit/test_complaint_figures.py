"""The figures of complaints against ones worked out by hand."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keep_customers.engine.complaint_figures import answered_in_time, figures, late_now, solved_in_time

NOW = datetime(2026, 3, 4, 12)
EARLIER, LATER = NOW - timedelta(hours=1), NOW + timedelta(hours=1)


def case(**values):
	return {
		"status": "Open",
		"answer_due": LATER,
		"answered_on": None,
		"answer_late": 0,
		"answer_minutes": None,
		"solve_due": LATER,
		"promised_on": None,
		"solved_on": None,
		"solve_late": 0,
		"solve_minutes": None,
		"repeat_of": None,
		"word": "",
		"solution_rating": 0,
		"compensation_cost": 0,
		**values,
	}


def test_what_is_still_to_come_is_neither_in_time_nor_late():
	assert answered_in_time(case(), NOW) is None and solved_in_time(case(), NOW) is None
	assert figures([case()], NOW)["answered_in_time"] is None


def test_what_is_past_due_is_late_before_it_is_done():
	late = case(answer_due=EARLIER, solve_due=EARLIER)
	assert answered_in_time(late, NOW) is False and solved_in_time(late, NOW) is False and late_now(late, NOW)


def test_while_we_wait_for_the_customer_nothing_is_late():
	waiting = case(status="Waiting for Customer", answered_on=EARLIER, solve_due=EARLIER)
	assert solved_in_time(waiting, NOW) is None and not late_now(waiting, NOW)


def test_what_was_closed_elsewhere_without_saying_when_it_was_answered_is_not_late():
	old = case(status="Closed", answer_due=EARLIER, solve_due=EARLIER)
	assert answered_in_time(old, NOW) is solved_in_time(old, NOW) is None


def test_a_promised_time_goes_before_the_target_for_now_and_not_for_the_figures():
	promised = case(answered_on=EARLIER, solve_due=EARLIER, promised_on=LATER)
	assert not late_now(promised, NOW) and solved_in_time(promised, NOW) is False
	assert late_now(case(answered_on=EARLIER, promised_on=EARLIER), NOW)


def test_what_is_done_is_not_late_now():
	done = case(answered_on=EARLIER, answer_late=1, solved_on=EARLIER, solve_late=1, solve_due=EARLIER)
	assert not late_now(done, NOW) and answered_in_time(done, NOW) is False
	assert not late_now(case(status="Closed", solve_due=EARLIER), NOW)


def test_figures_worked_out_by_hand():
	cases = [
		case(
			answered_on=EARLIER, answer_minutes=30, solved_on=EARLIER, solve_minutes=60, word="Yes", solution_rating=1,
			compensation_cost=12.5,
		),
		case(
			answered_on=EARLIER, answer_minutes=90, answer_late=1, solved_on=EARLIER, solve_minutes=600, solve_late=1,
			word="No", solution_rating=0.4, repeat_of="CC-1",
		),
		case(answered_on=EARLIER, answer_minutes=45, solve_due=EARLIER, word="", compensation_cost=7.5),
		case(),
	]  # fmt: skip
	assert figures(cases, NOW) == {
		"cases": 4,
		"repeats": 1,
		"answered_in_time": 66.7,
		"solved_in_time": 33.3,
		"answer_hours": 0.75,
		"solve_hours": 5.5,
		"satisfaction": 3.5,
		"cost": 20.0,
	}


MAYBE = st.none() | st.sampled_from([EARLIER, LATER])


@given(
	st.sampled_from(["Open", "Waiting for Customer", "Solution Given", "Reopened"]),
	MAYBE,
	MAYBE,
	MAYBE,
	MAYBE,
	MAYBE,
)
def test_who_is_late_now_has_missed_something(
	status, answer_due, answered_on, solve_due, promised_on, solved_on
):
	one = case(
		status=status, answer_due=answer_due, answered_on=answered_on, solve_due=solve_due, promised_on=promised_on,
		solved_on=solved_on,
	)  # fmt: skip
	if late_now(one, NOW):
		assert False in (answered_in_time(one, NOW), solved_in_time(one, NOW)) or promised_on == EARLIER
	if answered_on and solved_on:
		assert not late_now(one, NOW)


def test_nothing_has_no_figures():
	empty = figures([], NOW)
	assert (empty["cases"], empty["cost"]) == (0, 0) and empty["satisfaction"] is None


@pytest.mark.parametrize("field", ["answer_hours", "solve_hours"])
def test_what_is_not_done_has_no_hours(field):
	assert figures([case(answer_minutes=5, solve_minutes=5)], NOW)[field] is None
