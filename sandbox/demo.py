"""make demo: real customers in a throwaway site, a month of nights, and what the reps find this morning.

The customers are the CDNOW sample (Fader & Hardie): 2,357 people who bought their first CD online in early 1997
and all their purchases until mid-1998, from PyPI's lifetimes wheel. The dates are shifted so that the last real
purchase was yesterday. Runs inside the sandbox's site.
"""

from datetime import date, timedelta
from importlib.util import find_spec
from pathlib import Path
from time import perf_counter

import frappe
from frappe.utils import fmt_money, getdate

from keep_customers.jobs import nightly

COMPANY = "Demo Company"
REPS = ("Anna", "Ben", "Chen", "Dora", "Emil")
NIGHTS = 30
# The CDs cost little; what is a large purchase here is not what is one in a tool shop.
LARGE = 100
MARK = "keep_customers_demo_day"


def main():
	start = perf_counter()
	frappe.set_user("Administrator")
	frappe.flags.mute_emails = True
	today = getdate()
	if frappe.db.get_default(MARK) != str(today):
		rows = cdnow(today)
		forget_demo()
		reps = add_reps()
		load(rows, reps)
		load_cafes(today, reps)
		print(
			f"Loaded {len({r[0] for r in rows}):,} customers and {len(rows):,} invoices ({perf_counter() - start:.0f} s)."
		)
		a_month_of_nights(today)
		frappe.db.set_default(MARK, str(today))
		frappe.db.commit()
	else:
		night(today)
	pyramid()
	moves(today)
	todo_lists()
	print(f"\nDone in {perf_counter() - start:.0f} seconds. To look around in Desk: make serve")


def cdnow(today: date) -> list[tuple[str, date, float]]:
	"""(customer, day, dollars) of every real purchase, shifted to end yesterday."""
	folder = Path(find_spec("lifetimes").submodule_search_locations[0])
	lines = (folder / "datasets" / "CDNOW_sample.txt").read_text().split("\n")
	parts = [line.split() for line in lines if line.strip()]
	rows = [(f"CDNOW {p[1]}", date(int(p[2][:4]), int(p[2][4:6]), int(p[2][6:])), float(p[4])) for p in parts]
	shift = today - timedelta(days=1) - max(day for _name, day, _amount in rows)
	return [(name, day + shift, amount) for name, day, amount in rows]


def forget_demo():
	for doctype in (
		"Customer Touch", "Follow Up", "Tier Change", "Customer Value", "Customer Item Group", "Forecast Check",
		"Forecast Check Candidate", "Care Run",
	):  # fmt: skip
		frappe.db.delete(doctype)
	for customers in ("CDNOW %", "Demo Café %"):
		frappe.db.delete("ToDo", {"reference_name": ("like", customers)})
		frappe.db.delete("Comment", {"reference_name": ("like", customers)})
		invoices = frappe.get_all("Sales Invoice", {"customer": ("like", customers)}, pluck="name")
		for start in range(0, len(invoices), 1000):
			frappe.db.delete("Sales Invoice Item", {"parent": ("in", invoices[start : start + 1000])})
		frappe.db.delete("Sales Invoice", {"customer": ("like", customers)})
		frappe.db.delete("Customer", {"name": ("like", customers)})
	frappe.db.set_value("Tier Policy", {"enabled": 1}, "last_review", None)
	frappe.db.commit()


def add_reps() -> list[str]:
	emails = []
	for name in REPS:
		email = f"{name.lower()}@demo.example"
		emails.append(email)
		if not frappe.db.exists("User", email):
			user = frappe.get_doc(
				{
					"doctype": "User",
					"email": email,
					"first_name": name,
					"send_welcome_email": 0,
					"roles": [{"role": "Sales User"}],
				}
			)
			user.flags.no_welcome_mail = True
			user.insert()
	return emails


