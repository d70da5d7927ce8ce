"""What the clock of complaints costs a large company: one pass of the job over all open cases. MariaDB only.

	python benchmarks/complaints.py --site SITE --sites-path PATH [--customers 100000 --rounds 5 --due 20]

Fills the site (a throwaway one, with allow_tests) with one open case for each customer, of which a few are due at each
round. In every round, one after the other: a bare count of the open cases; the job with nobody
late; the job with some late, whose people are told. Ends with 1 if a bound is broken.
"""

import statistics
import sys
import time
from datetime import timedelta

from night import arguments, on_site

MOST_SECONDS = 5.0  # with nobody late
MOST_QUERIES = 30  # likewise: whatever the number of cases


def main():
	parser = arguments(__doc__)
	parser.add_argument("--due", type=int, default=20, help="cases that become late in each round")
	options = parser.parse_args()
	with on_site(options):
		return measure(options)


def measure(options) -> int:
	import frappe
	from frappe.utils import now_datetime

	from keep_customers.jobs import complaints as jobs

	if not options.keep_data:
		fill(options.customers)
	results: dict[str, list[float]] = {"count": [], "nobody late": [], "some late": []}
	queries = []
	for _round in range(options.rounds):
		quiet(now_datetime() + timedelta(days=1))
		results["count"].append(seconds(count))
		before = len(asked := listen())
		results["nobody late"].append(seconds(jobs.run))
		queries.append(len(asked) - before)
		stop_listening()
		due(options.due)
		results["some late"].append(seconds(jobs.run))
		told = frappe.db.count("Notification Log", {"document_type": "Complaint Case"})
		if told != options.due:
			raise SystemExit(f"{told} were told, not {options.due}.")
	return report(results, queries, options)


def fill(customers: int) -> None:
	"""Open cases, one a customer, each with its tier as the customer has it."""
	import frappe

	if not frappe.conf.allow_tests:
		raise SystemExit("This fills the site with made-up cases: only on a site with allow_tests.")
	tables = ("Customer", "Customer Value", "Complaint Case", "Complaint Step", "Notification Log")
	if frappe.db.sql("select name from `tabCustomer` where name not like 'Bench %%' limit 1"):
		raise SystemExit("This site has customers of its own. Please take an empty one.")
	for doctype in tables:
		frappe.db.sql_ddl(f"truncate `tab{doctype}`")
	frappe.db.sql("delete from `tabToDo`")
	standard = "name, creation, modified, owner, modified_by"
	values = "now(), now(), 'Administrator', 'Administrator'"
	numbers = f"(select concat('Bench ', seq) as name, seq from seq_1_to_{int(customers)}) s"
	frappe.db.sql(
		f"insert into `tabCustomer` ({standard}, customer_name) select s.name, {values}, s.name from {numbers}"
	)
	frappe.db.sql(
		f"insert into `tabCustomer Value` ({standard}, customer, tier)"
		f" select s.name, {values}, s.name, elt(1 + mod(s.seq, 4), 'Platinum', 'Gold', 'Iron', 'Lead') from {numbers}"
	)
	frappe.db.sql(
		f"insert into `tabComplaint Case` ({standard}, customer, customer_name, tier, subject, description, status,"
		" step, severity, channel, responsible, opened_on, answer_due, solve_due, next_alarm)"
		f" select concat('CC-BENCH-', s.seq), {values}, s.name, s.name,"
		" elt(1 + mod(s.seq, 4), 'Platinum', 'Gold', 'Iron', 'Lead'), 'Broken', repeat('It broke at once. ', 20), 'Open',"
		" 'Received', 'Normal', 'Phone', 'Administrator', now(), now() + interval 1 day, now() + interval 2 day,"
		f" now() + interval 1 day from {numbers}"
	)
	frappe.db.commit()
	for doctype in tables:
		frappe.db.sql(f"analyze table `tab{doctype}`")


def quiet(until) -> None:
	"""Nobody is late before then, and nobody has been told."""
	import frappe

	frappe.db.sql(
		"update `tabComplaint Case` set next_alarm = %s, answer_due = %s, answer_escalation = 0",
		(until, until),
	)
	for table in ("Notification Log", "ToDo"):
		frappe.db.sql(f"delete from `tab{table}`")
	frappe.db.commit()


def due(number: int) -> None:
	import frappe

	frappe.db.sql(
		"update `tabComplaint Case` set opened_on = now() - interval 90 minute, next_alarm = now() - interval 1 minute,"
		" answer_due = now() - interval 1 minute order by name limit %s",
		(number,),
	)
	frappe.db.commit()


def count() -> None:
	import frappe

	frappe.db.sql("select count(*) from `tabComplaint Case` where status = 'Open'")


def seconds(what) -> float:
	import frappe

	frappe.db.commit()
	start = time.perf_counter()
	what()
	return time.perf_counter() - start


def listen() -> list[str]:
	"""Every statement from now on."""
	import frappe

	asked: list[str] = []
	db = frappe.local.db

	def sql(query, *args, **kwargs):
		asked.append(str(query))
		return type(db).sql(db, query, *args, **kwargs)

	db.sql = sql
	return asked


def stop_listening() -> None:
	import frappe

	del frappe.local.db.sql


def report(results: dict[str, list[float]], queries: list[int], options) -> int:
	print(f"\nmedians of {options.rounds}, {options.customers:,} open cases")
	bare = statistics.median(results["count"])
	for name, rows in results.items():
		value = statistics.median(rows)
		print(f"{name:<14} {value:8.3f} s = {value / bare:6.1f} x the count")
	print(f"statements with nobody late: {max(queries)}")
	broken = []
	if statistics.median(results["nobody late"]) > MOST_SECONDS:
		broken.append(f"a pass takes more than {MOST_SECONDS} s")
	if max(queries) > MOST_QUERIES:
		broken.append(f"a pass asks more than {MOST_QUERIES} times")
	for what in broken:
		print(f"BROKEN: {what}")
	return int(bool(broken))


if __name__ == "__main__":
	sys.exit(main())
