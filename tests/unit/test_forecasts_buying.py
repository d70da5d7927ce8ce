"""The family of models of buying: published values, derivatives, edges, and what one customer more changes."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.special import betainc

from keep_customers.engine.forecasts.ahead import MOST, covered, outlook, place_of, value_interval
from keep_customers.engine.forecasts.buying import (
	Buying,
	_Table,
	fit_buying,
	fit_regular,
	prior_buying,
)
from keep_customers.engine.forecasts.past import known_at
from keep_customers.engine.potential import (
	BGNBD,
	FitError,
	GammaGamma,
	expected_purchases,
	fit_bgnbd,
	probability_alive,
)
from tests.unit.histories import TYPICAL, cases, fits, histories, logarithmic, simulate
from tests.unit.test_forecasts_cdnow import CUT, HORIZON, log  # noqa: F401
from tests.unit.test_potential_fit import check_derivatives


@pytest.fixture(scope="module")
def cdnow(log):  # noqa: F811
	"""All 23,570 customers until 1997-09-30, days merged, in weeks."""
	known = known_at(log, CUT, HORIZON)
	return known.frequency, known.recency, known.age


def test_mbgnbd_on_all_of_cdnow(cdnow):
	"""Computed independently of this project."""
	fitted = fit_buying(*cdnow)
	assert len(cdnow[0]) == 23570
	assert [round(getattr(fitted, name), 3) for name in ("r", "alpha", "a", "b")] == [
		0.637,
		7.310,
		0.807,
		1.228,
	]
	assert round(fitted.log_likelihood, 1) == -95337.0


def test_k_1_without_leaving_at_once_is_bgnbd(cdnow):
	ours, old = fit_buying(*cdnow, at_once=False), fit_bgnbd(*cdnow)
	for name in ("r", "alpha", "a", "b", "log_likelihood"):
		assert getattr(ours, name) == pytest.approx(getattr(old, name), rel=1e-6)
	assert ours.name == "BG/NBD"


def test_a_prior_fades_with_the_number_of_customers(cdnow):
	pure, leaning = fit_buying(*cdnow), fit_buying(*cdnow, typical_gap=8.0)
	for name in ("r", "alpha", "a", "b"):
		assert getattr(leaning, name) == pytest.approx(getattr(pure, name), rel=0.05)


@cases
@given(
	st.lists(st.floats(-2.5, 2.5), min_size=4, max_size=4),
	st.lists(histories(longest=50), min_size=1, max_size=6),
	st.integers(1, 4),
	st.booleans(),
)
def test_derivatives_match_finite_differences(log_parameters, rows, k, at_once):
	x, t_x, age = np.array(rows, dtype=float).T
	table = _Table(np.minimum(x, 500), t_x, age, None, 1.0, k, at_once)
	check_derivatives(table.objective, np.array(log_parameters))


# What the time ahead brings


@cases
@given(
	st.lists(histories(longest=200), min_size=1, max_size=5),
	logarithmic(0.1, 60),
	logarithmic(0.05, 20),
	logarithmic(0.5, 50),
	logarithmic(0.05, 20),
	logarithmic(0.05, 20),
)
def test_bgnbd_says_what_its_closed_form_says(rows, horizon, r, alpha, a, b):
	x, t_x, age = np.array(rows, dtype=float).T
	x = np.minimum(x, 60)
	ahead = horizon / (alpha + age)
	assume(
		(betainc(MOST, r + x, ahead / (1 + ahead)) < 1e-9).all()
	)  # more purchases than MOST are not counted
	seen = outlook(Buying(r, alpha, a, b, 1, False), horizon, x, t_x, age)
	old = BGNBD(r, alpha, a, b)
	assert seen.alive == pytest.approx(probability_alive(old, x, t_x, age), abs=1e-9)
	assert seen.purchases == pytest.approx(expected_purchases(old, horizon, x, t_x, age), rel=1e-4, abs=1e-6)


@cases
@given(
	st.lists(histories(longest=200), min_size=1, max_size=5),
	st.integers(1, 4),
	st.booleans(),
	logarithmic(0.1, 60),
)
def test_what_is_ahead_hangs_together(rows, k, at_once, horizon):
	x, t_x, age = np.array(rows, dtype=float).T
	x = np.minimum(x, 200)
	model = Buying(0.8, 6.0, 0.7, 1.9, k, at_once)
	near, far = (outlook(model, h, x, t_x, age) for h in (horizon, horizon * 1.5))
	for one in (near, far):
		assert ((one.buys >= 0) & (one.buys <= one.alive + 1e-12) & (one.alive <= 1)).all()
		assert (one.purchases >= one.buys - 1e-9).all()
	assert (far.buys >= near.buys - 1e-9).all() and (far.purchases >= near.purchases - 1e-9).all()
	nothing = outlook(model, 0.0, x, t_x, age)
	assert not nothing.buys.any() and not nothing.purchases.any()


def test_it_is_what_simulated_customers_do():
	"""MBG/CNBD-3: 60,000 customers for 30 weeks, then 20 more, by the model's own story."""
	model, random, until, ahead = Buying(1.2, 3.0, 0.5, 2.0, 3, True), np.random.default_rng(5), 30.0, 20.0
	size = 60_000
	rate, leaves = random.gamma(model.r, 1 / model.alpha, size), random.beta(model.a, model.b, size)
	now, x, last, later = np.zeros(size), np.zeros(size), np.zeros(size), np.zeros(size)
	there = np.flatnonzero(random.random(size) >= leaves)
	while len(there):
		now[there] += random.gamma(model.k, 1 / rate[there])
		there = there[now[there] < until + ahead]
		early = there[now[there] < until]
		x[early] += 1
		last[early] = now[early]
		later[there[now[there] >= until]] += 1
		there = there[random.random(len(there)) >= leaves[there]]
	seen = outlook(model, ahead, x, last, np.full(size, until))
	assert seen.buys.mean() == pytest.approx((later > 0).mean(), abs=0.005)
	assert seen.purchases.mean() == pytest.approx(later.mean(), rel=0.02)
	for low, high in ((0, 0.2), (0.2, 0.5), (0.5, 0.8), (0.8, 1.01)):
		part = (seen.buys >= low) & (seen.buys < high)
		assert (later[part] > 0).mean() == pytest.approx(seen.buys[part].mean(), abs=0.02)
		assert later[part].mean() == pytest.approx(seen.purchases[part].mean(), rel=0.05)
	assert covered(*place_of(model, ahead, x, last, np.full(size, until), later)) == pytest.approx(
		0.8, abs=0.01
	)
	spend = GammaGamma(p=4.0, q=3.5, gamma=60.0)
	own = random.gamma(spend.q, 1 / spend.gamma, size)
	known, spent = (
		random.gamma(spend.p * np.maximum(number, 1e-9)) / own * (number > 0) for number in (x + 1, later)
	)
	often = seen.buys > 0.95
	low, high = value_interval(
		model, spend, ahead, *(column[often] for column in (x, last, np.full(size, until), known / (x + 1)))
	)
	inside = (spent[often] >= low) & (spent[often] <= high)
	assert often.sum() > 1000 and inside.mean() == pytest.approx(0.8, abs=0.03)
	fitted = fit_regular(x, last, np.full(size, until), np.zeros(size))
	assert fitted.k == 1, "without the gaps nothing says how regular they are"


