"""The clock of a complaint against figures worked out by hand, and what no sequence of actions may lead to."""

import ast
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from keep_customers.engine import complaints as engine
from keep_customers.engine.complaints import Case, Refused, WorkingTime, due, elapsed

APP = Path(__file__).parents[2] / "keep_customers"
BERLIN = "Europe/Berlin"


def at(text: str) -> datetime:
	return datetime.strptime(text, "%Y-%m-%d %H:%M")


def span(text: str) -> tuple[time, time]:
	opens, closes = (time.fromisoformat(part) for part in text.split("-"))
	return opens, closes


OFFICE = WorkingTime(
	BERLIN,
	{day: [span("09:00-17:00")] for day in range(5)},
	frozenset({date(2026, 4, 3), date(2026, 4, 6)}),  # Good Friday, Easter Monday
)
LUNCH = WorkingTime(BERLIN, {day: [span("13:00-17:00"), span("09:00-12:00")] for day in range(5)})
NIGHTS = WorkingTime(BERLIN, {day: [span("22:00-00:00"), span("00:00-06:00")] for day in range(7)})
OVERLAPPING = WorkingTime(BERLIN, {2: [span("09:00-12:00"), span("11:00-14:00")]})
ALWAYS = WorkingTime(BERLIN)


@pytest.mark.parametrize(
	"work, start, hours, expected",
	[
		(OFFICE, "2026-03-04 10:00", 1, "2026-03-04 11:00"),
		(OFFICE, "2026-03-04 16:30", 1, "2026-03-05 09:30"),  # over the night
		(OFFICE, "2026-03-06 16:00", 2, "2026-03-09 10:00"),  # over the weekend
		(OFFICE, "2026-04-02 16:00", 2, "2026-04-07 10:00"),  # over Easter
		(OFFICE, "2026-03-04 07:00", 1, "2026-03-04 10:00"),  # before work
		(OFFICE, "2026-03-04 20:00", 1, "2026-03-05 10:00"),  # after work
		(OFFICE, "2026-03-07 12:00", 1, "2026-03-09 10:00"),  # on a Saturday
		(OFFICE, "2026-03-04 16:00", 1, "2026-03-04 17:00"),  # until they close, not until they open again
		(OFFICE, "2026-03-04 09:00", 8, "2026-03-04 17:00"),
		(OFFICE, "2026-03-04 17:00", 1, "2026-03-05 10:00"),  # received as they close
		(OFFICE, "2026-03-04 10:00", 24, "2026-03-09 10:00"),  # three working days
		(OFFICE, "2026-03-04 20:00", 0, "2026-03-04 20:00"),
		(OFFICE, "2026-03-04 09:00", 2080, "2027-03-04 17:00"),  # 52 weeks, and Easter made up for
		(LUNCH, "2026-03-04 11:30", 1, "2026-03-04 13:30"),
		(NIGHTS, "2026-03-04 23:00", 2, "2026-03-05 01:00"),
		(NIGHTS, "2026-03-04 05:00", 2, "2026-03-04 23:00"),
		(ALWAYS, "2026-04-03 20:00", 24, "2026-04-04 20:00"),  # holidays are for those who have working hours
		# At two the clock is put to three, and in autumn at three to two.
		(ALWAYS, "2026-03-28 18:00", 24, "2026-03-29 19:00"),
		(ALWAYS, "2026-10-24 18:00", 24, "2026-10-25 17:00"),
		(NIGHTS, "2026-03-29 00:00", 5, "2026-03-29 06:00"),
		(NIGHTS, "2026-10-25 00:00", 7, "2026-10-25 06:00"),
		(NIGHTS, "2026-10-25 00:00", 4, "2026-10-25 03:00"),
		(OFFICE, "2026-03-27 16:00", 2, "2026-03-30 10:00"),  # office hours do not notice
	],
)  # fmt: skip
def test_when_it_is_due(work, start, hours, expected):
	assert due(at(start), hours, work) == at(expected)
	if hours:
		assert elapsed(at(start), at(expected), work) == pytest.approx(60 * hours)


