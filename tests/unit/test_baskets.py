"""What customers buy by item group, and what slips away: by hand, and for thousands of generated histories."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keep_customers.engine.baskets import NO_GROUP, Baskets, Lines, measure, slips_away

BEANS, CUPS, MILK = range(3)
DAY = 740_000


def lines(*rows):
	"""(customer, group, day, money[, purchases]), as they may stand in any order."""
	columns = [list(column) for column in zip(*((*row, 1)[:5] for row in rows), strict=True)] or [[]] * 5
	return Lines(*map(np.array, columns))


def restaurant(beans, cups, price=100.0):
	"""One customer's days of buying beans and cups."""
	return lines(
		*((0, BEANS, day, price) for day in beans),
		*((0, CUPS, day, 50.0) for day in cups),
	)


def of(baskets: Baskets, group, customer=0):
	[at] = np.flatnonzero((baskets.customer == customer) & (baskets.group == group))
	return {field: getattr(baskets, field)[at].item() for field in Baskets.__dataclass_fields__}


def slipping(baskets, today, group=BEANS):
	return bool(slips_away(baskets, today)[baskets.group == group].any())


EVERY_20 = [DAY + 20 * number for number in range(12)]
LAST = EVERY_20[-1]


def test_a_rhythm_is_read_off_the_days_on_which_a_group_was_bought():
	beans = of(measure(restaurant(EVERY_20, [])), BEANS)
	assert (beans["purchases"], beans["first"], beans["last"], beans["gap"]) == (12, DAY, LAST, 20)
	assert beans["expected"] == LAST + 20 and beans["regular"]
	# Twice its gap is later than a fortnight after the expected day, or than its longest pause.
	assert beans["overdue"] == LAST + 40
	assert beans["given_up"] == LAST + 4 * 20 + 365
	assert beans["slipping"] == 0, "it has bought nothing else since: that is another matter"


def test_a_group_slips_away_while_other_things_are_bought():
	cups = [*EVERY_20, *(LAST + 20 * number for number in range(1, 8))]
	baskets = measure(restaurant(EVERY_20, cups))
	assert of(baskets, BEANS)["slipping"] == LAST + 40
	assert [slipping(baskets, LAST + days) for days in (39, 40, 444, 445)] == [False, True, True, False]
	assert not slipping(baskets, LAST + 100, CUPS)


def test_who_was_away_altogether_has_not_stopped_buying_one_thing():
	"""Back after eight weeks, it takes cups first, and at its next visit it is seen whether it takes beans."""
	back = measure(restaurant(EVERY_20, [*EVERY_20, LAST + 56]))
	assert of(back, BEANS)["slipping"] == 0
	again = measure(restaurant(EVERY_20, [*EVERY_20, LAST + 56, LAST + 70]))
	assert of(again, BEANS)["slipping"] == LAST + 70
	taken = measure(restaurant([*EVERY_20, LAST + 70], [*EVERY_20, LAST + 56]))
	assert of(taken, BEANS)["slipping"] == 0


def test_what_was_bought_before_the_group_was_expected_says_nothing():
	early = measure(restaurant(EVERY_20, [LAST + 5, LAST + 10, LAST + 20]))
	assert of(early, BEANS)["slipping"] == 0


def test_a_pause_it_came_back_from_is_no_alarm():
	"""Ice cream: every week from April to September, for two years."""
	summers = [date(year, 4, 1).toordinal() + 7 * week for year in (2024, 2025) for week in range(26)]
	winter = date(2025, 4, 1).toordinal() - summers[25]
	cups = list(range(summers[0], summers[-1] + 400, 7))
	ice = of(measure(restaurant(summers, cups)), BEANS)
	assert ice["gap"] == 7 and ice["overdue"] == summers[-1] + np.ceil(1.25 * winter)


@pytest.mark.parametrize(
	("days", "why"),
	[
		([0, 30, 60], "three times are no habit"),
		([0, 7, 14, 21, 28, 35], "a few weeks are no habit"),
		([0, 3, 30, 95, 100, 290, 292, 400], "now and then is no habit"),
		([0], "once is no rhythm"),
	],
)
def test_what_is_no_habit_never_slips_away(days, why):
	baskets = measure(restaurant([DAY + day for day in days], list(range(DAY, DAY + 1500, 10))))
	beans = of(baskets, BEANS)
	assert (beans["regular"], beans["overdue"], beans["slipping"], beans["given_up"]) == (False, 0, 0, 0), why
	assert bool(beans["expected"]) == (len(days) > 1)


def test_the_share_is_of_the_year_in_which_it_was_still_bought():
	"""400 of 800 in the year before it stopped; what came later, or long before, is not in it."""
	year = [DAY + 100 * number for number in range(4)]
	bought = [
		*((0, BEANS, day, 100.0) for day in year),
		*((0, CUPS, day, 100.0) for day in year),
		(0, BEANS, year[-1] - 365, 5000.0),
		(0, CUPS, year[-1] + 1, 9000.0),
		(1, CUPS, year[-1], 7000.0),
	]
	beans = of(measure(lines(*bought)), BEANS)
	assert (beans["amount"], beans["share"]) == (400, 0.5)


