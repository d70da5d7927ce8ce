"""What My Day costs a rep with many open ToDos, against the plain ToDo list. Any throwaway site with allow_tests.

	python benchmarks/my_day.py --site SITE --sites-path PATH [--customers 100000 --todos 200 --rounds 20]

Fills the site with customers, each with a file, two birthdays and one of fifty reps, with what is held back for every tenth and
a ToDo that is done for every second. Gives a rep so many care ToDos, due today, each about a customer
of its own, and asks in turn, as that rep: the host's list as Desk asks for it (its rows and their number), the contacts of My
Day, and what is beside them. Before that with a hundredth of the ToDos, for the number of queries. With ``--url`` the same in a browser: from the click to the first row or the first contact in sight, Desk being
open; `python -m playwright` must be there. Everything made is taken back. Ends with 1 if a bound is broken.
"""

import argparse
import json
import os
import statistics
import sys
import time

MOST = 1.5  # times the plain list
REP, PASSWORD = "my-day@keep-test.example", "my-day-Passw0rd-15"
PREFIX = "My Day Benchmark"
TABLES = ("ToDo", "Follow Up", "Customer File Person", "Customer File", "Customer")
LIST = {
	"doctype": "ToDo",
	"fields": json.dumps(
		[f"`tabToDo`.`{field}`" for field in (
			"name", "owner", "creation", "modified", "modified_by", "_user_tags", "_comments", "_assign", "_liked_by", "docstatus",
			"idx", "status", "priority", "date", "description", "allocated_to", "reference_type", "reference_name",
		)]
	),
	"order_by": "`tabToDo`.modified desc",
	"start": 0,
	"page_length": 20,
	"view": "List",
}  # fmt: skip


