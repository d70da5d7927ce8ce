"""What learning the order of contacts is worth: companies whose truth is known, by seed; no site is needed.

Customers buy at rates of their own, for amounts around an average of their own. Every week eight rules make contacts due,
four times what the reps can make; a fifth of each rule's customers is held back. A contact makes its customer buy more in the 90
days after it: by the rule's share of the value at risk. For a year the order is that of value at risk, then two courses of another year
are compared: the same order, and what a contact is expected to change, learned every six weeks from what came till then.
Who is contacted is decided by the app's planner, what is known by the app's estimate, on what it would have read: first
follow-ups, in both arms of whom there was room, and purchases within 90 days. Counted is what the contacts of this time
bring about on average; the chance in what is bought is in what is learned, not in what is counted.

	python benchmarks/learning.py [--companies 200] [--only KIND] [--processes N] [--kept FILE] [--json FILE] [--plot FILE.png]

Each company that is done goes into the kept file, a line of JSON; a run that was stopped goes on from there.

Ends with 1 when learning brings less than 10 % more where rules differ, or loses any company more than 2 % where they do not.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

import numpy as np

from keep_customers.engine.effect.learning import Belief, Learned, Turns, learn
from keep_customers.engine.effect.outcomes import first, usual_most, within
from keep_customers.engine.followups import ASSIGN, Candidate, WorkingDays, in_control_group, plan

SEED = 20_261_128
RULES, HELD, EXPLORING = 8, 0.2, 20
TYPICAL = 0.15  # of the value at risk, that a contact brings back
OVER = 4  # times as many contacts are due as can be made
EARLIER, BEFORE, AFTER = 13, 52, 52  # weeks: bought before anything is due, by value at risk, and compared
EVERY = 6  # weeks between what is learned
WITHIN = 90
LEAST_GAIN, MOST_LOSS = 0.10, 0.02
MONDAY, ALWAYS = date(2026, 1, 5), WorkingDays(frozenset())
NAMES = tuple(f"Rule {at}" for at in range(RULES))


@dataclass(frozen=True)
class Kind:
	"""
	:param customers: of the company
	:param reps: each of whom makes 50 contacts a week
	:param true: a generator -> what a contact of each rule brings back of the value at risk
	"""

	name: str
	customers: int
	reps: int
	true: Callable


def differ(rng) -> np.ndarray:
	return TYPICAL * rng.exponential(1, RULES)


def alike(rng) -> np.ndarray:
	return np.full(RULES, TYPICAL)


KINDS = (
	Kind("differ", 6000, 3, differ),
	Kind("are alike", 6000, 3, alike),
	Kind("differ, small company", 2000, 1, differ),
	Kind("are alike, small company", 2000, 1, alike),
	Kind("differ, middling company", 4000, 2, differ),
)


class Company:
	def __init__(self, kind: Kind, seed):
		self.rng = rng = np.random.default_rng(seed)
		self.kind, number = kind, kind.customers
		self.true = kind.true(rng)
		self.rate = rng.gamma(3, 1.5, number)  # purchases a year
		self.size = np.exp(rng.normal(5, 0.6, number))
		self.at_risk = self.rate * self.size * rng.beta(3, 4, number)
		self.due_a_week = OVER * 50 * kind.reps
		self.due = [
			(rng.integers(0, RULES, self.due_a_week), rng.integers(0, number, self.due_a_week))
			for _week in range(BEFORE + AFTER)
		]
		salt = f"{seed}"
		self.held = [
			[in_control_group(salt + rule, str(one), HELD) for rule in NAMES] for one in range(number)
		]
		self.held = np.array(self.held)
		bought = rng.poisson(self.rate[:, None] / 52, (number, EARLIER + BEFORE + AFTER))
		who, week = np.nonzero(bought)
		day = 7 * (week - EARLIER) + rng.integers(0, 7, len(who))
		self.purchases = self.bought(rng, who, day, bought[who, week])

	def bought(self, rng, who, day, times):
		return who, day, times * self.size[who] * np.exp(rng.normal(0, 0.4, len(who)))


class Course:
	"""What becomes of a company under an order: follow-ups and purchases so far."""

	def __init__(self, company: Company, seed):
		self.company, self.rng = company, np.random.default_rng(seed)
		self.rows, self.purchases, self.brought = [], [company.purchases], []

	def branch(self, seed) -> "Course":
		other = Course(self.company, seed)
		other.rows, other.purchases, other.brought = [*self.rows], [*self.purchases], [*self.brought]
		return other

	def week(self, at: int, learned: Learned | None) -> None:
		one, day = self.company, MONDAY + timedelta(days=7 * at)
		rule, who = one.due[at]
		held = one.held[who, rule]
		columns = (rule.tolist(), who.tolist(), held.tolist(), one.at_risk[who].tolist())
		candidates = [
			Candidate(str(key), str(c), f"rep {c % one.kind.reps}", day, risk, control=h, rule=NAMES[r])
			for key, (r, c, h, risk) in enumerate(zip(*columns, strict=True))
		]
		came, made = np.zeros((2, len(rule)), bool)
		for decision in plan(candidates, day, ALWAYS, {}, 1, {}, 50, learned):
			came[int(decision.key)], made[int(decision.key)] = decision.came, decision.action == ASSIGN
		self.rows.append(np.column_stack([rule, who, np.full(len(rule), 7 * at), held, came, made]))
		brings = one.true[rule] * one.at_risk[who] * made
		self.brought.append(brings.sum())
		times = self.rng.poisson(brings / one.size[who])
		some = np.flatnonzero(times)
		later = 7 * at + self.rng.integers(1, WITHIN + 1, len(some))
		self.purchases.append(one.bought(self.rng, who[some], later, times[some]))

	def known(self, at: int) -> Belief:
		"""What is known in a week, of whose 90 days are over."""
		rows = np.concatenate(self.rows)
		made = rows[rows[:, 5] > 0]
		over = rows[rows[:, 2] + WITHIN < 7 * at]
		rule, who, day, held, came, _made = over[first(over[:, 0], over[:, 1], over[:, 2])].T
		bought = [np.concatenate(column) for column in zip(*self.purchases, strict=True)]
		after, before = within(who, day, WITHIN, *bought)
		number = self.company.kind.customers
		contacts, _earlier = within(
			rule * number + who, day - 1, WITHIN + 1, made[:, 0] * number + made[:, 1], made[:, 2], np.ones(len(made))
		)  # fmt: skip
		columns = (rule, held > 0, after, before, self.company.at_risk[who], contacts, np.zeros_like(rule))
		return learn(Turns(*(one[came > 0] for one in columns)), RULES, usual_most(before)).belief


def company(kind: Kind, number: int) -> tuple[float, float, int]:
	"""(what the contacts bring by what was learned, by value at risk, weeks until the first order was learned)."""
	seed = [SEED, KINDS.index(kind), number]
	plain = Course(Company(kind, seed), [*seed, 1])
	for at in range(BEFORE):
		plain.week(at, None)
	other, since = None, AFTER
	for at in range(BEFORE, BEFORE + AFTER):
		if at % EVERY == 0:
			belief = (other or plain).known(at)
			learned = Learned(NAMES, belief, EXPLORING, str(at)) if belief.told_apart else None
			if learned and not other:  # until then both courses are the same
				other, since = plain.branch([*seed, 2]), at - BEFORE
		plain.week(at, None)
		if other:
			other.week(at, learned)
	return sum((other or plain).brought[BEFORE:]), sum(plain.brought[BEFORE:]), since


def judged(kind: Kind, found: list[tuple[float, float, int]]) -> dict:
	"""What came of all companies of a kind; the interval is of their mean: percentiles of 10,000 draws (Efron 1979)."""
	learned, plain, since = (np.array(column, float) for column in zip(*found, strict=True))
	gain = learned / plain - 1
	drawn = np.random.default_rng(SEED).choice(gain, (10_000, len(gain))).mean(1)
	return {
		"rules": kind.name, "customers": kind.customers, "reps": kind.reps, "companies": len(gain),
		"gain": gain.mean(), "low": np.quantile(drawn, 0.025), "high": np.quantile(drawn, 0.975),
		"worst": gain.min(), "best": gain.max(), "lost": float((gain < -MOST_LOSS).mean()),
		"learned": float((since < AFTER).mean()), "weeks": float(np.median(since)), "gains": np.sort(gain).round(4).tolist(),
	}  # fmt: skip


class Kept:
	"""What came of companies that an earlier run has been through: an hour is long."""

	def __init__(self, file: str | None):
		self.file, self.rows = file, {}
		if file and os.path.exists(file):
			with open(file) as lines:
				self.rows = {(name, at): tuple(row) for name, at, row in map(json.loads, lines)}

	def all_of(self, kind: Kind, companies: int, pool) -> list[tuple[float, float, int]]:
		left = [at for at in range(companies) if (kind.name, at) not in self.rows]
		for at, row in zip(left, pool.map(partial(company, kind), left), strict=True):
			self.rows[kind.name, at] = row
			if self.file:
				with open(self.file, "a") as lines:
					print(json.dumps([kind.name, at, row]), file=lines)
		return [self.rows[kind.name, at] for at in range(companies)]


def broken(one: dict) -> bool:
	if one["rules"] == "differ":
		return one["gain"] < LEAST_GAIN
	return one["rules"].startswith("are alike") and one["worst"] < -MOST_LOSS


def draw_plot(rows: list[dict], file: str) -> None:
	"""Each company by what it gains, with the mean and the bounds."""
	import matplotlib

	matplotlib.use("agg")
	from matplotlib import pyplot

	figure, axes = pyplot.subplots(figsize=(8, 4.2), dpi=120)
	colours = ("#30a66d", "#7c8db5", "#c2703d", "#8fce00", "#2490ef")
	for row, colour in zip(rows, colours, strict=False):
		shares = (np.arange(row["companies"]) + 0.5) / row["companies"]
		label = f"Rules {row['rules']} ({row['customers']:,} customers): {row['gain']:+.1%}"
		axes.plot(100 * shares, 100 * np.array(row["gains"]), color=colour, label=label, linewidth=2)
	axes.axhline(100 * LEAST_GAIN, color="#30a66d", linestyle=":", linewidth=1)
	axes.axhline(-100 * MOST_LOSS, color="#cb2929", linestyle=":", linewidth=1)
	axes.set_xlabel("Companies, by what they gain (%)")
	axes.set_ylabel("Brought about, against value at risk (%)")
	axes.legend(frameon=False, loc="upper left")
	axes.spines[["top", "right"]].set_visible(False)
	figure.tight_layout()
	figure.savefig(file, metadata={"Software": None})


def main() -> int:
	asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
	asked.add_argument("--companies", type=int, default=200)
	asked.add_argument("--processes", type=int, default=os.cpu_count())
	asked.add_argument("--kept")
	asked.add_argument("--only", choices=[kind.name for kind in KINDS], help="one kind of company")
	asked.add_argument("--json")
	asked.add_argument("--plot")
	options, started, rows = asked.parse_args(), time.time(), []
	kept = Kept(options.kept)
	print(
		"| rules | customers | reps | gain of learning | worst company | best company | learned | after weeks |"
	)
	print("|---|---|---|---|---|---|---|---|")
	with ProcessPoolExecutor(options.processes) as pool:
		for kind in KINDS:
			if options.only not in (None, kind.name):
				continue
			row = judged(kind, kept.all_of(kind, options.companies, pool))
			rows.append(row)
			print(
				f"| {row['rules']} | {row['customers']:,} | {row['reps']} | {row['gain']:+.1%} ({row['low']:+.1%} to {row['high']:+.1%}) "
				f"| {row['worst']:+.1%} | {row['best']:+.1%} | {row['learned']:.0%} | {row['weeks']:.0f} |",
				flush=True,
			)
			if options.json:
				with open(options.json, "w") as file:
					json.dump(rows, file, indent=1)
	print(f"\n{time.time() - started:.0f} s")
	if options.plot:
		draw_plot(rows, options.plot)
	return int(any(map(broken, rows)))


if __name__ == "__main__":
	sys.exit(main())
