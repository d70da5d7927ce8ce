"""Purchases to measures, against worked examples and a slow, plain way of counting."""

from datetime import date
from itertools import pairwise
from statistics import median

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keep_customers.engine.value import Purchases, measure

DAY = date(2026, 1, 1).toordinal()


def purchases(rows):
	columns = list(zip(*rows, strict=True)) or [()] * 4
	kinds = (np.int64, np.int64, np.float64, bool)
	return Purchases(*(np.array(column, kind) for column, kind in zip(columns, kinds, strict=True)))


def test_a_customer_who_buys_every_ten_days():
	m = measure(purchases([(0, DAY + 10 * k, 100, True) for k in range(4)]), 1)
	assert (m.first[0], m.last[0], m.purchases[0]) == (DAY, DAY + 30, 4)
	assert (m.median_gap[0], m.last_gap[0], m.earlier_gap[0]) == (10, 10, 10)
	assert (m.total[0], m.mean_value[0]) == (400, 100)


def test_a_return_on_another_day_lowers_the_amount_and_removes_no_occasion():
	m = measure(purchases([(0, DAY, 100, True), (0, DAY + 5, -40, False), (0, DAY + 20, 60, True)]), 1)
	assert (m.purchases[0], m.median_gap[0], m.total[0], m.mean_value[0]) == (2, 20, 120, 60)


def test_a_long_absence_is_in_the_last_gap_and_not_in_the_earlier_one():
	m = measure(purchases([(0, DAY + day, 10, True) for day in (0, 10, 20, 220)]), 1)
	assert (m.median_gap[0], m.last_gap[0], m.earlier_gap[0]) == (10, 200, 10)


def test_who_bought_nothing_has_no_days_and_no_gap():
	m = measure(purchases([(1, DAY, -50, False)]), 3)
	assert m.purchases.tolist() == [0, 0, 0] and m.last.tolist() == [0, 0, 0]
	assert m.total.tolist() == [0, -50, 0] and m.mean_value.tolist() == [0, 0, 0]


def test_nobody_at_all():
	assert measure(purchases([]), 0).total.size == 0


def test_a_customer_number_out_of_range_is_refused():
	with pytest.raises(ValueError, match="between 0 and 1"):
		measure(purchases([(2, DAY, 1, True)]), 2)


rows = st.lists(
	st.tuples(st.integers(0, 4), st.integers(DAY, DAY + 400), st.integers(-100, 1000), st.booleans()),
	unique_by=lambda row: row[:2],
	max_size=60,
)


@given(rows)
def test_agrees_with_counting_one_customer_at_a_time(rows):
	m = measure(purchases(rows), 5)
	for who in range(5):
		days = sorted(day for customer, day, _net, bought in rows if customer == who and bought)
		gaps = [b - a for a, b in pairwise(days)]
		assert m.purchases[who] == len(days)
		assert m.first[who] == (days[0] if days else 0)
		assert m.last[who] == (days[-1] if days else 0)
		assert m.median_gap[who] == (median(gaps) if gaps else 0)
		assert m.last_gap[who] == (gaps[-1] if gaps else 0)
		assert m.earlier_gap[who] == (median(gaps[:-1]) if len(gaps) > 1 else 0)
		assert m.total[who] == pytest.approx(sum(net for customer, _day, net, _b in rows if customer == who))


@given(rows, st.integers(0, 4), st.integers(DAY, DAY + 400), st.integers(1, 500))
def test_a_return_never_raises_any_measure_of_value(rows, who, day, amount):
	before = measure(purchases(rows), 5)
	if any(row[:2] == (who, day) for row in rows):
		rows = [(c, d, net - amount, b) if (c, d) == (who, day) else (c, d, net, b) for c, d, net, b in rows]
	else:
		rows = [*rows, (who, day, -amount, False)]
	after = measure(purchases(rows), 5)
	assert (after.total <= before.total).all() and (after.mean_value <= before.mean_value).all()
	assert (after.purchases == before.purchases).all() and (after.median_gap == before.median_gap).all()