def load(rows: list[tuple[str, date, float]], reps: list[str], series: str = "DEMO-SINV") -> None:
	"""Customers and submitted invoices, as an import would bring them."""
	now = frappe.utils.now()
	standard = {"creation": now, "modified": now, "owner": "Administrator", "modified_by": "Administrator"}
	group = frappe.db.get_value("Customer Group", {"is_group": 0})
	territory = frappe.db.get_value("Territory", {"is_group": 0})
	customers = [
		{
			"name": name,
			"customer_name": name,
			"customer_type": "Individual",
			"customer_group": group,
			"territory": territory,
			"account_manager": reps[number % len(reps)],
			**standard,
		}
		for number, name in enumerate(sorted({row[0] for row in rows}))
	]
	invoices = [
		{
			"name": f"{series} {number:05}",
			"customer": name,
			"customer_name": name,
			"company": COMPANY,
			"posting_date": day,
			"docstatus": 1,
			"is_opening": "No",
			"currency": frappe.db.get_value("Company", COMPANY, "default_currency", cache=True),
			"conversion_rate": 1,
			"net_total": amount,
			"base_net_total": amount,
			"grand_total": amount,
			"base_grand_total": amount,
			"status": "Paid",
			**standard,
			# Submitted on its day, so that the rules see it on that night.
			"modified": f"{day} 12:00:00",
		}
		for number, (name, day, amount) in enumerate(rows, 1)
	]
	for doctype, records in (("Customer", customers), ("Sales Invoice", invoices)):
		fields = list(records[0])
		frappe.db.bulk_insert(doctype, fields, [tuple(record.values()) for record in records], chunk_size=500)
	frappe.db.commit()


# Item group -> every how many days it is bought, for how much, and until how many days ago.
CAFES = {
	"Demo Café Ada": {"Coffee Beans": (21, 320, 60), "Paper Cups": (14, 60, 3), "Syrups": (30, 45, 10)},
	"Demo Café Ben": {"Coffee Beans": (14, 180, 2), "Paper Cups": (28, 90, 85), "Syrups": (35, 70, 20)},
	"Demo Café Cem": {"Coffee Beans": (18, 240, 5), "Paper Cups": (18, 50, 5)},
}


def load_cafes(today: date, reps: list[str]) -> None:
	"""Made-up cafés: of CDs one buys all or nothing, and so nobody could stop buying one thing."""
	root = frappe.db.get_value("Item Group", {"is_group": 1}, order_by="lft asc")
	for group in {group for bought in CAFES.values() for group in bought}:
		if not frappe.db.exists("Item Group", group):
			frappe.get_doc(
				{"doctype": "Item Group", "item_group_name": group, "parent_item_group": root}
			).insert()
		if not frappe.db.exists("Item", f"Demo {group}"):
			frappe.get_doc(
				{
					"doctype": "Item", "item_code": f"Demo {group}", "item_group": group, "stock_uom": "Nos",
					"is_stock_item": 0,
				}
			).insert()  # fmt: skip
	for cafe, bought in CAFES.items():
		days: dict[date, list] = {}
		for group, (every, amount, until) in bought.items():
			for ago in range(until, 400, every):
				days.setdefault(today - timedelta(days=ago), []).append((group, amount))
		load([(cafe, day, sum(amount for _g, amount in lines)) for day, lines in days.items()], reps, cafe)
		for number, lines in enumerate(days.values(), 1):
			for group, amount in lines:
				frappe.get_doc(
					{
						"doctype": "Sales Invoice Item", "parent": f"{cafe} {number:05}", "parenttype": "Sales Invoice",
						"parentfield": "items", "docstatus": 1, "item_code": f"Demo {group}", "item_name": group,
						"item_group": group, "qty": 1, "stock_qty": 1, "amount": amount, "base_net_amount": amount,
					}
				).db_insert()  # fmt: skip
	frappe.db.commit()