def main() -> int:
	parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
	parser.add_argument("--site", required=True)
	parser.add_argument("--sites-path", default=".")
	parser.add_argument("--customers", type=int, default=100_000)
	parser.add_argument("--todos", type=int, default=200)
	parser.add_argument("--rounds", type=int, default=20)
	parser.add_argument("--url", help="where the site is served with Desk's assets")
	options = parser.parse_args()
	os.chdir(options.sites_path)

	import frappe

	frappe.init(options.site, sites_path=".")
	frappe.connect()
	if not frappe.conf.allow_tests:
		raise SystemExit("Only on a throwaway site.")
	try:
		make_rep()
		fill_company(options.customers)
		few = measured(options.todos // 100, 1)["queries"]
		found = measured(options.todos, options.rounds)
		bad = report(options, few, found)
		if options.url:
			bad |= report_browser(in_browser(options))
		return int(bad)
	finally:
		frappe.set_user("Administrator")
		take_back()
		frappe.destroy()


def make_rep() -> None:
	import frappe

	take_back()
	user = frappe.get_doc(
		{"doctype": "User", "email": REP, "first_name": "Rep", "send_welcome_email": 0, "new_password": PASSWORD}
	).insert(ignore_permissions=True)  # fmt: skip
	user.add_roles("Sales User")


def measured(todos: int, rounds: int) -> dict:
	"""Milliseconds of each round, and the number of My Day's queries."""
	import frappe
	from frappe.desk import reportview

	from keep_customers.care import my_day

	fill(todos)
	frappe.set_user(REP)

	def plain():
		frappe.local.form_dict = frappe._dict(LIST)
		rows = reportview.get()
		frappe.local.form_dict = frappe._dict(LIST, distinct="false", limit=1001)
		reportview.get_count()
		return rows

	def mine():
		found = my_day.today()
		assert len(found["contacts"]) == todos, len(found["contacts"])
		return found

	asks = {"list": plain, "my day": mine, "beside": my_day.beside}
	times: dict[str, list[float]] = {name: [] for name in asks}
	for turn in range(rounds + 2):  # the first two warm up
		for name, ask in asks.items():
			start = time.perf_counter()
			frappe.as_json(ask())
			if turn > 1:
				times[name].append(1000 * (time.perf_counter() - start))
	asked = []
	of_the_host = frappe.local.db.sql
	frappe.local.db.sql = lambda *args, **kwargs: asked.append(args) or of_the_host(*args, **kwargs)
	mine()
	first = len(asked)
	my_day.beside()
	frappe.local.db.sql = of_the_host
	frappe.set_user("Administrator")
	return {"times": times, "queries": (first, len(asked) - first)}


def fill_company(customers: int) -> None:
	import frappe
	from frappe.utils import today

	from keep_customers.erp.tables import insert, standard_columns

	standard = standard_columns()
	name = f"{PREFIX} Other {{:06}}".format
	rep = [REP, *(f"rep-{number}@keep-test.example" for number in range(49))]

	def rows(doctype, fields, numbers, make):
		insert(doctype, [*fields, *standard], [[*make(n), *standard.values()] for n in numbers])
		frappe.db.commit()

	everybody = range(customers)
	rows("Customer", ["name", "customer_name"], everybody, lambda n: [name(n)] * 2)
	rows(
		"Customer File",
		["name", "customer", "dedicated_rep"],
		everybody,
		lambda n: [name(n), name(n), rep[n % 50]],
	)
	for part in (1, 2):
		rows(
			"Customer File Person",
			["name", "parent", "parenttype", "parentfield", "full_name", "recurs"],
			everybody,
			lambda n, part=part: [
				f"{name(n)} {part}", name(n), "Customer File", "people", "Somebody", f"G-{1 + n % 12:02}-{1 + (n * part) % 28:02}",
			],
		)  # fmt: skip
	rows(
		"Follow Up",
		[
			"name",
			"customer",
			"customer_name",
			"occurrence",
			"status",
			"hold_reason",
			"reason",
			"channel",
			"planned_on",
			"due_date",
		],
		range(0, customers, 10),
		lambda n: [
			name(n),
			name(n),
			name(n),
			str(n),
			"Planned",
			"Rep's capacity",
			"Silent for 12 weeks.",
			"Phone",
			today(),
			today(),
		],
	)
	rows(
		"ToDo",
		["name", "status", "date", "description", "allocated_to", "reference_type", "reference_name"],
		range(0, customers, 2),
		lambda n: [name(n), "Closed", today(), "Call", rep[n // 2 % 50], "Customer", name(n)],
	)
	for doctype in TABLES:
		frappe.db.sql(f"analyze table `tab{doctype}`")
	frappe.db.commit()


def fill(todos: int) -> None:
	import frappe
	from frappe.utils import today

	from keep_customers.erp.tables import insert, standard_columns

	standard = standard_columns()

	def rows(doctype, fields, make):
		values = [make(number) for number in range(todos)]
		frappe.db.delete(doctype, {"name": ("like", f"{PREFIX} 0%")})
		insert(doctype, [*fields, *standard], [[*row, *standard.values()] for row in values])

	name = "{} {:05}".format
	rows("Customer", ["name", "customer_name"], lambda n: [name(PREFIX, n)] * 2)
	rows(
		"Follow Up",
		["name", "customer", "customer_name", "occurrence", "status", "reason", "channel", "due_date", "assigned_to", "todo"],
		lambda n: [
			name(PREFIX, n), name(PREFIX, n), name(PREFIX, n), str(n), "Assigned", "Silent for 12 weeks, usually 5.", "Phone",
			today(), REP, name(PREFIX, n),
		],
	)  # fmt: skip
	rows(
		"ToDo",
		[
			"name", "status", "priority", "date", "description", "allocated_to", "reference_type", "reference_name", "keep_follow_up",
			"keep_why", "keep_turn",
		],
		lambda n: [
			name(PREFIX, n), "Open", "Medium", today(), "<p><b>Call</b>: silent for 12 weeks</p>", REP, "Customer",
			name(PREFIX, n), name(PREFIX, n), "silent for 12 weeks", n,
		],
	)  # fmt: skip
	frappe.db.commit()


def take_back() -> None:
	import frappe

	for doctype in TABLES:
		frappe.db.delete(doctype, {"name": ("like", f"{PREFIX}%")})
	if frappe.db.exists("User", REP):
		frappe.delete_doc("User", REP, force=True, ignore_permissions=True)
	frappe.db.commit()


def report(options, few: tuple, found: dict) -> bool:
	plain, mine, beside = (statistics.median(times) for times in found["times"].values())
	ratios = [b / a for a, b in zip(found["times"]["list"], found["times"]["my day"], strict=True)]
	ratio = statistics.median(ratios)
	print(
		f"On the server, {options.customers:,} customers, {options.todos} open ToDos, medians of {options.rounds} rounds:"
	)
	print(f"  the plain list (20 rows and their number)  {plain:7.1f} ms")
	print(f"  all contacts of My Day                     {mine:7.1f} ms   {ratio:.2f} x")
	print(f"  what is beside them, asked afterwards      {beside:7.1f} ms")
	print(
		f"  queries of both: {few} with {options.todos // 100} ToDos, {found['queries']} with {options.todos}"
	)
	if found["queries"] != few:
		print("The number of queries grows with the ToDos.")
	return found["queries"] != few


def in_browser(options) -> dict[str, list[float]]:
	"""Milliseconds from the change of the route to the first content, Desk being open; the two in turn."""
	from playwright.sync_api import sync_playwright

	ways = {
		"list": (["List", "ToDo", "List"], ".list-row-container .list-subject"),
		"my day": (["my-day"], ".kd-card h2"),
	}
	times: dict[str, list[float]] = {name: [] for name in ways}
	with sync_playwright() as playwright:
		program = os.environ.get("KEEP_TEST_BROWSER", "/usr/bin/chromium")
		browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
		for turn in range(options.rounds // 4 + 1):
			for name, (route, content) in ways.items():
				context = browser.new_context(viewport={"width": 390, "height": 844})
				page = context.new_page()
				context.request.post(f"{options.url}/api/method/login", form={"usr": REP, "pwd": PASSWORD})
				page.goto(f"{options.url}/app/user-profile")
				page.wait_for_function("() => window.frappe?.get_route && !frappe.request.ajax_count")
				page.wait_for_timeout(1500)
				start = time.perf_counter()
				page.evaluate("route => { frappe.set_route(route) }", route)
				page.locator(content).first.wait_for()
				if turn:  # the first one warms the server up
					times[name].append(1000 * (time.perf_counter() - start))
				context.close()
		browser.close()
	return times


def report_browser(times: dict[str, list[float]]) -> bool:
	plain, mine = (statistics.median(times[name]) for name in ("list", "my day"))
	ratio = statistics.median(b / a for a, b in zip(times["list"], times["my day"], strict=True))
	print(f"In a browser, nothing of either in its memory, medians of {len(times['list'])} rounds:")
	print(f"  first row of the plain list   {plain:7.0f} ms")
	print(f"  first contact of My Day       {mine:7.0f} ms   {ratio:.2f} x (at most {MOST})")
	return ratio > MOST


if __name__ == "__main__":
	sys.exit(main())