@pytest.mark.parametrize(
	"pauses, expected",
	[
		([("11:00", "13:00")], "16:00"),
		([("11:00", "13:00"), ("12:00", "14:00")], "17:00"),  # overlapping counts once
		([("12:00", "14:00"), ("11:00", "13:00")], "17:00"),
		([("11:00", "14:00"), ("12:00", "13:00")], "17:00"),  # one within the other
		([("06:00", "10:00")], "14:00"),  # over before it began
		([("14:00", "16:00")], "14:00"),  # begun as it was due
		([("13:00", "12:00")], "14:00"),  # resumed before it was paused: none
		([("11:00", None)], None),
		([("15:00", None)], "14:00"),
		([("11:00", "12:00"), ("11:30", None)], None),
	],
)
def test_waiting_for_the_customer_stops_the_clock(pauses, expected):
	day = "2026-03-04 "
	pauses = [(at(day + since), until and at(day + until)) for since, until in pauses]
	expected = expected and at(day + expected)
	assert due(at(day + "10:00"), 4, OFFICE, pauses) == expected
	assert due(at(day + "10:00"), 4, ALWAYS, pauses) == expected


def test_waiting_outside_working_hours_stops_nothing_and_over_days_stops_their_hours():
	night = [(at("2026-03-04 18:00"), at("2026-03-05 08:00"))]
	assert due(at("2026-03-04 16:00"), 2, OFFICE, night) == at("2026-03-05 10:00")
	week = [(at("2026-03-04 12:00"), at("2026-03-11 12:00"))]
	assert due(at("2026-03-04 10:00"), 4, OFFICE, week) == at("2026-03-11 14:00")
	years = [(at("2026-03-04 12:00"), at("2029-03-04 12:00"))]
	assert due(at("2026-03-04 10:00"), 4, ALWAYS, years) == at("2029-03-04 14:00")
	assert due(at("2026-03-04 10:00"), 4, OFFICE, years) == at("2029-03-05 11:00")  # a Sunday; and a Monday


def test_how_long_it_took():
	assert elapsed(at("2026-03-06 16:00"), at("2026-03-09 10:00"), OFFICE) == 120
	assert elapsed(at("2026-03-28 18:00"), at("2026-03-29 18:00"), ALWAYS) == 23 * 60
	assert elapsed(at("2026-10-24 18:00"), at("2026-10-25 18:00"), ALWAYS) == 25 * 60
	assert elapsed(at("2026-03-04 08:00"), at("2026-03-04 15:00"), OVERLAPPING) == 300
	assert elapsed(at("2026-03-04 10:00"), at("2026-03-04 09:00"), ALWAYS) == 0
	waiting = [(at("2026-03-04 11:00"), None)]
	assert elapsed(at("2026-03-04 10:00"), at("2026-03-09 10:00"), OFFICE, waiting) == 60


@pytest.mark.parametrize(
	"hours, holidays",
	[
		({}, ()),
		({0: []}, ()),
		({0: [(time(9), time(9))]}, ()),
		({0: [span("09:00-17:00")]}, [date(2026, 1, 1) + timedelta(days=n) for n in range(3000)]),
	],
)
def test_who_never_works_is_told(hours, holidays):
	with pytest.raises(ValueError, match="working hours"):
		due(at("2026-03-04 10:00"), 1, WorkingTime(BERLIN, hours, frozenset(holidays)))


def test_hours_that_end_when_they_begin_are_none():
	"""Of a table that was filled in past the form: a target of years would be looked for through centuries."""
	never = WorkingTime(BERLIN, {day: [(time(10), time(10))] for day in range(7)})
	assert not list(
		never.spans(
			datetime(2026, 1, 1, tzinfo=ZoneInfo(BERLIN)), datetime(2200, 1, 1, tzinfo=ZoneInfo(BERLIN))
		)
	)
	besides = WorkingTime(BERLIN, {0: [(time(10), time(10)), span("11:00-12:00")]})
	assert due(at("2026-03-02 09:00"), 1, besides) == at("2026-03-02 12:00")


