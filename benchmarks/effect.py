"""Do the intervals of the effect of care keep their word? Companies drawn with a known truth, by seed; no site is needed.

Customers buy at rates of their own, for log-normal amounts around an average of their own, and some have left; the forecast
knows some of that. Care makes those who are there buy more often by the rule's lift. The truth is computed from two
million customers drawn the same way.

	python benchmarks/effect.py [companies]

Ends with 1 when a stated bound is broken.
"""

import sys
import time
from typing import NamedTuple

import numpy as np

from keep_customers.engine.effect import intervals, looks
from keep_customers.engine.effect.arms import compare
from keep_customers.engine.effect.findings import findings
from keep_customers.engine.effect.outcomes import usual_most

SEED = 20_261_127
LIFT = 0.15
PARTS = 10  # in which companies are drawn, for the sake of memory
COVER = (0.93, 0.97)


class Drawn(NamedTuple):
	"""One element a customer: purchases and money before; later if held back, and if cared for; what was expected."""

	purchases: np.ndarray
	money: np.ndarray
	held_purchases: np.ndarray
	held_money: np.ndarray
	cared_purchases: np.ndarray
	cared_money: np.ndarray
	expected: np.ndarray


def draw(rng, number: int, lift) -> Drawn:
	"""
	:param lift: by how much care makes customers buy more often, 0 or more; a number or one a customer
	"""
	rate, there = rng.gamma(1.2, 2.5, number), rng.random(number) < 0.8
	size = np.exp(rng.normal(6, 0.8, number))

	def spent(purchases):
		return purchases * size * np.exp(rng.normal(0, 0.4, number) / np.sqrt(np.maximum(purchases, 1)))

	before = rng.poisson(rate)
	cared = rng.poisson(rate * there * (1 + lift))
	held = rng.binomial(cared, 1 / (1 + lift))
	money = spent(before)
	expected = 0.7 * money * np.exp(rng.normal(0, 0.3, number)) * np.where(there, 1, 0.5)
	held_money = spent(held)
	return Drawn(
		before, money, held, held_money, cared, np.where(cared > held, spent(cared), held_money), expected
	)


class Outcome(NamedTuple):
	came: np.ndarray
	before: np.ndarray | None
	yes_no: bool


def outcomes(drawn: Drawn, held, most: float) -> dict[str, Outcome]:
	"""What the report looks at, with what was known before and without."""
	money = np.minimum(np.where(held, drawn.held_money, drawn.cared_money), most)
	again = np.where(held, drawn.held_purchases, drawn.cared_purchases) > 0
	expected = np.minimum(drawn.expected, most)
	known = np.column_stack([np.minimum(drawn.money, most), expected])
	known_again = np.column_stack([drawn.purchases > 0, expected])
	return {
		"value": Outcome(money, None, False),
		"value, pre-period": Outcome(money, known, False),
		"again": Outcome(again.astype(float), None, True),
		"again, pre-period": Outcome(again.astype(float), known_again, True),
	}


def truths(most: float, lift: float, number: int = 2_000_000) -> dict[str, float]:
	many = draw(np.random.default_rng(1), number, lift)
	money = np.mean(np.minimum(many.cared_money, most) - np.minimum(many.held_money, most))
	again = np.mean((many.cared_purchases > 0).astype(float) - (many.held_purchases > 0))
	return {"value": money, "value, pre-period": money, "again": again, "again, pre-period": again}


def coverage(companies: int, most: float) -> list[tuple]:
	"""How often one company's interval holds the truth, after a year: (what, customers, share, once, any time, width of once)."""
	truth, rows = truths(most, LIFT), []
	for customers, share, times in (
		(300, 0.1, 4),
		(300, 0.2, 4),
		(300, 0.5, 4),
		(2000, 0.1, 1),
		(2000, 0.2, 1),
	):
		hits, errors = {name: [] for name in truth}, after(52, intervals.LEAST / share / customers)
		for part in range(PARTS):
			rng = np.random.default_rng([SEED, customers, int(100 * share), part])
			some = times * companies // PARTS
			company = np.repeat(np.arange(some), customers)
			held = rng.random(len(company)) < share
			for name, one in outcomes(draw(rng, len(company), LIFT), held, most).items():
				found = compare(company, held, one.came, one.before, some)
				off = np.abs(found.effect - truth[name])
				once = intervals.once(found.error, found.freedom)
				always = intervals.any_time(found.error, found.freedom, errors)
				hits[name].append(np.column_stack([off <= once, off <= always, once])[found.known])
		for name, those in hits.items():
			rows.append((name, customers, share, *np.concatenate(those).mean(0)))
	return rows


def after(weeks: int, first: float) -> float:
	"""How many errors wide the bounds are after so many even weeks, of which the first share had too few customers to look at."""
	told = np.arange(np.ceil(weeks * first), weeks + 1)
	return looks.boundary(told, told, intervals.ALPHA)[-1]


