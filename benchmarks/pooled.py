"""Do the bounds of rules that learn from each other keep their word, however the rules differ? No site is needed.

Drawn are estimates of rules around true effects, with errors that are estimated themselves from so many customers as `effect.py`
draws; how estimates come about is that one's business. Coverage is a mean over the rules of a company, in the sense of Morris (1983).

	python benchmarks/pooled.py [companies]

Ends with 1 where less than 93 or more than 97 of 100 bounds hold the truth.
"""

import sys
import time
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy.special import stdtrit

from keep_customers.engine.effect.pooled import pooled

SEED = 20_261_129
RULES = (3, 4, 8, 20, 40)
FREEDOM = 50  # of a rule of 30 customers, half of them held back, whose arms borrow
COVER = (0.93, 0.97)


class Kind(NamedTuple):
	"""
	:ivar true: (a generator, how many rules) -> what they do, in usual errors
	"""

	name: str
	true: Callable


def scattered(by: float) -> Callable:
	return lambda rng, rules: rng.normal(0, by, rules)


def one_by(far: float) -> Callable:
	return lambda rng, rules: np.where(np.arange(rules) == rng.integers(rules), far, 0.0)


KINDS = (
	Kind("are alike", scattered(0)),
	Kind("differ by 0.25", scattered(0.25)),
	Kind("differ by 0.5", scattered(0.5)),
	Kind("differ by 0.75", scattered(0.75)),
	Kind("differ by 1", scattered(1)),
	Kind("differ by 1.5", scattered(1.5)),
	Kind("differ by 2", scattered(2)),
	Kind("differ by 5", scattered(5)),
	Kind("one by 3", one_by(3)),
	Kind("one by 6", one_by(6)),
	Kind("half do nothing, half 2", lambda rng, rules: np.where(np.arange(rules) % 2, 2.0, 0.0)),
	Kind("most do nothing, some much", lambda rng, rules: rng.gamma(0.2, 5, rules)),
)


def measured(kind: Kind, rules: int, unlike: float, companies: int) -> tuple[float, float, float]:
	"""
	:param unlike: how many times as large the greatest error of a company is as its least
	:returns: (share of the bounds that hold the truth, of the rule that is furthest from the others, width against the rules' own)
	"""
	rng = np.random.default_rng([SEED, [one.name for one in KINDS].index(kind.name), rules, int(10 * unlike)])
	hits, far, widths = 0.0, 0.0, 0.0
	variance = np.exp(2 * np.log(unlike) * (np.linspace(0, 1, rules) - 0.5))
	freedom = np.full(rules, float(FREEDOM))
	for _company in range(companies):
		true = kind.true(rng, rules)
		rng.shuffle(variance)
		seen = variance * rng.chisquare(freedom) / freedom
		effect = true + rng.normal(0, 1, rules) * np.sqrt(variance)
		_middle, lower, upper = pooled(effect, seen, freedom)
		held = (lower <= true) & (true <= upper)
		hits += held.mean()
		far += held[np.abs(true - np.median(true)).argmax()]
		widths += ((upper - lower) / (-2 * stdtrit(freedom, 0.025) * np.sqrt(seen))).mean()
	return hits / companies, far / companies, widths / companies


def main(companies: int = 2000) -> int:
	started, broken = time.time(), []
	print("| rules | errors differ | effects | hold the truth | of the furthest rule | width of its own |")
	print("|---|---|---|---|---|---|")
	for rules in RULES:
		for unlike in (1.0, 5.0):
			for kind in KINDS:
				cover, far, width = measured(kind, rules, unlike, companies)
				row = (
					f"| {rules} | {unlike:.0f} times | {kind.name} | {cover:.1%} | {far:.1%} | {width:.2f} |"
				)
				print(row, flush=True)
				if not COVER[0] <= cover <= COVER[1]:
					broken.append(row)
	print(f"\n{time.time() - started:.0f} s")
	for row in broken:
		print("Out of bounds:", row)
	return int(bool(broken))


if __name__ == "__main__":
	sys.exit(main(*map(int, sys.argv[1:])))
