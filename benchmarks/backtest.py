"""How right the forecasts would have been on a log of purchases: all candidates, the choice and the peers.

	python benchmarks/backtest.py FILE.csv --cut 1997-09-30 --until 1998-06-30 [--json]

FILE.csv is UTF-8 with a header that has customer, date and amount among its columns: one purchase a line, the date as
2026-11-27, the amount with a point; below 0 it is a return. Nothing after --cut is looked at before the grading; --until
is the last day of what is graded. Lines that cannot be read are counted and named.

Columns: share of the later value that came from the 20 % and the 5 % who were expected to bring the most, rank correlation
(Spearman), log loss and AUC of buying again, expected and actual purchases and value, seconds. ± is the standard error of the
difference to the choice, and below the table stands what the choice loses to whom, and whether that is more than noise
(`judging.py`). `lifetimes` is asked too where it is installed.
"""

from __future__ import annotations

import argparse
import csv
import json
import resource
import sys
import time
from dataclasses import asdict
from datetime import date
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import judging
from keep_customers.engine.forecasts import scores
from keep_customers.engine.forecasts.candidates import ALL, Forecast, Population
from keep_customers.engine.forecasts.choice import choose
from keep_customers.engine.forecasts.past import came_after
from keep_customers.engine.value import DAYS_PER_WEEK, Purchases, by_day

COLUMNS = ("customer", "date", "amount")
NAMED = 10  # bad lines
CHOICE = "the choice"


class BadFile(Exception):
	pass


def read(path: str) -> tuple[Purchases, list[str]]:
	"""The log, one row per customer and day, and what is wrong with which lines."""
	bad: list[str] = []
	numbers: dict[str, int] = {}
	days: dict[str, int] = {}
	customer, day, amount = [], [], []
	try:
		with open(path, encoding="utf-8-sig", newline="") as file:
			reader = csv.reader(file)
			header = [name.strip().lower() for name in next(reader, [])]
			missing = [name for name in COLUMNS if name not in header]
			if missing:
				raise BadFile(
					f"{path}: its first line must name the columns {', '.join(COLUMNS)}; "
					f"{', '.join(missing)} is not there."
				)
			at = [header.index(name) for name in COLUMNS]
			for row in reader:
				if not row:
					continue
				try:
					who, when, much = (row[index].strip() for index in at)
					if not who:
						raise ValueError("no customer")
					if when not in days:
						days[when] = date.fromisoformat(when[:10]).toordinal()
					value = float(much)
					if not abs(value) < 1e12:
						raise ValueError(f"no amount: {much}")
				except (ValueError, IndexError) as error:
					bad.append(f"line {reader.line_num}: {error}")
					continue
				customer.append(numbers.setdefault(who, len(numbers)))
				day.append(days[when])
				amount.append(value)
	except OSError as error:
		raise BadFile(f"{path} cannot be read: {error.strerror}.") from error
	except UnicodeDecodeError as error:
		raise BadFile(f"{path} is not UTF-8: {error}. Save it as UTF-8.") from error
	except csv.Error as error:
		raise BadFile(f"{path} is no CSV file: {error}.") from error
	net = np.array(amount, float)
	rows = np.array(customer, np.int64), np.array(day, np.int64), net
	return by_day(*rows, (net > 0).astype(np.int64)), bad


def peers(population: Population) -> dict:
	"""Name -> a function that forecasts, of the libraries that are installed."""
	known, weeks = population.known, population.horizon / DAYS_PER_WEEK
	found = {}
	try:
		from lifetimes import BetaGeoFitter, GammaGammaFitter, ModifiedBetaGeoFitter
	except ImportError:
		return found

	def of(fitter):
		def say():
			history = known.frequency, known.recency, known.age
			with np.errstate(all="ignore"):
				model = fitter(penalizer_coef=0.0).fit(*history)
				number = model.conditional_expected_number_of_purchases_up_to_time(weeks, *history)
				paid = (known.frequency > 0) & (known.mean_value > 0)
				spend = GammaGammaFitter(penalizer_coef=0.0).fit(
					known.frequency[paid], known.mean_value[paid]
				)
				each = spend.conditional_expected_average_profit(known.frequency, known.mean_value)
				alive = np.asarray(model.conditional_probability_alive(*history))
			number = np.nan_to_num(np.asarray(number))
			return Forecast(number, number * np.nan_to_num(np.asarray(each)), np.nan_to_num(alive))

		return say

	found["lifetimes BG/NBD"] = of(BetaGeoFitter)
	found["lifetimes MBG/NBD"] = of(ModifiedBetaGeoFitter)
	return found