def test_returns_take_money_and_no_purchase_and_what_has_no_group_is_in_the_whole():
	sold = [(0, BEANS, DAY, 100.0), (0, NO_GROUP, DAY, 100.0), (0, BEANS, DAY, -40.0, 0)]
	baskets = measure(lines(*sold))
	assert of(baskets, BEANS)["amount"] == 60 and of(baskets, BEANS)["share"] == 0.375
	assert baskets.group.tolist() == [BEANS]
	refund = measure(lines((0, MILK, DAY, -40.0, 0), (0, CUPS, DAY, 10.0), (0, CUPS, DAY, -30.0, 0)))
	assert refund.group.tolist() == [CUPS] and of(refund, CUPS)["share"] == 0


def test_nothing_bought_is_nothing():
	baskets = measure(lines())
	assert all(getattr(baskets, field).size == 0 for field in Baskets.__dataclass_fields__)
	assert slips_away(baskets, DAY).size == 0


def buyers(random, shape, customers=3000, stop=False):
	"""Customers who buy two groups each in a rhythm of their own for two years; whether beans stop after one."""
	rows = []
	for customer in range(customers):
		for group, gap in ((BEANS, random.uniform(7, 45)), (CUPS, random.uniform(7, 30))):
			gaps = np.maximum(random.gamma(shape, gap / shape, 150), 1)
			days = np.unique(DAY + np.cumsum(gaps).astype(int))
			until = DAY + (365 if stop and group == BEANS else 730)
			rows += [(customer, group, int(day), 100.0) for day in days[days < until]]
	return lines(*rows)


def test_few_of_those_who_go_on_are_taken_for_gone():
	"""On any one day: of customers as regular as clockwork almost nobody, of irregular ones few."""
	for shape, most in ((9, 0.001), (3, 0.02), (1, 0.025)):
		baskets = measure(buyers(np.random.default_rng(4), shape))
		alarms = slips_away(baskets, DAY + 730)
		assert alarms.mean() <= most, (shape, alarms.mean())


def test_nearly_all_of_those_who_stop_are_noticed():
	baskets = measure(buyers(np.random.default_rng(5), 6, stop=True))
	beans = baskets.group == BEANS
	known = beans & baskets.regular
	assert known.sum() > 0.9 * beans.sum()
	assert slips_away(baskets, DAY + 365 + 150)[known].mean() > 0.9


@st.composite
def histories(draw):
	row = st.tuples(
		st.integers(0, 3),
		st.integers(-1, 2),
		st.integers(DAY, DAY + 900),
		st.floats(-50, 200),
		st.integers(0, 1),
	)
	rows = draw(st.lists(row, max_size=60))
	for customer in range(draw(st.integers(0, 3))):
		every, times = draw(st.integers(3, 40)), draw(st.integers(2, 15))
		rows += [(customer, BEANS, DAY + every * number, 80.0, 1) for number in range(times)]
	return rows


@given(histories(), st.integers(0, 1000), st.randoms())
def test_whatever_was_bought(rows, later, random):
	baskets = measure(lines(*rows))
	assert (baskets.purchases >= 1).all() and (baskets.first <= baskets.last).all()
	assert ((baskets.gap > 0) == (baskets.purchases > 1)).all()
	assert ((0 <= baskets.share) & (baskets.share <= 1)).all() and (baskets.amount >= 0).all()
	regular, alarm = baskets.regular, baskets.slipping > 0
	assert (baskets.overdue[regular] >= baskets.expected[regular] + 14).all()
	assert (regular | ~alarm).all() and (baskets.slipping[alarm] >= baskets.overdue[alarm]).all()
	assert (baskets.slipping[alarm] < baskets.given_up[alarm]).all()
	# Somebody whose group slips away has bought something after it was expected.
	for at in np.flatnonzero(alarm):
		others = [row[2] for row in rows if row[0] == baskets.customer[at] and row[4]]
		assert baskets.expected[at] < max(others) and baskets.slipping[at] >= min(
			day for day in others if day > baskets.expected[at]
		)
	# The order of the lines says nothing.
	shuffled = list(rows)
	random.shuffle(shuffled)
	for field in Baskets.__dataclass_fields__:
		assert np.allclose(getattr(measure(lines(*shuffled)), field), getattr(baskets, field)), field
	# What others buy changes nothing for the first customer.
	alone = measure(lines(*(row for row in rows if row[0] == 0)))
	for field in Baskets.__dataclass_fields__:
		assert np.allclose(getattr(alone, field), getattr(baskets, field)[baskets.customer == 0]), field
	# Who buys a group again has not stopped.
	bought_now = measure(lines(*rows, (0, BEANS, DAY + 1000, 10.0, 1)))
	assert not slips_away(bought_now, DAY + 1000)[
		(bought_now.customer == 0) & (bought_now.group == BEANS)
	].any()


@given(histories())
def test_an_alarm_never_comes_from_what_is_not_known_yet(rows):
	"""What counts on a day was there on that day: what is bought later ends an alarm, and begins none in the past."""
	today = DAY + 600
	then = measure(lines(*(row for row in rows if row[2] <= today)))
	now = measure(lines(*rows))
	began = {(c, g) for c, g, a in zip(now.customer, now.group, slips_away(now, today), strict=True) if a}
	was = {(c, g) for c, g, a in zip(then.customer, then.group, slips_away(then, today), strict=True) if a}
	assert began <= was
