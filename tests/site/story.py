"""The story the site tests tell: Bergmann Tools sells to a few firms; Anna and Ben look after them.

Everything is named with the prefix "Keep Test", so that it can be told from a site's own records and
removed again. What every test begins with (company, groups, users, item, settings, policy) is made once and put back
after each test, where the site lets us (putback.py).
"""

import functools
import inspect
import sys
from datetime import date, timedelta

import frappe
from frappe.desk.doctype.notification_settings.notification_settings import create_notification_settings
from frappe.utils import getdate

from . import putback

PREFIX = "Keep Test"
COMPANY, ABROAD = f"{PREFIX} Tools", f"{PREFIX} Asia"
ANNA, BEN, MIA, EVE = (f"{name}@keep-test.example" for name in ("anna", "ben", "mia", "eve"))
PLAIN = (str, int, float, date, tuple, list, dict, type(None))
TODAY = date(2026, 3, 4)  # a Wednesday
GROUP, TERRITORY = f"{PREFIX} Group", f"{PREFIX} Territory"
ITEM = f"{PREFIX} Item"


# What the clock and the buttons write on a case.
CLOCK = {
	"status", "answer_due", "answered_on", "answer_late", "answer_minutes", "solve_due", "solved_on", "solve_late",
	"solve_minutes", "word", "compensation_cost", "repeat_of", "second_chance", "closed_on",
}  # fmt: skip


def rows_like(doctype, name, differences):
	"""More documents like one that is there, as rows, without the document life.

	:param differences: of each, field -> value; its name among them
	"""
	row = frappe.db.get_value(doctype, name, "*", as_dict=True)
	if differences:
		frappe.db.bulk_insert(doctype, list(row), [tuple({**row, **one}.values()) for one in differences])


NEVER = sys.maxsize  # it takes no longer than putting it back; what comes after it, may


def once(make=None, *, after=0):
	"""For what tells a story and patches nothing, a fixture or not: told once for the tests that begin with it, and put back for
	each (:func:`putback.begun`).

	:param after: of what some call in this way and others in that, so many are told before it is worth it
	"""
	if not make:
		return functools.partial(once, after=after)
	signature = inspect.signature(make)

	@functools.wraps(make)
	def told(*args, **kwargs):
		given = signature.bind(*args, **kwargs)
		[story] = {id(one): one for one in given.args if isinstance(one, Story)}.values()
		said = [*enumerate(given.args), *sorted(given.kwargs.items()), *sorted(vars(story).items())]
		said = [one for one in said if isinstance(one[1], PLAIN)]
		key = f"{make.__module__}.{make.__qualname__}{said}"
		return putback.begun(functools.partial(make, *args, **kwargs), story, key, after)

	return told


