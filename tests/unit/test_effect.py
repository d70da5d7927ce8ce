import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtr

from keep_customers.engine.effect import arms, intervals, looks
from keep_customers.engine.effect.arms import compare, together
from keep_customers.engine.effect.believed import believed
from keep_customers.engine.effect.findings import LESS, MORE, UNKNOWN, findings
from keep_customers.engine.effect.outcomes import first, usual_most, within
from keep_customers.engine.effect.pooled import pooled, scatter

CARED, HELD = [10, 20, 30, 40], [0, 10, 20]


def made(seed: int, number: int, share: float = 0.3, columns: int = 2):
	rng = np.random.default_rng(seed)
	held = rng.random(number) < share
	before = rng.gamma(1, 100, (number, columns))
	return held, before.sum(1) + rng.gamma(1, 50, number) + 20 * ~held, before


# What came


def test_what_came_within_days_of_the_first_assignment():
	customer, day, amount = [0, 0, 0, 0, 1, 1], [90, 100, 101, 110, 100, 111], [1, 2, 4, 8, 16, 32]
	after, before = within([0, 1, 2], [100, 100, 100], 10, customer, day, amount)
	assert after.tolist() == [12, 0, 0], (
		"the day itself is before, the tenth day after it counts, the eleventh does not"
	)
	assert before.tolist() == [2, 16, 0]


def test_who_was_assigned_first_counts():
	rule, customer, day = [0, 0, 1, 0], [5, 5, 5, 4], [20, 10, 30, 40]
	assert first(rule, customer, day).tolist() == [3, 1, 2]
	assert first([], [], []).tolist() == []


def test_the_usual_most_is_of_who_bought():
	assert usual_most([0, 0, 10, 20, 30], 0.5) == 20
	assert usual_most([0, 0]) == np.inf


# The arms


def test_a_table_by_hand(monkeypatch):
	table = [0] * 7, [False] * 4 + [True] * 3, CARED + HELD
	found = compare(*table)
	assert (found.effect[0], found.customers.tolist(), found.means.tolist()) == (15, [[4, 3]], [[25, 10]])
	# A quarter and a third of every residual are its own: (500 / 0.75²) / 16 + (200 / 0.667²) / 9 ...
	own = 55.5556, 50
	# ... and of both arms together (500 / 0.75 + 200 / 0.667) / 5, by 4 and by 3.
	alike = 48.3333, 64.4444
	parts = [(n * one + 30 * other) / (n + 30) for n, one, other in zip((4, 3), own, alike, strict=True)]
	assert found.variance[0] == pytest.approx(sum(parts), 1e-5)
	monkeypatch.setattr(arms, "BORROWED", 0)
	found = compare(*table)
	assert found.variance[0] == pytest.approx(105.5556, 1e-5)
	assert found.freedom[0] == pytest.approx(105.5556**2 / (55.5556**2 / 3 + 50**2 / 2), 1e-5)


def test_what_was_known_before_explains_the_rest():
	before = np.arange(100.0)
	held = np.arange(100) % 3 == 0
	found = compare(np.zeros(100, int), held, 3 * before + 7 * ~held, before)
	assert found.effect[0] == pytest.approx(7)
	assert found.variance[0] < 1e-20


def test_slopes_of_each_arm_are_those_of_the_interacted_regression():
	held, outcome, before = made(1, 400)
	centred = before - before.mean(0)
	design = np.column_stack([np.ones(400), ~held, centred, centred * ~held[:, None]])
	expected = np.linalg.lstsq(design, outcome, rcond=None)[0][1]
	assert compare(np.zeros(400, int), held, outcome, before).effect[0] == pytest.approx(expected)


def test_few_customers_borrow_the_slopes_of_other_rules():
	held, outcome, before = made(2, 2000)
	rule = np.arange(2000) % 100
	bare, known = compare(rule, held, outcome), compare(rule, held, outcome, before)
	assert known.known.sum() >= 95
	assert np.nanmedian(known.variance) < 0.5 * np.nanmedian(bare.variance)


