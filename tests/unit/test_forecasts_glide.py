"""From one forecast to the next: nobody's tier jumps for it, and it comes through in the end."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from keep_customers.engine import tiers
from keep_customers.engine.forecasts.glide import FEWEST_MOVES, LEAST, blend, moved_on

CUTS = tiers.Cuts()


def population(seed, size):
	random = np.random.default_rng(seed)
	current = np.round(random.lognormal(6, 1.5, size), 2)
	old = np.round(current * random.lognormal(0, 0.3, size), 2)
	return current, {"old": old, "new": np.round(current * random.lognormal(0, 1.0, size), 2)}


def nights(current, said, weights, newest="new", band=CUTS.keep):
	"""(weights, how many stand in another tier for it) of each night until the newest has all the weight."""

	def tiers_of(potential):
		return tiers.rank(current, potential, CUTS).tier

	while set(weights) != {newest}:
		before = tiers_of(blend(said, weights))
		weights = moved_on(weights, newest, said, tiers_of, band)
		yield weights, int((tiers_of(blend(said, weights)) != before).sum())


@settings(max_examples=30)
@given(seed=st.integers(0, 10**6), size=st.integers(100, 3000))
def test_no_night_moves_more_than_the_keep_band_and_it_comes_through(seed, size):
	current, said = population(seed, size)
	most, steps = max(FEWEST_MOVES, int(CUTS.keep * size)), 0
	last = 0.0
	for weights, moves in nights(current, said, {"old": 1.0}):
		steps += 1
		assert abs(sum(weights.values()) - 1) < 1e-9
		gained = weights["new"] - last
		assert moves <= most or gained <= LEAST + 0.005, "but the least step, so that it ends"
		last = weights["new"]
		assert steps < 400
	assert steps > 1, "these two are far apart"


def test_a_forecast_that_says_the_same_is_there_at_once():
	current, said = population(1, 500)
	said["new"] = said["old"] * 1.7  # in another currency, so to say
	assert [weights for weights, _moves in nights(current, said, {"old": 1.0})] == [{"new": 1.0}]


def test_a_third_one_on_the_way_takes_over_from_where_they_stand():
	current, said = population(2, 800)
	said["newer"] = np.round(current * np.random.default_rng(9).lognormal(0, 1.2, 800), 2)
	(weights, _moves) = next(nights(current, said, {"old": 1.0}))
	assert set(weights) == {"old", "new"}
	most = max(FEWEST_MOVES, int(CUTS.keep * 800))
	(later, moves) = next(nights(current, said, weights, "newer"))
	assert moves <= most and later["newer"] > 0
	assert abs(later["old"] / later["new"] - weights["old"] / weights["new"]) < 0.02
	assert list(nights(current, said, later, "newer"))[-1][0] == {"newer": 1.0}


def test_what_is_gone_is_left_out_and_the_first_night_has_nothing_to_move_from():
	current, said = population(3, 200)

	def tiers_of(potential):
		return tiers.rank(current, potential, CUTS).tier

	assert moved_on({}, "new", said, tiers_of, 0.01) == {"new": 1.0}
	assert moved_on({"deleted": 1.0}, "new", said, tiers_of, 0.01) == {"new": 1.0}


def test_customers_who_are_all_alike_come_through_too():
	current = np.full(300, 100.0)
	said = {"old": np.arange(300.0), "new": np.arange(300.0)[::-1].copy()}
	assert len(list(nights(current, said, {"old": 1.0}, band=0.0))) <= 300
