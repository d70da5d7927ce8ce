"""The company of crowd.py: many customers, a rep for each, nights by day. What runs here is connected to the site."""

from collections import Counter
from datetime import timedelta
from random import Random
from time import perf_counter

from tests.site.story import COMPANY, GROUP, ITEM, PREFIX, TERRITORY, Story, _user

AUTH = ("doctype", "name", "fieldname", "password", "encrypted")
ROLES = {
	"Rep": ["Sales User"],
	"Manager": ["Sales User", "Sales Manager"],
	"Service": ["Sales User", "Support Team"],
	"Clerk": ["Accounts User", "Sales User"],
}


def begin(customers: int, staff: dict[str, int]) -> dict:
	"""Two nights ago the app was switched on.

	:param staff: kind of people -> how many
	:returns: people (kind -> user -> the customers that only they write about), invoice (what one is made of), nights so far,
		seconds (step -> how long it took)
	"""
	import frappe
	from frappe.utils import getdate

	frappe.flags.mute_emails = True
	seconds, since = {}, perf_counter()

	def took(step: str) -> None:
		nonlocal since
		since, before = perf_counter(), since
		seconds[step] = since - before

	story = Story()
	story.today = getdate()
	took("the company")
	names = [f"{PREFIX} Firm {number:04}" for number in range(customers)]
	people = {}
	for kind, number in staff.items():
		users = [f"{kind.lower()}{n:02}@keep-test.example" for n in range(number)]
		_users(users, ROLES[kind])
		people[kind] = {user: names[n::number] for n, user in enumerate(users)}
	frappe.db.commit()
	took("users")
	_customers(story, names, list(people["Rep"]))
	frappe.db.set_value(
		"Care Rule",
		{"name": ("!=", "")},
		{"enabled": 1, "enabled_from": story.days_ago(60)},
		update_modified=False,
	)
	story.policy(f"{PREFIX} Policy", review="Nightly")
	story.settings(enabled=1, rep_capacity=10, contact_cap=0)
	frappe.db.commit()
	took("customers, their files and invoices")
	for ago in (2, 1, 0):
		night(-ago)
	took("three nights")
	line = {"item_code": ITEM, "qty": 1}
	invoice = {"doctype": "Sales Invoice", "company": COMPANY, "currency": "EUR", "items": [line]}
	return {
		"people": people,
		"invoice": {**invoice, "due_date": str(story.today + timedelta(days=30))},
		"nights": 1,
		"seconds": seconds,
	}


def _users(users: list[str], roles: list[str]) -> None:
	"""One by the host, the others as copies of its rows: to let the host make fifty takes longer than all the rest."""
	import frappe

	[like, *others] = users
	_user(like, roles)
	if not others:
		return
	for table, named in (
		("tabUser", "name"),
		("tabHas Role", "parent"),
		("tabNotification Settings", "name"),
		("__Auth", "name"),
	):
		columns = frappe.db.get_table_columns(table.removeprefix("tab")) if table != "__Auth" else AUTH
		rows = frappe.db.sql(f"select * from `{table}` where `{named}` = %s", like, as_dict=True)
		copies = []
		for user in others:
			alone = {"username": user.split("@")[0], "api_key": None, "reset_password_key": None}
			for row in rows:
				new = {column: user if value == like else value for column, value in row.items()}
				if table == "tabUser":
					new |= {key: value for key, value in alone.items() if key in new}
				elif named != "name":
					new["name"] = frappe.generate_hash(length=10)
				copies.append([new[column] for column in columns])
		places = ", ".join(["%s"] * len(columns))
		quoted = ", ".join(f"`{column}`" for column in columns)
		for copy in copies:
			frappe.db.sql(f"insert into `{table}` ({quoted}) values ({places})", copy)


def _customers(story: Story, names: list[str], reps: list[str]) -> None:
	"""As an import leaves them."""
	import frappe

	random, now = Random("crowd"), frappe.utils.now()
	who = [now, now, "Administrator", "Administrator"]
	columns = ["creation", "modified", "owner", "modified_by"]
	frappe.db.bulk_insert(
		"Customer",
		["name", "customer_name", "customer_type", "customer_group", "territory", *columns],
		[(name, name, "Company", GROUP, TERRITORY, *who) for name in names],
	)
	frappe.db.bulk_insert(
		"Customer File",
		["name", "customer", "customer_name", "dedicated_rep", *columns],
		[(name, name, name, reps[n % len(reps)], *who) for n, name in enumerate(names)],
	)
	for name in names:
		rhythm, amount = random.choice((14, 30, 45, 90)), random.choice((120, 400, 1100, 2600))
		days = range(random.randint(2, 40), 500, rhythm)
		story.history(name, [(day, round(amount * random.uniform(0.6, 1.5), 2)) for day in days])


def night(number: int) -> str:
	"""The night of some day from today on, whatever time of day it is."""
	import frappe
	from frappe.utils import getdate

	from keep_customers.jobs import nightly

	frappe.flags.mute_emails = True
	run = nightly.run(getdate() + timedelta(days=number), patience=300)
	return frappe.db.get_value("Care Run", run, "status")


def lost(written: list) -> list[str]:
	"""Of what people were told that it is stored, what is not there."""
	import frappe

	result = []
	for doctype, name, field, text in written:
		if name:
			found = text in str(frappe.db.get_value(doctype, name, field))
		else:
			found = frappe.db.exists(doctype, {field: text})
		if not found:
			result.append(f"{doctype} {name} {field}: {text}")
	return result


def odd() -> list[str]:
	"""What does not hang together, and nights and jobs that failed."""
	import frappe

	found = [
		f"{run.name} {run.status}: {run.warnings}"
		for run in frappe.get_all("Care Run", fields=["name", "status", "warnings"])
		if run.status != "Completed"
	]
	logged: dict[str, list[str]] = {}
	for row in frappe.get_all("Error Log", fields=["method", "error"]):
		if _ours(row):
			logged.setdefault((row.method or "")[:100], []).append((row.error or "")[-600:])
	found += [f"{len(errors)} x Error Log: {title}: {errors[0]}" for title, errors in logged.items()]
	value, customer = frappe.qb.DocType("Customer Value"), frappe.qb.DocType("Customer")
	other = (
		frappe.qb.from_(value)
		.join(customer)
		.on(customer.name == value.customer)
		.select(value.customer)
		.where((customer.keep_tier != value.tier) | (customer.keep_status != value.status))
	)
	found += [f"{name}: its tier or stage is another one on the customer" for (name,) in other.run()]
	once = Counter(
		(row.customer, row.care_rule, row.occurrence)
		for row in frappe.get_all("Follow Up", fields=["customer", "care_rule", "occurrence"])
	)
	found += [f"twice: {key}" for key, n in once.items() if n > 1]
	todo, follow_up = frappe.qb.DocType("ToDo"), frappe.qb.DocType("Follow Up")
	apart = (
		frappe.qb.from_(todo)
		.join(follow_up)
		.on(follow_up.name == todo.keep_follow_up)
		.select(todo.name)
		.where((todo.status == "Open") & follow_up.status.notin(("Assigned", "Late")))
	)
	return found + [f"ToDo {name} is open, its follow-up is not" for (name,) in apart.run()]


def _ours(row) -> bool:
	return "keep_customers" in (row.error or "") or "Keep Customers" in (row.method or "")
