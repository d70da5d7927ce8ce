"""The order of a full day by what contacts change: what is learned of it, and what the planner makes of it."""

from datetime import timedelta

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from keep_customers.engine.effect.learning import (
	Belief,
	Learned,
	Turns,
	beliefs,
	learn,
	until_apart,
)
from keep_customers.engine.followups import ASSIGN, SKIP, Candidate, plan
from keep_customers.engine.turns import HELPS, STAKE, TRIED
from tests.unit.test_followups import MONDAY, WEEK, days

RULES = ("call", "visit", "write")
ALIKE = Belief(np.full(4, 0.1), np.zeros(4))
# A visit changes four times as much as what is usual, a letter next to nothing.
APART = Belief(np.array([0.1, 0.4, 0.01, 0.1]), np.array([0.02, 0.05, 0.005, 0.1]))


def learned(belief=APART, exploring=0, night="2026-03-02"):
	return Learned(RULES, belief, exploring, night)


def with_rules(candidates):
	return [one._replace(rule=RULES[at % 3]) for at, one in enumerate(candidates)]


def planned(candidates, by, contacts=(), cap=0, assigned=(), capacity=2):
	return plan(candidates, MONDAY, WEEK, dict(contacts), cap, dict(assigned), capacity, by)


def due(key, rule, at_risk, customer=None, rep="ann", **more):
	return Candidate(key, customer or key, rep, MONDAY + timedelta(3), at_risk, rule=rule, **more)


# What is learned


def test_without_evidence_all_rules_are_alike_and_nothing_is_told_apart():
	nothing = np.full(2, np.nan)
	belief = beliefs(nothing, nothing, nothing, [100, 0])
	assert belief.mean.tolist() == [1, 1] and belief.spread.tolist() == [0, 0] and not belief.told_apart


def test_what_is_known_and_what_is_not():
	# 20 and 2 of the 100 that are at risk where somebody was reached; of the third rule nothing is known.
	belief = beliefs([20, 2, np.nan], [1, 1, np.nan], [500, 500, np.nan], [100, 100, 0])
	assert belief.mean[:2] == pytest.approx([0.2, 0.02], abs=0.01) and belief.told_apart
	assert belief.mean[1] < belief.mean[2] < belief.mean[0] and belief.spread[2] > 3 * belief.spread[0]


def test_differences_within_noise_tell_nothing_apart():
	assert not beliefs([12, 10, 11], [9, 9, 9], [500] * 3, [100] * 3).told_apart
	assert beliefs([40, 1, 11], [9, 9, 9], [500] * 3, [100] * 3).told_apart


def test_an_effect_is_told_of_one_contact_and_of_each_unit_at_risk():
	belief = beliefs([5, 5], [0.01, 0.01], [500, 500], [100, 10])
	assert belief.mean == pytest.approx([0.05, 0.5], abs=0.02)


def turns_by_hand(rng, number=4000, share=(0.3, 0.0), unit=1.0):
	"""Two rules: of each unit at risk a contact brings back so much; who was contacted twice, twice as much."""
	rule, held = rng.integers(0, 2, number), rng.random(number) < 0.3
	at_risk, before = rng.gamma(2, 100, number), rng.gamma(2, 50, number)
	contacts = np.where(held, 0, rng.integers(1, 3, number))
	after = before + rng.normal(0, 20, number) + np.array(share)[rule] * at_risk * contacts
	stratum = rng.integers(0, 2, number)
	return Turns(rule, held, unit * after, unit * before, unit * at_risk, contacts, stratum)


def test_what_a_contact_brings_back_is_found_again():
	known = learn(turns_by_hand(np.random.default_rng(5)), 2, np.inf)
	assert known.belief.mean[:2] == pytest.approx([0.3, 0.0], abs=0.03)
	assert 0.0 < known.belief.mean[2] < 0.3 and known.belief.told_apart
	low, high = known.bounds
	assert (low < known.belief.mean[:2]).all() and (known.belief.mean[:2] < high).all()
	assert low[0] < 0.3 < high[0] and low[1] < 0.0 < high[1] and (high - low < 0.2).all()
	assert known.dose == pytest.approx([300, 300], rel=0.1), "200 at risk, one and a half times"


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 1000), st.floats(1e-3, 1e4))
def test_a_scale_of_money_changes_nothing(seed, unit):
	one, other = (
		learn(turns_by_hand(np.random.default_rng(seed), 400, unit=unit), 2, np.inf).belief
		for unit in (1.0, unit)
	)
	assert one.mean == pytest.approx(other.mean, rel=1e-6, abs=1e-9)
	assert one.spread == pytest.approx(other.spread, rel=1e-6, abs=1e-9)


