"""Candidates on companies made up for it, their grades, and the one that is chosen."""

import json

import numpy as np
import pytest

from benchmarks import backtest
from keep_customers.engine.forecasts import candidates, choice, learner, past, scores
from keep_customers.engine.forecasts.candidates import ALL, BG, LAST_PERIOD, LEARNER, MBG, RFM, Population
from keep_customers.engine.forecasts.past import came_after, known_at, statistics
from keep_customers.engine.forecasts.tonight import YEAR, Checked
from keep_customers.engine.value import Purchases, by_day

FIRST = 730_000


def company(size=300, weeks=150, seed=1, every=6.0, k=1, leaving=0.1, season=0.0, spread=1.0, growing=False):
	"""Customers who come over time, buy in their own rhythm for their own amounts, and leave."""
	random = np.random.default_rng(seed)
	rows = []
	for customer in range(size):
		start = weeks * (random.random() ** (0.3 if growing else 1)) * 0.9
		rate = random.gamma(spread, 1 / spread) / every if spread else 1 / every
		worth, now = random.lognormal(4, 0.8), start
		while now < weeks:
			if not season or random.random() < 1 + season * np.sin(2 * np.pi * now / 52):
				rows.append((customer, FIRST + int(now * 7), worth * random.lognormal(0, 0.3)))
			if random.random() < leaving:
				break
			now += max(random.gamma(k, 1 / (k * max(rate, 1e-3))), 1 / 7)
	customer, day, amount = map(np.array, zip(*rows, strict=True))
	return by_day(customer, day, amount, np.ones(len(rows), np.int64))


def log_of(*rows):
	customer, day, net, occasion = map(np.array, zip(*rows, strict=True))
	return by_day(customer, FIRST + day, net.astype(float), occasion)


# What was known, and what came


def test_what_was_known_at_a_day_is_what_a_person_counts():
	log = log_of(
		(0, 0, 100, 1), (0, 14, 50, 1), (0, 28, -20, 0), (0, 90, 500, 1), (2, 40, 7, 1), (1, 80, 9, 1), (2, 95, 3, 1)
	)  # fmt: skip
	known = known_at(log, FIRST + 42, horizon=28)
	assert known.who.tolist() == [0, 2]
	assert known.frequency.tolist() == [1, 0] and known.recency.tolist() == [2, 0]
	assert known.age.tolist() == pytest.approx([6, 2 / 7]) and known.since.tolist() == pytest.approx(
		[4, 2 / 7]
	)
	assert known.mean_value.tolist() == [65, 7], "the return counts, and is no purchase"
	assert known.decayed_counts[0].tolist() == pytest.approx(
		[sum(np.exp(-np.array([42, 28]) / 91.25)), np.exp(-2 / 91.25)]
	)
	assert known.last_period.tolist() == [-20, 7]
	assert known.log_gaps.tolist() == pytest.approx([np.log(2), 0])
	came = came_after(log, known, FIRST + 42, horizon=50)
	assert came.purchases.tolist() == [1, 0] and came.value.tolist() == [500, 0]


# Grades


def test_scores_by_hand():
	score = scores.score(
		[9, 5, 1, 0, 2], [0.9, 0.5, 0.2, 0.1, 0.5], [2, 1, 0, 0, 1], [60, 0, 0, 0, 40], [2, 0, 0, 0, 1]
	)
	assert score.top_20 == 0.6 and score.top_5 == 0.6
	assert score.log_loss == pytest.approx(-(2 * np.log(0.9) + 2 * np.log(0.5) + np.log(0.8)) / 5)
	assert score.auc == pytest.approx(5.5 / 6)  # the pair of equal ones counts half
	assert score.purchases == pytest.approx(4 / 3) and score.value == pytest.approx(0.17)


def test_a_period_without_any_purchase_grades_nothing_it_cannot():
	score = scores.score([1, 2], [0.1, 0.2], [0, 0], [0, 0], [0, 0])
	assert np.isnan(score.top_20) and np.isnan(score.auc) and score.log_loss < 0.2
	assert np.isfinite(choice.points(score))


