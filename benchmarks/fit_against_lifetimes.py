"""The fits of BG/NBD and MBG/NBD, and the scoring, against those of `lifetimes` 0.11.3, on the same arrays in one process.

	pip install -r benchmarks/requirements.txt
	python benchmarks/fit_against_lifetimes.py

Simulates customers by seed as the model has them, in days, turned into weeks: several purchases on one day
are one occasion, as in real histories. Runs both libraries in turn, prints medians and their ratio, and exits
1 when the parameters or the scores disagree or the fit is not --at-least times faster.

lifetimes is called as its users call it, one row per customer (penalizer 0). A further line gives it the
distinct histories with weights, which its users would have to prepare themselves: it shows how much of the
ratio is due to the grouping, which is part of our time and not of its time in that line.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
import tracemalloc
import warnings
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from keep_customers.engine.forecasts.buying import fit_buying
from keep_customers.engine.potential import BGNBD, expected_purchases, fit_bgnbd, probability_alive

WEEK = 7
HORIZON = 52.0


def simulate(
	customers: int, seed: int, truth: BGNBD, weeks: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
	"""Frequency, recency and age in weeks of customers who came evenly over the last `weeks` weeks."""
	random = np.random.default_rng(seed)
	age = random.integers(1, int(weeks * WEEK) + 1, customers).astype(float)
	rate = random.gamma(truth.r, 1 / (truth.alpha * WEEK), customers)
	leaving = random.beta(truth.a, truth.b, customers)
	frequency, recency = np.zeros(customers), np.zeros(customers)
	moment = np.zeros(customers)
	alive = np.arange(customers)
	while len(alive):
		with np.errstate(divide="ignore"):
			moment[alive] += random.exponential(size=len(alive)) / rate[alive]
		alive = alive[moment[alive] < age[alive] + 1]
		day = np.floor(moment[alive])
		new = day > recency[alive]
		frequency[alive] += new
		recency[alive] = day
		alive = alive[random.random(len(alive)) >= leaving[alive]]
	return frequency, recency / WEEK, age / WEEK


def timed(task):
	start = time.perf_counter()
	result = task()
	return time.perf_counter() - start, result


def peak_of(task) -> float:
	"""Megabytes that the task allocates at its peak, beyond the arrays it is given."""
	tracemalloc.start()
	task()
	peak = tracemalloc.get_traced_memory()[1]
	tracemalloc.stop()
	return peak / 2**20


def main() -> int:
	parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
	parser.add_argument("--customers", type=int, default=1_000_000)
	parser.add_argument("--seed", type=int, default=1)
	parser.add_argument("--repeats", type=int, default=5)
	parser.add_argument("--weeks", type=float, default=156)
	parser.add_argument("--at-least", type=float, default=10, help="required ratio of the fits")
	options = parser.parse_args()
	try:
		warnings.simplefilter("ignore")  # SyntaxWarnings and FutureWarnings of an old library
		from lifetimes import BetaGeoFitter, ModifiedBetaGeoFitter
	except ImportError as error:
		print(f"lifetimes is needed: pip install -r benchmarks/requirements.txt ({error})", file=sys.stderr)
		return 2

	truth = BGNBD(r=0.243, alpha=4.414, a=0.793, b=2.426)
	x, t_x, age = simulate(options.customers, options.seed, truth, options.weeks)
	distinct, counts = np.unique(np.stack([x, t_x, age]), axis=1, return_counts=True)
	print(
		f"{options.customers:,} customers, {np.count_nonzero(x):,} with repeat purchases, {int(x.sum()):,} "
		f"repeat purchases, {len(counts):,} distinct histories, ages up to {options.weeks:g} weeks, "
		f"seed {options.seed}"
	)

	def theirs_fit():
		return BetaGeoFitter(penalizer_coef=0.0).fit(x, t_x, age)

	def theirs_fit_grouped():
		return BetaGeoFitter(penalizer_coef=0.0).fit(*distinct, weights=counts)

	def ours_fit():
		return fit_bgnbd(x, t_x, age)

	def theirs_modified():
		return ModifiedBetaGeoFitter(penalizer_coef=0.0).fit(x, t_x, age)

	def ours_modified():
		return fit_buying(x, t_x, age)

	their_model, model = theirs_fit(), ours_fit()
	same = BGNBD(**{name: float(their_model.params_[name]) for name in ("r", "alpha", "a", "b")})

	def theirs_score():
		with np.errstate(all="ignore"):
			return (
				their_model.conditional_probability_alive(x, t_x, age),
				their_model.conditional_expected_number_of_purchases_up_to_time(HORIZON, x, t_x, age),
			)

	def ours_score():
		return probability_alive(same, x, t_x, age), expected_purchases(same, HORIZON, x, t_x, age)

	tasks = {
		"fit": (ours_fit, theirs_fit),
		"fit, theirs grouped": (ours_fit, theirs_fit_grouped),
		"fit of MBG/NBD": (ours_modified, theirs_modified),
		"score": (ours_score, theirs_score),
	}
	seconds = {name: ([], []) for name in tasks}
	for _ in range(options.repeats):
		for name, pair in tasks.items():
			for task, list_ in zip(pair, seconds[name], strict=True):
				list_.append(timed(task)[0])

	print(f"\nmedian of {options.repeats}{'':14}{'ours s':>10}{'lifetimes s':>13}{'ratio':>8}")
	ratios = {}
	for name, (ours, theirs) in seconds.items():
		mine, other = statistics.median(ours), statistics.median(theirs)
		ratios[name] = other / mine
		print(f"{name:24}{mine:10.3f}{other:13.3f}{other / mine:8.1f}")
	print(f"peak memory, MB: fit {peak_of(ours_fit):.0f}, score {peak_of(ours_score):.0f}")

	failures = []
	print(f"\n{'':10}{'truth':>10}{'ours':>12}{'lifetimes':>12}{'apart':>11}")
	for name in ("r", "alpha", "a", "b"):
		mine, other = getattr(model, name), float(their_model.params_[name])
		apart = abs(mine / other - 1)
		print(f"{name:10}{getattr(truth, name):10.4f}{mine:12.6f}{other:12.6f}{apart:11.1e}")
		if not apart < 1e-3:
			failures.append(f"{name} differs by {apart:.1e}")
	for name, mine, other in zip(("p alive", "expected"), ours_score(), theirs_score(), strict=True):
		finite = np.isfinite(other)
		apart = float(np.max(np.abs(mine - other)[finite]))
		missing = np.count_nonzero(~finite)
		print(f"{name}: at most {apart:.1e} apart where lifetimes is finite ({missing:,} are not)")
		if not (apart < 1e-5 and np.isfinite(mine).all()):
			failures.append(f"{name} differs by {apart:.1e}")
	for name in ("fit", "fit of MBG/NBD"):
		if ratios[name] < options.at_least:
			failures.append(
				f"the {name} is {ratios[name]:.1f} times faster, {options.at_least:g} are required"
			)
	for failure in failures:
		print(f"FAILED: {failure}", file=sys.stderr)
	return 1 if failures else 0


if __name__ == "__main__":
	sys.exit(main())
