"""Who is invited, who has a place, who waits and who moves up; and what an event was worth."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from keep_customers.engine import events
from keep_customers.engine.events import (
	ACCEPTED,
	ATTENDED,
	CANCELLED,
	CLOSED,
	DECLINED,
	HELD,
	IDEA,
	INVITED,
	INVITING,
	NO,
	NO_SHOW,
	PLANNED,
	WAITING,
	YES,
	Guest,
	Refused,
	Room,
)

NOW = datetime(2026, 3, 4, 12)


def room(*guests, capacity=3, companions=2):
	return Room(capacity, companions, tuple(guests))


def refused(why, what, *args, **kwargs):
	with pytest.raises(Refused) as caught:
		what(*args, **kwargs)
	assert caught.value.why == why


# Replies


def test_a_yes_is_a_place_until_the_room_is_full_then_a_turn_on_the_waiting_list():
	party = room(Guest("a", INVITED), Guest("b", INVITED), Guest("c", INVITED))
	for key, companions, status in (("a", 1, ACCEPTED), ("b", 1, WAITING), ("c", 0, WAITING)):
		party = party.with_([events.reply(party, key, YES, companions, NOW)])
		assert party.find(key).status == status
	assert party.taken == 2 and [guest.key for guest in party.line] == ["b", "c"]
	# One place is free: c would fit, but b was first.
	assert events.moved_up(party) == []
	party = party.with_([events.reply(party, "a", NO, 0, NOW)])
	assert [guest.key for guest in events.moved_up(party)] == ["b", "c"]


def test_small_parties_pass_a_large_one_that_does_not_fit_where_the_event_says_so():
	waiting = (Guest("large", WAITING, 2, NOW), Guest("small", WAITING, 0, NOW + timedelta(hours=1)))
	party = room(Guest("a", ACCEPTED, 1), *waiting, Guest("new", INVITED), Guest("next", "Planned"))
	assert events.moved_up(party) == [] == events.wave(party)
	party = replace(party, small_may_pass=True)
	assert [guest.key for guest in events.moved_up(party)] == ["small"]
	# As long as somebody waits who would fit, a new yes joins the end.
	assert events.reply(party, "new", YES, 0, NOW).status == WAITING
	party = party.with_([Guest("small", DECLINED)])
	assert events.reply(party, "new", YES, 0, NOW).status == ACCEPTED
	assert events.reply(party, "new", YES, 1, NOW).status == WAITING
	# One place, which the invited may claim; without them the next is asked.
	assert events.wave(party) == []
	assert [guest.key for guest in events.wave(party.with_([Guest("new", DECLINED)]))] == ["next"]
	# All of the room free: the longest wait counts again.
	assert [guest.key for guest in events.moved_up(party.with_([Guest("a", DECLINED)]))] == ["large"]


def test_the_same_answer_again_changes_nothing():
	party = room(Guest("a", INVITED), Guest("b", INVITED))
	for key in ("a", "b", "a", "b"):
		party = party.with_([events.reply(party, key, YES, 1, NOW)])
	assert (party.taken, party.find("b").waiting_since) == (2, NOW)
	again = party.with_([events.reply(party, "b", YES, 1, NOW + timedelta(hours=1))])
	assert again == party
	gone = party.with_([events.reply(party, "a", NO, 0, NOW)])
	assert gone.with_([events.reply(gone, "a", NO, 0, NOW)]) == gone


def test_who_comes_keeps_the_place_when_there_is_none_for_more_companions():
	party = room(Guest("a", ACCEPTED), Guest("b", ACCEPTED, 1))
	refused("no place for more companions", events.reply, party, "a", YES, 1, NOW)
	assert events.reply(party, "b", YES, 0, NOW) == Guest("b", ACCEPTED, 0)
	# Free places are not for who is inside already as long as somebody waits for them.
	waiting = room(Guest("a", ACCEPTED), Guest("b", WAITING, 2, NOW), capacity=3)
	refused("no place for more companions", events.reply, waiting, "a", YES, 1, NOW)
	assert events.reply(waiting, "a", YES, 0, NOW) == Guest("a", ACCEPTED, 0)


@pytest.mark.parametrize(
	("status", "companions", "why"),
	[
		(INVITED, 3, "too many companions"),
		(INVITED, -1, "too many companions"),
		(CANCELLED, 0, "invitation cancelled"),
		(ATTENDED, 0, "over"),
		(NO_SHOW, 0, "over"),
	],
)
def test_what_cannot_be_answered(status, companions, why):
	refused(why, events.reply, room(Guest("a", status)), "a", YES, companions, NOW)


def test_a_party_larger_than_the_room_is_refused_and_holds_up_nobody():
	refused("larger than the room", events.reply, room(Guest("a", INVITED), capacity=2), "a", YES, 2, NOW)
	# The room became smaller after it had joined the line.
	party = room(Guest("a", WAITING, 2, NOW), Guest("b", WAITING, 0, NOW + timedelta(1)), capacity=2)
	assert [guest.key for guest in events.moved_up(party)] == ["b"]


# Waves


def test_a_wave_is_as_large_as_the_places_that_nobody_has_or_may_claim():
	party = room(*(Guest(key) for key in "abcdef"), capacity=4)
	wave = events.wave(party)
	assert [guest.key for guest in wave] == ["a", "b", "c", "d"]
	party = party.with_(wave)
	assert events.wave(party) == [], "all places may be claimed"
	party = party.with_([replace(party.find("a"), status=DECLINED), Guest("b", ACCEPTED, 1)])
	# Six in all: two have a place with b, two may come.
	assert events.wave(party) == []
	party = party.with_([replace(party.find("c"), status=DECLINED)])
	assert [guest.key for guest in events.wave(party)] == ["e"]


def test_nobody_new_is_asked_while_somebody_waits_and_everybody_where_there_is_no_limit():
	assert events.wave(room(Guest("a", WAITING, 2, NOW), Guest("b"), capacity=4)) == []
	assert len(events.wave(room(*(Guest(key) for key in "abcdef"), capacity=0))) == 6


# Any sequence of what people do


class Evening(RuleBasedStateMachine):
	"""Guests reply, change their minds and come; the room is made smaller and larger; the host invites and cancels."""

	CAPACITIES = st.sampled_from([0, 1, 3, 5, 8])
	keys = st.sampled_from([f"g{index}" for index in range(8)])

	def __init__(self):
		super().__init__()
		self.room = Room(5, 2, tuple(Guest(f"g{index}") for index in range(8)))
		self.now = NOW
		self.joined: list[str] = []  # who waits, in the order in which they began to

	def settle(self, changed):
		self.room = self.room.with_(changed)
		self.joined += [g.key for g in changed if g.status == WAITING and g.key not in self.joined]
		self.joined = [key for key in self.joined if self.room.find(key).status == WAITING]
		line = [guest.key for guest in self.room.line]
		moved = [guest.key for guest in events.moved_up(self.room)]
		assert moved == line[: len(moved)], "nobody is overtaken"
		self.room = self.room.with_(events.moved_up(self.room))
		self.joined = [key for key in self.joined if key not in moved]

	@rule(
		key=keys, answer=st.sampled_from([YES, NO]), companions=st.integers(0, 3), same_moment=st.booleans()
	)
	def reply(self, key, answer, companions, same_moment):
		self.now += timedelta(minutes=not same_moment)
		try:
			guest = events.reply(self.room, key, answer, companions, self.now)
		except Refused:
			return
		self.settle([guest])

	@rule(key=keys, companions=st.none() | st.integers(0, 2))
	def check_in(self, key, companions):
		try:
			guest = events.check_in(self.room, key, companions)
		except Refused:
			return
		assert guest.status == ATTENDED
		self.settle([guest])

	@rule(key=keys)
	def undo_check_in(self, key):
		self.settle([events.leave(self.room, key)])

	@rule(key=keys)
	def cancel(self, key):
		self.settle([Guest(key, CANCELLED)])

	@rule()
	def wave(self):
		wave = events.wave(self.room)
		if self.room.capacity:
			assert len(wave) <= max(0, self.room.free)
		self.settle(wave)

	@rule(capacity=CAPACITIES)
	def resize(self, capacity):
		# A form refuses to make the room smaller than who comes.
		if not capacity or self.room.taken <= capacity:
			self.room = replace(self.room, capacity=capacity)
			self.settle([])

	@precondition(lambda self: self.room.capacity)
	@invariant()
	def never_more_than_places(self):
		assert self.room.taken <= self.room.capacity

	@invariant()
	def nobody_waits_for_a_place_that_is_free(self):
		line = self.room.line
		assert not line or line[0].persons > self.room.free

	@invariant()
	def the_line_is_in_the_order_of_joining(self):
		line = [guest.key for guest in self.room.line]
		assert line == [key for key in self.joined if key in line]

	@invariant()
	def everybody_is_counted_once(self):
		assert len(self.room.guests) == len({guest.key for guest in self.room.guests}) == 8


Evening.TestCase.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
TestEvening = Evening.TestCase


# The door and afterwards


def test_at_the_door_the_expected_are_let_in_and_others_if_there_is_a_place():
	party = room(
		Guest("a", ACCEPTED, 1),
		Guest("b", INVITED),
		Guest("c", WAITING, 0, NOW),
		Guest("d", DECLINED),
		capacity=3,
	)
	party = party.with_([events.check_in(party, "a")])
	party = party.with_([events.check_in(party, "c")])
	refused("full", events.check_in, party, "b")
	assert events.check_in(party, "a") == party.find("a"), "the second time"
	# One companion did not come along; somebody else may.
	party = party.with_([events.check_in(party, "a", 0)])
	party = party.with_([events.check_in(party, "d")])
	assert party.taken == 3
	assert events.leave(party, "a").status == ACCEPTED
	assert [guest.status for guest in events.after(party.with_([events.leave(party, "a")]))] == [NO_SHOW]
	assert [g.status for g in events.after(room(Guest("a", ACCEPTED)), everybody_came=True)] == [ATTENDED]


@pytest.mark.parametrize(
	("status", "to", "why"),
	[
		(IDEA, INVITING, "not next"),
		(CLOSED, PLANNED, "final"),
		("Cancelled", PLANNED, "final"),
		(INVITING, HELD, "not yet"),
		(HELD, INVITING, "not next"),
	],
)
def test_steps_of_an_event_that_are_not_allowed(status, to, why):
	refused(why, events.may_become, status, to, NOW + timedelta(1), NOW)


def test_an_event_needs_a_day_and_ends_only_after_it():
	refused("no day", events.may_become, IDEA, PLANNED, None, NOW)
	refused("over", events.may_become, PLANNED, INVITING, NOW - timedelta(1), NOW)
	refused("nobody checked in", events.may_become, INVITING, HELD, NOW - timedelta(1), NOW, expected=3)
	events.may_become(INVITING, HELD, NOW - timedelta(1), NOW, checked_in=1, expected=3)
	for status in (IDEA, PLANNED, INVITING, HELD):
		events.may_become(status, "Cancelled", None, NOW)


def test_an_event_is_planned_once_its_day_is_known_and_no_day_changes_what_it_is_later():
	assert [events.with_its_day(status, True) for status in (IDEA, PLANNED, INVITING)] == [
		PLANNED, PLANNED, INVITING,
	]  # fmt: skip
	assert [events.with_its_day(status, False) for status in (IDEA, PLANNED, CLOSED)] == [IDEA, IDEA, CLOSED]


def test_who_did_not_come_is_taken_out_of_who_did():
	party = room(Guest("a", ACCEPTED), Guest("b", ACCEPTED), Guest("c", DECLINED))
	became = {guest.key: guest.status for guest in events.after(party, True, {"b"})}
	assert became == {"a": ATTENDED, "b": NO_SHOW}


@pytest.mark.parametrize(
	("guests", "why"),
	[
		([Guest("a")], None),
		([Guest("a", ACCEPTED)], "nobody left"),
		([Guest("a"), Guest("b", ACCEPTED, companions=2)], "full"),
		([Guest("a"), Guest("b", ACCEPTED, companions=1), Guest("c", INVITED)], "answers"),
		([Guest("a"), Guest("b", WAITING, companions=1, waiting_since=NOW)], "line"),
	],
)
def test_a_wave_that_asks_nobody_says_why(guests, why):
	assert events.why_no_wave(room(*guests)) == why


def test_an_invitation_that_was_taken_back_waits_for_the_next_wave():
	assert events.invite_after_all(room(Guest("a", CANCELLED, companions=2)), "a") == Guest("a")
	refused("not next", events.invite_after_all, room(Guest("a", INVITED)), "a")


# The year


@pytest.mark.parametrize(
	("today", "days", "expected"),
	[
		(date(2026, 1, 10), [], (0, 0)),
		(date(2026, 4, 5), [], (4, 1)),
		(date(2026, 4, 5), [date(2026, 2, 1)], (0, 1)),
		# One was missed, and four are planned: the goal is reached all the same.
		(date(2026, 4, 5), [date(2026, month, 1) for month in (5, 7, 9, 11)], (0, 1)),
		(date(2026, 4, 5), [date(2026, month, 1) for month in (5, 7, 9)], (1, 1)),
		(date(2026, 12, 31), [date(2026, month, 1) for month in (2, 3)], (2, 3)),
	],
)
def test_when_the_year_is_behind(today, days, expected):
	assert events.missing(4, days, today) == expected


def test_no_goal_is_never_missed():
	assert events.missing(0, [], date(2026, 12, 31)) == (0, 0)


@given(goal=st.integers(1, 30), day=st.integers(0, 364))
def test_since_when_so_many_events_are_due(goal, day):
	today = date(2026, 1, 1) + timedelta(days=day)
	due = events.missing(goal, [], today)[1]
	if due:
		since = events.due_since(goal, due, 2026)
		assert since <= today
		assert events.missing(goal, [], since)[1] == due
		assert events.missing(goal, [], since - timedelta(days=1))[1] == due - 1


# What it was worth


def test_the_invited_are_compared_with_those_who_bought_as_much_before():
	cell = dict.fromkeys(("a", "b", "x", "y", "z"), ("P", "Gold")) | {"w": ("P", "Lead")}
	before = {"a": 1000, "b": 100, "x": 990, "y": 120, "z": 5000, "w": 1000}
	bought = {"a": 300, "b": 50, "x": 100, "y": 30, "z": 9999, "w": 7777}
	effect = events.effect(["a", "b"], cell, cell, before, bought)
	assert (effect.pairs, effect.invited, effect.compared) == (2, 175.0, 65.0)


def test_who_is_like_nobody_is_left_out_and_nobody_is_compared_twice():
	cell = {"a": "Gold", "b": "Gold", "lone": "Platinum", "unknown": None, "x": "Gold"}
	before = {"a": 100, "b": 90}
	effect = events.effect(
		["a", "b", "lone", "unknown"], cell, cell, before, {"a": 10, "b": 20, "x": 4, "lone": 99}
	)
	assert (effect.pairs, effect.invited, effect.compared) == (1, 10.0, 4.0)
	assert events.effect([], cell, cell, {}, {}) == events.Effect(0, 0.0, 0.0)


@given(
	st.dictionaries(
		st.text("abcdefghij", min_size=1, max_size=3),
		st.tuples(
			st.booleans(), st.sampled_from(["Gold", "Iron", None]), st.integers(0, 50), st.integers(0, 50)
		),
		max_size=40,
	)
)
def test_pairs_are_as_many_as_there_can_be_and_of_one_kind(customers):
	invited = [name for name, row in customers.items() if row[0]]
	cell = {name: row[1] for name, row in customers.items()}
	before = {name: row[2] for name, row in customers.items()}
	# Everybody of a kind buys the same, so each pair differs by what it would by the kind alone: nothing.
	bought = {name: {"Gold": 7.0, "Iron": 3.0, None: 1000.0}[row[1]] for name, row in customers.items()}
	effect = events.effect(invited, customers, cell, before, bought)
	counts = [
		min(
			sum(row[0] and row[1] == kind for row in customers.values()),
			sum(not row[0] and row[1] == kind for row in customers.values()),
		)
		for kind in ("Gold", "Iron")
	]
	assert effect.pairs == sum(counts)
	assert effect.invited == pytest.approx(effect.compared)
