"""Properties of the two models by generated cases; the published figures are in test_potential_published."""

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
	MIN_CUSTOMERS,
	MIN_REPEAT_CUSTOMERS,
	FitError,
	GammaGamma,
	expected_mean_value,
	expected_purchases,
	fit_bgnbd,
	fit_gamma_gamma,
	prior_bgnbd,
	prior_gamma_gamma,
	probability_alive,
)

cases = settings(deadline=None, max_examples=150)
fits = settings(deadline=None, max_examples=15)


def logarithmic(low, high):
	return st.floats(math.log(low), math.log(high)).map(math.exp)


def bgnbd_parameters(most=30.0):
	return st.builds(
		BGNBD,
		r=logarithmic(0.03, most),
		alpha=logarithmic(0.1, 300),
		a=logarithmic(0.03, most) | st.just(1.0),
		b=logarithmic(0.03, most),
	)


@st.composite
def histories(draw, longest=1e5):
	"""One customer's (frequency, recency, age)."""
	frequency = draw(st.integers(0, 5000) | st.integers(0, 5))
	age = draw(logarithmic(1e-2, longest))
	recency = age * draw(st.floats(0.01, 1)) if frequency else 0.0
	return frequency, recency, age


horizons = logarithmic(1e-3, 1e5) | st.just(0.0)
money = logarithmic(1e-2, 1e9)
gamma_gamma_parameters = st.builds(
	GammaGamma, p=logarithmic(0.05, 100), q=logarithmic(1.01, 100), gamma=logarithmic(1e-2, 1e6)
)


def simulate(params, customers, seed, longest=100):
	"""Histories as the model has them, with times rounded up to whole days (so that some are equal)."""
	random = np.random.default_rng(seed)
	age = random.integers(1, longest + 1, customers).astype(float)
	rate = random.gamma(params.r, 1 / params.alpha, customers)
	leaving = random.beta(params.a, params.b, customers)
	frequency, recency = np.zeros(customers), np.zeros(customers)
	moment = np.zeros(customers)
	alive = np.arange(customers)
	while len(alive):
		moment[alive] += random.exponential(size=len(alive)) / np.maximum(rate[alive], 1e-300)
		alive = alive[moment[alive] <= age[alive]]
		frequency[alive] += 1
		recency[alive] = np.ceil(moment[alive])
		alive = alive[random.random(len(alive)) >= leaving[alive]]
	return frequency, recency, age


def simulate_spend(params, customers, seed):
	random = np.random.default_rng(seed)
	frequency = random.integers(0, 8, customers).astype(float)
	rate = random.gamma(params.q, 1 / params.gamma, customers)
	used = np.maximum(frequency, 1)
	return frequency, np.where(frequency > 0, random.gamma(params.p * used) / rate / used, 0)


TYPICAL = BGNBD(r=0.8, alpha=12, a=0.9, b=3)
TYPICAL_SPEND = GammaGamma(p=4, q=3.5, gamma=60)


def parameters_of(model):
	names = ("r", "alpha", "a", "b") if isinstance(model, BGNBD) else ("p", "q", "gamma")
	return np.array([getattr(model, name) for name in names])


# The fits


@cases
@given(
	st.lists(st.floats(-2.5, 2.5), min_size=4, max_size=4),
	st.lists(histories(longest=50), min_size=1, max_size=6),
	st.lists(st.floats(0.1, 10), min_size=6, max_size=6),
)
def test_bgnbd_derivatives_match_finite_differences(log_parameters, rows, weights):
	x, t_x, age = np.array(rows, dtype=float).T
	table = potential._BGNBDTable(x, t_x, age, np.array(weights[: len(x)]), scale=1.0)
	check_derivatives(table.objective, np.array(log_parameters))


@cases
@given(
	st.lists(st.floats(-2.5, 2.5), min_size=3, max_size=3),
	st.lists(st.tuples(st.integers(1, 5000), logarithmic(0.01, 100)), min_size=1, max_size=6),
	st.lists(st.floats(0.1, 10), min_size=6, max_size=6),
)
def test_gamma_gamma_derivatives_match_finite_differences(log_parameters, rows, weights):
	x, z = np.array(rows, dtype=float).T
	table = potential._GammaGammaTable(x, z, np.array(weights[: len(x)]))
	check_derivatives(table.objective, np.array(log_parameters))