def small_rules(companies: int, most: float, customers: int = 30) -> list[tuple]:
	"""Companies with rules of few customers, half of them held back; what they do differs by rule: (what, how many rules, lifts,
	of its own, pooled, how much narrower the pooled are, pooled of rules that are told nothing alone). Means of all rules."""
	# Rules of 30 customers have errors as great as a lift of 0.7.
	kinds = {
		"all 15 %": lambda rules: np.full(rules, LIFT),
		"0 to 30 %": lambda rules: np.linspace(0, 2 * LIFT, rules),
		"0 to 150 %": lambda rules: np.linspace(0, 1.5, rules),
		"0 to 400 %": lambda rules: np.linspace(0, 4, rules),
		"one 300 %": lambda rules: np.where(np.arange(rules) == 0, 3.0, 0.0),
	}
	known: dict[float, dict[str, float]] = {}
	rows = []
	for number in (4, 8, 20):
		rule = np.repeat(np.arange(number), customers)
		for kind, drawn in kinds.items():
			lifts, rng = drawn(number), np.random.default_rng([SEED, 30, number])
			for lift in lifts:
				known[lift] = known.get(lift) or truths(most, lift, 500_000)
			hits: dict[str, list[np.ndarray]] = {}
			for _company in range(companies):
				held = rng.random(len(rule)) < 0.5
				for name, one in outcomes(draw(rng, len(rule), lifts[rule]), held, most).items():
					true = np.array([known[lift][name] for lift in lifts])
					found, _all = findings(
						rule, held, one.came, one.before, number, np.zeros_like(rule), yes_no=one.yes_no
					)
					own = (found.once[0] <= true) & (true <= found.once[1])
					_effect, lower, upper = found.pooled
					pooled = (lower <= true) & (true <= upper)
					told, learned = np.isfinite(found.once[0]), np.isfinite(lower)
					width = (upper - lower) / (found.once[1] - found.once[0])
					row = np.column_stack([own, pooled, width, pooled]).astype(float)
					row[~told, :3], row[told | ~learned, 3] = np.nan, np.nan
					hits.setdefault(name, []).append(row)
			rows += [
				(name, number, kind, *np.nanmean(np.concatenate(those), 0)) for name, those in hits.items()
			]
	return rows


def looking(companies: int, most: float, lift: float = 0.0, weeks: int = 52, a_week: int = 12) -> list[tuple]:
	"""Looked at every week: how often an interval has ever left out the truth, and at the last look:
	(what, once: ever, once: last, any time: ever, any time: last)."""
	ever, truth = {}, truths(most, lift)
	for part in range(PARTS):
		rng = np.random.default_rng([SEED, 52, part])
		some = companies // PARTS
		week = np.tile(np.repeat(np.arange(weeks), a_week), some)
		company = np.repeat(np.arange(some), weeks * a_week)
		held = rng.random(len(week)) < 0.2
		errors = boundaries(company, held, week, some)
		for name, one in outcomes(draw(rng, len(week), lift), held, most).items():
			missed = np.zeros((4, some), bool)
			for look in range(weeks):
				seen = week <= look
				known = one.before if one.before is None else one.before[seen]
				found = compare(company[seen], held[seen], one.came[seen], known, some)
				told = found.known & (found.customers.min(1) >= intervals.LEAST)
				off = np.abs(found.effect - truth[name])
				once = told & (off > intervals.once(found.error, found.freedom))
				always = told & (off > intervals.any_time(found.error, found.freedom, errors[:, look]))
				missed = np.stack([missed[0] | once, once, missed[2] | always, always])
			ever.setdefault(name, []).append(missed)
	return [(name, *np.concatenate(those, 1).mean(1)) for name, those in ever.items()]


def boundaries(company, held, week, companies: int) -> np.ndarray:
	"""How many errors wide the bounds of each company are at each look, shape (companies, weeks)."""
	known, smaller, _new = looks.information(company, held, week, companies, np.arange(companies), companies)
	errors = np.full(known.shape, np.nan)
	for row in range(companies):
		told = np.flatnonzero(smaller[row] >= intervals.LEAST)
		errors[row, told] = looks.boundary(told + 1, known[row, told], intervals.ALPHA)
	return errors


