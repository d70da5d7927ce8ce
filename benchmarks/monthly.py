"""A month's Forecast Check of a large company, in a process of its own: processor seconds and peak memory.

	python benchmarks/monthly.py [--customers 1000000] [--invoices 5000000] [--seed 7]

What `worth/checks.py` works out once a month for a policy: the choice among all candidates, the forecasters of a year and of a quarter, what
they say of everybody, and a year-old forecast against what came. The purchases are made beforehand by another process, as `night.py` makes
them; reading them from a database is not part of it. The peak is what the operating system saw of the process: Python, NumPy, SciPy
and the log are in it. At most 60 s of a processor and 1 GB.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from keep_customers.engine.forecasts import choice, scores
from keep_customers.engine.forecasts.past import came_after, known_at
from keep_customers.engine.forecasts.tonight import YEAR, Checked
from keep_customers.engine.value import Purchases, by_day

MOST_SECONDS, MOST_MEGABYTES = 60, 1000


def make(path: str, customers: int, invoices: int, seed: int) -> None:
	from benchmarks.data import simulate  # needs the host's package

	made = simulate(customers, invoices, seed)
	log = by_day(made.customer, made.day, made.amount, (~made.is_return).astype(np.int64))
	np.savez(path, **vars(log))


def measure(path: str) -> dict:
	begun = resident()
	with np.load(path) as saved:
		log = Purchases(**{name: saved[name] for name in ("customer", "day", "net", "occasion")})
	found: dict = {"purchases": int(log.occasion.sum()), "began_with": begun, "with_log": resident()}
	day = int(log.day.max())

	def stage(name, work):
		start, processor = time.perf_counter(), time.process_time()
		result = work()
		found[name] = {
			"seconds": time.perf_counter() - start,
			"processor": time.process_time() - processor,
			"peak": resident(),
		}
		return result

	chosen = stage("choice", lambda: choice.choose(log, day, YEAR))
	checked = stage("fits", lambda: Checked.of(log, day, chosen.name))
	said = stage("what is expected", lambda: checked.year.say(known_at(log, day, YEAR)))

	def compare():
		known = known_at(log, day - YEAR, YEAR)
		then, came = checked.year.say(known), came_after(log, known, day - YEAR, YEAR)
		return scores.score(then.value, then.buys, then.purchases, came.value, came.purchases)

	stage("last year's against what came", compare)
	return found | {"customers": len(said.value), "chosen": chosen.name, "grade": chosen.grade}


def resident() -> float:
	"""The most megabytes that this process has had in memory so far."""
	return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> int:
	parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
	parser.add_argument("--customers", type=int, default=1_000_000)
	parser.add_argument("--invoices", type=int, default=5_000_000)
	parser.add_argument("--seed", type=int, default=7)
	parser.add_argument("--make", help=argparse.SUPPRESS)
	parser.add_argument("--measure", help=argparse.SUPPRESS)
	options = parser.parse_args()
	size = options.customers, options.invoices, options.seed
	if options.make:
		make(options.make, *size)
		return 0
	if options.measure:
		json.dump(measure(options.measure), sys.stdout)
		return 0
	with tempfile.TemporaryDirectory() as folder:
		path = str(Path(folder) / "log.npz")
		again = [sys.executable, __file__, *(f"--{name}={value}" for name, value in zip(("customers", "invoices", "seed"), size, strict=True))]  # fmt: skip
		subprocess.run([*again, "--make", path], check=True)
		found = json.loads(
			subprocess.run([*again, "--measure", path], check=True, capture_output=True).stdout
		)
	print(
		f"{found['customers']:,} customers, {found['purchases']:,} days of purchases; {found['chosen']}, grade {found['grade']}"
	)
	print(
		f"{'':32}{'s':>8}{'processor':>12}{'peak MB':>10}\n{'Python, NumPy, SciPy':32}{found['began_with']:30,.0f}"
	)
	print(f"{'and the log':32}{found['with_log']:30,.0f}")
	stages = {name: one for name, one in found.items() if isinstance(one, dict)}
	for name, one in stages.items():
		print(f"{name:32}{one['seconds']:8.1f}{one['processor']:12.1f}{one['peak']:10,.0f}")
	seconds, peak = (
		sum(one["processor"] for one in stages.values()),
		max(one["peak"] for one in stages.values()),
	)
	held = seconds <= MOST_SECONDS and peak <= MOST_MEGABYTES
	print(
		f"together {seconds:.1f} s of a processor, {peak:,.0f} MB: {'within' if held else 'OVER'} {MOST_SECONDS} s and {MOST_MEGABYTES:,} MB"
	)
	return 0 if held else 1


if __name__ == "__main__":
	sys.exit(main())
