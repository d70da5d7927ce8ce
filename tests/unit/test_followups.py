"""The planner by generated days: caps and capacity hold, value at risk goes first, nothing disappears."""

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keep_customers.engine import followups as f
from keep_customers.engine.followups import ASSIGN, JOIN, SKIP, WAIT, Candidate, WorkingDays, plan

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
			dated=(dated := draw(st.integers(0, 3)) == 0),
			automatic=dated and draw(st.booleans()),
			agreed=not dated and draw(st.integers(0, 9)) == 0,
			prompt=not dated and draw(st.integers(0, 9)) == 0,
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
	assert all(bool(d.reason) == (d.action in (WAIT, SKIP)) for d in decisions)

	given_to = [by_key[d.key] for d in decisions if d.action == ASSIGN]
	joined = [(by_key[d.key], by_key[d.lead]) for d in decisions if d.action == JOIN]
	done = [*given_to, *(c for c, _lead in joined)]
	assert all((c.rep or c.automatic) and c.consent and not c.control for c in done)
	for customer in {c.customer for c in given_to}:
		free = [c for c in given_to if c.customer == customer and not (c.agreed or c.dated or c.prompt)]
		assert not cap or not free or len(free) + contacts.get(customer, 0) <= cap
	for rep in {c.rep for c in given_to if not c.automatic}:
		asked = [c for c in given_to if c.rep == rep and not c.automatic]
		free = [c for c in asked if not c.agreed]
		assert not capacity or not free or len(free) + assigned.get(rep, 0) <= capacity

	for c, lead in joined:
		assert (c.customer, c.rep) == (lead.customer, lead.rep) and lead in given_to
		assert not c.automatic and not lead.automatic
	for lead in given_to:
		parts = [lead, *(c for c, its in joined if its is lead)]
		days = {c.due for c in parts if c.dated}
		assert len(days) <= 1, "a dated greeting is never moved off its day"
		if len(parts) > 1:
			assert all(c.dated or max(c.due, MONDAY) >= min(days, default=MONDAY) for c in parts)

	for c in candidates:
		d = action[c.key]
		if d.reason == f.CAPACITY:
			better = [
				g
				for g in given_to
				if g.rep == c.rep and g.value_at_risk < c.value_at_risk and not (g.agreed or g.automatic)
			]
			assert not better, "higher value at risk never waits behind lower within a rep"
		if c.dated:
			assert d.reason != f.CAP, "the cap lets greetings on a date through"
		if d.action == SKIP and d.reason not in (f.CONTROL_GROUP, f.NO_CONSENT):
			assert c.expires and c.due <= MONDAY

	assert decisions == plan(list(reversed(candidates)), MONDAY, WEEK, contacts, cap, assigned, capacity)


@given(days(), st.integers(0, 13))
def test_a_rule_less_changes_others_only_through_cap_capacity_and_company(day, out):
	candidates, _contacts, _cap, _assigned, _capacity = day
	full = plan(candidates, MONDAY, WEEK, {}, 0, {}, 0)
	without = plan([c for c in candidates if c.key != f"F{out}"], MONDAY, WEEK, {}, 0, {}, 0)
	contacted = {d.key: d.action in (ASSIGN, JOIN) or d.reason for d in full if d.key != f"F{out}"}
	assert contacted == {d.key: d.action in (ASSIGN, JOIN) or d.reason for d in without}


def test_two_rules_on_one_day_are_one_contact():
	call = Candidate("F1", "a", "ann", MONDAY + timedelta(days=5), value_at_risk=9.0)
	other = Candidate("F2", "a", "ann", MONDAY + timedelta(days=6), value_at_risk=9.0)
	birthday = Candidate("F3", "a", "ann", MONDAY + timedelta(days=1), dated=True)
	named_day = Candidate("F4", "a", "ann", MONDAY + timedelta(days=2), dated=True)
	boss = Candidate("F5", "a", "ben", MONDAY)
	decisions = plan([call, other, birthday, named_day, boss], MONDAY, WEEK, {}, 1, {}, 10)
	assert {d.key: (d.action, d.lead or d.reason) for d in decisions} == {
		"F1": (ASSIGN, ""),
		"F2": (JOIN, "F1"),
		"F3": (JOIN, "F1"),
		"F4": (ASSIGN, ""),  # another day, and the cap does not hold a greeting back
		"F5": (WAIT, f.CAP),
	}


def test_what_another_app_asks_of_the_rep_waits_unless_it_is_owed():
	owed = {"agreed": True}, {"dated": True}, {"prompt": True}, {"automatic": True}
	cases = [
		Candidate(key=f"F{at}", customer=f"{at}", rep="ann", due=MONDAY, elsewhere=True, **more)
		for at, more in enumerate(({}, {"expires": True}, *owed))
	]
	decisions = plan(cases, MONDAY, WEEK, {}, 1, {}, 0)
	assert [(one.action, one.reason) for one in decisions] == [
		(WAIT, f.ELSEWHERE),
		(SKIP, f.ELSEWHERE),
		*[(ASSIGN, "")] * len(owed),
	]


def test_nothing_is_asked_of_a_rep_on_a_sunday():
	sunday = MONDAY - timedelta(days=1)
	[decision] = plan([Candidate("F", "a", "ann", MONDAY)], sunday, WEEK, {}, 1, {}, 10)
	assert (decision.action, decision.reason) == (WAIT, f.NOT_A_WORKING_DAY)