def a_month_of_nights(today: date) -> None:
	"""The nights of the last month; each day the reps do most of what the night asked of them."""
	first = today - timedelta(days=NIGHTS)
	for rule in (
		"Call After a Large Purchase", "Keep in Touch With Platinum and Gold", "Ask About What They Buy No More",
	):  # fmt: skip
		doc = frappe.get_doc("Care Rule", rule)
		if doc.trigger == "Purchase Amount":
			doc.min_amount = LARGE
		doc.enabled = 1
		doc.save()
		doc.db_set("enabled_from", first)
	for back in range(NIGHTS, -1, -1):
		day = today - timedelta(days=back)
		night(day)
		if back > 3:  # the last days are still on the reps' lists
			a_day_of_calls(day)
		print(f"\r{day}: {frappe.db.count('Follow Up'):,} follow-ups so far", end="", flush=True)
	print()


def night(day: date) -> None:
	run = nightly.run(day)
	if errors := frappe.get_all("Error Log", {"reference_name": run}, pluck="error"):
		raise SystemExit(f"The night of {day} had errors:\n{errors[0]}")


def a_day_of_calls(day: date) -> None:
	open_todos = frappe.get_all(
		"ToDo",
		filters={"status": "Open", "keep_follow_up": ("is", "set")},
		fields=["name", "reference_name", "allocated_to", "keep_follow_up"],
		order_by="date, name",
	)
	for number, todo in enumerate(open_todos):
		if number % 4 == 3:  # a rep does not get round to everything
			continue
		frappe.get_doc(
			{
				"doctype": "Customer Touch",
				"customer": todo.reference_name,
				"date": f"{day} 10:00:00",
				"rep": todo.allocated_to,
				"channel": "Phone",
				"result": "Reached" if number % 3 else "Not Reached",
				"follow_up": todo.keep_follow_up,
				"todo": todo.name,
			}
		).insert()
		doc = frappe.get_doc("ToDo", todo.name)
		doc.status = "Closed"
		doc.save()
		frappe.db.set_value("Follow Up", todo.keep_follow_up, "done_on", day)
	frappe.db.commit()


def pyramid() -> None:
	rows = frappe.db.sql(
		"""select v.tier, count(*), sum(v.current_value), sum(v.potential_value)
		from `tabCustomer Value` v join `tabCustomer Tier` t on t.name = v.tier group by v.tier, t.`rank` order by t.`rank`"""
	)
	customers, value = sum(row[1] for row in rows), sum(row[2] for row in rows)
	print(f"\nThe tier pyramid: {customers:,} customers, {fmt_money(value)} in twelve months\n")
	print(f"{'Tier':<10}{'Customers':>10}{'Share':>9}{'Of value':>10}{'Potential':>13}")
	for tier, count, amount, potential in rows:
		print(
			f"{tier:<10}{count:>10,}{count / customers:>9.1%}{amount / value:>10.1%}{fmt_money(potential):>13}"
		)


def moves(today: date) -> None:
	rows = frappe.db.sql(
		"""select from_tier, to_tier, count(*) from `tabTier Change` where direction in ('Up', 'Down')
		group by from_tier, to_tier order by count(*) desc"""
	)
	print("\nTier moves of the month:", ", ".join(f"{a} → {b} {n}" for a, b, n in rows) or "none")
	latest = frappe.get_all(
		"Tier Change",
		filters={"direction": ("in", ("Up", "Down"))},
		fields=["customer", "date", "reason"],
		order_by="date desc, customer",
		limit=3,
	)
	for row in latest:
		print(f"  {row.date} {row.customer}: {row.reason}")


def todo_lists() -> None:
	for name in REPS:
		todos = frappe.get_all(
			"ToDo",
			filters={
				"status": "Open",
				"allocated_to": f"{name.lower()}@demo.example",
				"keep_follow_up": ("is", "set"),
			},
			fields=["keep_follow_up", "date", "priority", "reference_name"],
			order_by="date, name",
		)
		print(f"\n{name}'s ToDo list: {len(todos)} open")
		for todo in todos[:5]:
			reason = frappe.db.get_value("Follow Up", todo.keep_follow_up, "reason")
			tier = frappe.db.get_value("Customer Value", todo.reference_name, "tier") or "-"
			print(f"  by {todo.date} call {todo.reference_name} ({tier}): {reason}")
		if len(todos) > 5:
			print(f"  … and {len(todos) - 5} more")


main()
