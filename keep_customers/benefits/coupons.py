"""Birthday discounts: an ERPNext Coupon Code for each customer somebody of whom has a birthday, good for once.

The Coupon Code carries customer, validity and use; the discount is the one Pricing Rule of its Tier Benefit. Greetings
advertise nothing, so the code is in none: the rep sees it beside the ToDo, on the customer and on the order.
"""

from datetime import date, timedelta
from functools import partial

import frappe
from frappe import _
from frappe.utils import cint, getdate

from keep_customers.access.lookups import named
from keep_customers.benefits import offered
from keep_customers.engine.occasions import marks
from keep_customers.erp import permissions
from keep_customers.erp.api import typed
from keep_customers.erp.aside import Aside
from keep_customers.erp.tables import chunks, hold
from keep_customers.people.contacts import who_decides

COUPON = "Coupon Code"
TOGETHER = 20  # coupons in one transaction
A_YEAR = 353  # days
FORGET_AFTER = 30  # days in which an expired coupon that something mentions is tried again
CUT_SHORT = 120  # days by which one can have been cut short, at most


def make(today: date, aside: Aside) -> None:
	"""Make the coupons that are valid from tomorrow on, or already are; once a year for each benefit and customer."""
	for benefit in offered.read(kind=offered.BIRTHDAY):
		due = aside.one("Tier Benefit", benefit.name, partial(_due, benefit, today)) or []
		for part in chunks(due, TOGETHER):
			aside.each(part, partial(_coupons, benefit), lambda one: ("Customer", one[0]))


def _due(benefit, today: date) -> list[tuple[str, date]]:
	"""(customer, birthday) of the coupons that are to be made."""
	around = timedelta(days=cint(benefit.days_around))
	first = today - around
	days = [first + timedelta(days=n) for n in range(2 * around.days + 2)]
	celebrated = {day: marks(day) for day in days}
	had = {}
	for one in frappe.get_all(
		COUPON,
		filters={"pricing_rule": benefit.pricing_rule, "name": ("like", "BIRTHDAY-%-%")},
		fields=["customer", "keep_birthday"],
	):
		if one.keep_birthday:
			had.setdefault(one.customer, []).append(getdate(one.keep_birthday))
	due = []
	for customer, recurs in _people(benefit, set().union(*celebrated.values())):
		day = next(day for day, texts in celebrated.items() if recurs in texts)
		# By days: people of one customer may keep different calendars. The shortest year of either has 353.
		if all(abs((day - other).days) >= A_YEAR for other in had.get(customer, ())):
			had.setdefault(customer, []).append(day)
			due.append((customer, day))
	return due


def _coupons(benefit, due: list[tuple[str, date]]) -> None:
	there = hold("Customer", [customer for customer, _day in due])
	around = timedelta(days=cint(benefit.days_around))
	for customer, day in due:
		if customer in there:
			_coupon(benefit, customer, day, around)


def _people(benefit, texts: set[str]) -> list[tuple[str, str]]:
	"""(customer, what recurs) of the people who decide in files of customers with the benefit."""
	person, customer = frappe.qb.DocType("Customer File Person"), frappe.qb.DocType("Customer")
	return list(
		(
			frappe.qb.from_(person)
			.inner_join(customer)
			.on((customer.name == person.parent) & (person.parenttype == "Customer File"))
			.select(customer.name, person.recurs)
			.where(customer.keep_tier.isin(sorted(benefit.tiers)) & (customer.disabled == 0))
			.where(person.recurs.isin(sorted(texts)))
			.where(who_decides(person))
			.orderby(customer.name, person.recurs)
		).run()
	)


def _coupon(benefit, customer: str, day: date, around: timedelta) -> None:
	code = frappe.generate_hash(length=10).upper()
	frappe.get_doc(
		{
			"doctype": COUPON,
			"coupon_name": f"BIRTHDAY-{day.year}-{code}",
			"coupon_code": code,
			"coupon_type": "Gift Card",
			"customer": customer,
			"keep_birthday": day,
			"pricing_rule": benefit.pricing_rule,
			"valid_from": day - around,
			"valid_upto": day + around,
			"maximum_use": 1,
			"description": _("Made by the Tier Benefit {0}.").format(benefit.name),
		}
	).insert(ignore_permissions=True)  # the night's, whoever started it


