"""What is stored of customers and of a candidate is enough for every later night."""

import json
from dataclasses import replace

import numpy as np
import pytest

from keep_customers.engine.forecasts.candidates import ALL, LEARNER, MBG, REGULAR, WITH, Population
from keep_customers.engine.forecasts.forecaster import Forecaster
from keep_customers.engine.forecasts.past import known_at, known_of, statistics
from keep_customers.engine.value import Purchases
from tests.unit.test_forecasts_choice import FIRST, company, log_of

DAY, HORIZON = FIRST + 110 * 7, 180
BOTH = WITH.join((REGULAR, LEARNER))


@pytest.fixture(scope="module")
def population():
	return Population(company(), DAY, HORIZON)


def until(log, day):
	known = log.day <= day
	return Purchases(log.customer[known], log.day[known], log.net[known], log.occasion[known])


def test_a_later_day_is_known_without_reading_anything_again():
	log = until(company(), DAY)
	stored = statistics(log)
	for later in (0, 1, 40, 2000):
		known = known_at(log, DAY + later, HORIZON)
		again = known_of(stored, DAY + later, known.last_period)
		for name, column in vars(known).items():
			assert getattr(again, name) == pytest.approx(column), name


def test_what_is_returned_after_the_last_purchase_fades_from_its_own_day():
	known = known_at(log_of((0, 0, 100, 1), (0, 50, -40, 0)), FIRST + 80, 365)
	assert known.decayed_revenue[:, 0] == pytest.approx(
		[100 * np.exp(-80 / fading) - 40 * np.exp(-30 / fading) for fading in (91.25, 182.5, 365)]
	)
	assert known.mean_value.tolist() == [60] and known.last_period.tolist() == [60]


@pytest.mark.parametrize("name", ALL)
def test_what_is_stored_says_the_same(population, name):
	stored = population.forecaster(name)
	again = Forecaster.from_dict(json.loads(json.dumps(stored.as_dict(), allow_nan=False)))
	for one in (stored, again):
		for column, said in vars(one.say(population.known, HORIZON)).items():
			assert said == pytest.approx(getattr(population.forecast(name), column), rel=1e-12), column


@pytest.mark.parametrize("name", ALL)
def test_what_is_said_of_one_depends_on_nobody_else(population, name):
	forecaster = population.forecaster(name)
	few = known_at(until(population.log, DAY), DAY, HORIZON)
	few = type(few)(*(column[..., :7] for column in vars(few).values()))
	for column, said in vars(forecaster.say(few)).items():
		assert said == pytest.approx(getattr(population.forecast(name), column)[:7]), column


@pytest.mark.parametrize("name", ALL)
def test_all_that_is_ahead_hangs_together(population, name):
	ahead = population.forecaster(name).ahead(population.known)
	assert ((ahead.alive >= 0) & (ahead.alive <= 1)).all()
	assert (ahead.low <= ahead.high).all() and (ahead.low >= 0).all()
	assert (ahead.value_if_alive >= ahead.forecast.value - 1e-9).all()
	for column in vars(ahead).values():
		assert not isinstance(column, np.ndarray) or np.isfinite(column).all()


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("rows", ([], [(0, 0, 50, 1)], [(0, 0, -5, 0)]))
def test_a_population_without_a_past_has_a_forecaster_too(name, rows):
	log = log_of(*rows) if rows else until(company(size=1), FIRST - 1)
	forecaster = Population(log, FIRST, 365).forecaster(name)
	assert forecaster.say(known_at(company(), DAY, 365)).value.sum() >= 0
	stored = Forecaster.from_dict(json.loads(json.dumps(forecaster.as_dict(), allow_nan=False)))
	assert np.isfinite(stored.ahead(known_at(company(), DAY, 365)).high).all()


def test_what_an_earlier_version_has_stored_says_what_it_said(population):
	"""Thirteen features and the value by way of the learned number, until the next month's check."""
	saved = json.loads(json.dumps(population.forecaster(LEARNER).as_dict()))
	learned = saved["says"]["learned"]
	learned |= {"middle": learned["middle"][:13], "spread": learned["spread"][:13]}
	learned |= {"purchases": [0.1] + 13 * [0], "value": [0.2, *24 * [0]]}
	for new in ("apart", "better", "more", "doubt"):
		del learned[new]
	stored = Forecaster.from_dict(saved)
	said = stored.say(population.known)
	model = population.asked.modelled(stored.buying, stored.spend)
	number = (model.purchases + 1e-4) * np.exp(0.1)
	each = model.value / model.purchases + 1e-3 * stored.says.learned.money
	assert said.purchases == pytest.approx(number)
	assert said.value == pytest.approx(number * each * np.exp(0.2))
	now = population.says(LEARNER)
	undoubted = replace(now, learned=replace(now.learned, better=0.0, doubt=0.0))
	assert said.buys == pytest.approx(undoubted.say(population.asked).buys)


def test_what_is_no_forecaster_is_refused(population):
	saved = population.forecaster(MBG).as_dict()
	for wrong in (
		{},
		{**saved, "says": {"kind": "Oracle"}},
		{**saved, "buying": {"kind": "Buying"}},
		{**saved, "says": []},
	):
		with pytest.raises(ValueError):
			Forecaster.from_dict(wrong)