# Candidates


@pytest.fixture(scope="module")
def ordinary():
	return company(), FIRST + 110 * 7


@pytest.mark.parametrize("name", ALL)
def test_every_candidate_gives_everybody_a_sensible_figure(ordinary, name):
	log, day = ordinary
	population = Population(log, day, 180)
	said = population.forecast(name)
	for column in (said.purchases, said.value, said.buys):
		assert len(column) == len(population.known.who) and np.isfinite(column).all() and (column >= 0).all()
	assert (said.buys <= 1).all()


@pytest.mark.parametrize("name", ALL)
def test_nothing_after_the_day_is_looked_at(ordinary, name):
	log, day = ordinary
	known = log.day <= day
	cut = Purchases(log.customer[known], log.day[known], log.net[known], log.occasion[known])
	for one, other in zip(
		vars(Population(log, day, 180).forecast(name)).values(),
		vars(Population(cut, day, 180).forecast(name)).values(),
		strict=True,
	):
		assert one == pytest.approx(other)


@pytest.mark.parametrize(
	"made",
	(
		dict(leaving=0.0), dict(leaving=1.0), dict(leaving=0.0, spread=0), dict(k=3, leaving=0.02),
		dict(season=0.9), dict(size=10), dict(size=1), dict(growing=True, size=600),
	),
	ids=("nobody leaves", "all leave after one", "all alike", "regular", "seasonal", "ten", "one", "growing"),
)  # fmt: skip
def test_odd_companies_get_sensible_figures(made):
	# A season is known to none of them: over a year it makes no difference.
	horizon = 364 if made.get("season") else 180
	log, day = company(**made), FIRST + 97 * 7
	chosen = choice.choose(log, day, horizon)
	population = Population(log, day, horizon)
	said = population.forecast(chosen.name)
	came = came_after(log, population.known, day, horizon)
	assert np.isfinite(said.value).all() and ((said.buys >= 0) & (said.buys <= 1)).all()
	if len(population.known.who) >= 50 and came.purchases.sum() >= 100:
		assert 0.5 < said.purchases.sum() / came.purchases.sum() < 2


def test_the_learner_mends_what_the_model_gets_wrong():
	"""These buy by the calendar, every four weeks: silence says more than a model of chance believes."""
	log = company(size=800, k=30, leaving=0.08, every=4.0, spread=8.0)
	day = FIRST + 120 * 7
	population = Population(log, day, 90)
	came = came_after(log, population.known, day, 90)
	losses = {
		name: scores.log_loss(population.forecast(name).buys, came.purchases > 0) for name in (MBG, LEARNER)
	}
	assert losses[LEARNER] < 0.95 * losses[MBG], losses


def test_what_is_spent_lately_says_more_than_what_was_spent_before():
	"""Twins of the same days and the same total, in twins of money: one spends more every time, one less, one always the same."""
	days = (0, 100, 200, 300)
	amounts = (10, 20, 30, 40), (40, 30, 20, 10), (25, 25, 25, 25)

	def lately(unit):
		log = log_of(
			*((who, day, unit * much, 1) for who, twin in enumerate(amounts) for day, much in zip(days, twin, strict=True))
		)  # fmt: skip
		known = known_at(log, FIRST + 310, 365)
		model = learner.Forecast(np.full(3, 2.0), np.full(3, 50.0 * unit), np.full(3, 0.9))
		return learner.features(known, model, 365, learner.unit_of(known), 0.0)[:, -1]

	more, less, same = lately(1.0)
	assert more > 0.1 and less < -0.1 and same == pytest.approx(0, abs=0.01)
	assert lately(1000.0) == pytest.approx(lately(1.0))