class Story:
	def __init__(self):
		self.today = TODAY
		if not putback.put_back(look_first=True):
			self._begin()
			putback.keep()

	def _begin(self):
		_company(COMPANY, "KTT", "EUR", "Germany")
		_tree("Customer Group", GROUP)
		_tree("Territory", TERRITORY)
		_item()
		for user, roles in (
			(ANNA, ["Sales User"]),
			(BEN, ["Sales User"]),
			(MIA, ["Sales User", "Sales Manager"]),
			(EVE, []),
		):
			_user(user, roles)
		# The site's own policies and rules stay out of the story.
		frappe.db.set_value("Tier Policy", {"name": ("!=", "")}, {"enabled": 0, "last_review": None})
		frappe.db.set_value("Care Rule", {"name": ("!=", "")}, {"enabled": 0, "enabled_from": None})
		frappe.db.set_value("Care Message", {"enabled": 0}, "enabled", 1)
		meta = frappe.get_meta("Keep Customers Settings")
		shipped = {
			**{field.fieldname: None for field in meta.get_link_fields()},
			**{field.fieldname: field.default for field in meta.fields if field.default},
			**{table.fieldname: [] for table in meta.get_table_fields()},
		}
		ours = dict(
			reporting_currency="EUR", contact_cap=1, contact_cap_days=7, rep_capacity=10, fallback_user=MIA,
		)  # fmt: skip
		self.settings(**shipped | ours)
		self.policy(company=COMPANY)

	def settings(self, **values):
		doc = frappe.get_doc("Keep Customers Settings")
		doc.update(values)
		doc.save()

	def system_settings(self, **values):
		"""Read at once: Frappe 16 keeps a copy of them in each process and hears of a change a moment later."""
		frappe.db.set_single_value("System Settings", values)
		frappe.local.system_settings = frappe.get_doc("System Settings")

	def errors(self, run):
		"""What a System Manager reads of a Care Run in the Error Log."""
		of = {"reference_doctype": "Care Run", "reference_name": run.name}
		return "\n".join(frappe.get_all("Error Log", of, pluck="error"))

	def policy(self, name=f"{PREFIX} Policy", **values):
		doc = (
			frappe.get_doc("Tier Policy", name)
			if frappe.db.exists("Tier Policy", name)
			else frappe.new_doc("Tier Policy", policy_name=name)
		)
		doc.update({"enabled": 1, "priority": 1, "review": "Monthly", **values})
		return _only_what_was_said(doc.save(), values)

	def customer(self, name, **values):
		name = f"{PREFIX} {name}"
		doc = frappe.get_doc(
			{
				"doctype": "Customer",
				"customer_name": name,
				"customer_type": "Company",
				"customer_group": GROUP,
				"territory": TERRITORY,
				**values,
			}
		).insert()
		assert doc.name == name, f"{doc.name}: customers must be named by their customer name on a test site"
		return doc.name

	def customers(self, *names, **values):
		"""Many that are alike, as an import would leave them: the first with its document life, the others as rows like it."""
		first, *others = names
		found = [self.customer(first, **values)]
		found += [f"{PREFIX} {name}" for name in others]
		rows_like("Customer", found[0], [{"name": name, "customer_name": name} for name in found[1:]])
		return found

	def file(self, customer, **values):
		return frappe.get_doc({"doctype": "Customer File", "customer": customer, **values}).insert()

	def invoice(self, customer, amount, on=None, submit=True, company=COMPANY, qty=1, **values):
		doc = frappe.get_doc(
			{
				"doctype": "Sales Invoice",
				"customer": customer,
				"company": company,
				"currency": frappe.get_cached_value("Company", company, "default_currency"),
				"set_posting_time": 1,
				"posting_date": on or self.today,
				"due_date": max(on or self.today, self.today),
				"items": [{"item_code": ITEM, "qty": qty, "rate": amount, **values.pop("item", {})}],
				**values,
			}
		)
		doc.insert()
		if submit:
			doc.submit()
		return doc

	def history(self, customer, purchases, company=COMPANY):
		"""Submitted invoices as an import would leave them: rows, without the document life.

		:param purchases: (days ago, amount) pairs
		"""
		fields = (
			"name", "customer", "company", "posting_date", "docstatus", "base_net_total", "net_total", "is_opening",
			"currency", "conversion_rate", "creation", "modified", "owner", "modified_by",
		)  # fmt: skip
		rows = []
		for ago, amount in purchases:
			day = self.days_ago(ago)
			rows.append(
				(
					f"{PREFIX}-{frappe.generate_hash(length=10)}", customer, company, day, 1, amount, amount, "No",
					"EUR", 1, day, day, "Administrator", "Administrator",
				)
			)  # fmt: skip
		frappe.db.bulk_insert("Sales Invoice", list(fields), rows)
		frappe.db.commit()

	def credit(self, invoice, amount, on=None, **values):
		"""A return of part of an invoice's only item, by amount."""
		return self.invoice(
			invoice.customer,
			amount,
			on or self.today,
			company=invoice.company,
			qty=-1,
			is_return=1,
			return_against=invoice.name,
			currency=invoice.currency,
			conversion_rate=invoice.conversion_rate,
			**values,
		)

	def item(self, name):
		_item(f"{PREFIX} {name}")
		return f"{PREFIX} {name}"

	def case(self, customer, subject="Broken", **values):
		"""A complaint as a rep records it; what the clock and the buttons write can be said too, and is written past them."""
		doc = frappe.get_doc(
			{
				"doctype": "Complaint Case",
				"customer": customer,
				"subject": f"{PREFIX} {subject}",
				"description": "It broke on the first day.",
				**{key: value for key, value in values.items() if key not in CLOCK},
			}
		).insert()
		written = {key: value for key, value in values.items() if key in CLOCK}
		if written:
			doc.db_set(written)
		return doc

	def rule(self, name="Rule", switched_on=None, **values):
		doc = frappe.get_doc(
			{
				"doctype": "Care Rule",
				"rule_name": f"{PREFIX} {name}",
				"trigger": "Purchase Amount",
				"min_amount": 2000,
				"channel": "Phone",
				"due_in_days": 7,
				"priority": "Medium",
				"assign_to": "Dedicated Rep",
				"enabled": 1,
				**values,
			}
		).insert()
		doc.db_set("enabled_from", switched_on or self.today - timedelta(days=60))
		return _only_what_was_said(doc, values)

	def benefit(self, name="Benefit", tiers=("Platinum",), **values):
		"""A Tier Benefit, switched on; ``item_groups`` and ``items`` as names."""
		doc = frappe.get_doc(
			{
				"doctype": "Tier Benefit",
				"benefit_name": f"{PREFIX} {name}",
				"kind": "Discount",
				"enabled": 1,
				**values,
				"tiers": [{"tier": tier} for tier in tiers],
				"item_groups": [{"item_group": group} for group in values.get("item_groups", ())],
				"items": [{"item_code": item} for item in values.get("items", ())],
			}
		)
		doc.dont_update_if_missing = ["company"]  # the site's default
		return doc.insert()

	def in_tier(self, customer, tier):
		"""The customer as a night leaves it that has moved it there."""
		frappe.db.set_value("Customer", customer, "keep_tier", tier, update_modified=False)

	def night(self, as_of=None):
		from keep_customers.jobs import nightly

		name = nightly.run(as_of or self.today)
		return frappe.get_doc("Care Run", name)

	def completed_yesterday(self):
		"""The site's first night is behind it; from now on nights plan follow-ups.

		It is written down as it would be of a company without customers: who needs what a night has found out tells a
		night of its own.
		"""
		run = frappe.new_doc("Care Run")
		run.update({"as_of": self.today - timedelta(days=1), "status": "Completed", "first_run": 1})
		run.update({"started": frappe.utils.now_datetime(), "finished": frappe.utils.now_datetime()})
		run.insert(ignore_permissions=True)
		frappe.db.commit()
		return run

	def value(self, customer):
		return frappe.get_doc("Customer Value", customer)

	def follow_ups(self, customer=None, **filters):
		if customer:
			filters["customer"] = customer
		return frappe.get_all("Follow Up", filters=filters, fields=["*"], order_by="due_date, name")

	def todos(self, user=None, **filters):
		filters["reference_name"] = ("like", f"{PREFIX}%")
		if user:
			filters["allocated_to"] = user
		return frappe.get_all("ToDo", filters=filters, fields=["*"], order_by="date, name")

	def days_ago(self, days):
		return self.today - timedelta(days=days)