def check_derivatives(objective, point):
	value, gradient, hessian = objective(point)
	step = 1e-4
	scale = 1 + abs(value) + np.abs(gradient).max() + np.abs(hessian).max()
	for i, direction in enumerate(np.eye(len(point)) * step):
		(up, up_gradient, _), (down, down_gradient, _) = (
			objective(point + direction),
			objective(point - direction),
		)
		assert (up - down) / (2 * step) == pytest.approx(gradient[i], abs=1e-6 * scale)
		assert (up_gradient - down_gradient) / (2 * step) == pytest.approx(hessian[i], abs=1e-6 * scale)


def test_the_objective_is_the_papers_likelihood():
	"""Against FHL eq. 6 written out with gamma functions, for a history of each kind."""
	r, alpha, a, b = 0.7, 3.0, 0.6, 2.2
	gamma, log_likelihood = math.gamma, 0.0
	for x, t_x, age in ((0, 0, 5), (1, 4, 4), (3, 2, 9)):
		both = (alpha + age) ** -(r + x) * beta_function(a, b + x) / beta_function(a, b)
		if x:
			both += (alpha + t_x) ** -(r + x) * beta_function(a + 1, b + x - 1) / beta_function(a, b)
		log_likelihood += math.log(gamma(r + x) / gamma(r) * alpha**r * both)
	table = potential._BGNBDTable(*np.array([[0, 1, 3], [0, 4, 2], [5, 4, 9]], dtype=float), None, 1.0)
	assert -3 * table.objective(np.log([r, alpha, a, b]))[0] == pytest.approx(log_likelihood, rel=1e-12)


def test_the_spend_objective_is_the_papers_likelihood():
	p, q, gamma = 2.5, 3.5, 20.0
	log_likelihood = 0.0
	for x, z in ((1, 12.0), (4, 30.0)):
		likelihood = math.gamma(p * x + q) / math.gamma(p * x) / math.gamma(q) * gamma**q * x ** (p * x)
		log_likelihood += math.log(likelihood * z ** (p * x - 1) / (gamma + x * z) ** (p * x + q))
	table = potential._GammaGammaTable(np.array([1.0, 4.0]), np.array([12.0, 30.0]), np.ones(2))
	assert -2 * table.objective(np.log([p, q, gamma]))[0] == pytest.approx(log_likelihood, rel=1e-12)


@pytest.mark.parametrize(
	"truth", [TYPICAL, BGNBD(0.25, 4.5, 0.8, 2.5), BGNBD(3, 30, 0.5, 6)], ids=["typical", "shop", "regulars"]
)
def test_bgnbd_finds_the_parameters_of_simulated_customers(truth):
	# Continuous times, as the model has them.
	random = np.random.default_rng(5)
	x, t_x, age = simulate(truth, 60_000, seed=5)
	t_x = np.where(x > 0, np.maximum(t_x - random.random(len(x)), 1e-3), 0)
	fitted = fit_bgnbd(x, t_x, age)
	assert parameters_of(fitted) == pytest.approx(parameters_of(truth), rel=0.12)
	ahead = expected_purchases(fitted, 50, x, t_x, age).sum()
	assert ahead == pytest.approx(expected_purchases(truth, 50, x, t_x, age).sum(), rel=0.02)


def test_gamma_gamma_finds_the_parameters_of_simulated_customers():
	fitted = fit_gamma_gamma(*simulate_spend(TYPICAL_SPEND, 60_000, seed=5))
	assert parameters_of(fitted) == pytest.approx(parameters_of(TYPICAL_SPEND), rel=0.1)


@fits
@given(st.integers(0, 10**6))
def test_the_fit_is_a_maximum(seed):
	x, t_x, age = simulate(TYPICAL, 2000, seed)
	fitted = fit_bgnbd(x, t_x, age)
	table = potential._BGNBDTable(x, t_x, age, None, scale=1.0)
	best = np.log(parameters_of(fitted))
	value, gradient, hessian = table.objective(best)
	assert -value * 2000 == pytest.approx(fitted.log_likelihood, rel=1e-10)
	assert np.abs(gradient).max() < 1e-6
	assert np.linalg.eigvalsh(hessian)[0] > 0