moments = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)).map(lambda t: t.replace(microsecond=0))
spans = st.lists(st.integers(0, 24), min_size=2, max_size=4, unique=True).map(
	lambda hours: [
		(time(a), time(b % 24)) for a, b in zip(sorted(hours)[::2], sorted(hours)[1::2], strict=False)
	]
)
working = st.builds(
	WorkingTime,
	st.sampled_from(["UTC", BERLIN, "Asia/Shanghai", "America/New_York", "Australia/Lord_Howe"]),
	st.none() | st.dictionaries(st.integers(0, 6), spans, min_size=1),
	st.frozensets(st.dates(date(2026, 1, 1), date(2026, 12, 31)), max_size=20),
)
pause = st.tuples(moments, st.floats(0, 2000)).map(lambda p: (p[0], p[0] + timedelta(hours=round(p[1], 2))))


def shown_twice(moment: datetime, zone: str) -> bool:
	there = moment.replace(tzinfo=ZoneInfo(zone))
	return there.utcoffset() != there.replace(fold=1).utcoffset()


@settings(max_examples=150, deadline=None)
@given(moments, st.floats(0.1, 60), working, st.lists(pause, max_size=4))
def test_what_is_due_after_some_hours_has_taken_these_hours(start, hours, work, pauses):
	assume(not shown_twice(start, work.zone))
	when = due(start, hours, work, pauses)
	assume(not shown_twice(when, work.zone))
	assert when > start
	assert elapsed(start, when, work, pauses) == pytest.approx(60 * hours, abs=1e-3)


@settings(max_examples=150, deadline=None)
@given(moments, st.floats(0.1, 60), working, st.lists(pause, max_size=4), pause, st.floats(0, 10))
def test_neither_waiting_nor_more_time_makes_it_due_earlier(start, hours, work, pauses, one_more, longer):
	when = due(start, hours, work, pauses)
	assert due(start, hours, work, [*pauses, one_more]) >= when
	assert due(start, hours + longer, work, pauses) >= when
	lasting = due(start, hours, work, [*pauses, (one_more[0], None)])
	assert lasting is None or lasting >= when


# What may be done with a case


def words() -> set[str]:
	"""The refusals that ``complaints/cases.why_not`` has words for; it cannot be called without the framework."""
	tree = ast.parse((APP / "complaints" / "cases.py").read_text(encoding="utf-8"))
	[function] = [node for node in tree.body if getattr(node, "name", "") == "why_not"]
	[table] = [node for node in ast.walk(function) if isinstance(node, ast.Dict)]
	return {key.value for key in table.keys}


def refused(act, *arguments) -> str:
	with pytest.raises(Refused) as caught:
		act(*arguments)
	return caught.value.why


GIVEN = replace(Case(), status=engine.GIVEN, done=frozenset(engine.STEPS[:6]))
CLOSED = replace(GIVEN, status=engine.CLOSED, word=engine.YES, done=frozenset(engine.STEPS[:8]))