# The edges of the family are answers


def poisson(size, k=1, seed=2, weeks=100, every=5.0):
	"""Nobody leaves and all are alike: gaps are Erlang-k with one mean."""
	random = np.random.default_rng(seed)
	moments = np.cumsum(random.gamma(k, every / k, (size, int(weeks / every * 3) + 20)), axis=1)
	x = (moments <= weeks).sum(axis=1).astype(float)
	last = np.where(x > 0, np.take_along_axis(moments, np.maximum(x - 1, 0).astype(int)[:, None], 1)[:, 0], 0)
	gaps = np.diff(np.concatenate([np.zeros((size, 1)), moments], axis=1), axis=1)
	logs = np.where(moments <= weeks, np.log(gaps), 0).sum(axis=1)
	return x, last, np.full(size, float(weeks)), logs


def test_where_nobody_leaves_and_all_are_alike_nobody_is_given_up():
	x, last, age, _logs = poisson(400)
	with pytest.raises(FitError):
		fit_buying(x, last, age)
	fitted = fit_buying(x, last, age, typical_gap=5.0)
	assert fitted.a / (fitted.a + fitted.b) < 0.01
	seen = outlook(fitted, 20.0, x, last, age)
	assert seen.purchases.mean() == pytest.approx(4, rel=0.1) and seen.buys.min() > 0.8


def test_regular_buyers_are_known_as_such():
	x, last, age, logs = poisson(400, k=3)
	fitted = fit_regular(x, last, age, logs, typical_gap=5.0)
	assert fitted.k in (2, 3, 4) and fitted.name == f"MBG/CNBD-{fitted.k}"
	assert outlook(fitted, 20.0, x, last, age).purchases.mean() == pytest.approx(4, rel=0.1)


def test_where_all_leave_after_one_nobody_is_waited_for():
	age = np.linspace(10, 100, 300)
	fitted = fit_buying(np.zeros(300), np.zeros(300), age, typical_gap=8.0)
	seen = outlook(fitted, 26.0, np.zeros(300), np.zeros(300), age)
	assert seen.buys.mean() < 0.1
	assert (np.diff(seen.buys) <= 1e-12).all(), "the longer ago, the less"


@pytest.mark.parametrize("size", (0, 1, 10))
def test_a_few_customers_are_near_the_prior(size):
	x, last, age = (column[:size] for column in simulate(TYPICAL, 60, seed=3))
	fitted = fit_buying(x, last, age, typical_gap=12.0)
	prior = prior_buying(12.0)
	if not size:
		assert fitted == prior
	assert 0.2 < fitted.r / prior.r < 5 and np.isfinite(outlook(fitted, 26.0, x, last, age).purchases).all()


# No cliff: one customer more


@fits
@given(st.integers(50, 200), st.integers(0, 1000), histories(longest=100))
def test_one_customer_more_moves_nobodys_chance_much(size, seed, more):
	"""Of 50, by less than 0.2, even where the one bought fifty times in a day; usually by 0.01."""
	x, last, age = simulate(TYPICAL, size, seed=seed)
	one = [min(more[0], 50.0), more[1], more[2]]
	before = fit_buying(x, last, age, typical_gap=12.0)
	after = fit_buying(
		*(np.append(column, value) for column, value in zip((x, last, age), one, strict=True)),
		typical_gap=12.0,
	)
	chance = [outlook(model, 26.0, x, last, age).buys for model in (before, after)]
	assert np.abs(chance[0] - chance[1]).max() < 0.2


@fits
@given(st.integers(50, 200), st.integers(0, 1000))
def test_one_day_more_moves_nobodys_chance_much(size, seed):
	x, last, age = simulate(TYPICAL, size, seed=seed)
	chance = []
	for later in (0.0, 1.0):
		model = fit_buying(x, last, age + later, typical_gap=12.0)
		chance.append(outlook(model, 26.0, x, last, age + later).buys)
	assert np.abs(chance[0] - chance[1]).max() < 0.15
