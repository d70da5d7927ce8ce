"""What a night costs as a company grows: from 10,000 customers to a million, with ten invoices each. MariaDB only.

	python benchmarks/scale.py --site SITE --sites-path PATH [--sizes 10000,100000,1000000 --keep FILE]
	python benchmarks/scale.py --plot IMAGE --keep FILE

Fills the site (a throwaway one, with allow_tests) anew for each size, and measures as night.py does: the bare GROUP BY, a
first night, two that let the forecasts drift for a month, and later nights for which 1 % of the customers have bought. Every
figure is one of the same run; how it grows is the slope through them on two logarithmic scales, 1 being a cost that is linear.
Ends with 1 if a bound is broken. What was measured is kept as JSON, which --plot draws (with matplotlib, see requirements.txt).
"""

import argparse
import json
import sys
from datetime import timedelta
from pathlib import Path

import numpy as np

SIZES = "10000,100000,1000000"
INVOICES_EACH = 10
SETTLING, LATER = (14, 28), (29, 30)
NIGHTS = ("first night", "later night")
# At the largest size, and over all of them.
MOST_SECONDS, MOST_MEMORY, MOST_SLOPE = 600, 2048, 1.1


def main() -> int:
	parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
	parser.add_argument("--site")
	parser.add_argument("--sites-path", default=".")
	parser.add_argument("--sizes", default=SIZES, help="numbers of customers")
	parser.add_argument("--keep", metavar="FILE", help="what was measured, as JSON")
	parser.add_argument("--plot", metavar="IMAGE", help="draw what was kept, and measure nothing")
	options = parser.parse_args()
	if options.plot:
		draw(json.loads(Path(options.keep).read_text()), options.plot)
		return 0
	if not options.site:
		parser.error("--site is missing")
	keep = Path(options.keep).resolve() if options.keep else None
	from night import Measurement, on_site  # with the app, which who draws needs not have

	measured = []
	with on_site(options):
		for size in map(int, options.sizes.split(",")):
			measured.append({"customers": size, "nights": grown(Measurement(of_size(options, size)))})
			if keep:  # after each size: the last ones take hours
				keep.write_text(json.dumps(measured, indent=1))
	return report(measured)


def of_size(options, customers: int) -> argparse.Namespace:
	return argparse.Namespace(
		**vars(options),
		customers=customers,
		invoices=customers * INVOICES_EACH,
		rounds=1,
		seed=1,
		keep_data=False,
	)


def grown(measurement) -> dict[str, list]:
	import peers

	first_day = measurement.data.LAST_DAY
	measurement.timed("bare GROUP BY", peers.bare_totals)
	measurement.forget()
	measurement.night("first night", first_day)
	for name, nights in (("settling", SETTLING), ("later night", LATER)):
		for days in nights:
			measurement.sell(first_day + timedelta(days=days))
			measurement.night(name, first_day + timedelta(days=days))
	return measurement.results


def costs(measured: list, name: str, what: str) -> np.ndarray:
	"""One figure a size; of several nights of a size the least."""
	return np.array([min(night[what] for night in one["nights"][name]) for one in measured])


def slope(measured: list, name: str, what: str) -> float:
	sizes = np.log([one["customers"] for one in measured])
	return float(np.polyfit(sizes, np.log(costs(measured, name, what)), 1)[0])


def report(measured: list) -> int:
	broken = []
	by = "seconds" if np.isnan(costs(measured, "first night", "processor")).any() else "processor"
	print(f"\n{'customers':>10}{'bare':>9}", *(f"{name:>28}" for name in NIGHTS))
	print(f"{'':>10}{'':>9}", *(f"{'clock':>10}{by[:9]:>11}{'MB':>7}" for _ in NIGHTS))
	for at, one in enumerate(measured):
		print(f"{one['customers']:>10,}{costs(measured, 'bare GROUP BY', by)[at]:>9.1f}", end=" ")
		for name in NIGHTS:
			row = [costs(measured, name, what)[at] for what in ("seconds", by, "megabytes")]
			print(f"{row[0]:>10.1f}{row[1]:>11.1f}{row[2]:>7.0f}", end=" ")
		print()
	for name in NIGHTS:
		last = measured[-1]["nights"][name][0]
		if last["customers"] != measured[-1]["customers"]:
			broken.append(f"{name}: only {last['customers']:,} customers were ranked")
		if len(measured) > 1:
			grows = slope(measured, name, by)
			print(f"{name}: grows as the {grows:.2f}th power of the number of customers")
			if grows > MOST_SLOPE:
				broken.append(f"{name}: grows with a power of {grows:.2f}, at most {MOST_SLOPE}")
	seconds, memory = (costs(measured, "later night", what)[-1] for what in ("seconds", "megabytes"))
	if seconds > MOST_SECONDS:
		broken.append(f"later night: {seconds:.0f} s, at most {MOST_SECONDS}")
	if memory > MOST_MEMORY:
		broken.append(f"later night: {memory:.0f} MB, at most {MOST_MEMORY}")
	for line in broken:
		print(f"BROKEN: {line}")
	return 1 if broken else 0


def draw(measured: list, image: str) -> None:
	import matplotlib

	matplotlib.use("agg")
	from matplotlib import pyplot

	sizes = [one["customers"] for one in measured]
	figure, (times, memory) = pyplot.subplots(1, 2, figsize=(11, 4.5), layout="constrained")
	for name in ("bare GROUP BY", *NIGHTS):
		[line] = times.loglog(sizes, costs(measured, name, "processor"), "o-", label=name)
		if name != "bare GROUP BY":
			memory.loglog(sizes, costs(measured, name, "megabytes"), "o-", color=line.get_color(), label=name)
	least = costs(measured, "later night", "processor")
	middle = len(sizes) // 2
	times.loglog(
		sizes,
		least[middle] * np.array(sizes) / sizes[middle],
		"--",
		color="grey",
		linewidth=1,
		label="linear",
	)
	times.set_ylabel("seconds of processors, Python's and the database's")
	memory.set_ylabel("peak memory of the night, MB")
	for part in (times, memory):
		part.set_xlabel("customers, with ten invoices each")
		part.grid(alpha=0.3)
		part.legend()
	figure.savefig(image, dpi=100)


if __name__ == "__main__":
	sys.exit(main())