def remove_expired(today: date, aside: Aside, grace: int = 0) -> None:
	"""Delete coupons nobody has used; those that a document mentions stay.

	:param grace: days after which they are, while a clock that is ahead goes unnoticed
	"""
	until = today - timedelta(days=1 + grace)
	around = dict(frappe.get_all("Tier Benefit", fields=["name", "days_around"], as_list=True))
	filters = {"keep_benefit": ("is", "set")}
	rules = {
		rule: cint(around.get(benefit))
		for rule, benefit in frappe.get_all(
			"Pricing Rule", filters=filters, fields=["name", "keep_benefit"], as_list=True
		)
	}
	if not rules:
		return
	forgotten = until - timedelta(days=FORGET_AFTER)
	for coupon in frappe.get_all(
		COUPON,
		filters={
			"pricing_rule": ("in", list(rules)),
			"used": 0,
			"valid_upto": ("between", (forgotten - timedelta(days=CUT_SHORT), until)),
		},
		fields=["name", "pricing_rule", "valid_upto", "keep_birthday"],
	):
		over = getdate(coupon.valid_upto)
		if coupon.keep_birthday:
			# One that somebody has cut short stays until its days would be over, or the next night would make another.
			days = timedelta(days=rules[coupon.pricing_rule])
			over = max(over, getdate(coupon.keep_birthday) + days)
		if forgotten <= over <= until:
			aside.one(COUPON, coupon.name, partial(_remove, coupon.name))


def _remove(name: str) -> None:
	try:
		frappe.delete_doc(COUPON, name, ignore_permissions=True)  # made by the night, as above
	except frappe.LinkExistsError:
		frappe.clear_last_message()


def forget(customer: str) -> None:
	"""Delete a customer's birthday coupons with it."""
	rules = frappe.get_all("Pricing Rule", filters={"keep_benefit": ("is", "set")}, pluck="name")
	if rules:
		frappe.db.delete(COUPON, {"customer": customer, "pricing_rule": ("in", rules)})


def valid(customer: str) -> list[dict]:
	"""The customer's birthday coupons that can be used today: coupon, code, benefit, discount, valid_upto."""
	tier = frappe.db.get_value("Customer", customer, "keep_tier")
	giving = {one.pricing_rule: one for one in offered.read(kind=offered.BIRTHDAY) if tier in one.tiers}
	if not giving:
		return []
	today = getdate()
	rows = frappe.get_all(
		COUPON,
		filters={
			"customer": customer,
			"pricing_rule": ("in", list(giving)),
			"used": 0,
			"valid_from": ("<=", today),
			"valid_upto": (">=", today),
		},
		fields=["name as coupon", "coupon_code as code", "pricing_rule", "valid_upto"],
		order_by="valid_upto asc",
	)
	for row in rows:
		benefit = giving[row.pop("pricing_rule")]
		row.update(benefit=benefit.name, company=benefit.company, discount=benefit.discount_percentage)
	return rows


@frappe.whitelist()
@typed
def for_document(customer: str, company: str | None = None) -> dict | None:
	"""The birthday coupon that can be put on a new document, as :func:`valid` gives it; None if there is none.

	:raises frappe.PermissionError: if the user may not read the customer
	"""
	named("Customer", customer)
	return next((row for row in valid(customer) if row["company"] in (None, "", company)), None)


# Who sees them


def condition(user: str | None = None, doctype: str = COUPON) -> str:
	"""SQL condition that leaves out birthday coupons of customers the user may not read: their days are somebody's birthday.

	The site's own coupons are left to the roles.
	"""
	readable = permissions.customer_condition(user, COUPON)
	if not readable:
		return ""
	birthdays = "select `tabPricing Rule`.`name` from `tabPricing Rule` where coalesce(`tabPricing Rule`.`keep_benefit`, '') != ''"
	return f"(coalesce(`tabCoupon Code`.`pricing_rule`, '') not in ({birthdays}) or {readable})"


def has_permission(doc, ptype: str = "read", user: str | None = None, debug: bool = False) -> bool:
	"""Refuse a birthday coupon of a customer the user may not read; everything else stays with the roles."""
	stored = frappe.db.get_value(COUPON, doc.name, "pricing_rule") if doc.name else None
	of_benefits = {"name": ("in", (doc.get("pricing_rule"), stored)), "keep_benefit": ("is", "set")}
	if not frappe.db.exists("Pricing Rule", of_benefits):
		return True
	return permissions.has_permission(doc, ptype, user, debug)