def test_an_empty_arm_says_nothing():
	found = compare([0, 0, 1, 1, 1], [True, True, True, False, False], [1, 2, 3, 4, 5], groups=3)
	assert not found.known.any() and found.customers.tolist() == [[0, 2], [2, 1], [0, 0]]


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(20, 300), st.floats(-1e4, 1e4), st.floats(0.1, 100))
def test_the_effect_knows_no_unit_and_no_order(seed, number, shift, scale):
	held, outcome, before = made(seed, number)
	rule = np.arange(number) % 3
	plain = compare(rule, held, outcome, before)
	order = np.random.default_rng(seed).permutation(number)
	other = compare(rule[order], held[order], scale * outcome[order] + shift, before[order] * scale)
	swapped = compare(rule, ~held, outcome, before)
	assert other.effect == pytest.approx(scale * plain.effect, rel=1e-6, abs=1e-6 * scale, nan_ok=True)
	assert other.variance == pytest.approx(scale**2 * plain.variance, rel=1e-5, nan_ok=True)
	assert swapped.effect == pytest.approx(-plain.effect, nan_ok=True)
	assert swapped.variance == pytest.approx(plain.variance, nan_ok=True)


def test_rules_and_strata_count_by_their_customers():
	held, outcome, _before = made(3, 300)
	group = np.minimum(np.arange(300) // 100, 1)  # 100 and 200 customers
	parts = compare(group, held, outcome)
	whole = together(parts, [0, 0], 1)
	assert whole.effect[0] == pytest.approx((parts.effect[0] + 2 * parts.effect[1]) / 3)
	assert whole.variance[0] == pytest.approx((parts.variance[0] + 4 * parts.variance[1]) / 9)
	assert whole.customers.sum() == 300


# Intervals


# Information times, a boundary as it was published, and its chance: Jennison and Turnbull (2000), tables 2.1 and 2.3, five even
# looks: Pocock's 2.413 and O'Brien and Fleming's 2.040 times the root of how many are left.
FIVE = np.arange(1, 6)
POCOCK, FLEMING = np.full(5, 2.413), 2.040 * np.sqrt(5 / FIVE)


@pytest.mark.parametrize("published", [POCOCK, FLEMING])
def test_the_recursion_finds_boundaries_that_were_published(published, monkeypatch):
	"""Told what they spend at each look, found by letting a million walks go."""
	walks = np.random.default_rng(1).normal(size=(1_000_000, 5)).cumsum(1) / np.sqrt(FIVE)
	out = (np.abs(walks) > published).cumsum(1) > 0
	assert out[:, -1].mean() == pytest.approx(0.05, abs=0.001), "five in a hundred"
	monkeypatch.setattr(looks, "spent", lambda weeks: out.mean(0) / 0.05)
	looks._boundary.cache_clear()
	found = looks.boundary(FIVE, FIVE, 0.05)
	looks._boundary.cache_clear()
	assert found == pytest.approx(published, abs=0.06), "the first by 5 of a million"
	assert found[-1] == pytest.approx(published[-1], abs=0.01)


def test_seven_eighths_of_the_chance_are_spent_in_a_year_and_all_of_it_never():
	assert looks.spent([0, 52.1786 / 4, 52.1786, 5200]) == pytest.approx([0, 7 / 15, 7 / 8, 1], abs=3e-4)
	assert (looks.spent([0, 5200, 52000]) < 1).all()


def test_the_first_look_is_one_look():
	# By hand: after 26.09 weeks 0.5 ** 1.5 / (0.5 ** 1.5 + 1 / 7) = 0.7122 of 5 % is 3.5611 %, 1.7805 % a side: 2.1014 errors.
	assert looks.boundary([52.1786 / 2], [1], 0.05) == pytest.approx([2.1014], abs=1e-3)


@settings(max_examples=20, deadline=None)
@given(
	st.lists(st.integers(0, 300), min_size=2, max_size=80),
	st.integers(1, 40),
	st.floats(0.2, 1),
	st.floats(1e-3, 1e3),
)
def test_walks_leave_as_seldom_as_promised(new, first, alpha, unit):
	"""Whenever customers come: many at once, none for weeks."""
	weeks = first + np.flatnonzero(new)
	known = np.cumsum([one for one in new if one], dtype=float)
	if not len(weeks):
		return
	alpha /= 2
	errors = looks.boundary(weeks, known, alpha)
	assert looks.boundary(weeks, known * unit, alpha) == pytest.approx(errors, abs=1e-6), "in whichever unit"
	news = np.sqrt(np.diff(known, prepend=0.0))
	walks = (np.random.default_rng(1).normal(size=(20_000, len(news))) * news).cumsum(1) / np.sqrt(known)
	ever = (np.abs(walks) > errors).any(1).mean()
	promised = alpha * looks.spent(weeks[-1])
	noise = 4 * np.sqrt(promised / 20_000)
	assert ever < promised + noise
	if known[-1] < 1e4 and (np.diff(known) > 0.002 * known[:-1]).all():
		assert ever > promised - noise, "and no less often"


def test_what_is_known_counts_both_arms_week_by_week():
	# Two groups in one: in the third week 4 and 2 customers, 2 and 2; nobody new in the second.
	group = [0, 0, 0, 0, 0, 0, 1, 1, 1, 1]
	arm = [0, 0, 1, 1, 0, 0, 0, 0, 1, 1]
	week = [0, 0, 0, 0, 2, 2, 2, 2, 2, 2]
	known, smaller, new = looks.information(group, arm, week, 2, [0, 0], 1)
	# By hand: 4 ** 2 / (4 ** 2 * (1/2 + 1/2)); 10 ** 2 / (6 ** 2 * (1/4 + 1/2) + 4 ** 2 * (1/2 + 1/2)).
	assert known.tolist() == [pytest.approx([1, 1, 100 / 43])]
	assert smaller.tolist() == [[2, 2, 4]] and new.tolist() == [[True, False, True]]
	apart, _smaller, _new = looks.information(group, arm, week, 2, [0, 1], 2)
	assert apart[:, 2] == pytest.approx([4 / 3, 1]) and apart[1, :2].tolist() == [0, 0]


@settings(max_examples=50, deadline=None)
@given(st.floats(1e-3, 1e3), st.floats(5, 1e4), st.floats(1.96, 8), st.floats(0.001, 0.05))
def test_who_looks_often_sees_less(error, freedom, errors, alpha):
	assert intervals.any_time(error, freedom, errors) >= errors * error
	assert intervals.any_time(error, freedom, errors) == pytest.approx(
		intervals.once(error, freedom, 2 * ndtr(-errors))
	)
	assert intervals.once(error, freedom, alpha) >= intervals.once(error, 1e9, alpha)


@settings(max_examples=50, deadline=None)
@given(st.floats(0.1, 100), st.integers(20, 2000), st.integers(5, 200), st.floats(0.01, 10))
def test_so_many_more_customers_and_the_effect_is_seen(error, customers, weeks, worth):
	[more] = intervals.how_many_more([error], [customers], [weeks], [worth])
	if np.isinf(more):
		return

	def needed(number):
		"""Of whom comes as those before: bounds and four fifths of what is seen beyond them."""
		left = error * np.sqrt(customers / number)
		return intervals.any_time(left, 1e9, looks.steady(weeks * number / customers, 0.05)) + 0.8416 * left

	assert needed(customers + more) <= worth * 1.0001
	assert not more or needed(customers + more * 0.98) > worth * 0.98


def test_as_slowly_as_they_came_they_will_come():
	fast, slow = (intervals.how_many_more([1.0], [500], [weeks], [2])[0] for weeks in (26, 260))
	assert fast < slow, "who needs years looks more often"


def test_of_what_nothing_is_known_no_number_is_told():
	more = intervals.how_many_more([np.nan, 1, 1, 1e9], [0, 50, 50, 50], [1, 9, 9, 9], [1, 0, 1e6, 1e-9])
	assert np.isnan(more[:2]).all() and more[2] == 0 and np.isinf(more[3])


# Rules learn from each other

SCHOOLS = [28, 8, -3, 7, -1, 1, 18, 12], np.square([15, 10, 16, 11, 9, 11, 10, 18])  # Rubin (1981)


def test_eight_schools_scatter_as_published():
	# Times the scatter's square: the logarithm is 4.768, Tak, Kelly and Morris (2017), Journal of Statistical Software 78(5).
	assert np.log(scatter(*SCHOOLS, 1.0)) == pytest.approx(4.768, abs=1e-3)


@pytest.mark.parametrize("rules", [3, 4, 8, 20])
def test_bounds_by_hand_of_rules_with_equal_errors(rules):
	effect = 10 + 3 * np.random.default_rng(rules).normal(0, 1.5, rules)
	spread = ((effect - effect.mean()) ** 2).sum() / 9

	def greatest(power):
		"""Where the likelihood's slope is nought: the positive root of a square."""
		left = 2 * power - rules + 1
		return max(np.roots([left, spread + 4 * power - rules + 1, 2 * power]))

	away = np.abs(effect - effect.mean())
	scattered = greatest((rules + 4) / 8)
	drawn = np.minimum(1 / (1 + scattered), 0.75 * 3 * max(1, scattered**-0.5) / away)
	error = (1 - drawn) ** 2 * (1 - 1 / rules) + 1 / rules + greatest(0.5) * drawn**2 * (1 - 1 / rules)
	found, lower, upper = pooled(effect, np.full(rules, 9.0), np.full(rules, 1e9))
	assert found == pytest.approx(effect - drawn * (effect - effect.mean()), abs=2e-3)
	assert upper - found == pytest.approx(1.96 * 3 * np.sqrt(error), rel=1e-3)
	assert found - lower == pytest.approx(upper - found)


def test_who_has_few_customers_learns_the_most():
	found, lower, upper = pooled([10, 12, 9, 11, 40], [4, 4, 4, 4, 400], [1e6] * 5)
	assert abs(found[0] - 10) < 1 < 20 < 40 - found[4], "one draws its own way, one to the others"
	assert upper[4] - lower[4] < 0.5 * 2 * 1.96 * 20 and upper[0] - lower[0] < 2 * 1.96 * 2


def test_who_is_quite_unlike_the_others_is_not_drawn_far():
	found, lower, _upper = pooled([0.0] * 19 + [8.0], np.ones(20), np.full(20, 1e9))
	assert found[19] == pytest.approx(8 - 0.75, abs=0.01) and 8 - 0.75 - 1.96 < lower[19] < 8 - 0.75 - 1.6


def test_one_or_two_rules_keep_what_they_have():
	for rules in (1, 2):
		effect, variance, freedom = np.arange(5.0, 5 + rules), np.full(rules, 4.0), np.full(rules, 30)
		found, lower, upper = pooled(effect, variance, freedom)
		assert found.tolist() == effect.tolist()
		assert (upper - lower) / 2 == pytest.approx(intervals.once(2, freedom))


@settings(max_examples=50, deadline=None)
@given(
	st.lists(st.tuples(st.floats(-1e3, 1e3), st.floats(1, 1e4)), min_size=1, max_size=30),
	st.floats(3, 1e3),
	st.randoms(),
)
def test_with_the_others_bounds_are_never_wider_and_nobody_passes_the_others(rules, freedom, random):
	effect, variance = map(np.array, zip(*rules, strict=True))
	free = np.full(len(rules), freedom)
	found, lower, upper = pooled(effect, variance, free)
	assert (effect.min() - 1e-6 <= found).all() and (found <= effect.max() + 1e-6).all()
	assert (lower < found).all() and (found < upper).all()
	assert ((upper - lower) / 2 <= intervals.once(np.sqrt(variance), free) * (1 + 1e-9)).all()
	order = random.sample(range(len(rules)), len(rules))
	other = pooled(7 - 3 * effect[order], 9 * variance[order], free)
	for one, those in zip((found, upper, lower), other, strict=True):
		assert those == pytest.approx(7 - 3 * one[order], rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("rules", [4, 12])
@pytest.mark.parametrize("by", ["alike", "a little", "much", "one"])
def test_bounds_with_the_others_hold_whatever_rules_do(rules, by):
	"""In the mean of a company's rules; the others in benchmarks/pooled.py."""
	rng, held = np.random.default_rng(rules), []
	freedom = np.full(rules, 50.0)
	for _company in range(300):
		true = rng.normal(0, {"alike": 0, "a little": 0.75, "much": 3, "one": 0}[by], rules)
		true[0] += 6 * (by == "one")
		effect, variance = rng.normal(true, 1), rng.chisquare(freedom) / freedom
		_found, lower, upper = pooled(effect, variance, freedom)
		held.append(np.mean((lower <= true) & (true <= upper)))
	assert 0.93 <= np.mean(held) <= 0.97


def test_what_is_believed_of_rules_that_say_the_same():
	mean, spread = believed([10, 10, 10, 10], [4, 4, 4, 400], [1e6] * 4)
	assert mean == pytest.approx([10] * 4)
	assert spread[0] < 2 * 0.9, "surer than alone"
	assert spread[3] < 20 * 0.3, "who has few customers learns the most"


def test_what_is_believed_of_eight_schools():
	# The example of the book; with a flat prior its posterior means go from 6 to 11.
	mean, spread = believed(*SCHOOLS, [1e9] * 8)
	assert mean.min() == pytest.approx(5.6, abs=1) and mean.max() == pytest.approx(11, abs=1.5)
	assert (spread > 4).all() and (spread < 9).all()


@settings(max_examples=50, deadline=None)
@given(
	st.lists(st.tuples(st.floats(-1e3, 1e3), st.floats(1, 1e4), st.floats(3, 1e3)), min_size=1, max_size=12)
)
def test_what_is_believed_stays_within_what_there_is(rules):
	effect, variance, freedom = map(np.array, zip(*rules, strict=True))
	mean, spread = believed(effect, variance, freedom)
	assert (mean >= effect.min() - 1e-6).all() and (mean <= effect.max() + 1e-6).all()
	assert (spread > 0).all()


# What is told

WEEKS = np.arange(3000) % 30  # from which on each is counted


@pytest.mark.parametrize("fees", [[99.9], [19.9, 49.9, 99.9]])
@pytest.mark.parametrize("seed", range(8))
def test_where_nothing_changes_the_roundings_of_sums_are_no_effect(fees, seed):
	"""All pay their monthly fee before and after, whatever it is and whether or not they were called."""
	random, number = np.random.default_rng(seed), 200
	fee = random.choice(fees, number)
	events = np.repeat(np.arange(number), 12), np.tile(np.arange(12) * 30 + 5, number), np.repeat(fee, 12)
	after, before = within(np.arange(number), np.full(number, 179), 90, *events)
	held, week, rule = random.random(number) < 0.3, random.integers(0, 40, number), np.zeros(number, int)
	[one, every] = findings(rule, held, after, before, 1, week)
	assert one.claim.tolist() == every.claim.tolist() == [UNKNOWN]
	assert not one.compared.known.any()


def test_no_claim_without_an_interval():
	held, outcome, before = made(5, 3000)
	rule = np.where(np.arange(3000) < 2980, 0, 1)
	each, every = findings(rule, held, outcome, before, 3, WEEKS)
	assert each.claim.tolist() == [MORE, UNKNOWN, UNKNOWN] and every.claim.tolist() == [MORE]
	assert each.any_time[0][0] < 20 < each.any_time[1][0], "the truth"
	assert each.any_time[0][0] < each.once[0][0] < each.once[1][0] < each.any_time[1][0]
	assert np.isnan(each.once[0]).tolist() == [False, True, True], "20 customers are too few, none are none"
	assert np.isfinite(each.pooled[0]).tolist() == [True, False, False], (
		"and from one other nothing is learned"
	)
	three, _every = findings(np.where(rule, 3, np.arange(3000) % 2), held, outcome, before, 4, WEEKS)
	assert np.isnan(three.once[0]).tolist() == [False, False, True, True]
	assert np.isfinite(three.pooled[0]).tolist() == [True, True, False, True], "from two it is"
	assert each.more[0] == 0 and each.more[1] > 20 and np.isnan(each.more[2])
	assert findings(rule, ~held, outcome, before, 3, WEEKS)[0].claim[0] == LESS


def test_rare_complaints_are_too_few_to_tell():
	held = np.arange(400) % 10 == 0
	complained = np.arange(400) % 50 == 1
	each, _every = findings(
		np.zeros(400, int), held, complained.astype(float), None, 1, WEEKS[:400], yes_no=True
	)
	assert np.isnan(each.any_time[0][0]) and each.claim[0] == UNKNOWN


def test_nothing_to_find():
	each, every = findings([], [], [], None, 0, [])
	assert (
		each.claim.shape == (0,) and np.isnan(every.any_time[0]).all() and every.claim.tolist() == [UNKNOWN]
	)


def test_a_share_that_changed_compares_within_itself():
	"""Half were held back in a bad year, a tenth in a good one: thrown together, care would seem to help."""
	rng = np.random.default_rng(7)
	good = np.repeat([False, True], 2000)
	held = rng.random(4000) < np.where(good, 0.1, 0.5)
	outcome, week = 100 * good + rng.normal(0, 10, 4000), np.arange(4000) // 80
	mixed, _all = findings(np.zeros(4000, int), held, outcome, None, 1, week)
	apart, _all = findings(np.zeros(4000, int), held, outcome, None, 1, week, stratum=good.astype(int))
	assert mixed.claim[0] == MORE and apart.claim[0] == UNKNOWN and abs(apart.compared.effect[0]) < 2
