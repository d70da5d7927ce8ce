"""The retention reports on a large company against plain queries for the same figures. MariaDB only.

	python benchmarks/retention.py --site SITE --sites-path PATH [--customers 100000 --invoices 1000000 --rounds 3 --keep-data]

Fills the site (a throwaway one, with allow_tests) as night.py does, and lets one night rank everybody. In every round each
report is run as a manager opens it, and beside it a bare query that groups the same invoices: no corrections, no opening
entries, no names, no groups, no permissions, only fetched; once on the indexes that ERPNext has without the app, as in
night.py, and once on the app's own, which the report reads. Ends with 1 if a report takes more than MOST times the bare query
on ERPNext's indexes. Who stops it by force finds the app's index ignored: alter index … not ignored.
"""

import importlib
import os
import statistics
import sys
import time
from datetime import date
from pathlib import Path

HERE = Path(__file__).resolve()
sys.path[:0] = [str(HERE.parents[1]), str(HERE.parent)]

from night import arguments, on_site, peak_memory  # noqa: E402

MOST = 3.0
SINCE, MIDDLE, UNTIL = date(2023, 12, 1), date(2024, 12, 1), date(2025, 11, 30)
DAYS = {"from_date": str(MIDDLE), "to_date": str(UNTIL)}
COHORTS = """select customer, year(posting_date), quarter(posting_date), sum(base_net_total), count(*)
	from `tabSales Invoice` where docstatus = 1 and company = %(company)s
	group by customer, year(posting_date), quarter(posting_date)"""
BRIDGE = """select customer, min(posting_date),
	sum(case when posting_date between %(since)s and %(middle)s then base_net_total else 0 end),
	sum(case when posting_date > %(middle)s and posting_date <= %(until)s then base_net_total else 0 end)
	from `tabSales Invoice` where docstatus = 1 and company = %(company)s group by customer"""
AHEAD = """select v.name, v.tier, v.potential_value, v.value_at_risk, i.* from `tabCustomer Value` v join (
	select customer, min(posting_date),
	sum(case when posting_date > %(today)s - interval 3 month then base_net_total else 0 end),
	sum(case when posting_date between %(today)s - interval 6 month and %(today)s - interval 3 month then base_net_total else 0 end),
	sum(case when posting_date between %(today)s - interval 9 month and %(today)s - interval 6 month then base_net_total else 0 end),
	sum(case when posting_date between %(today)s - interval 12 month and %(today)s - interval 9 month then base_net_total else 0 end)
	from `tabSales Invoice` where docstatus = 1 and company = %(company)s group by customer) i on i.customer = v.name"""
ASKED = (
	("retention_cohorts", {}, COHORTS),
	("retention_cohorts", {"measure": "Revenue", "quarters": "20"}, COHORTS),
	("retention_cohorts", {"cohort": "All", "after": "1", "who": "Did Not Buy"}, COHORTS),
	("revenue_bridge", DAYS, BRIDGE),
	("revenue_bridge", {**DAYS, "group_by": "Tier"}, BRIDGE),
	("revenue_bridge", {**DAYS, "group_by": "Rep"}, BRIDGE),
	("revenue_bridge", {**DAYS, "about": "Lost"}, BRIDGE),
	("next_four_quarters", {}, AHEAD),
	("next_four_quarters", {"group_by": "Tier"}, AHEAD),
)  # fmt: skip


def main() -> int:
	options = arguments(__doc__).parse_args()
	with on_site(options):
		import data
		import frappe

		from keep_customers.jobs import nightly

		company = frappe.get_all("Tier Policy", {"enabled": 1}, pluck="company")[0]
		company = company or frappe.get_all("Company", pluck="name")[0]
		if not options.keep_data:
			currency = frappe.db.get_value("Company", company, "default_currency")
			data.load(
				options.customers,
				data.simulate(options.customers, options.invoices, options.seed),
				company,
				currency,
			)
			frappe.db.set_value("Care Rule", {"enabled": 1}, "enabled", 0)
			frappe.db.commit()
			nightly.run(as_of=str(data.LAST_DAY))
		print(
			f"{frappe.db.count('Customer'):,} customers, {frappe.db.count('Sales Invoice'):,} invoices,"
			f" {frappe.db.count('Customer Value'):,} values; waiting for a processor: {os.getloadavg()[0]:.1f}"
		)
		values = {
			"since": SINCE,
			"middle": MIDDLE,
			"until": UNTIL,
			"today": data.LAST_DAY,
			"company": company,
		}
		return measured(options.rounds, values, data.LAST_DAY)


def measured(rounds: int, values: dict, today: date) -> int:
	"""Prints a table; 1 if a bound is broken."""
	print(f"{'':74}{'report':>9}{'bare':>9}{'ratio':>7}{'our index':>10}{'ratio':>7}")
	bad = False
	for name, filters, query in ASKED:
		module = importlib.import_module(f"keep_customers.keep_customers.report.{name}.{name}")
		getdate = module.getdate
		module.getdate = lambda *day, known=getdate: known(*day) if day else today
		times: dict[str, list] = {"report": [], "bare": [], "theirs": []}
		for _round in range(rounds):
			times["report"].append(
				seconds(lambda module=module, filters=filters: module.execute(dict(filters)))
			)
			times["bare"].append(seconds(lambda query=query: bare(query, values)))
			times["theirs"].append(with_theirs(lambda query=query: bare(query, values)))
		module.getdate = getdate
		report, own, theirs = (statistics.median(times[kind]) for kind in ("report", "bare", "theirs"))
		on_theirs, on_own = (
			statistics.median(a / b for a, b in zip(times["report"], times[kind], strict=True))
			for kind in ("theirs", "bare")
		)
		bad |= on_theirs > MOST
		print(
			f"{name + ' ' + str(filters or ''):74.74}{report:8.2f}s{theirs:8.2f}s{on_theirs:7.2f}{own:9.2f}s{on_own:7.2f}"
			+ "  TOO SLOW" * (on_theirs > MOST),
			flush=True,
		)
	print(f"peak memory {peak_memory():.0f} MB; waiting for a processor: {os.getloadavg()[0]:.1f}")
	return int(bad)


def seconds(task) -> float:
	start = time.perf_counter()
	task()
	return time.perf_counter() - start


def bare(query: str, values: dict) -> None:
	import frappe

	frappe.db.sql(query, values)


def with_theirs(task) -> float:
	"""Its seconds on the indexes that ERPNext has without the app."""
	import frappe

	from keep_customers.worth.ledger import INDEX

	frappe.db.sql_ddl(f"alter table `tabSales Invoice` alter index `{INDEX}` ignored")
	try:
		return seconds(task)
	finally:
		frappe.db.sql_ddl(f"alter table `tabSales Invoice` alter index `{INDEX}` not ignored")


if __name__ == "__main__":
	sys.exit(main())
