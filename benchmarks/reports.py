"""What each report costs: against a bare query for the same figures, and against its own queries alone. Reads only; any
site with customers will do.

	python benchmarks/reports.py --site SITE --sites-path PATH [--rounds 5 --user rep@example.com --day 2026-01-10 --only losses,orders_compared]

A report may take a few times what a bare query takes (`bare.py`; those of other reports have none there), or what its own queries
take, and no second query for each customer: it is run, its queries are noted and asked again as they were, and the bare one is
asked, in turn; the median of the rounds' ratios counts, as the machine's speed drifts. Where MariaDB counts them (userstat, and
the site's user may see it: grant process), the processor's seconds of both, Python's and the database's, are set beside each
other: on a busy machine they say more than the clock. Ends with 1 if one takes more than MOST times as long as its bare query
(its own queries where there is none), or longer than LONGEST, after which Frappe 15 makes a report a prepared one, for good.
"""

import argparse
import importlib
import os
import statistics
import sys
import time
from datetime import date

from bare import BARE, values

MOST, LONGEST = 3.0, 15.0
# A report that is over in an eye's blink may be slower than its queries.
BLINK = 0.3
REPORTS = {
	"customers_at_risk": ({}, {"done": "Nothing Yet"}),
	"expected_purchases": ({},),
	"tier_moves": ({"from_date": "2000-01-01"}, {"from_date": "2000-01-01", "show": "Customers", "direction": "First"}),
	"care_by_rep": ({"from_date": "2000-01-01"}, {"from_date": "2000-01-01", "show": "Caring"}),
	"referrals": ({"from_date": "2000-01-01"}, {"from_date": "2000-01-01", "show": "One by One"}),
	"follow_ups_held_back": ({}, {"group_by": "Rep"}, {"group_by": "Customer"}),
	"tier_overview": ({}, {"show": "Customers"}, {"show": "Customers", "rows": "10000"}),
	"slipping_away": ({}, {"group_by": "Customer"}),
	"forecast_preview": ({}, {"only_moves": 1}),
	"customer_cost_and_value": ({}, {"show": "tiers"}, {"show": "costs"}, {"without_costs": 1}),
	"prices_and_competitors": ({}, {"group_by": "Customer"}, {"group_by": "Remarks"}),
	"complaint_analysis": ({},),
	"complaint_times": ({},),
	"categories_without_answer": ({},),
	"contacts_to_confirm": ({},),
	"event_results": ({},),
	"ratings_of_people": ({},),
}  # fmt: skip


def main() -> int:
	parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
	parser.add_argument("--site", required=True)
	parser.add_argument("--sites-path", default=".")
	parser.add_argument("--rounds", type=int, default=5)
	parser.add_argument("--user", default="Administrator")
	parser.add_argument("--day", type=date.fromisoformat, help="what is today for the expected purchases")
	parser.add_argument("--only", help="some of the reports, by their folders' names")
	options = parser.parse_args()
	os.chdir(options.sites_path)

	import frappe

	frappe.init(options.site, sites_path=".")
	frappe.connect()
	frappe.set_user(options.user)
	print(f"{'':64}{'clock':>8}{'processor':>10}   against bare   against own queries; queries, rows")
	asked = {name: [(filters, None) for filters in choices] for name, choices in REPORTS.items()} | BARE
	bad = False
	for name in options.only.split(",") if options.only else asked:
		report = importlib.import_module(f"keep_customers.keep_customers.report.{name}.{name}")
		for filters, statements in asked[name]:
			if name == "expected_purchases" and options.day:
				filters = {"from_date": str(options.day)}
			bad |= measured(report.execute, f"{name} {filters or ''}", filters, statements, options.rounds)
	print(f"waiting for a processor: {os.getloadavg()[0]:.1f}")
	frappe.destroy()
	return int(bad)


def measured(execute, title: str, filters: dict, statements, rounds: int) -> bool:
	"""Prints the medians; whether one breaks its bounds.

	:param statements: the bare query; None for a report that has none
	"""
	import frappe

	own: list[tuple] = []
	of_the_host = frappe.local.db.sql
	frappe.local.db.sql = lambda *args, **kwargs: own.append(args[:2]) or of_the_host(*args, **kwargs)
	rows = execute(dict(filters))[1]
	frappe.local.db.sql = of_the_host
	with_values = [(one, values(frappe.utils.getdate())) for one in statements or ()]
	runs = {
		"report": lambda: execute(dict(filters)),
		"own": lambda: ask(own),
		"bare": lambda: ask(with_values),
	}
	if not statements:
		runs.pop("bare")
	clock, used = ({name: [] for name in runs} for _both in range(2))
	for _round in range(rounds):
		for name, run in runs.items():
			start, before = time.perf_counter(), processor()
			run()
			clock[name].append(time.perf_counter() - start)
			used[name].append(processor() - before)
	known = database_counts()
	counted = used if known else clock
	report = statistics.median(clock["report"])
	ratio = {
		name: statistics.median(
			a / max(b, 0.001) for a, b in zip(counted["report"], counted[name], strict=True)
		)
		for name in runs
	}
	too_slow = ratio.get("bare", ratio["own"]) > MOST and report > BLINK
	bad = (statistics.median(counted["report"]) > LONGEST) or too_slow

	def against(name: str) -> str:
		return f"{statistics.median(counted[name]):7.2f}s{ratio[name]:7.2f}" if name in runs else f"{'':15}"

	print(
		f"{title:64.64}{report:7.2f}s{statistics.median(used['report']):9.2f}s{against('bare')}{against('own')}"
		f"   {len(own)}, {len(rows)}" + "  TOO SLOW" * bad,
		flush=True,
	)
	return bad


def ask(queries) -> None:
	import frappe

	for query in queries:
		frappe.db.sql(*query)


def processor() -> float:
	"""Seconds of it that this process and its user's queries have taken so far."""
	return time.process_time() + float(database_counts() or 0)


def database_counts():
	"""The database's part; None where it counts none or does not tell."""
	import frappe

	if frappe.db.db_type != "mariadb":
		return None
	user = "substring_index(current_user(), '@', 1)"
	asked = f"select sum(cpu_time) from information_schema.user_statistics where user = {user}"
	return frappe.db.sql(asked)[0][0]


if __name__ == "__main__":
	sys.exit(main())