def test_where_all_amounts_are_alike_nothing_is_learned_of_them():
	log = company(size=300, leaving=0.05)
	even = by_day(log.customer, log.day, np.full(len(log.day), 50.0), log.occasion.astype(np.int64))
	learned = Population(even, FIRST + 120 * 7, 180).says(LEARNER).learned
	assert abs(learned.value[-1]) < 0.01
	said = Population(even, FIRST + 120 * 7, 180).forecast(LEARNER)
	assert said.value / said.purchases == pytest.approx(np.full(len(said.value), 50.0), rel=0.25)


# The choice


def test_the_choice_is_not_worse_than_the_spreadsheet(ordinary):
	log, day = ordinary
	chosen = choice.choose(log, day, 180)
	assert chosen.why == choice.FIRST and chosen.grade in "AB"
	average = {name: np.mean(told) for name, told in chosen.points.items()}
	assert average[chosen.name] >= average[LAST_PERIOD]


def test_who_is_in_use_stays_until_another_is_clearly_better(ordinary):
	log, day = ordinary
	first = choice.choose(log, day, 180)
	for later in (7, 30, 60):
		again = choice.choose(log, day + later, 180, first.name)
		assert (again.name, again.why) == (first.name, choice.STAYS)
	better = choice.choose(log, day, 180, LAST_PERIOD)
	assert better.why == choice.BETTER and better.instead_of == LAST_PERIOD and better.name != LAST_PERIOD


@pytest.mark.parametrize(
	("ahead", "noise", "longer", "chosen"),
	(
		([3, 3, 3, 3], 1, 1, MBG),
		([3, 3, 3, 3], 3, 1, None),
		([3, 3, 3, 3], 1, 4, None),
		([0.5, 0.5, 0.5, 0.5], 0, 1, None),
		([9, 9, -1, -1], 1, 1, None),
		([-1, 9, 9, 9], 1, 1, None),
		([1.2, 9, 9, 9], 1, 1, None),
	),
	ids=(
		"clear",
		"within noise",
		"for a short time",
		"too little",
		"half the dates",
		"no more",
		"hardly any more",
	),
)
def test_what_is_clearly_better(ahead, noise, longer, chosen):
	told = {choice.USUAL: [50.0] * 4, RFM: [99.0] * 4, MBG: [50.0 + by for by in ahead], BG: [51.0] * 4}
	assert choice.clearly_better(told, {name: [noise] for name in told}, choice.USUAL, longer) == chosen


@pytest.mark.parametrize("size", (0, 1, 10))
def test_too_few_customers_choose_nothing(size):
	log = company(size=max(size, 1))
	day = FIRST + 100 * 7 if size else FIRST - 1
	chosen = choice.choose(log, day, 180, MBG)
	assert (chosen.name, chosen.why, chosen.grade) == (MBG, choice.FEW, "")


def test_many_customers_are_looked_at_in_part(monkeypatch, ordinary):
	log, day = ordinary
	assert choice.some_of(log) is log, "as long as there are no more of them, nobody is left out"
	monkeypatch.setattr(choice, "LARGEST", 120)
	some = choice.some_of(log)
	assert len(np.unique(some.customer)) == 120 and some.customer.max() == 119
	assert (np.diff(some.customer) >= 0).all()
	assert choice.choose(log, day, 180).grade in "ABC"


def test_who_is_looked_at_follows_no_pattern_of_the_names(monkeypatch):
	"""Every tenth is a branch: of those who are drawn, too. One customer more takes at most one's place."""
	monkeypatch.setattr(choice, "LARGEST", 5_000)

	def drawn(size):
		"""Each has spent the own number."""
		everybody = np.arange(size)
		return choice.some_of(Purchases(everybody, np.full(size, FIRST), everybody * 1.0, everybody >= 0)).net

	assert np.mean(drawn(50_000) % 10 == 0) == pytest.approx(0.1, abs=0.015)
	assert len(np.intersect1d(drawn(50_000), drawn(50_001))) >= 4_999