@fits
@given(st.integers(0, 10**6))
def test_weights_are_repetition(seed):
	x, t_x, age = simulate(TYPICAL, 2000, seed)
	weights = np.random.default_rng(seed).integers(0, 5, 2000)
	repeated = np.repeat(np.arange(2000), weights)
	weighted, plain = fit_bgnbd(x, t_x, age, weights), fit_bgnbd(x[repeated], t_x[repeated], age[repeated])
	assert parameters_of(weighted) == pytest.approx(parameters_of(plain), rel=1e-7)
	assert weighted.log_likelihood == pytest.approx(plain.log_likelihood, rel=1e-10)
	assert (weighted.customers, weighted.repeat_customers) == (plain.customers, plain.repeat_customers)
	x, z = simulate_spend(TYPICAL_SPEND, 2000, seed)
	weighted, plain = fit_gamma_gamma(x, z, weights), fit_gamma_gamma(x[repeated], z[repeated])
	assert parameters_of(weighted) == pytest.approx(parameters_of(plain), rel=1e-7)


@fits
@given(st.integers(0, 10**6), logarithmic(1e-4, 1e4))
def test_another_unit_of_time_changes_alpha_only(seed, factor):
	x, t_x, age = simulate(TYPICAL, 2000, seed)
	one, other = fit_bgnbd(x, t_x, age), fit_bgnbd(x, t_x * factor, age * factor)
	assert parameters_of(other) == pytest.approx(parameters_of(one) * [1, factor, 1, 1], rel=1e-7)
	assert other.log_likelihood == pytest.approx(one.log_likelihood - x.sum() * math.log(factor), rel=1e-9)
	assert expected_purchases(other, 9 * factor, x, t_x * factor, age * factor) == pytest.approx(
		expected_purchases(one, 9, x, t_x, age), rel=1e-6
	)


@fits
@given(st.integers(0, 10**6), logarithmic(1e-4, 1e6))
def test_another_currency_changes_gamma_only(seed, factor):
	x, z = simulate_spend(TYPICAL_SPEND, 2000, seed)
	one, other = fit_gamma_gamma(x, z), fit_gamma_gamma(x, z * factor)
	assert parameters_of(other) == pytest.approx(parameters_of(one) * [1, 1, factor], rel=1e-7)
	assert expected_mean_value(other, x, z * factor) == pytest.approx(
		factor * expected_mean_value(one, x, z), rel=1e-6
	)


def test_a_fit_has_the_same_bits_again_and_in_another_order():
	x, t_x, age = simulate(TYPICAL, 5000, seed=3)
	shuffled = np.random.default_rng(1).permutation(5000)
	first = fit_bgnbd(x, t_x, age)
	assert first == fit_bgnbd(x, t_x, age)
	assert first == fit_bgnbd(x[shuffled], t_x[shuffled], age[shuffled])
	assert first == fit_bgnbd(list(x.astype(int)), list(t_x), list(age))
	x, z = simulate_spend(TYPICAL_SPEND, 5000, seed=3)
	assert fit_gamma_gamma(x, z) == fit_gamma_gamma(x, z)


def test_customers_without_positive_spend_are_left_out_of_the_fit():
	x, z = simulate_spend(TYPICAL_SPEND, 2000, seed=4)
	plain = fit_gamma_gamma(x, z)
	more = fit_gamma_gamma(np.append(x, [3, 2, 0, 0]), np.append(z, [0, -50, 99, math.nan]))
	assert more == plain
	assert more.customers == np.count_nonzero(x)


# Data that do not determine the parameters


def test_too_few_customers():
	x, t_x, age = simulate(TYPICAL, MIN_CUSTOMERS - 1, seed=1)
	with pytest.raises(FitError, match=f"{MIN_CUSTOMERS - 1} customers, at least {MIN_CUSTOMERS}.*prior"):
		fit_bgnbd(x, t_x, age)
	with pytest.raises(FitError, match="0 customers"):
		fit_bgnbd([], [], [])
	with pytest.raises(FitError, match="0 customers"):
		fit_bgnbd(x, t_x, age, np.zeros(len(x)))


def test_too_few_repeat_customers():
	x, t_x, age = simulate(TYPICAL, 5000, seed=1)
	some = np.flatnonzero(x)[: MIN_REPEAT_CUSTOMERS - 1]
	kept = np.concatenate([some, np.flatnonzero(x == 0)])
	with pytest.raises(FitError, match=f"{MIN_REPEAT_CUSTOMERS - 1} customers with a repeat purchase"):
		fit_bgnbd(x[kept], t_x[kept], age[kept])
	with pytest.raises(FitError, match=f"{MIN_REPEAT_CUSTOMERS - 1} customers with purchases"):
		fit_gamma_gamma(x[some], np.ones(len(some)))


