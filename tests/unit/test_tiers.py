"""Tiers by generated populations: exactly one tier each, cuts that hold, and nobody punished for more."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keep_customers.engine.tiers import BROAD, HIGH, LOW, NOT_RANKED, TOP, Cuts, is_review, place, rank

DAY = date(2026, 3, 1).toordinal()
money = st.integers(-500, 5000).map(float)
people = st.lists(st.tuples(money, st.integers(0, 5000).map(float)), min_size=1, max_size=80)


@st.composite
def cuts(draw):
	high = draw(st.integers(0, 60)) / 100
	top = draw(st.integers(0, int(high * 100))) / 100
	return Cuts(high, top, draw(st.integers(0, 40)) / 100, draw(st.integers(0, 5)) / 100)


def arrays(people):
	current, potential = (np.array(column) for column in zip(*people, strict=True))
	return current, potential


def share(size, part):
	return int(np.floor(size * part + 0.5))


@given(people, cuts())
def test_everybody_gets_exactly_one_tier_and_the_cuts_hold(people, cuts):
	current, potential = arrays(people)
	r = rank(current, potential, cuts)
	n = len(people)
	assert r.tier.shape == (n,) and set(r.tier.tolist()) <= {TOP, HIGH, BROAD, LOW}
	high = np.isin(r.tier, (TOP, HIGH))
	assert high.sum() == min(share(n, cuts.high), (current > 0).sum())
	assert (r.tier == TOP).sum() == min(share(n, cuts.top), high.sum())
	assert (r.tier == LOW).sum() == min(share(n, cuts.low), (~high).sum())
	if high.any() and (~high).any():
		assert current[high].min() >= current[~high].max()
		assert r.high_cut == current[high].min()
	if (r.tier == TOP).any() and (r.tier == HIGH).any():
		assert potential[r.tier == TOP].min() >= potential[r.tier == HIGH].max()
	if (r.tier == LOW).any() and (r.tier == BROAD).any():
		assert potential[r.tier == LOW].max() <= potential[r.tier == BROAD].min()


@given(people, cuts(), st.data())
def test_more_value_never_means_a_lower_tier(people, cuts, data):
	current, potential = arrays(people)
	who = data.draw(st.integers(0, len(people) - 1))
	before = rank(current, potential, cuts).tier[who]
	current[who] += data.draw(st.integers(0, 3000))
	potential[who] += data.draw(st.integers(0, 3000))
	assert rank(current, potential, cuts).tier[who] <= before


@given(people, cuts(), st.data())
def test_a_second_placement_on_the_same_day_changes_nothing(people, cuts, data):
	current, potential = arrays(people)
	n = len(people)
	before = np.array(
		data.draw(st.lists(st.sampled_from([NOT_RANKED, TOP, HIGH, BROAD, LOW]), min_size=n, max_size=n))
	)
	below = np.array(data.draw(st.lists(st.sampled_from([0, DAY - 30, DAY]), min_size=n, max_size=n)))
	review = data.draw(st.booleans())
	once = place(current, potential, before, below, cuts, DAY, review)
	twice = place(current, potential, once.tier, once.below_since, cuts, DAY, review)
	assert (once.tier == twice.tier).all() and (once.below_since == twice.below_since).all()


@given(people, cuts(), st.data())
def test_up_at_once_down_never_before_the_second_review(people, cuts, data):
	current, potential = arrays(people)
	n = len(people)
	before = np.array(data.draw(st.lists(st.sampled_from([TOP, HIGH, BROAD, LOW]), min_size=n, max_size=n)))
	first = place(current, potential, before, np.zeros(n, int), cuts, DAY, True)
	wanted = first.ranking.tier
	assert (first.tier[wanted <= before] == wanted[wanted <= before]).all()
	assert (first.tier[wanted > before] == before[wanted > before]).all()
	between = place(current, potential, first.tier, first.below_since, cuts, DAY + 3, False)
	assert (between.tier == first.tier).all() and (between.below_since == first.below_since).all()
	second = place(current, potential, first.tier, first.below_since, cuts, DAY + 30, True)
	generous = rank(current, potential, cuts.widened()).tier
	fallen = (wanted > before) & (generous > before)
	assert (second.tier[fallen] == wanted[fallen]).all() and (
		second.tier[~fallen] == first.tier[~fallen]
	).all()
	assert not second.below_since.any()


def hundred(position_of_last, cuts=Cuts()):
	"""A hundred customers of falling value; the one in question stands at the given place."""
	return np.arange(100, 0, -1).astype(float), np.arange(100, 0, -1).astype(float), position_of_last, cuts


@pytest.mark.parametrize(
	("position", "was", "stays"),
	[
		(20, HIGH, True),
		(21, HIGH, False),
		(5, TOP, True),
		(6, TOP, False),
		(80, BROAD, True),
		(81, BROAD, False),
	],
)
def test_the_keep_band_is_one_percentage_point(position, was, stays):
	current, potential, who, cuts = hundred(position)
	tiers = rank(current, potential, cuts).tier
	assert tiers[who] > was
	before = tiers.copy()
	before[who] = was
	below = np.zeros(100, int)
	for month in range(2):
		placed = place(current, potential, before, below, cuts, DAY + 31 * month, True)
		before, below = placed.tier, placed.below_since
	assert bool(before[who] == was) is stays


def test_coming_back_inside_at_a_review_forgets_the_first_sighting():
	current, potential, who, cuts = hundred(25)
	before = rank(current, potential, cuts).tier
	before[who] = HIGH
	first = place(current, potential, before, np.zeros(100, int), cuts, DAY, True)
	assert first.below_since[who] == DAY
	better = current.copy()
	better[who] = 90.5
	second = place(better, potential, first.tier, first.below_since, cuts, DAY + 31, True)
	assert second.below_since[who] == 0
	third = place(current, potential, second.tier, second.below_since, cuts, DAY + 62, True)
	assert third.tier[who] == HIGH and third.below_since[who] == DAY + 62


def test_ties_go_by_the_order_of_the_names():
	r = rank(np.full(10, 5.0), np.full(10, 5.0), Cuts())
	assert r.tier.tolist() == [TOP, HIGH, *[BROAD] * 6, LOW, LOW]


def test_nobody_is_high_without_value():
	r = rank(np.array([0.0, -5, 0, 0, 0]), np.arange(5.0), Cuts())
	assert not (r.tier <= HIGH).any() and np.isnan(r.high_cut)


def test_the_published_shares():
	rng = np.random.default_rng(7)
	r = rank(rng.lognormal(size=2000), rng.lognormal(size=2000), Cuts())
	assert [(r.tier == t).sum() for t in (TOP, HIGH, BROAD, LOW)] == [100, 300, 1200, 400]


@pytest.mark.parametrize(
	("wrong", "message"),
	[
		({"high": 1.2}, "between 0 % and 100 %"),
		({"top": 0.3}, "cannot be larger"),
		({"low": 0.9}, "cannot exceed"),
	],
)
def test_contradicting_cuts_say_what_is_wrong(wrong, message):
	with pytest.raises(ValueError, match=message):
		replace(Cuts(), **wrong)


@pytest.mark.parametrize(
	("rhythm", "last", "today", "expected"),
	[
		("Monthly", date(2026, 1, 31), date(2026, 2, 1), True),
		("Monthly", date(2026, 2, 1), date(2026, 2, 28), False),
		("Monthly", date(2026, 2, 1), date(2026, 2, 1), True),
		("Weekly", date(2026, 12, 31), date(2027, 1, 3), False),
		("Weekly", date(2026, 12, 31), date(2027, 1, 4), True),
		("Quarterly", date(2026, 3, 31), date(2026, 4, 1), True),
		("Nightly", date(2026, 3, 1), date(2026, 3, 2), True),
		("Monthly", date(2026, 3, 1), date(2026, 1, 2), False),
	],
)
def test_reviews_fall_on_the_first_night_of_a_period(rhythm, last, today, expected):
	assert is_review(rhythm, last.toordinal(), today.toordinal()) is expected


def test_the_first_night_is_a_review_and_an_unknown_rhythm_an_error():
	assert is_review("Monthly", 0, DAY)
	with pytest.raises(ValueError, match="Nightly, Weekly"):
		is_review("Yearly", DAY - 1, DAY)
