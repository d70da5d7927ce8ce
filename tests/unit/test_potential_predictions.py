"""Properties of the predictions by generated cases, of priors and of what is saved."""

import json
import math
from dataclasses import asdict

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import beta as beta_function
from scipy.stats import beta as beta_distribution

from keep_customers.engine import potential
from keep_customers.engine.potential import (
	BGNBD,
	expected_mean_value,
	expected_purchases,
	fit_bgnbd,
	fit_gamma_gamma,
	prior_bgnbd,
	prior_gamma_gamma,
	probability_alive,
)
from tests.unit.histories import (
	TYPICAL,
	TYPICAL_SPEND,
	bgnbd_parameters,
	cases,
	gamma_gamma_parameters,
	histories,
	horizons,
	logarithmic,
	money,
	parameters_of,
	simulate,
	simulate_spend,
)

# P(alive)


@cases
@given(bgnbd_parameters(1000), histories())
def test_probability_alive_is_a_probability(params, history):
	probability = probability_alive(params, *history)
	assert 0 <= probability <= 1
	assert history[0] or probability == 1


@cases
@given(
	bgnbd_parameters(1000), st.integers(1, 5000), logarithmic(0.01, 1e4), st.floats(0, 1e4), st.floats(0, 1e4)
)
def test_probability_alive_falls_while_nothing_is_bought(params, frequency, recency, wait, longer):
	before, after = probability_alive(params, frequency, recency, recency + np.array([wait, wait + longer]))
	assert after <= before


# Expected purchases


@cases
@given(bgnbd_parameters(), horizons, histories())
@example(BGNBD(0.243, 4.414, 0.793, 2.426), 52.0, (5000, 1e5, 1e5))
@example(BGNBD(0.243, 4.414, 0.793, 2.426), 1e6, (5000, 1e-2, 1e-2))
@example(BGNBD(0.5, 10, 0.5, 0.5), 20.0, (0, 0.0, 10.0))  # a + b = 1: a pole of the printed formula
@example(BGNBD(1, 10, 1, 9), 1e-300, (1, 1.0, 1e5))
@example(BGNBD(0.005, 0.1, 0.2, 170), 37600.0, (0, 0.0, 1.0))  # the hypergeometric function overflows
@example(BGNBD(2, 10, 5000, 200), 1e5, (1, 1.0, 1.0))
def test_expected_purchases_are_sane(params, horizon, history):
	expected = expected_purchases(params, horizon, *history)
	alive = probability_alive(params, *history)
	frequency, _, age = history
	assert np.isfinite(expected)
	assert expected >= 0
	assert horizon > 0 or expected == 0
	# Nobody buys more than a living customer who never leaves.
	ceiling = (params.r + frequency) * horizon / (params.alpha + age)
	assert expected <= alive * ceiling * (1 + 1e-6)


@cases
@given(bgnbd_parameters(), histories(), horizons, st.floats(1.001, 100))
@example(
	BGNBD(7.389, 1, 7.389, 7.389), (92, 1.0, 1.0), 7.389, 3.0
)  # r - a whole, where SciPy's 2F1 is inexact
@example(BGNBD(1, 1, 1, 9), (1000, 1.0, 1.0), 200.0, 2.0)
def test_expected_purchases_grow_with_the_horizon(params, history, horizon, times):
	less, more = expected_purchases(params, np.array([horizon, horizon * times]), *history)
	assert more >= less * (1 - 1e-7)
	# and each further stretch of time brings less, as the rate can only fall
	assert more <= less * times * (1 + 1e-7)


@cases
@given(
	bgnbd_parameters(8),
	st.integers(0, 60),
	logarithmic(0.5, 500),
	st.floats(0.02, 1),
	st.floats(0.01, 8),
)
@example(BGNBD(0.7, 5, 1, 2), 3, 40.0, 0.5, 2.0)
@example(BGNBD(0.7, 5, 1 + 1e-7, 2), 3, 40.0, 0.5, 2.0)
@example(BGNBD(0.7, 5, 1 - 3e-5, 2), 0, 40.0, 0.5, 2.0)
@example(BGNBD(0.7, 5, 0.25, 0.75), 0, 40.0, 0.5, 2.0)
def test_expected_purchases_match_direct_integration(params, frequency, age, part, ages_ahead):
	"""The mean of (1 - E exp(-lambda p t)) / p over p, integrated numerically with the Beta weight."""
	r, alpha, a, b = parameters_of(params)
	horizon = ages_ahead * (alpha + age)
	total, tau = r + frequency, horizon / (alpha + age)

	def purchases(p):
		return -math.expm1(-total * math.log1p(p * tau)) / p if p > 0 else total * tau

	living, error = quad(
		purchases, 0, 1, weight="alg", wvar=(a - 1, b + frequency - 1), epsabs=0, epsrel=1e-10, limit=200
	)
	norm = beta_function(a, b + frequency)
	recency = part * age if frequency else 0.0
	by_hand = living / norm * probability_alive(params, frequency, recency, age)
	expected = expected_purchases(params, horizon, frequency, recency, age)
	assert expected == pytest.approx(by_hand, rel=max(1e-7, 10 * error / living))


@settings(max_examples=60)
@given(
	logarithmic(0.05, 20),
	logarithmic(20, 300),
	logarithmic(20, 300),
	st.integers(0, 500),
	logarithmic(0.2, 50),
)
def test_the_average_over_p_agrees_where_both_work(r, a, b, frequency, tau):
	"""The way out for overflow, against the closed form."""
	params, x, ahead = BGNBD(r, 1, a, b), np.array([float(frequency)]), np.array([tau])
	closed = potential._euler(r, a, b, x, ahead)
	assume(np.isfinite(closed).all() and closed > 0)
	assert potential._average_over_p(params, x, ahead) == pytest.approx(closed, rel=1e-3)


