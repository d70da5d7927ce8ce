"""The nightly run on a large company against plain ways to ask the same invoices. MariaDB only.

	python benchmarks/night.py --site SITE --sites-path PATH [--customers 100000 --invoices 1000000 --rounds 5]

Fills the site (a throwaway one, with allow_tests) with made-up customers and invoices, see data.py. In every
round, one after the other: the bare GROUP BY, a first night (nothing stored: every row is written), later
nights (the invoices of 1 % of the customers are new), the way of ERPNext's report Inactive Customers.
Every night is a process of its own, so that its peak memory is its own; the time is that of the run without
the start of Python and the connection. Rules are switched off: no ToDos. Where MariaDB counts them (userstat, and
the site's user may see processes), the seconds of processors count, Python's and the database's together, as others at work
on the machine change those least; else the clock. Ends with 1 if a bound is broken.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve()
sys.path[:0] = [str(HERE.parents[1]), str(HERE.parent)]

from reports import database_counts  # noqa: E402

SHARE_CHANGED = 0.01
# Later nights are measured after a month of nights: right after a first night nothing has drifted yet.
SETTLING = (7, 14, 21, 26, 28, 29)
MOST = {"first night": 8, "later night": 1}  # times the bare GROUP BY
LEAST_FASTER, AIM_FASTER = 6, 10  # than Inactive Customers, a later night
MOST_MEMORY = {"first night": 640, "later night": 320}  # MB


def arguments(doc: str) -> argparse.ArgumentParser:
	"""What every measurement on a filled site can be told."""
	parser = argparse.ArgumentParser(description=doc.splitlines()[0])
	parser.add_argument("--site", required=True)
	parser.add_argument("--sites-path", default=".")
	parser.add_argument("--customers", type=int, default=100_000)
	parser.add_argument("--invoices", type=int, default=1_000_000)
	parser.add_argument("--rounds", type=int, default=5)
	parser.add_argument("--seed", type=int, default=1)
	parser.add_argument(
		"--keep-data", action="store_true", help="the site is filled already, by the same call"
	)
	return parser


def main():
	parser = arguments(__doc__)
	parser.add_argument("--one-night", metavar="DAY", help=argparse.SUPPRESS)  # how it calls itself
	options = parser.parse_args()
	with on_site(options):
		if options.one_night:
			print(json.dumps(one_night(options.one_night)))
			return 0
		return report(Measurement(options).run(), options)


@contextmanager
def on_site(options) -> Iterator[None]:
	"""Connected to the site that is measured.

	:raises SystemExit: if it is not on MariaDB
	"""
	os.chdir(options.sites_path)

	import frappe

	frappe.init(options.site, sites_path=".")
	frappe.connect()
	try:
		if frappe.db.db_type != "mariadb":
			raise SystemExit("Only measured on MariaDB.")
		yield
	finally:
		frappe.destroy()


def one_night(day: str) -> dict:
	import frappe

	start = time.perf_counter()
	from keep_customers.jobs import nightly

	for path in frappe.get_hooks("keep_customers_without_rep"):
		frappe.get_attr(path)  # imports the rooms above, which a night only asks by hook
	# And what comes with a process's first document, and with the settings.
	frappe.new_doc("Care Run")
	frappe.get_doc("Keep Customers Settings")
	frappe.get_attr("frappe.email.doctype.notification.notification.evaluate_alert")
	imported, used = time.perf_counter(), processor()
	run = nightly.run(as_of=day)
	seconds, used = time.perf_counter() - imported, processor() - used
	row = frappe.get_doc("Care Run", run)
	return {
		"seconds": seconds,
		"processor": used,
		"import": imported - start,
		"megabytes": peak_memory(),
		"customers": row.customers,
		"changed": row.changed,
		"written": row.written,
		"moves": row.moves,
		"assigned": row.assigned,
		"warnings": row.warnings,
		"stages": json.loads(row.stage_seconds),
	}


def processor() -> float:
	"""Seconds of processors that this process and its user's queries have taken so far; nan where the database counts none."""
	counted = database_counts()
	return time.process_time() + float(counted) if counted else float("nan")


def peak_memory() -> float:
	"""MB of this process. Not from getrusage: on Linux a child starts with its parent's peak there."""
	status = Path("/proc/self/status").read_text()
	return int(status.split("VmHWM:")[1].split()[0]) / 1024


