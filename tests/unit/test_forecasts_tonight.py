"""A night by a checked forecast: what is stored of a customer is enough, and the figures are a rep's."""

import json
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keep_customers.engine import lifecycle
from keep_customers.engine.forecasts.candidates import ALL, LEARNER, MBG, Population
from keep_customers.engine.forecasts.choice import USUAL
from keep_customers.engine.forecasts.past import known_at
from keep_customers.engine.forecasts.tonight import (
	QUARTER,
	YEAR,
	Checked,
	Fading,
	figures,
	known,
	say,
)
from keep_customers.engine.night import unsound_figures
from keep_customers.engine.value import Measures, by_day, measure

TODAY = 740_000


@cache
def shop(size=400, seed=1):
	"""A shop as CDNOW: most buy once, some often, many leave."""
	random = np.random.default_rng(seed)
	who, day = [], []
	for customer in range(size):
		start, rate, leaves = random.integers(1, 900), random.gamma(0.6, 1 / 60), random.beta(0.8, 2.5)
		at = float(start)
		while at > 0:
			who.append(customer)
			day.append(TODAY - int(at))
			if random.random() < leaves:
				break
			at -= max(random.exponential(1 / max(rate, 1e-6)), 1)
	amount = np.round(random.lognormal(4, 1, len(who)), 2)
	return by_day(np.array(who), np.array(day), amount, np.ones(len(who), np.int64))


@cache
def checked(name=USUAL):
	return Checked.of(shop(), TODAY, name)


def tonight(m, fading, of=None, today=TODAY):
	nothing = np.zeros(len(m.last))
	said = say(of or checked(), m, fading, nothing, today)
	return figures(m, np.maximum(m.total, 0), said, said.value, today, nothing, nothing.astype(np.int64))


def once(bought_ago, amount=100.0):
	"""Customers who bought once, so many days ago."""
	size = len(bought_ago)
	m = Measures.empty(size)
	m.first[:] = m.last[:] = TODAY - np.asarray(bought_ago)
	m.purchases[:], m.total[:] = 1, amount
	fading = Fading.empty(size)
	fading.decayed_counts[:], fading.decayed_revenue[:] = 1, amount
	return m, fading


@pytest.mark.parametrize("name", ALL)
def test_what_is_stored_says_what_the_whole_log_says(name):
	log, size = shop(), 400
	m, fading = measure(log, size), Fading.of(log, size)
	then = known_at(log, TODAY, YEAR)
	assert then.who.tolist() == list(range(size))
	again = checked(name)
	again = Checked.from_dict(json.loads(json.dumps(again.as_dict())))
	rows = Fading.from_rows(fading.rows())
	said = say(again, m, rows, then.last_period, TODAY)
	direct = Population(log, TODAY, YEAR).forecast(name)
	assert said.value == pytest.approx(direct.value)
	assert said.forecast.buys_year == pytest.approx(direct.buys)
	assert np.allclose(known(m, rows, then.last_period, TODAY).log_gaps, then.log_gaps)


def test_nothing_has_to_be_read_when_only_time_passes():
	log, size = shop(), 400
	m, fading = measure(log, size), Fading.of(log, size)
	for later in (TODAY + 1, TODAY + 200):
		then = known_at(log, later, YEAR)
		now = known(m, fading, then.last_period, later)
		for field in ("frequency", "recency", "age", "mean_value", "decayed_counts", "decayed_revenue"):
			assert getattr(now, field) == pytest.approx(getattr(then, field)), field


def test_value_at_risk_of_a_one_time_buyer_is_positive_and_falls_with_time():
	m, fading = once(np.arange(30, 900, 10))
	at_risk = tonight(m, fading).at_risk
	assert (at_risk > 0).all()
	assert (np.diff(at_risk[:-10]) <= 0.01).mean() > 0.9 and at_risk[-1] < at_risk[0] / 2
	large, other = once([100], 5_000_000.0), once([100], 55.0)
	assert tonight(*large).at_risk[0] > 1000 * tonight(*other).at_risk[0]


def test_a_newcomer_is_no_lost_customer_and_a_silent_one_is():
	m, fading = once([1, 20, 600])
	found = tonight(m, fading)
	assert found.status.tolist() == [lifecycle.NEW, lifecycle.NEW, lifecycle.LOST]
	assert found.forecast.buys_year[0] < 0.7, "many of such a shop's newcomers never come again"
	assert (found.forecast.buys_quarter <= found.forecast.buys_year).all()


def test_the_interval_is_asked_for_some_and_holds_the_expected_value():
	log, size = shop(), 400
	m, fading = measure(log, size), Fading.of(log, size)
	found = tonight(m, fading)
	some = np.flatnonzero(m.purchases > 5)[::-1]
	low, high = found.forecast.interval(some)
	assert len(low) == len(some) and (low <= high).all()
	likely = found.forecast.buys_year[some] > 0.8
	assert likely.any() and (found.potential[some] < high)[likely].all()
	alone, _high = found.forecast.interval(some[:1])
	assert alone[0] == pytest.approx(low[0], rel=0.05)


@settings(max_examples=8)
@given(seed=st.integers(0, 10**6), size=st.integers(1, 200))
def test_who_buys_as_people_do_has_figures_that_can_be_written_down(seed, size):
	random = np.random.default_rng(seed)
	number = random.integers(1, 20, size)
	who = np.repeat(np.arange(size), number)
	amount = np.round(random.lognormal(5, 2, len(who)) * np.where(random.random(len(who)) < 0.1, -1, 1), 2)
	log = by_day(who, TODAY - random.integers(0, 2000, len(who)), amount, np.ones(len(who), np.int64))
	m, fading = measure(log, size), Fading.of(log, size)
	for name in (USUAL, MBG, LEARNER):
		found = tonight(m, fading, Checked.of(log, TODAY, name))
		assert not unsound_figures(found)
		assert ((found.forecast.buys_year >= 0) & (found.forecast.buys_year <= 1)).all()
		assert (found.at_risk >= 0).all()


def test_of_a_population_of_whom_nothing_is_known():
	m, fading = once([10, 300])
	found = tonight(m, fading, Checked.unknown())
	assert (found.potential > 0).all() and found.potential[0] > found.potential[1]
	assert QUARTER < YEAR


@pytest.mark.parametrize("nonsense", [None, [], {}, {"year": {}, "quarter": {}}, {"year": 1, "quarter": "x"}])
def test_what_somebody_has_been_at_is_refused(nonsense):
	with pytest.raises(ValueError):
		Checked.from_dict(nonsense)
