"""The judge of `benchmarks/backtest.py`: it names a forecast that is worse, and none that is not."""

import numpy as np
import pytest

from benchmarks import judging
from keep_customers.engine.forecasts.learner import Forecast
from keep_customers.engine.forecasts.past import Came

SIZE = 300


def company(seed):
	"""What came, and the rates that brought it."""
	random = np.random.default_rng(seed)
	rate = random.gamma(0.5, 2.0, SIZE)
	number = random.poisson(rate).astype(float)
	return rate, Came(number, number * random.lognormal(3, 0.5, SIZE)), random


def forecast(rate, random=None, spread=0.0, times=1.0):
	"""By somebody who knows the rates, but for some noise."""
	rate = rate * times if random is None else rate * times * random.lognormal(-(spread**2) / 2, spread, SIZE)
	return Forecast(rate, rate * 22.0, -np.expm1(-rate))


def judged(said, came, **options):
	return judging.judge([[judging.compare(said, "one", came, draws=200, **options)]])[0]


def test_who_is_as_good_as_the_others_loses_to_none_beyond_noise():
	"""All are equally wrong; some loss is bound to be there in thirty comparisons, and in one table of twenty beyond noise."""
	tables = beyond = lost = 0
	for seed in range(60):
		rate, came, random = company(seed)
		said = {name: forecast(rate, random, 0.4) for name in ("one", "two", "three", "four")}
		losses = judged(said, came)
		tables, lost, beyond = (
			tables + 1,
			lost + bool(losses),
			beyond + any(loss.beyond_noise for loss in losses),
		)
	assert lost == tables and beyond <= 0.15 * tables


def test_who_is_worse_is_named_with_what_by_and_to_whom():
	rate, came, random = company(1)
	said = {"one": forecast(rate, random, 2.5), "two": forecast(rate)}
	losses = {loss.figure: loss for loss in judged(said, came)}
	assert losses["log_loss"].beyond_noise and losses["log_loss"].to == "two" and losses["log_loss"].by > 0.05
	assert "loses to two in log loss" in str(losses["log_loss"]) and "beyond noise: yes" in str(
		losses["log_loss"]
	)


@pytest.mark.parametrize(("times", "beyond"), ((1.03, False), (4.0, True)))
def test_a_total_counts_as_worse_only_where_it_is_off_by_more_than_years_differ(times, beyond):
	rate, came, _random = company(2)
	said = {
		"one": forecast(rate, times=times),
		"two": forecast(rate, times=came.purchases.sum() / rate.sum()),
	}
	found = [loss for loss in judged(said, came, year=0.1) if loss.figure == "purchases"]
	assert [loss.beyond_noise for loss in found] == [beyond]


def test_what_is_lost_a_little_at_every_cut_is_beyond_noise_in_the_end():
	"""And what is lost at one cut of many is not."""

	def cuts(spreads):
		found = []
		for seed, spread in enumerate(spreads):
			rate, came, random = company(seed)
			said = {"one": forecast(rate, random, spread), "two": forecast(rate)}
			found.append(judging.compare(said, "one", came, cut=seed, draws=200))
		return found

	def beyond(table):
		return {loss.figure for loss in judging.judge([table])[0] if loss.beyond_noise}

	assert not beyond(cuts([0.15])) and "log_loss" in beyond(cuts([0.15] * 25))
	assert "log_loss" not in beyond(cuts([1.5] + [0.0] * 9))


def test_nobody_came_back():
	rate, _came, random = company(3)
	said = {"one": forecast(rate, random, 1.0), "two": forecast(rate)}
	nothing = Came(np.zeros(SIZE), np.zeros(SIZE))
	assert {loss.figure for loss in judged(said, nothing)} <= {"log_loss"}