class Measurement:
	def __init__(self, options):
		import data
		import frappe

		self.options, self.data, self.db = options, data, frappe.db
		self.random = np.random.default_rng(options.seed + 1)
		self.results: dict[str, list] = {}
		policy = frappe.get_all("Tier Policy", filters={"enabled": 1}, pluck="company")
		if not policy:
			raise SystemExit("Without an enabled Tier Policy nobody is ranked.")
		company = policy[0] or frappe.get_all("Company", pluck="name")[0]
		self.books = company, frappe.db.get_value("Company", company, "default_currency")
		frappe.db.set_value("Care Rule", {"enabled": 1}, "enabled", 0)
		frappe.db.commit()
		start = time.perf_counter()
		if not options.keep_data:
			invoices = data.simulate(options.customers, options.invoices, options.seed)
			data.load(options.customers, invoices, *self.books)
		print(
			f"{frappe.db.count('Customer'):,} customers, {frappe.db.count('Sales Invoice'):,} invoices of"
			f" {data.row_bytes():,} bytes, seed {options.seed}, in {time.perf_counter() - start:.0f} s",
			flush=True,
		)

	def run(self) -> dict[str, list]:
		import peers

		first_day, rounds = self.data.LAST_DAY, self.options.rounds
		for _round in range(rounds):
			self.timed("bare GROUP BY", peers.bare_totals)
			self.forget()
			self.night("first night", first_day)
		for days in SETTLING:
			self.sell(first_day + timedelta(days=days))
			self.night("settling", first_day + timedelta(days=days))
		for number in range(rounds):
			day = first_day + timedelta(days=SETTLING[-1] + 1 + number)
			self.timed("bare GROUP BY", peers.bare_totals)
			self.sell(day)
			self.night("later night", day)
			self.timed("Inactive Customers", lambda day=day: peers.inactive_customers(day))
		return self.results

	def timed(self, name: str, task):
		"""Ask a peer, on the indexes that ERPNext has without the app."""
		from keep_customers.worth.ledger import INDEX

		self.db.sql_ddl(f"alter table `tabSales Invoice` alter index `{INDEX}` ignored")
		start, used = time.perf_counter(), processor()
		task()
		result = {"seconds": time.perf_counter() - start, "processor": processor() - used}
		self.results.setdefault(name, []).append(result)
		print(f"{name}: {result}", file=sys.stderr, flush=True)
		self.db.sql_ddl(f"alter table `tabSales Invoice` alter index `{INDEX}` not ignored")

	def night(self, name: str, day: date) -> None:
		options = self.options
		command = [sys.executable, str(HERE), "--site", options.site, "--sites-path", os.getcwd()]
		done = subprocess.run(
			[*command, "--one-night", str(day)], check=True, stdout=subprocess.PIPE, text=True
		)
		result = json.loads(done.stdout.splitlines()[-1])
		self.results.setdefault(name, []).append(result)
		print(f"{name} {day}: {result}", file=sys.stderr, flush=True)

	def forget(self) -> None:
		"""As if no night had ever been."""
		from keep_customers.worth import stored

		stored.forget()
		for doctype in ("Customer Value", "Customer Item Group", "Tier Change", "Care Run", "Forecast Check"):
			self.db.sql_ddl(f"truncate `tab{doctype}`")
		self.db.sql(
			"update `tabCustomer` set keep_tier = null, keep_status = null, keep_next_purchase = null"
		)
		self.db.sql("update `tabTier Policy` set last_review = null")
		self.db.commit()

	def sell(self, day: date) -> None:
		"""One new invoice for each of 1 % of the customers."""
		count = int(self.options.customers * SHARE_CHANGED)
		nothing = np.zeros(count, np.int64)
		self.data.add(
			self.data.Invoices(
				np.sort(self.random.choice(self.options.customers, count, replace=False)),
				nothing + day.toordinal(),
				np.round(self.random.lognormal(np.log(300), 0.9, count), 2),
				nothing,
				nothing,
			),
			*self.books,
		)


def report(results: dict[str, list], options) -> int:
	"""Ratios are taken within each round, where the machine was in one mood, and the median of them counts."""
	rounds, broken = options.rounds, []
	by = (
		"seconds"
		if any(np.isnan(row["processor"]) for rows in results.values() for row in rows)
		else "processor"
	)

	def ratio(name: str, other: str, last: bool = False, by: str = by) -> float:
		others = results[other][-rounds:] if last else results[other][:rounds]
		pairs = zip(results[name], others, strict=True)
		return statistics.median(one[by] / two[by] for one, two in pairs)

	print(f"\nwaiting for a processor: {os.getloadavg()[0]:.1f}")
	print(
		f"{f'medians of {rounds}':<24}{'clock':>9}{'x bare':>8}{'processor':>11}{'x bare':>8}{'MB':>6}{'rows written':>14}"
	)
	for name in ("bare GROUP BY", "first night", "later night", "Inactive Customers"):
		rows, last = results[name], name != "first night"
		times = {
			kind: 1 if name == "bare GROUP BY" else ratio(name, "bare GROUP BY", last, kind)
			for kind in ("seconds", "processor")
		}
		memory = max(r.get("megabytes", 0) for r in rows)
		written = statistics.median(r["written"] for r in rows) if "written" in rows[0] else None
		clock, used = (statistics.median(r[kind] for r in rows) for kind in times)
		print(
			f"{name:<24}{clock:>9.2f}{times['seconds']:>8.2f}{used:>11.2f}{times['processor']:>8.2f}"
			f"{f'{memory:.0f}' if memory else '':>6}{'' if written is None else f'{written:,.0f}':>14}"
		)
		if times[by] > MOST.get(name, float("inf")):
			broken.append(f"{name}: {times[by]:.2f} times the bare GROUP BY, at most {MOST[name]}")
		if memory > MOST_MEMORY.get(name, float("inf")):
			broken.append(f"{name}: {memory:.0f} MB, at most {MOST_MEMORY[name]}")
	faster = ratio("Inactive Customers", "later night")
	clock = ratio("Inactive Customers", "later night", by="seconds")
	print(
		f"\nA later night is {faster:.1f} times faster than Inactive Customers, by the clock {clock:.1f} (aim {AIM_FASTER})."
	)
	if faster < LEAST_FASTER:
		broken.append(f"only {faster:.1f} times faster than Inactive Customers, at least {LEAST_FASTER}")
	if any(r["customers"] != options.customers for r in results["first night"]):
		broken.append("not every customer was ranked")
	for name in ("first night", "later night"):
		stages = [r["stages"] for r in results[name]]
		parts = ", ".join(f"{s} {statistics.median(x[s] for x in stages):.2f}" for s in stages[0])
		imports = statistics.median(r["import"] for r in results[name])
		print(f"{name}: {parts}; not counted: importing the app {imports:.2f}")
	for line in broken:
		print(f"BROKEN: {line}")
	return 1 if broken else 0


if __name__ == "__main__":
	sys.exit(main())