def test_a_forecast_learned_of_a_part_serves_everybody(monkeypatch, ordinary):
	log, day = company(size=3000, seed=7), FIRST + 110 * 7
	known = known_at(log, day, YEAR)
	whole = Checked.of(log, day, choice.USUAL).year.say(known)
	monkeypatch.setattr(choice, "LARGEST", 1500)
	part = Checked.of(log, day, choice.USUAL).year.say(known)
	assert len(part.value) == len(known.who)
	assert np.abs(part.buys - whole.buys).mean() < 0.02
	assert part.value.sum() == pytest.approx(whole.value.sum(), rel=0.1)


def test_part_by_part_the_figures_are_the_same(monkeypatch, ordinary):
	"""What is known and what came to the last bit; what is said, but for chances that are taken for none."""
	log, day = ordinary
	forecaster = Population(log, day, 180).forecaster(choice.USUAL)

	def found():
		known = known_at(log, day, 180)
		return known, came_after(log, known, day, 180), statistics(log), forecaster.ahead(known)

	whole = found()
	monkeypatch.setattr(past, "ROWS", 37)
	monkeypatch.setattr(past, "CUSTOMERS", 11)
	for one, other in zip(whole[:3], found()[:3], strict=True):
		for name, column in vars(one).items():
			assert np.array_equal(column, getattr(other, name)), name
	for said in (lambda ahead: ahead, lambda ahead: ahead.forecast):
		for name, column in vars(said(whole[3])).items():
			if name != "forecast":
				assert getattr(said(found()[3]), name) == pytest.approx(column, rel=1e-6, abs=1e-6), name


# The command


@pytest.fixture
def file(tmp_path, ordinary):
	def write(*more, head="customer,date,amount"):
		path = tmp_path / "log.csv"
		log = ordinary[0]
		rows = zip(log.customer, log.day, log.net, strict=True)
		lines = [f"K{c},{np.datetime64(int(d) - 719163, 'D')},{n:.2f}" for c, d, n in rows]
		path.write_text("\n".join([head, *lines, *more]) + "\n", encoding="utf-8")
		return str(path)

	return write


def run(path, *more):
	return backtest.main([path, "--cut", "2001-10-26", "--until", "2002-04-26", *more])


def test_a_log_is_graded(file, capsys):
	assert run(file(), "--json") == 0
	found = json.loads(capsys.readouterr().out)
	assert set(ALL) <= set(found["candidates"]) and found["choice"] in ALL
	assert found["candidates"][found["choice"]]["noise"]["top_20"] == 0
	assert run(file()) == 0
	assert f"* {found['choice']}" in capsys.readouterr().out


def test_bad_lines_are_counted_and_named(file, capsys):
	path = file(
		"K1,2001-02-30,5", "K2,2001-01-05", ",2001-01-05,5", "K3,2001-01-05,much", "", "K3,2001-01-05,nan"
	)
	assert run(path) == 0
	said = capsys.readouterr().err
	assert "5 lines were left out" in said and "day is out of range" in said and "no customer" in said


@pytest.mark.parametrize(
	"content, word",
	(
		(b"who,when\n1,2\n", "customer"), (b"", "customer"), ("customer,date,amount\nÄ,2001-01-01,1\n".encode("latin-1"), "UTF-8"),
		(b"customer,date,amount\n", "no purchase"),
	),
)  # fmt: skip
def test_a_file_of_another_kind_is_refused_in_words(tmp_path, capsys, content, word):
	path = tmp_path / "odd.csv"
	path.write_bytes(content)
	assert run(str(path)) == 2
	assert word in capsys.readouterr().err
	assert run(str(tmp_path / "none.csv")) == 2


def test_no_feature_says_who_somebody_is():
	"""Renumbering the customers changes nobody's forecast."""
	log = company(size=120)
	turned = by_day(119 - log.customer, log.day, log.net, log.occasion.astype(np.int64))
	day = FIRST + 110 * 7
	one, other = (Population(some, day, 180).forecast(candidates.LEARNER) for some in (log, turned))
	assert one.purchases == pytest.approx(other.purchases[::-1], rel=1e-3)
