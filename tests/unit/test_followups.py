"""The planner by generated days: caps and capacity hold, value at risk goes first, nothing disappears."""

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keep_customers.engine import followups as f
from keep_customers.engine.followups import ASSIGN, SKIP, WAIT, Candidate, WorkingDays, plan

MONDAY = date(2026, 3, 2)
WEEK = WorkingDays()


@st.composite
def days(draw):
	customers, reps = ["a", "b", "c", "d"], [None, "ann", "ben"]
	candidates = [
		Candidate(
			key=f"F{number}",
			customer=draw(st.sampled_from(customers)),
			rep=draw(st.sampled_from(reps)),
			due=MONDAY + timedelta(days=draw(st.integers(-3, 10))),
			value_at_risk=float(draw(st.integers(0, 5))),
			tier_rank=draw(st.integers(1, 4)),
			consent=draw(st.integers(0, 4)) > 0,
			control=draw(st.integers(0, 4)) == 0,
			expires=draw(st.booleans()),
		)
		for number in range(draw(st.integers(0, 14)))
	]
	contacts = draw(st.dictionaries(st.sampled_from(customers), st.integers(0, 2)))
	assigned = draw(st.dictionaries(st.sampled_from(reps[1:]), st.integers(0, 3)))
	return candidates, contacts, draw(st.integers(0, 2)), assigned, draw(st.integers(0, 4))


@given(days())
def test_a_day_of_planning(day):
	candidates, contacts, cap, assigned, capacity = day
	decisions = plan(candidates, MONDAY, WEEK, contacts, cap, assigned, capacity)
	by_key = {c.key: c for c in candidates}
	action = {d.key: d for d in decisions}
	assert sorted(action) == sorted(by_key), "every candidate gets exactly one decision"
	assert all(bool(d.reason) == (d.action != ASSIGN) for d in decisions)

	given_to = [by_key[d.key] for d in decisions if d.action == ASSIGN]
	assert all(c.rep and c.consent and not c.control for c in given_to)
	for customer, count in Counter(c.customer for c in given_to).items():
		assert not cap or count + contacts.get(customer, 0) <= cap
	for rep, count in Counter(c.rep for c in given_to).items():
		assert not capacity or count + assigned.get(rep, 0) <= capacity

	for c in candidates:
		d = action[c.key]
		if d.reason == f.CAPACITY:
			better = [g for g in given_to if g.rep == c.rep and g.value_at_risk < c.value_at_risk]
			assert not better, "higher value at risk never waits behind lower within a rep"
		if d.action == SKIP and d.reason not in (f.CONTROL_GROUP, f.NO_CONSENT):
			assert c.expires and c.due <= MONDAY

	assert decisions == plan(list(reversed(candidates)), MONDAY, WEEK, contacts, cap, assigned, capacity)


def test_nothing_is_asked_of_a_rep_on_a_sunday():
	sunday = MONDAY - timedelta(days=1)
	[decision] = plan([Candidate("F", "a", "ann", MONDAY)], sunday, WEEK, {}, 1, {}, 10)
	assert (decision.action, decision.reason) == (WAIT, f.NOT_A_WORKING_DAY)


def test_a_call_nobody_could_make_in_time_is_skipped_with_the_reason():
	call = Candidate("F", "a", "ann", MONDAY, expires=True)
	[decision] = plan([call], MONDAY, WEEK, {"a": 1}, 1, {}, 10)
	assert (decision.action, decision.reason) == (SKIP, f.CAP)


def test_the_control_group_is_stable_and_as_large_as_asked():
	members = {f"C{n}" for n in range(5000) if f.in_control_group("Rule", f"C{n}", 0.1)}
	assert 420 < len(members) < 580
	wider = {f"C{n}" for n in range(5000) if f.in_control_group("Rule", f"C{n}", 0.2)}
	other = {f"C{n}" for n in range(5000) if f.in_control_group("Other", f"C{n}", 0.1)}
	assert members < wider and len(members & other) < 100
	assert not any(f.in_control_group("Rule", f"C{n}", 0.0) for n in range(5000))


@pytest.mark.parametrize(
	("due", "not_before", "expected"),
	[
		(date(2026, 3, 8), date(2026, 3, 2), date(2026, 3, 6)),  # Sunday: the Friday before
		(date(2026, 3, 8), date(2026, 3, 7), date(2026, 3, 9)),  # the weekend has begun: the Monday after
		(date(2026, 2, 1), date(2026, 3, 2), date(2026, 3, 2)),  # already past: today
	],
)
def test_due_dates_fall_on_working_days(due, not_before, expected):
	assert WEEK.on_or_before(due, not_before) == expected


def test_a_holiday_list_decides_alone():
	saturday_works = WorkingDays(frozenset({date(2026, 3, 8)}))
	assert date(2026, 3, 7) in saturday_works and date(2026, 3, 8) not in saturday_works
	assert saturday_works.on_or_before(date(2026, 3, 8), MONDAY) == date(2026, 3, 7)


def test_a_list_that_closes_the_whole_year_does_not_search_for_ever():
	closed = WorkingDays(frozenset(MONDAY + timedelta(days=n) for n in range(800)))
	assert closed.on_or_after(MONDAY) == MONDAY


@given(st.text(min_size=1), st.integers(1, 365), st.none() | st.integers(-800, 400))
def test_the_rhythm_never_asks_before_its_time_and_spreads_the_start(customer, every, offset):
	contact = None if offset is None else MONDAY + timedelta(days=offset)
	due, since = f.cadence_due(customer, every, contact, MONDAY)
	assert due > MONDAY
	if contact and since == contact:
		assert due == contact + timedelta(days=every)
	else:
		assert since == MONDAY and due <= MONDAY + timedelta(days=every)


def test_switching_a_rhythm_on_floods_nobody():
	first_days = Counter(f.cadence_due(f"C{n}", 30, None, MONDAY)[0] for n in range(3000))
	assert len(first_days) == 30 and max(first_days.values()) < 150


def test_value_at_risk():
	assert f.value_at_risk(1000, 0.75) == 250
	assert f.value_at_risk(-1000, 0.5) == 0
