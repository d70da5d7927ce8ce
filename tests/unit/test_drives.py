"""Maintenance drives: what is real, which facts are drawn, and that nobody wins by writing down what they do not know."""

from collections import Counter
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keep_customers.engine.completeness import WEIGHTS
from keep_customers.engine.drives import (
	ACCURACY,
	FACTS,
	POINTS,
	SHARE,
	Fact,
	Said,
	drawn,
	gained,
	places,
	plain,
	ranked_by,
	real,
	real_birthday,
	real_phone,
	real_text,
	score,
	weight,
)

TODAY = date(2026, 3, 4)
EMPTY = [
	"x",
	"-",
	"n/a",
	"N/A.",
	"unknown",
	" ?? ",
	"...",
	"xxx",
	"0",
	"TBD",
	"k.A.",
	"无",
	"不詳",
	"a",
	"",
	None,
	"None!",
]


def test_a_drive_asks_for_what_a_customer_can_confirm():
	assert set(WEIGHTS) - set(FACTS) == {"dedicated_rep", "consent"}
	assert sum(FACTS.values()) == sum(WEIGHTS.values()) - 16


@pytest.mark.parametrize("text", EMPTY)
def test_a_placeholder_says_nothing(text):
	assert not real_text(text)


@pytest.mark.parametrize("text", ["Golf", "茶", "Two children, Max and Ida", "M8 bolts", "no sugar", "Xu"])
def test_words_say_something(text):
	assert real_text(text)


@pytest.mark.parametrize(
	"number", ["", "0", "000000", "123456", "0123456789", "987654", "+49 11111", "111-222", "x" * 9, None]
)
def test_a_number_that_nobody_answers(number):
	assert not real_phone(number)


@pytest.mark.parametrize(
	"number", ["+49 170 4711 82", "(030) 901-820", "13812345678", "１３８ ０１３８ ０００２"]
)
def test_a_number_that_somebody_may_answer(number):
	assert real_phone(number)


def test_a_birthday_that_a_form_has_put_there():
	for day in (
		date(1900, 1, 1),
		date(1970, 1, 1),
		date(1899, 12, 30),
		date(1901, 5, 5),
		date(2027, 1, 2),
		None,
	):
		assert not real_birthday(day, TODAY)
	assert real_birthday(date(1970, 1, 2), TODAY) and real_birthday(date(1961, 11, 30), TODAY)


def test_one_number_on_many_files_is_nobodys():
	said = [Said(f"F{at}", "phone", "49170471182") for at in range(3)]
	assert real(said) == {}
	assert real(said[:2]) == {"F0": {"phone"}, "F1": {"phone"}}
	assert real([*said, Said("F0", "phone", "4930901820")]) == {"F0": {"phone"}}, "one that counts is enough"


def test_the_same_words_in_many_fields_are_said_of_the_weightiest():
	words = [Said("F", fact, plain("Nice!")) for fact in ("taste", "character", "values", "leisure")]
	assert real(words) == {"F": {"character"}}
	many = [Said(f"F{at}", "leisure", "golf") for at in range(6)]
	assert real(many) == {} and len(real(many[:5])) == 5
	choice = [Said(f"F{at}", "preferred_channel", "phone") for at in range(50)]
	assert len(real(choice)) == 50, "a choice among few is the same on many"


def test_what_was_known_gives_nothing():
	assert gained({"birthday", "family"}, {"phone", "family"}) == {"family"}
	assert weight({"birthday", "family"}) == 18 and weight({"no fact"}) == 0


def test_the_points_by_hand():
	# 9 of 10 right: Wilson's interval is 0.5958 … 0.9821. 200 points of weight gained, a wrong fact of 10 taken off.
	found = score(gap=400, gain=200, lost=10, right=9, wrong=1)
	assert (found.accuracy, round(found.low, 4), round(found.high, 4)) == (0.9, 0.5958, 0.9821)
	assert round(found.points, 2) == 113.21 and round(found.share, 4) == 0.2830
	assert ranked_by(found, POINTS) == found.points
	assert ranked_by(found, SHARE) == found.share and ranked_by(found, ACCURACY) == found.low


