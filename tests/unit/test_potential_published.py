"""The published tables of both models, from the raw transactions of the CDNOW sample.

Fader, Hardie and Lee (2005) and Fader and Hardie (2013); see keep_customers.engine.potential. The
transactions are in the wheel lifetimes==0.11.3 (`pip install --no-deps`), which is located, not imported.

The cut that gives the papers' figures: a customer's first purchase opens the history; a day with several
transactions is one occasion; time is days / 7; observation ends with 30 September 1997 (the end of week 39).
The mean value is that of the repeat occasions until then, for the customers who have any.
"""

from datetime import date, datetime
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from keep_customers.engine.potential import (
	BGNBD,
	GammaGamma,
	expected_mean_value,
	expected_purchases,
	fit_bgnbd,
	fit_gamma_gamma,
	probability_alive,
)

CALIBRATION_END = date(1997, 9, 30)
PAPER = BGNBD(r=0.243, alpha=4.414, a=0.793, b=2.426)
PAPER_SPEND = GammaGamma(p=6.25, q=3.74, gamma=15.44)


def lines(name):
	found = find_spec("lifetimes")
	if found is None or not found.submodule_search_locations:
		pytest.fail("The CDNOW sample is missing: pip install --no-deps lifetimes==0.11.3")
	text = (Path(found.submodule_search_locations[0]) / "datasets" / name).read_text()
	return [line.split() for line in text.splitlines()]


def histories(transactions):
	"""Arrays, one row per customer, of (customer, day, dollars) of customers of the first quarter of 1997."""
	spend: dict[str, dict[date, float]] = {}
	for customer, yyyymmdd, dollars in transactions:
		day = datetime.strptime(yyyymmdd, "%Y%m%d").date()
		by_day = spend.setdefault(customer, {})
		by_day[day] = by_day.get(day, 0.0) + float(dollars)
	rows = []
	for by_day in spend.values():
		days = sorted(day for day in by_day if day <= CALIBRATION_END)
		repeats = [by_day[day] for day in days[1:]]
		rows.append(
			(
				len(repeats),
				(days[-1] - days[0]).days / 7,
				(CALIBRATION_END - days[0]).days / 7,
				float(np.mean(repeats)) if repeats else 0.0,
				len(by_day) - len(days),
			)
		)
	names = ("frequency", "recency", "age", "mean_value", "later")
	return SimpleNamespace(**dict(zip(names, map(np.array, zip(*rows, strict=True)), strict=True)))


@pytest.fixture(scope="module")
def cdnow():
	"""The 1/10 sample that the papers use."""
	return histories((customer, day, dollars) for customer, _, day, _, dollars in lines("CDNOW_sample.txt"))


@pytest.fixture(scope="module")
def others():
	"""The customers of the full file who are not in the sample: data that no figure here was fitted on."""
	sample = {master for master, *_ in lines("CDNOW_sample.txt")}
	return histories(
		(customer, day, dollars)
		for customer, day, _, dollars in lines("CDNOW_master.txt")[1:]
		if customer not in sample
	)


@pytest.fixture(scope="module")
def fitted(cdnow):
	return fit_bgnbd(cdnow.frequency, cdnow.recency, cdnow.age)


def test_the_sample_is_the_papers(cdnow):
	assert len(cdnow.frequency) == 2357
	assert np.count_nonzero(cdnow.frequency) == 946
	assert cdnow.later.sum() == 1882


def test_bgnbd_estimates(fitted):
	assert round(fitted.r, 3) == 0.243
	assert round(fitted.alpha, 3) == 4.414
	assert round(fitted.a, 3) == 0.793
	assert round(fitted.b, 3) == 2.426
	assert round(fitted.log_likelihood, 1) == -9582.4