def test_customers_who_never_leave_are_refused_by_name():
	random = np.random.default_rng(2)
	age = np.full(500, 100.0)
	x = random.poisson(random.gamma(2, 5, 500)).astype(float)
	with pytest.raises(
		FitError, match=r"(a vanishes|b grows without limit).*last good parameters or the prior"
	):
		fit_bgnbd(x, np.where(x > 0, age, 0), age)


def test_customers_who_are_all_alike_are_refused():
	with pytest.raises(FitError):
		fit_bgnbd(np.full(200, 3), np.full(200, 7.0), np.full(200, 9.0))
	with pytest.raises(FitError, match="grows without limit"):
		fit_gamma_gamma(np.full(200, 3), np.full(200, 25.0))


def test_spend_too_uneven_for_a_mean_is_refused():
	random = np.random.default_rng(7)
	with pytest.raises(FitError, match="too uneven"):
		fit_gamma_gamma(np.full(3000, 2), np.exp(random.normal(5, 2.5, 3000)))


# Impossible input


@pytest.mark.parametrize(
	("history", "message"),
	[
		(([1.5], [1], [2]), "frequency must be whole numbers"),
		(([-1], [1], [2]), "frequency must be whole numbers"),
		(([math.nan], [1], [2]), "frequency must be whole numbers"),
		(([math.inf], [1], [2]), "frequency must be whole numbers"),
		(([1], [-1], [2]), "recency must be finite and not negative"),
		(([1], [math.nan], [2]), "recency must be finite and not negative"),
		(([1], [1], [math.inf]), "age must be finite"),
		(([1, 2], [1, 3], [2, 2]), "recency must not exceed age; 1 of 2 are not, first at 1"),
		(([0], [1], [2]), "recency must be 0 exactly where frequency is 0"),
		(([1], [0], [2]), "recency must be 0 exactly where frequency is 0"),
		((["two"], [1], [2]), "frequency must be numbers"),
		(([1, 2, 3], [1, 2], [2, 2]), r"shapes"),
	],
)
def test_impossible_histories_are_refused(history, message):
	with pytest.raises(ValueError, match=message) as error:
		fit_bgnbd(*history)
	assert not isinstance(error.value, FitError)
	for predict in (probability_alive, lambda params, *row: expected_purchases(params, 1, *row)):
		with pytest.raises(ValueError, match=message):
			predict(TYPICAL, *history)


def test_other_impossible_input_is_refused():
	x, t_x, age = simulate(TYPICAL, 200, seed=1)
	for weights, message in (
		(np.ones(199), "shape"),
		(np.full(200, -1), "weights"),
		(np.full(200, np.nan), "weights"),
	):
		with pytest.raises(ValueError, match=message):
			fit_bgnbd(x, t_x, age, weights)
	with pytest.raises(ValueError, match="one-dimensional"):
		fit_bgnbd(x.reshape(2, 100), t_x.reshape(2, 100), age.reshape(2, 100))
	for horizon in (-1, math.nan, math.inf):
		with pytest.raises(ValueError, match="horizon"):
			expected_purchases(TYPICAL, horizon, x, t_x, age)
	with pytest.raises(ValueError, match="mean_value must be finite"):
		expected_mean_value(TYPICAL_SPEND, [1, 1], [5, math.nan])
	with pytest.raises(ValueError, match="mean_value must be finite"):
		fit_gamma_gamma([1, 1], [5, math.inf])
	for wrong in (0, -1, math.nan, math.inf):
		with pytest.raises(ValueError, match="typical_gap"):
			prior_bgnbd(wrong)
		with pytest.raises(ValueError, match="typical_value"):
			prior_gamma_gamma(wrong)
		with pytest.raises(ValueError, match="alpha"):
			BGNBD(1, wrong, 1, 1)
		with pytest.raises(ValueError, match="gamma"):
			GammaGamma(1, 2, wrong)
	with pytest.raises(ValueError, match="q must be above 1"):
		GammaGamma(1, 1, 1)


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


@settings(deadline=None, max_examples=60)
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
