"""Cohorts, bridges and what a point is worth: adds up to the cent, and equals tables made by hand."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keep_customers.engine import retention as r
from keep_customers.engine.retention import (
	CORRECTED,
	GROWN,
	LOST,
	NEW,
	NOTHING,
	SAME,
	SHRUNK,
	WON_BACK,
	Days,
	Period,
)  # fmt: skip

FIRST = date(2020, 1, 1).toordinal()


def sold(*rows):
	"""(customer, day as ISO text, cents[, whether it is a purchase]) as rows."""
	rows = sorted((who, date.fromisoformat(day).toordinal(), *more) for who, day, *more in rows)
	cents = [row[2] for row in rows]
	bought = [row[3] if len(row) > 3 else row[2] > 0 for row in rows]
	who, day = (np.array([row[i] for row in rows], np.int64) for i in (0, 1))
	return Days(who, day, np.array(cents, np.int64), np.array(bought, bool))


@st.composite
def histories(draw):
	customers = draw(st.integers(1, 8))
	cells = st.tuples(st.integers(0, customers - 1), st.integers(0, 1500))
	amounts = st.tuples(st.integers(-(10**11), 10**11), st.booleans())
	found = sorted(draw(st.dictionaries(cells, amounts, max_size=40)).items())
	return customers, Days(
		np.array([who for (who, _day), _what in found], np.int64),
		np.array([FIRST + day for (_who, day), _what in found], np.int64),
		np.array([cents for _key, (cents, _bought) in found], np.int64),
		np.array([bought for _key, (_cents, bought) in found], bool),
	)


@given(st.dates(date(1971, 1, 1), date(2200, 1, 1)))
def test_a_quarter_begins_on_the_first_of_january_april_july_or_october(day):
	[number] = r.quarter(np.array([day.toordinal()])).tolist()
	assert r.quarter_begins(number) == (day.year, (day.month - 1) // 3 * 3 + 1)


def test_cohorts_are_the_table_made_by_hand():
	rows = sold(
		(0, "2024-01-05", 10_000), (0, "2024-02-05", 5_000), (0, "2024-07-01", 2_000),
		(1, "2024-03-31", 30_000), (1, "2024-04-01", 40_000), (1, "2024-04-20", -1_000),
		(2, "2024-04-02", 700), (2, "2024-10-01", 900),
		(3, "2024-02-01", -50), (3, "2024-05-01", 60), (3, "2024-08-01", -60),
	)  # fmt: skip
	found = r.cohorts(rows, 5, last=int(r.quarter(np.array([date(2024, 9, 1).toordinal()]))[0]))
	assert [r.quarter_begins(one) for one in found.first.tolist()] == [(2024, 1), (2024, 4)]
	assert found.kept.tolist() == [[2, 1, 1], [2, 0, 0]]
	# The return of the third quarter is no purchase, and takes from the revenue; what was before the first one counts nowhere.
	assert found.cents.tolist() == [[45_000, 39_000, 2_000], [760, -60, 0]]
	assert found.reached.tolist() == [[True, True, True], [True, True, False]]
	kept, revenue = found.together()
	assert kept.tolist() == [1, 1 / 4, 1 / 2]  # of four, of four, of the two who have come so far
	assert revenue[1] == pytest.approx((39_000 - 60) / 45_760)


@given(histories(), st.integers(200, 230))
def test_cohorts_hold_every_customer_once_and_every_cent_since_the_first_quarter(history, last):
	customers, rows = history
	found = r.cohorts(rows, customers, last)
	came = r.first_days(rows, customers)
	there = [who for who in range(customers) if came[who] and r.quarter(came[who : who + 1])[0] <= last]
	assert found.size.sum() == len(there)
	quarters, mine = r.quarter(rows.day), np.isin(rows.customer, there)
	counted = mine & (quarters <= last) & (quarters >= r.quarter(came)[rows.customer])
	assert found.cents.sum() == rows.cents[counted].sum()
	assert (found.kept <= found.size[:, None]).all()
	assert not found.kept[~found.reached].any() and not found.cents[~found.reached].any()


@given(histories(), st.integers(200, 230), st.integers(0, 40))
def test_younger_cohorts_are_the_same_without_the_older_ones(history, last, back):
	customers, rows = history
	every, some = r.cohorts(rows, customers, last), r.cohorts(rows, customers, last, last - back)
	young = every.first >= last - back
	width = some.kept.shape[1]
	assert some.first.tolist() == every.first[young].tolist()
	assert some.kept.tolist() == every.kept[young][:, :width].tolist()


def test_a_step_is_what_became_of_a_customer():
	before = Period(
		np.array([100, 100, 100, 100, 0, 0, 0, -5, 0, 30]), np.array([1, 1, 1, 1, 0, 0, 0, 0, 0, 1], bool)
	)
	now = Period(
		np.array([0, 40, 100, 160, 70, 80, -20, 0, 0, -30]), np.array([0, 1, 1, 1, 1, 1, 0, 0, 0, 0], bool)
	)
	first = np.array([10, 10, 10, 10, 5, 25, 5, 5, 5, 10])
	step = r.steps(before, now, first, until=20)
	assert step.tolist() == [
		LOST, SHRUNK, SAME, GROWN, WON_BACK, NEW, CORRECTED, CORRECTED, NOTHING, LOST,
	]  # fmt: skip


def test_who_came_between_two_periods_is_new():
	nobody, bought = Period(np.array([0]), np.array([False])), Period(np.array([9]), np.array([True]))
	assert r.steps(nobody, bought, np.array([25]), until=20).tolist() == [NEW]


@given(histories(), st.integers(0, 1400), st.integers(1, 400), st.integers(0, 100), st.data())
def test_a_bridge_adds_up_to_the_revenue_of_both_periods_to_the_cent(history, since, length, gap, data):
	customers, rows = history
	start = FIRST + since
	then = start + length + gap
	before = r.period(rows, customers, start, start + length - 1)
	now = r.period(rows, customers, then, then + length - 1)
	first = r.first_days(rows, customers)
	group = np.array(data.draw(st.lists(st.integers(0, 2), min_size=customers, max_size=customers)))
	step = r.steps(before, now, first, start + length - 1)
	b = r.bridge(step, before, now, group, 3)

	def revenue(since, until):
		return rows.cents[(rows.day >= since) & (rows.day <= until)].sum()

	assert b.before.sum() == revenue(start, start + length - 1)
	assert b.now.sum() == revenue(then, then + length - 1)
	assert (b.before.sum(axis=1) + b.change.sum(axis=1) == b.now.sum(axis=1)).all()
	assert b.customers[:, r.HAD].sum() == before.bought.sum()
	assert b.customers[:, r.HAS].sum() == now.bought.sum()
	assert (
		(b.change[:, GROWN] >= 0).all() and (b.change[:, SHRUNK] <= 0).all() and not b.change[:, SAME].any()
	)
	for part, of_all in ((b.whole().before, b.before), (b.whole().customers, b.customers)):
		assert part.tolist() == [of_all.sum(axis=0).tolist()]


def hundred():
	"""Of 100 customers who brought 100 each, 20 have left, who had brought 50; the others bring 10 % more."""
	before = Period(np.array([5_000] * 20 + [11_000] * 80), np.ones(100, bool))
	now = Period(np.array([0] * 20 + [12_100] * 80), np.arange(100) >= 20)
	step = r.steps(before, now, np.ones(100, np.int64), 5)
	return r.bridge(step, before, now, np.zeros(100, np.int64), 1)


def test_what_was_kept():
	kept = r.kept(hundred())
	assert kept.customers == 0.8
	assert kept.gross == pytest.approx(880_000 / 980_000)
	assert kept.net == pytest.approx(968_000 / 980_000)


def test_a_point_is_one_customer_in_a_hundred_of_those_who_leave():
	point = r.point(hundred())
	assert point.customers == 1 and point.each == 5_000
	assert point.worth == pytest.approx(5_500)  # and they buy 10 % more, as those do who stay
	assert point.ahead == pytest.approx(5_500 * (1 + 0.8 + 0.64 + 0.512 + 0.4096))


def test_nobody_lost_is_nobody_to_keep():
	nothing = r.bridge(np.array([NEW]), Period(np.array([0]), np.array([False])), Period(np.array([9]), np.array([True])),
		np.array([0]), 1)  # fmt: skip
	point = r.point(nothing)
	assert point.customers == 0 and np.isnan(point.each)
	assert np.isnan(r.kept(nothing).customers)


@given(histories(), st.integers(0, 1400))
def test_a_point_never_keeps_more_than_were_lost_and_costs_nothing(history, since):
	customers, rows = history
	before = r.period(rows, customers, FIRST + since, FIRST + since + 364)
	now = r.period(rows, customers, FIRST + since + 365, FIRST + since + 729)
	step = r.steps(before, now, r.first_days(rows, customers), FIRST + since + 364)
	b = r.bridge(step, before, now, np.zeros(customers, np.int64), 1)
	point = r.point(b)
	assert point.customers <= b.customers[:, LOST]
	if b.customers[0, LOST]:
		assert 0 <= point.worth[0] <= point.ahead[0] <= point.worth[0] * r.AHEAD * (1 + 1e-9)


@given(
	st.lists(st.integers(-(10**13), 10**13), max_size=20),
	st.lists(st.lists(st.integers(-(10**9), 10**12), min_size=4, max_size=4), max_size=3),
)
def test_the_quarters_of_a_year_are_the_year_to_the_cent(amounts, came):
	shares = r.course(np.array(came, np.int64).reshape(-1, 4))
	assert shares.sum() == pytest.approx(1) and (shares >= 0).all()
	found = r.spread(np.array(amounts, np.int64), shares)
	assert found.sum(axis=1).tolist() == amounts
	for amount, quarters in zip(amounts, found, strict=True):
		assert np.abs(quarters - amount * shares).max() <= 1 + abs(amount) * 1e-12


def test_a_year_goes_as_the_years_before_and_evenly_where_there_was_none():
	assert r.course(np.array([[10, 20, 30, 40], [30, 20, 10, 40]])).tolist() == [0.2, 0.2, 0.2, 0.4]
	assert r.course(np.zeros((0, 4))).tolist() == [0.25] * 4
	assert r.course(np.array([[-5, 0, 0, -1]])).tolist() == [0.25] * 4
