"""What planning costs a large company: a later night with all shipped rules on, against one without any. MariaDB only.

	python benchmarks/planning.py --site SITE --sites-path PATH [--customers 100000 --invoices 1000000 --rounds 5]

Fills the site as night.py does (a throwaway one, with allow_tests), and gives every customer a file with two
birthdays. In every round, one after the other: a night without rules, a night with the 20 shipped rules that look
at such data. The seconds of the ToDos are reported on their own, against as many ToDos inserted plainly: they are the
host's document life, and a rep's capacity decides how many there are. Ends with 1 if a bound is broken.
"""

import os
import statistics
import sys
import time
from datetime import timedelta

from night import SETTLING, Measurement, arguments

MOST = 2  # times the night without rules, the ToDos themselves aside
TODOS = 5000


def main():
	options = arguments(__doc__).parse_args()
	os.chdir(options.sites_path)

	import frappe

	frappe.init(options.site, sites_path=".")
	frappe.connect()
	try:
		if frappe.db.db_type != "mariadb":
			raise SystemExit("Only measured on MariaDB.")
		return measure(Measurement(options), options)
	finally:
		frappe.destroy()


def measure(measurement: Measurement, options) -> int:
	import frappe

	day = measurement.data.LAST_DAY
	fill_files()
	settings = frappe.get_doc("Keep Customers Settings")
	settings.update({"rep_capacity": TODOS, "contact_cap": 1, "contact_cap_days": 7})
	settings.save()
	measurement.forget()
	measurement.night("settling", day)
	for days in SETTLING:
		measurement.sell(day + timedelta(days=days))
		measurement.night("settling", day + timedelta(days=days))
	day += timedelta(days=SETTLING[-1])
	for _round in range(options.rounds):
		for name, on in (("without rules", False), ("with rules", True)):
			day += timedelta(days=1)
			while day.weekday() > 4:  # on other days nobody is asked for anything
				day += timedelta(days=1)
			switch(on, day)
			measurement.sell(day)
			measurement.night(name, day)
			if on:
				plain = plain_todos(TODOS)
				measurement.results.setdefault("plain ToDos", []).append({"seconds": plain})
	return report(measurement.results, options)


def fill_files() -> None:
	"""Every customer has a file with two people: one birthday of each calendar."""
	import frappe

	frappe.db.sql_ddl("truncate `tabCustomer File`")
	frappe.db.sql_ddl("truncate `tabCustomer File Person`")
	frappe.db.sql_ddl("truncate `tabFollow Up`")
	frappe.db.sql("delete from `tabToDo`")
	frappe.db.sql(
		"insert into `tabCustomer File` (name, creation, modified, owner, modified_by, customer, dedicated_rep)"
		" select name, now(), now(), 'Administrator', 'Administrator', name, 'Administrator' from `tabCustomer`"
	)
	for idx, calendar in ((1, "G"), (2, "L")):
		frappe.db.sql(
			"insert into `tabCustomer File Person` (name, creation, modified, owner, modified_by, parent, parenttype,"
			" parentfield, idx, full_name, birthday, calendar, decides, recurs)"
			" select concat(left(md5(name), 9), %(idx)s), now(), now(), 'Administrator', 'Administrator', name,"
			" 'Customer File', 'people', %(idx)s, 'Ada Lovelace', '1970-01-01', %(calendar)s, 1,"
			" concat(%(kind)s, '-', lpad(1 + mod(crc32(name), 12), 2, '0'), '-',"
			" lpad(1 + mod(crc32(reverse(name)), 28), 2, '0')) from `tabCustomer`",
			{"idx": idx, "kind": calendar, "calendar": "Gregorian" if calendar == "G" else "Lunar"},
		)
	frappe.db.commit()


def switch(on: bool, day) -> None:
	"""Switch the shipped rules on as of some days ago, or off; what is waiting stays."""
	import frappe

	values = {"enabled": int(on)}
	if on:
		values["enabled_from"] = day - timedelta(days=10)
	frappe.db.set_value("Care Rule", {"name": ("!=", "")}, values)
	frappe.db.commit()


def plain_todos(count: int) -> float:
	"""Seconds for as many ToDos about customers, inserted one by one as anybody would; taken back."""
	import frappe

	customers = frappe.get_all("Customer", pluck="name", limit=count, order_by="name")
	start = time.perf_counter()
	names = []
	for number, customer in enumerate(customers):
		todo = frappe.get_doc(
			{
				"doctype": "ToDo",
				"allocated_to": "Administrator",
				"reference_type": "Customer",
				"reference_name": customer,
				"description": f"<p>Call {customer}</p>",
			}
		)
		names.append(todo.insert(ignore_permissions=True).name)
		if number % 20 == 0:
			frappe.db.commit()
	seconds = time.perf_counter() - start
	frappe.db.delete("ToDo", {"name": ("in", names)})
	frappe.db.commit()
	return seconds


def report(results: dict[str, list], options) -> int:
	def parts(row):
		todos = row["stages"].get("ToDos", 0.0)
		return row["seconds"] - todos, todos

	with_rules = [parts(row) for row in results["with rules"]]
	without = [parts(row)[0] for row in results["without rules"]]
	ratio = statistics.median(one / other for (one, _t), other in zip(with_rules, without, strict=True))
	created = [row["assigned"] for row in results["with rules"]]
	memory = max(row["megabytes"] for row in results["with rules"])
	each = [
		1000 * todos / max(count, 1) for (_seconds, todos), count in zip(with_rules, created, strict=True)
	]
	plain = [1000 * row["seconds"] / TODOS for row in results["plain ToDos"]]
	print(f"\nmedians of {options.rounds}")
	print(f"night without rules        {statistics.median(without):8.2f} s")
	print(f"night with rules, no ToDos {statistics.median(s for s, _t in with_rules):8.2f} s = {ratio:.2f} x")
	print(f"ToDos created              {statistics.median(created):8,.0f}")
	print(
		f"one care ToDo              {statistics.median(each):8.1f} ms; one plain ToDo {statistics.median(plain):.1f} ms"
	)
	print(f"peak memory                {memory:8.0f} MB")
	stages = [row["stages"] for row in results["with rules"]]
	print(", ".join(f"{s} {statistics.median(x.get(s, 0) for x in stages):.2f}" for s in stages[0]))
	if ratio > MOST:
		print(f"BROKEN: planning makes a night {ratio:.2f} times as long, at most {MOST}")
		return 1
	return 0


if __name__ == "__main__":
	sys.exit(main())