def test_expected_purchases_match_simulated_futures():
	"""Customers simulated over two periods; the first is their history, the second is counted."""
	random = np.random.default_rng(11)
	n, age, horizon = 200_000, 60.0, 40.0
	rate = random.gamma(TYPICAL.r, 1 / TYPICAL.alpha, n)
	leaving = beta_distribution.rvs(TYPICAL.a, TYPICAL.b, size=n, random_state=random)
	x, t_x, later, moment = np.zeros(n), np.zeros(n), np.zeros(n), np.zeros(n)
	alive = np.arange(n)
	while len(alive):
		moment[alive] += random.exponential(size=len(alive)) / np.maximum(rate[alive], 1e-300)
		alive = alive[moment[alive] <= age + horizon]
		past = alive[moment[alive] <= age]
		x[past] += 1
		t_x[past] = moment[past]
		later[alive] += moment[alive] > age
		alive = alive[random.random(len(alive)) >= leaving[alive]]
	expected = expected_purchases(TYPICAL, horizon, x, t_x, age)
	assert expected.sum() == pytest.approx(later.sum(), rel=0.01)
	for group in (x == 0, x == 1, (x > 1) & (t_x < 30), (x > 1) & (t_x >= 30), x > 8):
		spread = later[group].std() / math.sqrt(group.sum())
		assert expected[group].mean() == pytest.approx(later[group].mean(), abs=4 * spread)


def test_predictions_broadcast_and_keep_their_order():
	x, t_x, age = simulate(TYPICAL, 300, seed=2)
	horizon = np.array([[1.0], [30.0]])
	table = expected_purchases(TYPICAL, horizon, x, t_x, age)
	assert table.shape == (2, 300)
	for i, j in ((0, 0), (0, 299), (1, 7), (1, 120)):
		one = expected_purchases(TYPICAL, horizon[i, 0], x[j], t_x[j], age[j])
		assert np.shape(one) == ()
		assert table[i, j] == one
	assert expected_purchases(TYPICAL, 5, [], [], []).shape == (0,)
	assert probability_alive(TYPICAL, [], [], []).shape == (0,)


# Expected value


@cases
@given(gamma_gamma_parameters, st.integers(0, 5000), money | st.floats(-1e6, 0))
def test_expected_mean_value_lies_between_own_and_population_mean(params, frequency, mean_value):
	expected = expected_mean_value(params, frequency, mean_value)
	own, population = max(mean_value, 0), params.population_mean
	if frequency == 0:
		assert expected == pytest.approx(population)
	low, high = sorted((own if frequency else population, population))
	assert expected >= 0
	assert low * (1 - 1e-12) <= expected <= high * (1 + 1e-12)


@cases
@given(gamma_gamma_parameters, st.integers(1, 5000), money, logarithmic(1.0001, 100))
def test_expected_mean_value_grows_with_the_own_mean(params, frequency, mean_value, times):
	less, more = expected_mean_value(params, frequency, [mean_value, mean_value * times])
	assert less < more


def test_expected_mean_value_of_unknown_and_returned():
	assert expected_mean_value(TYPICAL_SPEND, [0, 0], [math.nan, 7]) == pytest.approx([96, 96])
	assert expected_mean_value(TYPICAL_SPEND, 2, -5) == expected_mean_value(TYPICAL_SPEND, 2, 0) > 0


# Priors and saving


def test_priors_mean_what_they_say():
	params = prior_bgnbd(30)
	assert params.r / params.alpha == pytest.approx(1 / 30)
	assert params.a / (params.a + params.b) == pytest.approx(0.1)
	spend = prior_gamma_gamma(250)
	assert spend.population_mean == pytest.approx(250)
	for purchases in (1, 3, 9):
		own = purchases / (purchases + 1)
		assert expected_mean_value(spend, purchases, 1000) == pytest.approx(own * 1000 + (1 - own) * 250)
	assert params.log_likelihood is None


@cases
@given(bgnbd_parameters(), st.floats(-1e9, 0) | st.none(), gamma_gamma_parameters)
def test_saved_parameters_come_back_bit_for_bit(params, log_likelihood, spend):
	params = BGNBD(**{**asdict(params), "log_likelihood": log_likelihood})
	for saved in (params, spend):
		assert type(saved).from_dict(json.loads(json.dumps(saved.as_dict()))) == saved


def test_a_fit_can_be_saved():
	for fitted in (
		fit_bgnbd(*simulate(TYPICAL, 500, seed=1)),
		fit_bgnbd(*simulate(TYPICAL, 500, seed=1), weights=np.ones(500)),
		fit_gamma_gamma(*simulate_spend(TYPICAL_SPEND, 500, seed=1)),
	):
		assert type(fitted).from_dict(json.loads(json.dumps(fitted.as_dict()))) == fitted


@pytest.mark.parametrize(
	"saved", [{}, {"r": 1, "alpha": 1, "a": 1}, {"r": "1", "alpha": 1, "a": 1, "b": 1}, None, []]
)
def test_damaged_saved_parameters_are_refused(saved):
	with pytest.raises(ValueError):
		BGNBD.from_dict(saved)


def test_saved_parameters_of_a_later_version_are_read():
	assert BGNBD.from_dict({"r": 1, "alpha": 2, "a": 3, "b": 4, "something": "new"}) == BGNBD(1, 2, 3, 4)