def spent(companies: int = 10_000, years: tuple[int, ...] = (1, 2, 5, 10)) -> list[tuple]:
	"""Where the 5 % go that the interval for any time may be wrong: weekly looks at customers whose outcomes are normal, with known
	errors: (how customers come, how many errors wide after half a year, a year, two, five and ten, ever wrong within so many)."""
	week = np.arange(1, 52 * max(years) + 1)
	paces = {
		"12 a week": np.full(len(week), 12.0),
		"600 at once, then 3 a week": np.where(week == 1, 600.0, 3.0),
		"twice as many every year": 12 * 2 ** (week / 52),
		"half as many every year": 12 * 0.5 ** (week / 52),
	}
	rows = []
	for pace, new in paces.items():
		known = new.cumsum()
		told = known >= intervals.LEAST / 0.2
		errors = np.full(len(week), np.inf)
		errors[told] = looks.boundary(week[told], known[told], intervals.ALPHA)
		ever = []
		for part in np.array_split(np.arange(companies), PARTS):
			walk = np.random.default_rng([SEED, 1, part[0]]).normal(0, np.sqrt(new), (len(part), len(new)))
			wrong = np.abs(walk.cumsum(1)) / np.sqrt(known) > errors
			ever.append([wrong[:, : 52 * year].any(1) for year in years])
		ends = [26, *(52 * year for year in years)]
		rows.append((pace, *errors[np.array(ends) - 1], *np.concatenate(ever, 1).mean(1)))
	mixed = [mixture(12.0 * end) for end in (26, *(52 * year for year in years))]
	return [*rows, ("a mixture narrowest at 300, 12 a week", *mixed, *[""] * len(years))]


def mixture(customers: float, narrowest: int = 300) -> float:
	"""How many errors wide the bounds for any time are of Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas (2024), Annals of Statistics
	52, 2613-2640, theorem 2.2, the peer."""
	logarithm = -2 * np.log(intervals.ALPHA)
	known = customers * (logarithm + np.log(logarithm + 1)) / narrowest
	return float(np.sqrt(2 * (known + 1) / known * np.log(np.sqrt(known + 1) / intervals.ALPHA)))


def claims(companies: int, most: float, rules: int = 6, a_look: int = 20, looks: int = 12) -> list[tuple]:
	"""Whole tables without any effect, six rules and all together, looked at every month: (what, share of the companies in
	which any row ever made a claim)."""
	rng = np.random.default_rng([SEED, 6])
	rule = np.tile(np.repeat(np.arange(rules), a_look), looks)
	look = np.repeat(np.arange(looks), rules * a_look)
	claimed: dict[str, list[bool]] = {}
	for _company in range(companies):
		held = rng.random(len(rule)) < 0.2
		drawn = draw(rng, len(rule), 0.0)
		for name, one in outcomes(drawn, held, most).items():
			ever = False
			for now in range(looks):
				seen = look <= now
				known = one.before if one.before is None else one.before[seen]
				each, every = findings(
					rule[seen], held[seen], one.came[seen], known, rules, 4 * look[seen], yes_no=one.yes_no
				)
				ever |= bool(each.claim.any() or every.claim.any())
			claimed.setdefault(name, []).append(ever)
	return [(name, np.mean(those)) for name, those in claimed.items()]


def table(title: str, columns: tuple[str, ...], rows: list[tuple]) -> None:
	print(f"\n{title}\n| {' | '.join(columns)} |\n|{'---|' * len(columns)}")
	for row in rows:
		print("|", " | ".join(f"{one:,.3g}" if isinstance(one, float) else str(one) for one in row), "|")


def main(companies: int = 1000) -> int:
	started = time.time()
	most = usual_most(draw(np.random.default_rng(2), 100_000, 0.0).money)
	covered = coverage(companies, most)
	table("One rule", ("outcome", "customers", "held back", "once", "any time", "half width"), covered)
	few = small_rules(companies, most)
	named = ("outcome", "rules", "lifts", "own, once", "pooled", "width pooled / own", "pooled, untold alone")
	table("Rules of 30 customers", named, few)
	columns = ("outcome", "once: ever wrong", "once: last", "any time: ever wrong", "any time: last")
	looked = looking(4 * companies, most)
	table("No effect, 52 weekly looks", columns, looked)
	seen = looking(4 * companies, most, LIFT)
	table("An effect, 52 weekly looks", columns, seen)
	named = (
		"customers", "errors wide after 1/2 year", "1", "2", "5", "10", "wrong in 1 year", "2", "5", "10"
	)  # fmt: skip
	table("The interval for any time, weekly looks", named, spent())
	made = claims(companies, most)
	table("No effect, six rules, twelve monthly looks", ("outcome", "companies with any claim"), made)
	print(f"\n{time.time() - started:.0f} s")
	broken = [
		*(row for row in covered if not COVER[0] <= row[3] <= COVER[1] or row[4] < COVER[0]),
		*(row for row in few if not all(COVER[0] <= one <= COVER[1] for one in row[3:5])),
		*(row for row in (*looked, *seen) if any(not COVER[0] <= 1 - one <= COVER[1] for one in row[2:4])),
		*(row for row in looked if row[3] >= 0.05),
		*(row for row in made if row[1] >= 0.05),
	]
	for row in broken:
		print("Out of bounds:", *row)
	return int(bool(broken))


if __name__ == "__main__":
	sys.exit(main(*map(int, sys.argv[1:])))
