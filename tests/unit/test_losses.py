"""Which loss is reviewed, and what becomes of it."""

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keep_customers.engine import losses
from keep_customers.engine.losses import (
	EXPLAINED,
	GIVEN_UP,
	NO_LOSS,
	OPEN,
	STATUSES,
	WINNING_BACK,
	WON_BACK,
	Refused,
	Review,
)

DAYS = st.dates(date(2000, 1, 1), date(2100, 1, 1))
REVIEWS = st.builds(Review, st.sampled_from(STATUSES), st.booleans())
ACTIONS = (losses.explain, losses.plan, losses.give_up, losses.moved, losses.take_up_again)


def test_a_review_goes_from_the_question_to_an_end():
	asked = Review()
	told = losses.explain(asked)
	assert told == Review(EXPLAINED, True)
	assert losses.plan(told).status == WINNING_BACK
	assert losses.plan(losses.plan(told)).status == WINNING_BACK, "another step of the same plan"
	assert losses.give_up(losses.plan(told)).status == GIVEN_UP
	assert losses.plan(losses.give_up(told)).status == WINNING_BACK, "somebody has another idea"
	assert losses.take_up_again(losses.give_up(told)) == told


@pytest.mark.parametrize(
	"action, review, why",
	[
		(losses.plan, Review(OPEN), "no cause"),
		(losses.give_up, Review(OPEN), "no cause"),
		(losses.plan, Review(WON_BACK, True), "won back"),
		(losses.give_up, Review(NO_LOSS, True), "no loss"),
		(losses.explain, Review(NO_LOSS), "no loss"),
		(losses.moved, Review(WON_BACK), "won back"),
		(losses.take_up_again, Review(WINNING_BACK, True), "not over"),
	],
)
def test_what_is_refused(action, review, why):
	with pytest.raises(Refused) as refused:
		action(review)
	assert refused.value.why == why


def test_the_cause_can_still_be_told_when_the_customer_is_back():
	assert losses.explain(Review(WON_BACK)) == Review(WON_BACK, True)


@given(REVIEWS, st.lists(st.sampled_from(ACTIONS), max_size=8))
def test_no_buttons_lead_out_of_won_back_or_to_a_plan_without_a_cause(review, pressed):
	for action in pressed:
		try:
			after = action(review)
		except Refused:
			continue
		assert after.status in STATUSES
		assert (after.status == WON_BACK) == (review.status == WON_BACK)
		assert after.explained >= review.explained
		if action in (losses.plan, losses.give_up):
			assert after.explained
		review = after


def test_what_a_purchase_says_of_a_loss():
	last, lost = date(2026, 1, 10), date(2026, 5, 1)
	assert losses.came_of(last, lost, [last]) == (None, None)
	assert losses.came_of(last, lost, [last, date(2026, 6, 3), date(2026, 7, 1)]) == (
		WON_BACK,
		date(2026, 6, 3),
	)
	assert losses.came_of(last, lost, [date(2026, 4, 30)]) == (NO_LOSS, date(2026, 4, 30)), "entered late"
	assert losses.came_of(last, lost, [date(2026, 5, 1)]) == (WON_BACK, date(2026, 5, 1)), "the rep called"
	assert losses.came_of(last, lost, [date(2026, 1, 9)]) == (None, None), "older than what was known"


@given(DAYS, st.integers(1, 900), st.lists(DAYS))
def test_a_customer_is_back_only_by_a_purchase_after_the_loss_was_noticed(last, silent, bought):
	lost = last + timedelta(days=silent)
	status, first = losses.came_of(last, lost, bought)
	since = sorted(day for day in bought if day > last)
	assert first == (since[0] if since else None)
	assert (status == WON_BACK) == bool(since and since[0] >= lost)
	assert (status == NO_LOSS) == bool(since and since[0] < lost)


def test_what_was_lost_long_since_is_no_loss_of_today():
	# Gaps of 30 days: lost 120 days after the latest purchase at the latest; 30 more are a site that was down.
	last, noted = np.array([1000, 1000, 1000, 1000]), np.array([1100, 1150, 1151, 1121])
	assert losses.recognised_late(last, np.array([30, 30, 30, 5]), noted).tolist() == [
		False,
		False,
		True,
		True,
	]


@given(st.integers(1, 10**6), st.floats(1, 2000), st.integers(0, 5000))
def test_who_waits_longer_is_never_taken_for_newer(last, gap, days):
	noted = np.array([last + days, last + days + 1])
	one, next_day = losses.recognised_late(np.full(2, last), np.full(2, gap), noted)
	assert next_day >= one
	assert not losses.recognised_late(np.array([last]), np.array([gap]), np.array([last + 90]))[0]


def test_the_dearest_are_reviewed_first_and_nobody_gets_too_many():
	found = [
		("A", "anna", 100.0),
		("B", "anna", 900.0),
		("C", "anna", 500.0),
		("D", "ben", 10.0),
		("E", None, 7.0),
	]
	assert losses.chosen(found, 2, {}) == ["B", "C", "D", "E"]
	assert losses.chosen(found, 2, {"anna": 1}) == ["B", "D", "E"]
	assert losses.chosen(found, 0, {}) == []
	assert losses.chosen([("B", "anna", 5.0), ("A", "anna", 5.0)], 1, {}) == ["A"]


LOSSES = st.lists(
	st.tuples(st.text(), st.sampled_from(["anna", "ben", None]), st.floats(-1e6, 1e9)),
	unique_by=lambda one: one[0],
)


@given(LOSSES, st.integers(0, 5), st.integers(0, 5))
def test_each_rep_gets_as_many_as_there_is_room_for_and_those_that_cost_most(found, most, had):
	chosen = losses.chosen(found, most, {"anna": had})
	for rep, room in (("anna", max(most - had, 0)), ("ben", most), (None, most)):
		theirs = [one for one in found if one[1] == rep]
		taken = [one for one in theirs if one[0] in chosen]
		assert len(taken) == min(len(theirs), room)
		left = [one[2] for one in theirs if one[0] not in chosen]
		assert not taken or not left or min(one[2] for one in taken) >= max(left)


def test_a_year_up_to_the_latest_purchase_and_what_was_given_back_since():
	last = date(2026, 1, 10)
	days = [
		(date(2025, 1, 10), 400.0),
		(date(2025, 1, 11), 300.0),
		(last, 1000.0),
		(date(2026, 2, 1), -250.0),
	]
	assert losses.year_before(last, days) == 1050


def test_what_it_brings_is_counted_for_a_year_from_when_it_is_back():
	last, back = date(2026, 1, 10), date(2026, 6, 3)
	days = [(last, 1000.0), (back, 200.0), (date(2026, 6, 20), -50.0), (date(2027, 6, 4), 999.0)]
	assert losses.since(back, back + losses.YEAR, days) == 150
	assert losses.is_counted(back, date(2027, 6, 3)) and not losses.is_counted(back, date(2027, 6, 4))


def test_what_stopped_first():
	last = date(2026, 8, 27)
	assert losses.stopped_before(date(2026, 6, 28), 20, last)
	assert not losses.stopped_before(date(2026, 7, 28), 20, last), (
		"thirty days: the next one would have been half a gap late"
	)
	assert not losses.stopped_before(last, 20, last)
