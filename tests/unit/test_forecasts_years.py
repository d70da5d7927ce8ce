"""What one year of a company tells of the next: less sure with less of a past, the same order, nothing that jumps."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit

from keep_customers.engine.forecasts import candidates, learner, scores
from keep_customers.engine.forecasts.candidates import LEARNER, Population
from keep_customers.engine.forecasts.choice import USUAL
from keep_customers.engine.forecasts.forecaster import Forecaster
from keep_customers.engine.forecasts.past import came_after
from keep_customers.engine.forecasts.years import UNSEEN, YEAR, Change, Year, coming, doubted, level
from keep_customers.engine.value import by_day
from tests.unit.test_forecasts_choice import FIRST, company

# As far apart as chances beside one half can be told apart: 1e-16 from it is one half to a computer.
odds = st.lists(st.floats(-9, 9).map(lambda one: round(one, 12)), min_size=2, max_size=30).map(np.array)
doubts = st.floats(0, 4)
changes = st.lists(
	st.builds(
		Change, st.integers(14, YEAR), st.floats(-2, 2), st.floats(-2, 2), st.floats(1e-4, 0.5), st.floats(1e-4, 0.5),
		st.floats(0.01, 1),
	),
	max_size=4,
)  # fmt: skip


def change(by, length=120, weight=1.0, noise=0.001):
	return Change(length, by, by, noise, noise, weight)


# A chance that is doubted


@given(odds, doubts, doubts)
def test_the_more_is_open_the_nearer_to_one_half_and_the_order_stays(odds, one, other):
	less, more = (doubted(odds, doubt) for doubt in sorted((one, other)))
	assert (np.abs(more - 0.5) <= np.abs(less - 0.5) + 1e-12).all()
	assert (np.sign(more - 0.5) == np.sign(less - 0.5)).all()
	order = np.argsort(odds)
	assert (np.diff(more[order]) >= 0).all()


@given(odds)
def test_without_doubt_a_chance_is_what_it_was_to_the_last_bit(odds):
	assert np.array_equal(doubted(odds, 0.0), expit(odds))


@pytest.mark.parametrize("spread", (0.2, 0.5, 1.0))
def test_a_doubted_chance_is_the_mean_over_the_years(spread):
	shocks = np.random.default_rng(1).normal(0, spread, 200_000)
	for one in (-3.0, -1.0, 0.5, 4.0):
		assert doubted(np.array([one]), spread**2)[0] == pytest.approx(expit(one + shocks).mean(), abs=0.006)


# What past days tell of the coming time


def test_the_fewer_past_days_the_less_sure():
	"""No season seen, one, and one year more and more of which was as the one before."""
	seen = [change(0.0, length) for length in (61, 110, 184, 365)]
	doubt = [coming([], 90, season).doubt for season in (0.0, 0.3, 0.7, 1.0)]
	doubt += [coming(seen[: number + 1], 90, 1.0).doubt for number in range(len(seen))]
	assert doubt[0] == UNSEEN**2 and (np.diff(doubt) < 0).all()


def test_many_past_days_that_agree_leave_little_open():
	many = [change(0.0, length) for length in range(20, 120, 5)]
	assert np.sqrt(coming(many, 90, 1.0).doubt) < 0.12 < 0.5 * np.sqrt(coming([], 90, 1.0).doubt)


def test_one_year_of_a_season_is_not_taken_for_the_season():
	"""Of two and more it is more; with years that differ little it is nearly all of it from the first on."""
	one, two, many = (
		coming([], 90, 1.0, [Change(0, 1.5, 0.8, 0.001, 0.001, 1.0)] * number) for number in (1, 2, 50)
	)
	assert -1.5 < one.better < two.better < many.better < 0 and -0.8 < one.more < two.more < many.more < 0
	assert one.doubt > two.doubt > many.doubt > coming([], 90, 1.0).doubt
	assert many.better > -0.06
	alike = [change(0.0, length) for length in (30, 50, 90)]
	differ = [change(by, length) for by, length in ((1.0, 30), (-1.0, 90), (1.0, 180))]
	steady, wild = (
		coming(seen, 90, 1.0, [Change(0, 1.5, 0.8, 0.001, 0.001, 1.0)]).better - coming(seen, 90, 1.0).better
		for seen in (alike, differ)
	)
	assert wild < 2 * steady < 0 and steady > -0.15


def test_years_that_contradict_each_other_leave_more_open():
	agree, differ = (coming([Change(0, by, by, 0.001, 0.001, 1.0)], YEAR, 1.0) for by in (0.05, 1.5))
	assert differ.doubt > 2 * agree.doubt
	assert agree.better == differ.better == 0, "of two years one before the other says nothing of what comes"


@given(changes, st.integers(14, YEAR), st.floats(0, 1))
def test_what_comes_lies_between_nothing_and_what_was_seen(changes, horizon, season):
	year = coming(changes, horizon, season)
	for said, seen in (
		(year.better, [one.better for one in changes]),
		(year.more, [one.more for one in changes]),
	):
		# Several that rise towards today are told on a little.
		assert abs(said) <= 1.5 * max(map(abs, seen), default=0) + 1e-9
		if seen and min(seen) >= 0 and len(seen) == 1:
			assert said >= 0
	assert 0 < year.doubt < 4 and np.isfinite([year.better, year.more]).all()


@given(changes, st.integers(14, YEAR), st.floats(0, 1))
def test_a_past_day_comes_into_sight_by_and_by(changes, horizon, season):
	none = coming(changes, horizon, season)
	some = coming([*changes, change(2.0, weight=1e-6)], horizon, season)
	assert some.better == pytest.approx(none.better, abs=1e-3)
	assert some.doubt == pytest.approx(none.doubt, abs=1e-3)


def test_what_has_changed_goes_on_the_less_the_longer_is_asked_about():
	better = [coming([change(-1.0, 60)], horizon, 1.0).better for horizon in (30, 90, 180, 365)]
	assert better[0] < -0.4 and (np.diff(better) > 0).all()
	assert coming([change(-1.0, 365)], 365, 1.0).better == pytest.approx(0, abs=1e-9), (
		"a year ahead nothing is left of the year before last"
	)
	assert coming([change(-0.1, 60)], 30, 1.0).better > 0.5 * 0.1 * better[0], (
		"a little is taken for chance, much is not"
	)


def test_a_level_by_hand():
	chance = np.full(4000, 0.2)
	again = np.arange(4000) < 2000
	found, variance = level(scores.log_odds(chance), again)
	assert found == pytest.approx(np.log(4), abs=0.01) and variance == pytest.approx(1 / 1000, rel=0.01)
	nobody, variance = level(scores.log_odds(np.full(3, 0.5)), np.zeros(3, bool))
	assert -4 < nobody < -1 and variance < 4, (
		"of three who did not come it is not certain that none ever will"
	)


# Companies


def collapse(size=500):
	"""More come in summer than in winter, and more and more for two years; from then on fewer and fewer."""
	random = np.random.default_rng(3)
	rows = []
	for customer in range(size):
		for day in range(int(200 * random.random()), 1100, 10):
			often = 0.02 * np.exp(min(day, 640) / 300 - max(day - 640, 0) / 120)
			if random.random() < often * (1 + 0.3 * np.sin(2 * np.pi * (day - 90) / 365)):
				rows.append((customer, FIRST + day, random.lognormal(3, 0.5)))
	customer, day, amount = map(np.array, zip(*rows, strict=True))
	return by_day(customer, day, amount, np.ones(len(rows), np.int64))


@pytest.fixture(scope="module")
def fallen():
	log, day = collapse(), FIRST + 820
	return log, day, Population(log, day, 90)


@pytest.fixture(scope="module")
def as_ever():
	"""The same for who takes the year before for the coming one."""
	patch = pytest.MonkeyPatch()
	patch.setattr(candidates, "coming", lambda *_asked: Year(0.0, 0.0, 0.0))
	try:
		log, day = collapse(), FIRST + 820
		population = Population(log, day, 90)
		population.forecast(USUAL)
		return population
	finally:
		patch.undo()


def test_a_year_that_is_worse_than_the_one_before_is_not_told_as_that(fallen, as_ever):
	log, day, population = fallen
	came = came_after(log, population.known, day, 90)
	again = came.purchases > 0
	year = population.says(LEARNER).learned
	assert year.better < -0.5 and year.more < -0.5
	now, before = population.forecast(USUAL), as_ever.forecast(USUAL)
	assert scores.log_loss(now.buys, again) < scores.log_loss(before.buys, again) - 0.2
	off = [abs(np.log(said.purchases.sum() / came.purchases.sum())) for said in (now, before)]
	assert off[0] < 0.6 * off[1]


def test_who_is_ahead_of_whom_stays(fallen, as_ever):
	_log, _day, population = fallen
	now, before = population.forecast(USUAL), as_ever.forecast(USUAL)
	fifth = len(now.value) // 5
	assert np.array_equal(scores.ranking(now.value)[:fifth], scores.ranking(before.value)[:fifth])
	order = np.argsort(before.buys, kind="stable")
	assert (np.diff(now.buys[order]) >= -1e-12).all()


def test_a_company_of_few_past_days_is_less_sure_than_it_was(as_ever):
	log = company(size=400, leaving=0.05)
	young, old = (Population(log, FIRST + weeks * 7, 180).says(LEARNER).learned for weeks in (30, 148))
	assert young.doubt == pytest.approx(UNSEEN**2) and old.doubt < young.doubt / 2
	assert (young.better, young.more) == (0, 0), "there is no year before to compare with"


def test_of_who_has_no_past_at_all_the_model_is_doubted():
	log = company(size=60)
	says = Population(log, FIRST + 8, 180).says(LEARNER)
	assert says.doubt == UNSEEN**2 and not hasattr(says, "learned")


def test_a_leap_year_is_a_year():
	"""366 days are asked about from 28 February on; the season is known as for 365, and fades with what is much longer."""
	log, day = company(size=400, season=0.8, leaving=0.03, every=5.0), FIRST + 148 * 7
	populations = {horizon: Population(log, day, horizon) for horizon in (365, 366, 379, 395)}
	assert [one.says(LEARNER).learned.season for one in populations.values()] == pytest.approx(
		[1, 27 / 28, 0.5, 0]
	)
	chances = [populations[horizon].forecast(USUAL).buys for horizon in (365, 366)]
	assert np.abs(chances[0] - chances[1]).max() < 0.03
	for population in populations.values():
		assert all(look.day + look.horizon <= day for look in population.looks + population.twins)


def test_what_an_earlier_version_has_stored_says_what_it_said(fallen):
	"""To the last bit: a site's forecasts move at its next check, not with the upgrade."""
	_log, _day, population = fallen
	stored = population.forecaster(LEARNER).as_dict()
	for name in ("better", "more", "doubt"):
		del stored["says"]["learned"][name]
	old = Forecaster.from_dict(stored)
	known, learned = population.known, old.says.learned
	assert (learned.better, learned.more, learned.doubt) == (0, 0, 0)
	said = old.say(known)
	model = population.asked.modelled(old.says.buying, old.says.spend)
	x = learner.features(known, model, 90, learned.money, learned.season)
	design = learner._design(x, learned.middle, learned.spread)
	straight = scores.log_odds(model.buys) + design[:, : len(learned.buys)] @ learned.buys
	assert np.array_equal(said.buys, expit(straight))
	more = np.exp(np.clip(design[:, : len(learned.purchases)] @ learned.purchases, -5, 5))
	assert np.array_equal(said.purchases, (model.purchases + learner.SOME) * more)


def test_a_sample_tells_how_a_year_was(monkeypatch):
	log, day = company(size=1500, leaving=0.03), FIRST + 148 * 7
	whole = Population(log, day, 180).says(LEARNER).learned
	monkeypatch.setattr(candidates, "TWINS", 400)
	part = Population(log, day, 180).says(LEARNER).learned
	assert part.better == pytest.approx(whole.better, abs=0.1) and part.doubt == pytest.approx(
		whole.doubt, abs=0.05
	)
	assert replace(part, better=0.0, more=0.0, doubt=0.0).buys == pytest.approx(whole.buys)