def backtest(log: Purchases, cut: int, until: int) -> dict:
	horizon = until - cut
	start = time.perf_counter()
	chosen = choose(log, cut, horizon)
	choosing = time.perf_counter() - start
	population = Population(log, cut, horizon)
	came = came_after(log, population.known, cut, horizon)
	said, seconds = {}, {}
	for name in ALL:
		start = time.perf_counter()
		said[name] = population.forecast(name)
		seconds[name] = time.perf_counter() - start
	for name, say in peers(population).items():
		start = time.perf_counter()
		try:
			said[name] = say()
		except Exception as error:
			print(f"{name}: {error}", file=sys.stderr)
			continue
		seconds[name] = time.perf_counter() - start
	compared = judging.compare(said, chosen.name, came, population.known.who, judging.shock(chosen), cut)
	apart = dict(zip(compared.against, compared.noise, strict=True))
	[losses] = judging.judge([[compared]])
	table = {}
	for name, forecast in said.items():
		score = scores.score(forecast.value, forecast.buys, forecast.purchases, came.value, came.purchases)
		table[name] = {
			**score.as_dict(),
			"noise": dict(
				zip(judging.FIGURES, apart.get(name, np.zeros(len(judging.FIGURES))).tolist(), strict=True)
			),
			"expected_purchases": float(forecast.purchases.sum()),
			"expected_value": float(forecast.value.sum()),
			"seconds": seconds[name],
		}
	return {
		"customers": len(population.known.who),
		"cut": date.fromordinal(cut).isoformat(),
		"until": date.fromordinal(until).isoformat(),
		"actual_purchases": float(came.purchases.sum()),
		"actual_value": float(np.maximum(came.value, 0).sum()),
		"choice": chosen.name,
		"why": chosen.why,
		"grade": chosen.grade,
		"choosing_seconds": choosing,
		"peak_megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
		"candidates": table,
		"year": judging.shock(chosen),
		"loses": [{**asdict(loss), "beyond_noise": loss.beyond_noise} for loss in losses],
	}


def show(found: dict) -> None:
	print(
		f"{found['customers']:,} customers until {found['cut']}; until {found['until']} came "
		f"{found['actual_purchases']:,.0f} purchases, {found['actual_value']:,.0f} in value\n"
	)
	print(
		f"{'':26}{'top 20 %':>15}{'top 5 %':>15}{'rank':>7}{'log loss':>16}{'AUC':>7}"
		f"{'purchases':>11}{'value':>8}{'s':>7}"
	)
	for name, one in found["candidates"].items():
		apart = one["noise"]
		mark = "*" if name == found["choice"] else " "
		print(
			f"{mark} {name:24}"
			f"{100 * one['top_20']:8.2f} ± {100 * apart['top_20']:4.2f}{100 * one['top_5']:8.2f} ± "
			f"{100 * apart['top_5']:4.2f}{one['spearman']:7.3f}{one['log_loss']:8.4f} ± {apart['log_loss']:5.4f}"
			f"{one['auc']:7.3f}{one['purchases']:11.3f}{one['value']:8.3f}{one['seconds']:7.2f}"
		)
	print(f"\n* {CHOICE} ({found['why']}), grade {found['grade'] or '-'}; {found['choosing_seconds']:.1f} s")
	tenths = found["candidates"][found["choice"]]["tenths"]
	print("expected / actual value by tenth:", "  ".join(_ratio(*pair) for pair in tenths))
	print(f"peak memory {found['peak_megabytes']:,.0f} MB\n")
	losses = [
		judging.Loss(**{name: loss[name] for name in ("to", "figure", "by", "noise", "chance")})
		for loss in found["loses"]
	]
	looked_at = len(judging.FIGURES) * (len(found["candidates"]) - 1)
	beyond = sum(loss.beyond_noise for loss in losses)
	print(
		f"{CHOICE} loses {len(losses)} of {looked_at} comparisons, {beyond} of them beyond noise (customers and the year drawn anew "
		f"{judging.DRAWS:,} times, years differing by {100 * found['year']:.0f} %; corrected for all that is looked at)"
	)
	for loss in losses:
		if loss.beyond_noise or loss.by > 2 * loss.noise:
			print(f"{CHOICE} {loss}")


def _ratio(expected: float, actual: float) -> str:
	return f"{expected / actual:.2f}" if actual > 0 else "-"


def main(arguments: list[str] | None = None) -> int:
	parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
	parser.add_argument("file")
	parser.add_argument("--cut", required=True, type=date.fromisoformat, help="the last day that is known")
	parser.add_argument("--until", required=True, type=date.fromisoformat, help="the last day that is graded")
	parser.add_argument("--json", action="store_true", help="all figures, for a program")
	options = parser.parse_args(arguments)
	if options.until <= options.cut:
		parser.error("--until must be after --cut")
	try:
		log, bad = read(options.file)
	except BadFile as error:
		print(error, file=sys.stderr)
		return 2
	for line in bad[:NAMED]:
		print(line, file=sys.stderr)
	if bad:
		more = f", {len(bad) - NAMED} more not named here" if len(bad) > NAMED else ""
		print(f"{len(bad)} lines were left out{more}", file=sys.stderr)
	if not (log.occasion & (log.day <= options.cut.toordinal())).any():
		print(f"{options.file} has no purchase up to {options.cut}: nothing is known then.", file=sys.stderr)
		return 2
	found = backtest(log, options.cut.toordinal(), options.until.toordinal())
	found["lines_left_out"] = len(bad)
	if options.json:
		json.dump(found, sys.stdout, indent=1)
		print()
	else:
		show(found)
	return 0


if __name__ == "__main__":
	sys.exit(main())