def _only_what_was_said(doc, values):
	"""Take back what the framework filled in from the site's defaults."""
	for field in ("company", "customer_group", "territory"):
		if not values.get(field) and doc.get(field):
			doc.db_set(field, None)
	return doc


def _company(name, abbr, currency, country):
	if not frappe.db.exists("Company", name):
		frappe.get_doc(
			{
				"doctype": "Company",
				"company_name": name,
				"abbr": abbr,
				"default_currency": currency,
				"country": country,
				"chart_of_accounts": "Standard",
			}
		).insert()
	_fiscal_years()


def _fiscal_years():
	if not frappe.db.exists("DocType", "Fiscal Year"):
		return
	for year in range(2022, max(2028, getdate().year + 2)):
		if not frappe.db.exists("Fiscal Year", {"year_start_date": f"{year}-01-01"}):
			frappe.get_doc(
				{
					"doctype": "Fiscal Year",
					"year": str(year),
					"year_start_date": f"{year}-01-01",
					"year_end_date": f"{year}-12-31",
				}
			).insert()


def abroad():
	"""A second company in another currency, with the rate of its month."""
	_company(ABROAD, "KTA", "CNY", "China")
	rate(0.125, date(2026, 3, 1))
	return ABROAD


def rate(value, on, source="CNY", target="EUR"):
	return frappe.get_doc(
		{
			"doctype": "Currency Exchange",
			"date": on,
			"from_currency": source,
			"to_currency": target,
			"exchange_rate": value,
			"for_buying": 1,
			"for_selling": 1,
		}
	).insert()


def _tree(doctype, name):
	if not frappe.db.exists(doctype, name):
		root = frappe.get_all(doctype, filters={"is_group": 1}, order_by="lft", limit=1, pluck="name")[0]
		field = frappe.scrub(doctype)
		frappe.get_doc(
			{"doctype": doctype, f"{field}_name": name, f"parent_{field}": root, "is_group": 0}
		).insert()


def _item(name=ITEM):
	if not frappe.db.exists("Item", name):
		frappe.get_doc(
			{
				"doctype": "Item",
				"item_code": name,
				"item_name": name,
				"item_group": frappe.get_all("Item Group", filters={"is_group": 0}, limit=1, pluck="name")[0],
				"stock_uom": "Nos",
				"is_stock_item": 0,
			}
		).insert()


def _user(email, roles):
	if frappe.db.exists("User", email):
		if {*roles} != {*frappe.get_all("Has Role", {"parent": email}, pluck="role")}:
			# What another story gave them stays on a site that is not put back.
			user = frappe.get_doc("User", email)
			user.set("roles", [{"role": role} for role in roles])
			user.save()
		create_notification_settings(email)  # without them, version 15 shows nobody their Desk
		return
	user = frappe.get_doc(
		{
			"doctype": "User",
			"email": email,
			"first_name": email.split("@")[0].title(),
			"user_type": "System User",
			"send_welcome_email": 0,
			"new_password": PASSWORD,
			"roles": [{"role": role} for role in roles],
		}
	)
	user.flags.no_welcome_mail = True
	user.flags.ignore_password_policy = True
	user.insert()


PASSWORD = "Keep-Test-2026!"


def day(text):
	return getdate(text)
