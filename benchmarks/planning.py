"""What planning costs a large company: a later night with all shipped rules on, against one without any. MariaDB only.

	python benchmarks/planning.py --site SITE --sites-path PATH [--customers 100000 --invoices 1000000 --rounds 5]

Fills the site as night.py does (a throwaway one, with allow_tests), gives every customer a file with two birthdays,
and lets some nights pass with the shipped rules on, of which 20 look at such data. In every round, one after
the other: a night without rules, and a night with them; between the nights the reps do what waits. At last some nights
in which they do not, and one in which they have room for 5,000 contacts. The seconds of the ToDos are reported on their own, against ToDos inserted plainly: they are
the host's document life, and a rep's capacity decides how many there are. Ends with 1 if a bound is broken.
"""

import statistics
import sys
import time
from datetime import timedelta

from night import SETTLING, Measurement, arguments, on_site

MOST = 1.5  # times the night without rules, the ToDos themselves aside
TODOS = 5000
PLAIN = 1000
FEW = 200  # contacts a day, in the other nights
WARMING_UP = 3  # nights


def main():
	options = arguments(__doc__).parse_args()
	with on_site(options):
		return measure(Measurement(options), options)


def measure(measurement: Measurement, options) -> int:
	import frappe

	day = measurement.data.LAST_DAY
	frappe.db.set_value("Care Rule", {"name": ("!=", "")}, "enabled", 0)
	fill_files()
	measurement.forget()
	measurement.night("settling", day)
	for days in SETTLING:
		measurement.sell(day + timedelta(days=days))
		measurement.night("settling", day + timedelta(days=days))
	day += timedelta(days=SETTLING[-1])
	allow(FEW)
	frappe.db.set_value("Care Rule", {"name": ("!=", "")}, "enabled_from", day)

	def night(name: str, rules: bool) -> None:
		nonlocal day
		day = working_day_after(day)
		frappe.db.set_value("Care Rule", {"name": ("!=", "")}, "enabled", int(rules))
		measurement.sell(day)
		measurement.night(name, day)
		if name != "falling behind":
			keep_up(day)

	for _night in range(WARMING_UP):
		night("warming up", rules=True)
	for _round in range(options.rounds):
		night("without rules", rules=False)
		night("with rules", rules=True)
	for _night in range(WARMING_UP):
		night("falling behind", rules=True)
	allow(TODOS)
	night("many ToDos", rules=True)
	seconds = plain_todos(PLAIN)
	return report(measurement.results, 1000 * seconds / PLAIN, options)


def working_day_after(day):
	"""On other days nobody is asked for anything."""
	day += timedelta(days=1)
	while day.weekday() > 4:
		day += timedelta(days=1)
	return day


def allow(capacity: int) -> None:
	"""How many contacts a rep, here one for all, is asked for in a day."""
	import frappe

	settings = frappe.get_doc("Keep Customers Settings")
	settings.update({"rep_capacity": capacity, "contact_cap": 1, "contact_cap_days": 7})
	settings.save()
	frappe.db.commit()


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
			" select concat(left(md5(name), 20), %(idx)s), now(), now(), 'Administrator', 'Administrator', name,"
			" 'Customer File', 'people', %(idx)s, 'Ada Lovelace', '1970-01-01', %(calendar)s, 1,"
			" concat(%(kind)s, '-', lpad(1 + mod(crc32(name), 12), 2, '0'), '-',"
			" lpad(1 + mod(crc32(reverse(name)), 28), 2, '0')) from `tabCustomer`",
			{"idx": idx, "kind": calendar, "calendar": "Gregorian" if calendar == "G" else "Lunar"},
		)
	frappe.db.commit()


def keep_up(day) -> None:
	"""What waits is done by the next night, as by reps who have room for what becomes due in a day."""
	import frappe

	frappe.db.sql(
		"update `tabFollow Up` set status = 'Done', assigned_on = %(day)s, done_on = %(day)s"
		" where status in ('Planned', 'Assigned', 'Late')",
		{"day": day},
	)
	frappe.db.sql("update `tabToDo` set status = 'Closed' where status = 'Open'")
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


def report(results: dict[str, list], plain: float, options) -> int:
	def planning(row):
		return row["seconds"] - row["stages"].get("ToDos", 0.0)

	ratio = statistics.median(
		planning(one) / planning(other)
		for one, other in zip(results["with rules"], results["without rules"], strict=True)
	)
	without = statistics.median(map(planning, results["without rules"]))
	with_rules = statistics.median(map(planning, results["with rules"]))
	[many] = results["many ToDos"]
	each = 1000 * many["stages"]["ToDos"] / max(many["assigned"], 1)
	print(f"\nmedians of {options.rounds}")
	print(f"night without rules         {without:8.2f} s")
	print(f"night with rules, no ToDos  {with_rules:8.2f} s = {ratio:.2f} x")
	print(
		f"with {many['assigned']:,} ToDos, without them {planning(many):.2f} s = {planning(many) / without:.2f} x"
	)
	print(f"one care ToDo               {each:8.1f} ms; one plain ToDo {plain:.1f} ms")
	print(f"peak memory                 {many['megabytes']:8.0f} MB")
	stages = [row["stages"] for row in results["with rules"]]
	print(", ".join(f"{s} {statistics.median(x.get(s, 0) for x in stages):.2f}" for s in stages[0]))
	if ratio > MOST:
		print(f"BROKEN: planning makes a night {ratio:.2f} times as long, at most {MOST}")
		return 1
	return 0


if __name__ == "__main__":
	sys.exit(main())