def test_two_right_ones_of_two_prove_little():
	few, many = score(400, 12, 0, 2, 0), score(400, 200, 0, 18, 2)
	assert few.accuracy == 1 and few.points < many.points and few.low < many.low


def test_who_is_level_shares_the_better_place():
	assert places({"a": 5, "b": 7, "c": 7.0001, "d": 0, "e": 2}) == {"b": 1, "c": 1, "a": 3, "e": 4}
	assert places({"a": 0}) == {} and places({}) == {}


weights = st.floats(0, 1e6)
counts = st.integers(0, 500)


@given(weights, weights, weights, counts, counts)
def test_bounded(gap, gain, lost, right, wrong):
	found = score(gap, gain, lost, right, wrong)
	assert 0 <= found.low <= found.high <= 1 and 0 <= found.share <= 1 and 0 <= found.points <= gap
	assert found.accuracy is None or found.low <= found.accuracy + 1e-9 <= found.high + 2e-9


@given(weights, weights, weights, counts, counts, st.floats(0, 50))
def test_more_right_facts_never_lose(gap, gain, lost, right, wrong, more):
	before = score(gap, gain, lost, right, wrong)
	assert score(gap, gain + more, lost, right, wrong).points >= before.points
	assert score(gap, gain + more, lost, right + 1, wrong).points >= before.points - 1e-6


@given(weights, weights, st.floats(0, 50), counts, counts)
def test_what_was_found_wrong_never_gains(gap, gain, wrongly, right, wrong):
	"""Whoever had left the fact empty has at least as much."""
	before = score(gap, gain, 0, right, wrong)
	after = score(gap, gain + wrongly, wrongly, right, wrong + 1)
	assert after.points <= before.points + 1e-6


known_texts = st.sampled_from(
	["Golf", "Tea", "Two children", "M8 bolts", "Sailing", "Chess", "Early", "Quiet"]
)
files = st.lists(
	st.tuples(st.sampled_from("ABCDE"), st.sampled_from(sorted(FACTS)), known_texts), max_size=25
)


@given(
	files,
	st.lists(
		st.tuples(st.sampled_from("ABCDE"), st.sampled_from(sorted(FACTS)), st.sampled_from(EMPTY)),
		max_size=25,
	),
)
def test_empty_entries_never_gain(entries, empty):
	def points(rows):
		said = [Said(file, fact, plain(text)) for file, fact, text in rows if real_text(text)]
		return sum(weight(gained(FACTS, known)) for known in real(said).values())

	assert points([*entries, *empty]) == points(entries)


@given(files)
def test_one_file_gives_no_more_than_it_has_facts(entries):
	known = real([Said(file, fact, plain(text)) for file, fact, text in entries])
	for file, facts in known.items():
		assert facts <= {fact for one, fact, _text in entries if one == file}
		assert weight(facts) <= sum(FACTS.values())


@given(
	st.sets(st.tuples(st.text("abc", min_size=1, max_size=3), st.sampled_from(sorted(FACTS))), max_size=40),
	st.integers(0, 50),
	st.randoms(),
)
def test_a_sample_is_the_same_again(facts, most, shuffle):
	facts = [Fact(*one) for one in facts]
	first = drawn("seed", facts, most)
	again = list(facts)
	shuffle.shuffle(again)
	assert drawn("seed", again, most) == first
	assert len(first) == len(set(first)) == min(most, len(facts)) and set(first) <= set(facts)


def test_heavy_facts_are_drawn_as_much_more_often_as_they_bring():
	facts = [Fact(f"F{at}", fact) for at in range(200) for fact in ("decision_maker", "values")]
	found = Counter(one.fact for seed in range(60) for one in drawn(str(seed), facts, 10))
	share = found["decision_maker"] / found.total()
	assert abs(share - 12 / 15) < 0.06, "weights of 12 and 3"
	assert drawn("a", facts, 10) != drawn("b", facts, 10)