def test_nobody_learns_from_nobody():
	none = np.zeros(0)
	known = learn(Turns(none.astype(int), none > 0, none, none, none, none, none.astype(int)), 3, np.inf)
	assert not known.belief.told_apart and until_apart(known) == np.inf
	assert np.isnan(known.bounds).all() and np.shape(known.bounds) == (2, 3)


def test_so_many_times_as_many_customers_tell_rules_apart():
	times = until_apart(learn(turns_by_hand(np.random.default_rng(1), 200, share=(0.1, 0.1)), 2, np.inf))
	assert 1 < times < np.inf
	many = turns_by_hand(np.random.default_rng(2), int(200 * times * 2), share=(0.2, 0.1))
	assert learn(many, 2, np.inf).belief.told_apart


# The order


@given(days())
def test_where_rules_are_alike_nothing_changes(day):
	candidates, contacts, cap, assigned, capacity = day
	some = with_rules(candidates)
	plain, by = (
		planned(some, one, contacts, cap, assigned, capacity) for one in (None, learned(ALIKE, exploring=20))
	)
	shown = [[(d.key, d.action, d.reason, d.lead, d.came) for d in one] for one in (plain, by)]
	# Of other reps' contacts a day may be decided sooner or later; for each it is the same.
	assert sorted(shown[0]) == sorted(shown[1])
	assert all(d.turn.why != TRIED for d in by)


@given(days(), st.integers(0, 100), st.floats(1e-3, 1e3), st.randoms())
def test_neither_the_unit_of_money_nor_the_order_they_come_in_matters(day, exploring, unit, random):
	candidates, contacts, cap, assigned, capacity = day
	some = with_rules(candidates)
	other = [one._replace(value_at_risk=one.value_at_risk * unit) for one in some]
	assume(len({one.value_at_risk for one in some}) == len({one.value_at_risk for one in other}))
	random.shuffle(other)
	by = learned(exploring=exploring)
	first, second = (planned(one, by, contacts, cap, assigned, capacity) for one in (some, other))
	assert [(d.key, d.action, d.turn) for d in first] == [(d.key, d.action, d.turn) for d in second]


@given(days(), st.integers(0, 100), st.integers(0, 14))
def test_a_night_that_was_killed_goes_on_as_it_would_have(day, exploring, killed):
	candidates, contacts, cap, assigned, capacity = day
	# One rep a customer, as nearly always: else who is decided first may be another one's customer.
	some = [
		one._replace(rep=one.rep and ("ann" if one.customer in "ab" else "ben"))
		for one in with_rules(candidates)
	]
	by, cap = learned(exploring=exploring), 0
	whole = planned(some, by, contacts, cap, assigned, capacity)
	made = [d for d in whole if d.action == ASSIGN][:killed]
	leads = {d.key for d in made}
	done = leads | {d.key for d in whole if d.lead in leads}
	by_key = {one.key: one for one in some}
	now = dict(assigned)
	for d in made:
		if not by_key[d.key].automatic:
			now[by_key[d.key].rep] = now.get(by_key[d.key].rep, 0) + 1
	rest = planned([one for one in some if one.key not in done], by, contacts, cap, now, capacity)
	asked = {d.key for d in whole if d.action == ASSIGN}
	assert {d.key for d in rest if d.action == ASSIGN} == asked - leads


@given(days(), st.integers(0, 100))
def test_what_somebody_waits_for_is_not_overtaken(day, exploring):
	candidates, _contacts, _cap, _assigned, capacity = day
	some = with_rules(candidates)
	plain, by = (planned(some, one, capacity=capacity) for one in (None, learned(exploring=exploring)))
	by_key = {one.key: one for one in some}

	def before(decisions, key):
		keys = [d.key for d in decisions if by_key[d.key].rep == by_key[key].rep]
		return {one for one in keys[: keys.index(key)] if not _owed(by_key[one])}

	for one in some:
		if _owed(one) and not exploring:
			assert before(by, one.key) <= before(plain, one.key)
	assert all(not d.turn.why for d in by if _owed(by_key[d.key]))


def _owed(one):
	return one.agreed or one.dated or one.prompt


