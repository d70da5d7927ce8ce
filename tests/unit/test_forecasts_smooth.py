"""No cliff: one customer or one day more moves nobody's chance by much, whoever says it; and what is said of made-up companies."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keep_customers.engine.forecasts.ahead import covered, place_of
from keep_customers.engine.forecasts.candidates import ALL, LEARNER, REGULAR, RFM, Population
from keep_customers.engine.forecasts.choice import USUAL
from keep_customers.engine.forecasts.past import came_after
from keep_customers.engine.value import DAYS_PER_WEEK, by_day
from tests.unit.histories import fits
from tests.unit.test_forecasts_choice import FIRST, company

# Of at least 50 customers, in probability; usually a tenth of it. To be called regular or not is a step, at most so high.
MOST, MOST_BY_STEP = 0.15, 0.4
# RFM's cells are cliffs, which is why it is never chosen.
SMOOTH = [name for name in ALL if name != RFM]
CUT = FIRST + 100 * 7


def most(name):
	return MOST_BY_STEP if REGULAR in name or LEARNER in name else MOST


companies = st.fixed_dictionaries(
	{
		"size": st.integers(70, 160),
		"seed": st.integers(0, 1000),
		"every": st.sampled_from((3.0, 6.0, 12.0)),
		"leaving": st.sampled_from((0.0, 0.05, 0.2)),
		"season": st.sampled_from((0.0, 0.8)),
		"k": st.sampled_from((1, 3)),
	}
)
times = {"day": st.integers(60 * 7, 140 * 7), "horizon": st.sampled_from((90, 180, 365))}


def with_one_more(log, days):
	"""The last customer's number is the greatest: the others keep theirs."""
	more = np.array(sorted(days))
	return by_day(
		np.append(log.customer, np.full(len(more), log.customer.max() + 1)),
		np.append(log.day, FIRST + more),
		np.append(log.net, np.full(len(more), 80.0)),
		np.append(log.occasion.astype(np.int64), np.ones(len(more), np.int64)),
	)


@fits
@given(companies, times["day"], times["horizon"], st.lists(st.integers(0, 400), min_size=1, max_size=30))
def test_one_customer_more_moves_nobodys_chance_much(made, day, horizon, days):
	log = company(**made)
	before, after = (Population(some, FIRST + day, horizon) for some in (log, with_one_more(log, days)))
	size = len(before.known.who)
	if size < 50:
		return
	for name in SMOOTH:
		chances = [population.forecaster(name).say(population.known).buys for population in (before, after)]
		assert np.abs(chances[0] - chances[1][:size]).max() < most(name), name


@fits
@given(companies, times["day"], times["horizon"])
def test_one_day_more_moves_nobodys_chance_much(made, day, horizon):
	log = company(**made)
	before, after = (Population(log, FIRST + day + later, horizon) for later in (0, 1))
	if len(before.known.who) < 50:
		return
	there = np.isin(after.known.who, before.known.who)
	quiet = after.known.frequency[there] == before.known.frequency  # who buys on the day is another matter
	for name in SMOOTH:
		chances = [population.forecaster(name).say(population.known).buys for population in (before, after)]
		assert np.abs(chances[1][there] - chances[0])[quiet].max() < most(name), name


@fits
@given(companies, times["day"])
def test_a_night_without_a_purchase_only_fades(made, day):
	"""The stored forecaster, on later and later nights: nothing jumps, and nothing is refused."""
	population = Population(company(**made), FIRST + day, 365)
	known, forecaster = population.known, population.forecaster(USUAL)
	before = forecaster.say(known)
	for _night in range(3):
		faded = np.exp(-1 / np.array((91.25, 182.5, 365.0)))[:, None]
		known = type(known)(
			**vars(known)
			| {
				"age": known.age + 1 / DAYS_PER_WEEK,
				"decayed_counts": known.decayed_counts * faded,
				"decayed_revenue": known.decayed_revenue * faded,
			}
		)
		after = forecaster.say(known)
		assert np.abs(after.buys - before.buys).max(initial=0) < MOST
		assert np.isfinite(after.value).all() and (after.value >= 0).all()
		before = after


# Made-up companies