def test_every_refusal_has_words_and_there_are_no_words_for_nothing():
	seen = {
		refused(engine.take_step, CLOSED, "Listened"),
		refused(engine.take_step, CLOSED, "Received"),
		refused(engine.take_step, GIVEN, "Explained"),
		refused(engine.take_step, Case(), "Explained"),
		refused(engine.take_step, Case(), "Explained", "  "),
		refused(engine.take_step, GIVEN, "Confirmed", "they said so"),
		refused(engine.take_step, Case(), "Compensated", "at once"),
		refused(engine.take_step, GIVEN, "Compensated", " "),
		refused(engine.take_step, replace(GIVEN, owed=True), "Compensated", "why not"),
		refused(engine.take_step, GIVEN, "Followed Up", "bored"),
		refused(engine.wait, replace(Case(), status=engine.WAITING)),
		refused(engine.wait, GIVEN),
		refused(engine.resume, Case()),
		refused(engine.hear, Case(), engine.YES),
		refused(engine.close, GIVEN),
		refused(engine.close, GIVEN, "   "),
		refused(engine.close, replace(GIVEN, word=engine.NO)),
		refused(engine.close, replace(GIVEN, repeat=True), "because"),
		refused(engine.close, replace(GIVEN, word=engine.YES, owed=True)),
		refused(engine.close, CLOSED, "again"),
	}
	assert seen == words()


def test_nine_steps_lead_from_the_first_word_to_the_last():
	case = Case()
	for step in engine.STEPS[1:7]:
		assert case.next_step == step
		case, left_out = engine.take_step(replace(case, given=True), step)
		assert not left_out and case.step == step
	assert case.status == engine.GIVEN
	case = engine.hear(case, engine.YES)
	assert (case.status, case.step, case.next_step) == (engine.CLOSED, "Confirmed", "Followed Up")
	case, _ = engine.take_step(case, "Followed Up")
	assert case.next_step is None and case.done == set(engine.STEPS)


def test_who_jumps_says_why_and_what_was_left_out_is_known():
	with pytest.raises(Refused) as caught:
		engine.take_step(Case(), "Cause Found")
	assert (caught.value.why, caught.value.steps) == ("left out", ("Listened", "Apologised"))
	case, left_out = engine.take_step(Case(), "Cause Found", "they know us well")
	assert left_out == ["Listened", "Apologised"] and case.step == "Cause Found"


def test_who_gets_nothing_is_told_why_and_nothing_is_ticked_that_is_not_done():
	case, left_out = engine.take_step(GIVEN, "Compensated", "They asked for nothing")
	assert left_out == ["Compensated"] and case.step == "Compensated"
	# A yes leaves open what they still get; with that the case ends.
	happy = engine.hear(replace(GIVEN, owed=True), engine.YES)
	assert (happy.status, happy.next_step) == (engine.GIVEN, "Compensated")
	assert refused(engine.take_step, happy, "Compensated") == "compensation"
	ended, left_out = engine.take_step(replace(happy, owed=False, given=True), "Compensated")
	assert (ended.status, left_out) == (engine.CLOSED, [])


def test_all_that_is_open_is_named_at_once():
	case = replace(GIVEN, repeat=True, owed=True)
	assert engine.open_things(case) == ["no answer", "repeat", "compensation"]
	assert engine.open_things(replace(case, word=engine.NO)) == ["refused", "repeat", "compensation"]
	assert engine.open_things(case, override=True) == ["repeat", "compensation"]
	assert engine.open_things(replace(case, word=engine.YES, learnt=True, owed=False)) == []


def test_the_first_no_begins_anew_and_the_second_is_the_managers():
	again = engine.hear(GIVEN, engine.NO)
	assert (again.status, again.second_chance, again.done) == (engine.REOPENED, True, {engine.RECEIVED})
	again, _ = engine.take_step(again, "Listened")
	assert again.status == engine.REOPENED
	waiting = engine.wait(again)
	assert engine.resume(waiting).status == engine.REOPENED
	offered, _ = engine.take_step(again, engine.OFFERED, "at once")
	second = engine.hear(offered, engine.NO)
	assert (second.status, second.word) == (engine.GIVEN, engine.NO)
	assert refused(engine.close, second) == "refused"
	assert engine.close(second, "we have done all we can").overridden
	# They may still be won.
	assert engine.hear(second, engine.YES).status == engine.CLOSED


