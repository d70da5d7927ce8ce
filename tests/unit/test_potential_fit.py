"""Properties of the fits by generated cases; the published figures are in test_potential_published."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import beta as beta_function

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
from tests.unit.histories import (
	TYPICAL,
	TYPICAL_SPEND,
	cases,
	fits,
	histories,
	logarithmic,
	parameters_of,
	simulate,
	simulate_spend,
)

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