def test_what_changes_more_comes_first_and_says_so():
	candidates = [
		due("F1", "call", 100),
		due("F2", "visit", 60),
		due("F3", "write", 90),
		due("F4", "new", 30),
	]
	assert [d.key for d in planned(candidates, None) if d.action == ASSIGN] == ["F1", "F3"]
	decisions = planned(candidates, learned(), capacity=4)
	# 60 · 0.4, 100 · 0.1, 30 · 0.1 as of any other rule, 90 · 0.01
	assert [(d.key, d.turn.why) for d in decisions] == [
		("F2", HELPS),
		("F1", HELPS),
		("F4", HELPS),
		("F3", STAKE),
	]
	assert [round(d.turn.worth, 2) for d in decisions] == [4, 1, 1, 0.1]


def test_a_promise_and_a_greeting_keep_their_place():
	candidates = [
		due("F1", "visit", 50), due("F2", "", 60, agreed=True), due("F3", "write", 55, dated=True), due("F4", "visit", 90),
	]  # fmt: skip
	decisions = planned(candidates, learned(), capacity=3)
	assert [d.key for d in decisions if d.action == ASSIGN] == ["F4", "F2", "F3"]


def test_a_rule_that_does_harm_comes_last():
	harm = Belief(np.array([-0.2, 0.1, -0.1, 0.1]), np.full(4, 0.01))
	candidates = [due("F1", "call", 900), due("F2", "write", 800), due("F3", "visit", 1)]
	assert [d.key for d in planned(candidates, learned(harm), capacity=3)] == ["F3", "F1", "F2"]


@pytest.mark.parametrize(("exploring", "places"), [(0, []), (20, [4, 9, 14, 19]), (100, list(range(20)))])
def test_a_fifth_of_the_places_explores_evenly(exploring, places):
	by = learned(exploring=exploring)
	assert [place for place in range(20) if by.explores(place)] == places


@given(st.integers(0, 100), st.integers(0, 300))
def test_never_more_places_explore_than_their_share(exploring, number):
	by = learned(exploring=exploring)
	assert sum(map(by.explores, range(number))) == number * exploring // 100


def test_who_explores_draws_anew_each_night_and_for_each_rep_and_the_same_again():
	first = learned(exploring=20).tried("ann")
	assert first == learned(exploring=20).tried("ann")
	assert (
		first != learned(exploring=20).tried("ben") != learned(exploring=20, night="2026-03-03").tried("ben")
	)
	many = [learned(night=str(at)).tried("ann")["visit"] for at in range(400)]
	assert np.mean(many) == pytest.approx(0.4, abs=0.01) and np.std(many) == pytest.approx(0.05, abs=0.01)


def test_what_is_tried_out_says_so():
	unsure = Belief(np.array([0.1, 0.4, 0.01, 0.1]), np.array([0.001, 0.001, 50.0, 0.001]))
	candidates = [due(f"F{at}", "visit", 100 - at) for at in range(10)] + [due("G", "write", 90)]
	tried = []
	for night in range(40):
		decisions = planned(candidates, learned(unsure, 20, str(night)), capacity=5)
		asked = [d for d in decisions if d.action == ASSIGN]
		assert [d.key for d in asked[:4]] == ["F0", "F1", "F2", "F3"] and {d.turn.why for d in asked[:4]} == {
			HELPS
		}
		tried.append((asked[4].key, asked[4].turn.why))
	assert set(tried) == {("G", TRIED), ("F4", HELPS)}
	assert 10 < tried.count(("G", TRIED)) < 30, "the letter may be far better or far worse"


# Whose turn came


def test_who_is_held_back_is_compared_with_whom_there_was_room_for():
	candidates = [
		due("F1", "call", 50), due("F2", "call", 40, control=True), due("F3", "call", 30), due("F4", "call", 20, control=True),
		due("F5", "call", 10), due("F6", "call", 60, control=True, consent=False),
	]  # fmt: skip
	decisions = {d.key: d for d in planned(candidates, None, capacity=2)}
	assert {key: d.came for key, d in decisions.items()} == {
		"F1": True, "F2": True, "F3": True, "F4": False, "F5": False, "F6": False,
	}  # fmt: skip
	assert [key for key, d in decisions.items() if d.action == SKIP] == ["F6", "F2", "F4"]


@settings(deadline=None)
@given(days(), st.integers(0, 13), st.integers(0, 40))
def test_whether_there_is_room_does_not_depend_on_the_own_arm(day, at, exploring):
	candidates, contacts, cap, assigned, capacity = day
	assume(at < len(candidates) and not candidates[at].automatic)
	came = []
	for control in (False, True):
		some = with_rules(candidates)
		some[at] = some[at]._replace(control=control)
		decisions = planned(some, learned(exploring=exploring), contacts, cap, assigned, capacity)
		came.append(next(d.came for d in decisions if d.key == some[at].key))
	assert came[0] == came[1]