def doubling():
	"""Twice as many customers every year."""
	random = np.random.default_rng(4)
	start = 150 * np.log2(1 + 7 * random.random(900)) / 3
	rows = [
		(customer, FIRST + int(7 * now), 50.0)
		for customer, first in enumerate(start)
		for now in np.cumsum(np.append(first, random.exponential(8, 30)))
		if now < 150
	]
	customer, day, amount = map(np.array, zip(*rows, strict=True))
	return by_day(customer, day, amount, np.ones(len(rows), np.int64))


def big_ones():
	"""A few customers are most of the value, and one is a tenth of it."""
	log = company(size=120, leaving=0.02, every=4.0)
	times = (1 + log.customer % 40 == 1) * 30.0 + 1
	return by_day(log.customer, log.day, log.net * times, log.occasion.astype(np.int64))


def returning():
	"""Every fifth purchase comes back two weeks later."""
	log = company(size=400)
	back = np.flatnonzero(np.arange(len(log.day)) % 5 == 0)
	return by_day(
		np.append(log.customer, log.customer[back]),
		np.append(log.day, log.day[back] + 14),
		np.append(log.net, -log.net[back]),
		np.append(log.occasion, np.zeros(len(back))).astype(np.int64),
	)


def spring(size=600):
	"""Four of five purchases are made in spring."""
	log = company(size=size, leaving=0.02, every=5.0)
	kept = ((log.day - FIRST) % 365 < 90) | (np.arange(len(log.day)) % 12 == 0)
	return by_day(log.customer[kept], log.day[kept], log.net[kept], np.ones(kept.sum(), np.int64))


@pytest.mark.parametrize("made", (doubling, big_ones, returning, spring))
@pytest.mark.parametrize("horizon", (90, 273, 365))
def test_made_up_companies_get_sensible_figures(made, horizon):
	population = Population(made(), CUT, horizon)
	came = came_after(population.log, population.known, CUT, horizon)
	ahead = population.forecaster(USUAL).ahead(population.known)
	said = ahead.forecast
	assert np.isfinite(said.value).all() and ((said.buys >= 0) & (said.buys <= 1)).all()
	assert np.isfinite(ahead.high).all() and np.isfinite(ahead.value_if_alive).all()
	if horizon <= 365 and came.purchases.sum() >= 100:
		assert 0.6 < said.purchases.sum() / came.purchases.sum() < 1.6


def test_the_season_of_the_year_before_is_known():
	"""At the end of winter the next quarter is not like the last one, nor at the end of spring."""
	log = spring()
	for day in (FIRST + 365 * 2 - 1, FIRST + 365 * 2 + 90):
		population = Population(log, day, 90)
		came = came_after(log, population.known, day, 90)
		said = population.forecast(USUAL)
		assert said.purchases.sum() == pytest.approx(came.purchases.sum(), rel=0.3, abs=60)
		assert said.buys.mean() == pytest.approx((came.purchases > 0).mean(), abs=0.08)


@pytest.mark.parametrize("made", (dict(leaving=0.0), dict(), dict(k=3, leaving=0.03)))
def test_intervals_of_made_up_companies_hold_what_they_say(made):
	log = company(size=3000, **made)
	population = Population(log, CUT, 300)
	came, known = came_after(log, population.known, CUT, 300), population.known
	forecaster = population.forecaster(USUAL)
	history = known.frequency, known.recency, known.age
	ahead = forecaster.ahead(known)
	assert 0.75 < covered(*place_of(forecaster.buying, 300 / DAYS_PER_WEEK, *history, came.purchases)) < 0.85
	sure = ahead.forecast.buys > 0.8  # of others the interval begins at nothing, and holds more than it says
	inside = (came.value >= ahead.low) & (came.value <= ahead.high)
	assert sure.sum() > 200 and 0.75 < inside[sure].mean() < 0.85


def test_who_is_as_good_as_gone_is_like_others_who_are():
	population = Population(company(size=500, leaving=0.3), CUT, 180)
	said, alike = population.forecast(USUAL), population.says(USUAL).alike
	gone = said.buys <= 0.1
	assert (np.abs(said.value[gone] - alike.value) < 1e-9).mean() > 0.8
	totals = [population.forecast(name).value.sum() for name in (REGULAR, LEARNER)]
	assert said.value.sum() == pytest.approx(np.sqrt(np.prod(totals))), (
		"it is given from one to another, and no more"
	)
	most = np.argsort(-said.value)[: len(said.value) // 5]
	assert (np.abs(said.value[most] - alike.value) > 1e-9).all()