def test_what_silence_has_closed_any_word_opens_again():
	closed = replace(engine.close(GIVEN, "No answer"), silent=True)
	again = engine.hear(closed, engine.NO)
	assert (again.status, again.second_chance, again.silent, again.overridden) == (
		engine.REOPENED, True, False, False,
	)  # fmt: skip
	happy = engine.hear(closed, engine.YES)
	assert (happy.status, happy.silent, happy.overridden) == (engine.CLOSED, False, False)
	read = engine.reopen(closed)
	assert read.status == engine.REOPENED and engine.hear(read, engine.YES).status == engine.CLOSED
	# Closed by a person it stays.
	assert refused(engine.reopen, replace(closed, silent=False)) == "closed"


def test_a_yes_does_not_close_what_is_owed_and_a_later_no_takes_it_back():
	owed = engine.hear(replace(GIVEN, owed=True), engine.YES)
	assert (owed.status, owed.word) == (engine.GIVEN, engine.YES)
	assert engine.close(replace(owed, owed=False)).status == engine.CLOSED
	again = engine.hear(replace(owed, second_chance=True), engine.NO)
	assert "Confirmed" not in again.done and again.status == engine.GIVEN
	repeat = engine.hear(replace(GIVEN, repeat=True), engine.YES)
	assert repeat.status == engine.GIVEN
	assert not engine.close(replace(repeat, learnt=True), "not needed").overridden


actions = st.lists(
	st.one_of(
		st.tuples(st.just("take_step"), st.sampled_from(engine.STEPS), st.sampled_from(["", " ", "why"])),
		st.tuples(st.just("wait")),
		st.tuples(st.just("resume")),
		st.tuples(st.just("hear"), st.sampled_from([engine.YES, engine.NO])),
		st.tuples(st.just("close"), st.sampled_from(["", " ", "why"])),
		# What people write on an open case.
		st.tuples(st.sampled_from(["repeat", "learnt", "owed", "given"]), st.booleans()),
	),
	max_size=40,
)


@settings(max_examples=500, deadline=None)
@given(actions, st.booleans())
def test_no_sequence_of_actions_leads_where_it_must_not(todo, hurry):
	case, known, chances = Case(), words(), 0
	if hurry:  # half of them begin where it becomes interesting
		case, _ = engine.take_step(case, engine.OFFERED, "why")
	for action, *arguments in todo:
		before = case
		if action in ("repeat", "learnt", "owed", "given"):
			if case.status != engine.CLOSED:
				case = replace(case, **{action: arguments[0]})
			continue
		try:
			result = getattr(engine, action)(case, *arguments)
		except Refused as error:
			assert error.why in known
			assert case == before
			continue
		case, left_out = result if action == "take_step" else (result, [])
		assert not left_out or arguments[1].strip(), "a step was jumped without a reason"
		if engine.COMPENSATED in case.done - before.done and case.word != engine.YES:
			assert not case.owed, "a tick with nothing decided"
		assert case.status in engine.STATUSES and case.done <= set(engine.STEPS)
		assert engine.RECEIVED in case.done
		if before.status == engine.CLOSED:
			assert (action, arguments[0]) == ("take_step", engine.FOLLOWED_UP)
			assert replace(case, done=before.done) == before, "a closed case changed"
		elif case.status == engine.CLOSED:
			assert (case.word == engine.YES) != case.overridden, "closed without a yes or a manager's reason"
			assert not case.overridden or (action == "close" and arguments[0].strip())
			assert not case.owed and (case.learnt or not case.repeat)
		if engine.FOLLOWED_UP in case.done:
			assert case.status == engine.CLOSED
		if engine.CONFIRMED in case.done:
			assert case.word == engine.YES
		if case.status == engine.GIVEN:
			assert engine.OFFERED in case.done
		if case.status in (engine.OPEN, engine.REOPENED):
			assert engine.OFFERED not in case.done
			assert (case.status == engine.REOPENED) == case.second_chance
		chances += case.second_chance and not before.second_chance
		assert chances <= 1 and case.second_chance >= before.second_chance
