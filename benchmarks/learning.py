"""What learning the order of contacts is worth: companies drawn with a known truth, by seed; no site is needed.

Every month eight rules make contacts due, four times what the reps can do; a fifth of the customers is held back. One planner goes by value
at risk, the other by what a contact is expected to change, from what is known by then (90 days later); a tenth of its places
explores. Counted is the value that the contacts bring about, over three years.

	python benchmarks/learning.py [companies]

Ends with 1 when learning brings less than 10 % more where rules differ, or loses a company more than 2 % where they do not.
"""

import sys
import time

import numpy as np

from keep_customers.engine.effect.arms import compare
from keep_customers.engine.effect.learning import beliefs, order

SEED = 20_261_127
RULES, MONTHS, DUE, CAPACITY = 8, 36, 1000, 250
HELD, EXPLORING, DELAY = 0.2, 0.1, 3
TYPICAL = 0.15  # of the value at risk, that a contact keeps
LEAST_GAIN, MOST_LOSS = 0.10, 0.02


def company(rng, true) -> tuple[float, float]:
	"""(value that the learning order brings about, that of the order by value at risk), of one company.

	:param true: what a contact of each rule keeps of the value at risk
	"""
	rows = np.zeros((0, 4))  # rule, held, outcome, outcome before
	learned = plain = 0.0
	seen: list[np.ndarray] = []
	for month in range(MONTHS):
		rule, held = rng.integers(0, RULES, DUE), rng.random(DUE) < HELD
		at_risk = np.exp(rng.normal(6, 1, DUE))
		if month >= DELAY:
			rows = np.concatenate([rows, seen[month - DELAY]])
		# Who is held back is left out when their turn comes: compared are those whose turn came, in both arms.
		turns = order(rule, at_risk, known(rows), EXPLORING, rng)
		came_to = turns[: np.searchsorted(np.cumsum(~held[turns]), CAPACITY) + 1]
		first, by_risk = came_to[~held[came_to]], np.argsort(-np.where(held, 0, at_risk))[:CAPACITY]
		learned += (true[rule] * at_risk)[first].sum()
		plain += (true[rule] * at_risk)[by_risk].sum()
		# Of twice the value at risk twice as much comes and scatters: compared is what comes of each unit of it.
		before = rng.gamma(1.5, 0.5, DUE)
		came = 0.5 * before + rng.gamma(1, 0.4, DUE) + np.where(held, 0, true[rule])
		seen.append(np.column_stack([rule, held, came, before])[came_to])
	return learned, plain


def known(rows):
	rule, held = rows[:, 0].astype(int), rows[:, 1] > 0
	found = compare(rule, held, rows[:, 2], rows[:, 3], RULES)
	return beliefs(found.effect, found.variance, found.freedom, np.ones(RULES))


def main(companies: int = 100) -> int:
	started, bad = time.time(), False
	print("| rules | gain of learning | worst company | best company |\n|---|---|---|---|")
	for name, differ in (("differ", True), ("are alike", False)):
		totals = []
		for at in range(companies):
			rng = np.random.default_rng([SEED, at])
			true = np.full(RULES, TYPICAL)
			if differ:
				true = TYPICAL * rng.exponential(1, RULES)
			totals.append(company(rng, true))
		learned, plain = np.array(totals).T
		gain, each = learned.sum() / plain.sum() - 1, learned / plain - 1
		print(f"| {name} | {gain:+.1%} | {each.min():+.1%} | {each.max():+.1%} |")
		bad |= gain < LEAST_GAIN if differ else each.min() < -MOST_LOSS
	print(f"\n{time.time() - started:.0f} s")
	return int(bad)


if __name__ == "__main__":
	sys.exit(main(*map(int, sys.argv[1:])))