def test_what_was_promised_for_a_sunday_is_asked_for_before_it_or_on_it_and_keeps_its_day():
	friday, sunday = MONDAY - timedelta(days=3), MONDAY - timedelta(days=1)
	promise = Candidate("F1", "a", "ann", sunday, agreed=True, dated=True)
	call = Candidate("F2", "a", "ann", friday)
	for today in (friday, sunday):
		[decision] = plan([promise], today, WEEK, {"a": 1}, 1, {"ann": 1}, 1)
		assert (decision.action, decision.reason) == (ASSIGN, "")
	assert {d.action for d in plan([promise, call], friday, WEEK, {}, 0, {}, 0)} == {ASSIGN}, (
		"Friday's is another one"
	)
	late = promise._replace(dated=False)
	[decision] = plan([late], sunday, WEEK, {}, 1, {}, 10)
	assert decision.reason == f.NOT_A_WORKING_DAY, "what is late already waits for Monday"


def test_a_call_nobody_could_make_in_time_is_skipped_with_the_reason():
	call = Candidate("F", "a", "ann", MONDAY, expires=True)
	[decision] = plan([call], MONDAY, WEEK, {"a": 1}, 1, {}, 10)
	assert (decision.action, decision.reason) == (SKIP, f.CAP)


def test_what_its_day_has_passed_is_asked_of_nobody_but_as_a_promise():
	"""The machine was off for a week: whose birthday it was then is not called today."""
	late = Candidate("F", "a", "ann", MONDAY - timedelta(days=3), expires=True)
	held_back = late._replace(customer="b", control=True)
	cases = [late, late._replace(key="G", dated=True), held_back._replace(key="H")]
	decisions = {d.key: d for d in plan(cases, MONDAY, WEEK, {}, 0, {}, 0)}
	assert {key: (d.action, d.reason, d.came) for key, d in decisions.items()} == {
		"F": (SKIP, f.TOO_LATE, False),
		"G": (SKIP, f.TOO_LATE, False),
		"H": (SKIP, f.CONTROL_GROUP, False),
	}
	for still in (
		{"agreed": True},
		{"automatic": True},
		{"expires": False},
		{"due": MONDAY},
	):
		[decision] = plan([late._replace(**still)], MONDAY, WEEK, {}, 0, {}, 0)
		assert decision.action == ASSIGN, still


@pytest.mark.parametrize(
	"bought, within, last",
	[(0, 0, 1), (0, 1, 1), (0, 7, 7), (4, 0, 7), (4, 2, 7), (4, 3, 7), (4, 4, 8), (5, 0, 7), (6, 0, 7)],
)
def test_what_came_on_a_day_is_due_when_somebody_can_have_been_asked(bought, within, last):
	"""Bought on a Monday it is asked for on Tuesday, on a Friday or a weekend on Monday, however few days the rule gives."""
	day = MONDAY + timedelta(days=bought)
	assert WEEK.due_after(day, within) == MONDAY + timedelta(days=last)


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


def test_after_its_end_a_holiday_list_goes_on_by_the_weeks():
	last = date(2026, 12, 31)
	new_year, friday, saturday = date(2027, 1, 1), date(2027, 1, 15), date(2027, 1, 16)
	days = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
	fridays = {day: True for day in days if day.weekday() == 4}
	christmas = dict.fromkeys((date(2026, 12, 24), date(2026, 12, 28)), False)
	by_mark = f.weekly_days_off(fridays | christmas, last, 6)
	by_its_days = f.weekly_days_off(dict.fromkeys(fridays, False) | christmas, last, None)
	assert by_mark == by_its_days == {4}, "whatever else is closed at Christmas"
	assert f.weekly_days_off(christmas, last, 6) == {6}
	assert f.weekly_days_off(christmas, last, None) == {5, 6}
	work = WorkingDays(frozenset(fridays | christmas), days[0], last, by_mark)
	assert new_year not in work and friday not in work and saturday in work
	assert date(2026, 12, 28) not in work and date(2026, 12, 27) in work, (
		"as long as it goes, it decides alone"
	)
	assert date(2025, 12, 26) not in work and work.on_or_before(friday, MONDAY) == date(2027, 1, 14)


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


@given(
	st.lists(st.sampled_from(["ann", "ben"]), max_size=12),
	st.integers(0, 4),
	st.integers(1, 3),
	st.dictionaries(st.sampled_from(["ann", "ben"]), st.integers(0, 5)),
)
def test_there_is_room_for_as_many_as_the_planner_finds_day_by_day(reps, days, capacity, taken):
	always, waiting, asked = WorkingDays(weekly=frozenset()), list(enumerate(reps)), 0
	for ahead in range(days):
		today, load = MONDAY + timedelta(days=ahead), taken if ahead == 0 else {}
		rows = [
			Candidate(key=str(n), customer=str(n), rep=rep, due=MONDAY + timedelta(days=9))
			for n, rep in waiting
		]
		done = {row.key for row in plan(rows, today, always, {}, 0, load, capacity) if row.action == ASSIGN}
		asked += len(done)
		waiting = [(n, rep) for n, rep in waiting if str(n) not in done]
	assert f.room_for(Counter(reps), days, capacity, taken) == asked
