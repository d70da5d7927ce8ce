"""What each report costs against its own queries alone, asked by a program. Reads only; any site with customers will do.

	python benchmarks/reports.py --site SITE --sites-path PATH [--rounds 5 --user rep@example.com --day 2026-01-10 --only losses,orders_compared]

A report may take a few times what its queries take, and no second query for each customer: it is run, its queries are
noted and asked again as they were, in turn; the median of the rounds' ratios counts, as the machine's speed drifts.
Where MariaDB counts them (userstat, and the site's user may see it: grant process), the processor's seconds of both, Python's
and the database's, are set beside each other as well: on a busy machine they say more. Ends with 1 if one takes more than MOST times as long as its queries, or longer than
LONGEST, after which Frappe 15 makes a report a prepared one, for good.
"""

import argparse
import importlib
import os
import statistics
import sys
import time
from datetime import date

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
	"effect_of_care": ({}, {"outcome": "Complained", "days": "365"}),
	"tier_overview": ({}, {"show": "Customers"}, {"show": "Customers", "rows": "10000"}),
	"slipping_away": ({}, {"group_by": "Customer"}),
	"forecast_preview": ({}, {"only_moves": 1}),
	"customer_cost_and_value": ({}, {"show": "tiers"}, {"show": "costs"}, {"without_costs": 1}),
	"complaint_analysis": ({},),
	"complaint_times": ({},),
	"complaints_over_time": ({}, {"each": "Quarter", "group_by": "item", "from_date": "2018-01-01", "per_purchases": 1}),
	"categories_without_answer": ({},),
	"did_the_measure_help": ({},),
	"losses": ({}, {"group_by": "Rep"}, {"group_by": "Customers"}),
	"what_was_not_useful": ({"from_date": "2000-01-01"},),
	"relationships_at_risk": ({},),
	"contacts_to_confirm": ({},),
	"event_results": ({},),
	"management_letter": ({},),
	"orders_compared": ({},),
	"ratings_of_people": ({},),
	"file_quality": ({}, {"group_by": "Tier"}, {"group_by": "Territory"}, {"group_by": "Customers"}),
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
	print(f"{'':64}{'report':>9}{'queries':>9}{'ratio':>7}{'processor':>11}{'ratio':>7}   queries, rows")
	bad = False
	only = options.only.split(",") if options.only else REPORTS
	for name, choices in ((name, REPORTS[name]) for name in only):
		report = importlib.import_module(f"keep_customers.keep_customers.report.{name}.{name}")
		for filters in choices:
			if name == "expected_purchases" and options.day:
				filters = {"from_date": str(options.day)}
			bad |= measured(report.execute, f"{name} {filters or ''}", filters, options.rounds)
	frappe.destroy()
	return int(bad)


def measured(execute, title: str, filters: dict, rounds: int) -> bool:
	"""Prints the medians; whether one breaks its bounds."""
	import frappe

	asked: list[tuple] = []
	of_the_host = frappe.local.db.sql
	frappe.local.db.sql = lambda *args, **kwargs: asked.append(args[:2]) or of_the_host(*args, **kwargs)
	rows = execute(dict(filters))[1]
	frappe.local.db.sql = of_the_host

	def bare():
		for query in asked:
			of_the_host(*query)

	times = {"report": [], "queries": []}
	used = {"report": [], "queries": []}
	for _round in range(rounds):
		for name, run in (("report", lambda: execute(dict(filters))), ("queries", bare)):
			start, before = time.perf_counter(), processor()
			run()
			times[name].append(time.perf_counter() - start)
			used[name].append(processor() - before)
	report, queries, own = (statistics.median(one) for one in (*times.values(), used["report"]))
	ratio, of_processor = (
		statistics.median(a / max(b, 0.001) for a, b in zip(*both.values(), strict=True))
		for both in (times, used)
	)
	known = database_counts()
	bad = (report > LONGEST and not known) or ((of_processor if known else ratio) > MOST and report > BLINK)
	print(
		f"{title:64.64}{report:8.2f}s{queries:8.2f}s{ratio:7.2f}{own:10.2f}s"
		+ (f"{of_processor:7.2f}" if known else f"{'':7}")
		+ f"   {len(asked)}, {len(rows)}"
		+ "  TOO SLOW" * bad,
		flush=True,
	)
	return bad


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