def test_gamma_gamma_estimates(cdnow):
	fitted = fit_gamma_gamma(cdnow.frequency, cdnow.mean_value)
	assert round(fitted.p, 2) == 6.25
	assert round(fitted.q, 2) == 3.74
	assert round(fitted.gamma, 2) == 15.44
	assert round(fitted.log_likelihood, 1) == -4055.9
	assert fitted.customers == 946


def test_weeks_40_to_78_fall_short_by_the_known_amount(cdnow, fitted):
	expected = expected_purchases(fitted, 39, cdnow.frequency, cdnow.recency, cdnow.age)
	assert round(expected.sum()) == 1653
	assert cdnow.later.sum() == 1882
	assert round(np.corrcoef(expected, cdnow.later)[0, 1], 3) == 0.626


def test_the_shortfall_on_customers_it_was_not_fitted_on(others, fitted):
	"""Ours, not the papers': the mark that a better calibrated model has to pass (docs/model.md)."""
	assert len(others.frequency) == 21213
	expected = expected_purchases(fitted, 39, others.frequency, others.recency, others.age)
	assert round(expected.sum()) == 14919
	assert others.later.sum() == 17802
	assert round(np.corrcoef(expected, others.later)[0, 1], 3) == 0.672


def test_grouped_histories_give_the_same_table(cdnow, fitted):
	stacked = np.stack([cdnow.frequency, cdnow.recency, cdnow.age])
	distinct, counts = np.unique(stacked, axis=1, return_counts=True)
	assert distinct.shape[1] < 2357
	grouped = fit_bgnbd(*distinct, weights=counts)
	assert [grouped.r, grouped.alpha, grouped.a, grouped.b] == pytest.approx(
		[fitted.r, fitted.alpha, fitted.a, fitted.b], rel=1e-9
	)


def test_the_papers_customer():
	"""The worked example of the papers: 2 repeat purchases, the last after 30.43 of 38.86 weeks."""
	assert round(float(expected_purchases(PAPER, 39, 2, 30.43, 38.86)), 3) == 1.226


def test_probability_alive_by_hand():
	# ((4.414 + 38.86) / (4.414 + 30.43))^2.243 = 1.24194^2.243 = 1.6258
	# a / (b + x - 1) = 0.793 / 3.426 = 0.23147, and 1 / (1 + 0.23147 * 1.6258) = 0.7266
	assert float(probability_alive(PAPER, 2, 30.43, 38.86)) == pytest.approx(0.7266, abs=5e-5)
	# Bought on the last day: the ratio of times is 1, so that 1 / (1 + 0.793 / 2.426) = 0.7537
	assert float(probability_alive(PAPER, 1, 38.86, 38.86)) == pytest.approx(0.7537, abs=5e-5)


def test_a_customer_who_never_came_back_by_hand():
	"""With R = 1 and tau = 1, (1 - (1 + p)^-1) / p is 1 / (1 + p); its mean where p has the density 2p."""
	params = BGNBD(r=1, alpha=10, a=2, b=1)
	by_hand = 2 * (1 - np.log(2))  # the integral of 2p / (1 + p) from 0 to 1
	assert float(expected_purchases(params, 15, 0, 0, 5)) == pytest.approx(by_hand, rel=1e-8)


def test_a_equal_to_1_by_hand():
	"""The same with uniform p: the mean of 1 / (1 + p) is log 2, where the paper's equation 10 is 0 / 0."""
	assert float(expected_purchases(BGNBD(1, 10, 1, 1), 15, 0, 0, 5)) == pytest.approx(np.log(2), rel=1e-9)


def test_expected_mean_value_by_hand():
	# One purchase of 20: (15.44 + 20) * 6.25 / (6.25 + 2.74) = 24.638. Nothing known: 15.44 * 6.25 / 2.74.
	assert float(expected_mean_value(PAPER_SPEND, 1, 20)) == pytest.approx(24.638, abs=5e-4)
	assert float(expected_mean_value(PAPER_SPEND, 0, 0)) == pytest.approx(35.219, abs=5e-4)
