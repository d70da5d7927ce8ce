"""Coupons: an ERPNext Coupon Code for one customer, good for once. It carries customer, validity and use; the discount is a
Pricing Rule of its Tier Benefit.

A birthday's is made by the night for each customer somebody of whom has one. Greetings advertise nothing, so the code is in
none: the rep sees it beside the ToDo, on the customer and on the order.

A reorder's is given with a contact about the next purchase, in the moment in which a rep is asked for it, and its ToDo says so. What
was given holds as it was said, until its day: whatever becomes of the tier, and of the benefit's percentage, days or switch.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from functools import partial

import frappe
from frappe import _
from frappe.query_builder.functions import IfNull
from frappe.utils import cint, flt, formatdate, getdate

from keep_customers.access.lookups import named
from keep_customers.benefits import agreed, offered, pricing_rules
from keep_customers.engine.occasions import marks
from keep_customers.erp import host, permissions
from keep_customers.erp.api import typed
from keep_customers.erp.aside import Aside
from keep_customers.erp.language import day_in_words
from keep_customers.erp.tables import chunks, hold
from keep_customers.people.contacts import who_decides

COUPON = "Coupon Code"
TOGETHER = 20  # coupons in one transaction
A_YEAR = 353  # days
FORGET_AFTER = 30  # days in which an expired coupon that something mentions is tried again
CUT_SHORT = 120  # days by which one can have been cut short, at most
# What a Follow Up says of the coupon that is given with it.
ON_FOLLOW_UP = ("coupon", "coupon_discount", "coupon_until")


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
	_insert(benefit, customer, f"BIRTHDAY-{day.year}", day - around, day + around, keep_birthday=day)


def _insert(benefit, customer: str, called: str, first: date, last: date, **more) -> str:
	"""Make one; returns the code."""
	code = frappe.generate_hash(length=10).upper()
	frappe.get_doc(
		{
			"doctype": COUPON,
			"coupon_name": f"{called}-{code}",
			"coupon_code": code,
			"coupon_type": "Gift Card",
			"customer": customer,
			"pricing_rule": benefit.pricing_rule,
			"valid_from": first,
			"valid_upto": last,
			"maximum_use": 1,
			"description": _("Made by the Tier Benefit {0}.").format(benefit.name),
			**more,
		}
	).insert(ignore_permissions=True)  # the night's, whoever started it
	return code


# Given with a contact about the next purchase


def give(
	rows: Sequence[dict], today: date, visits: dict[str, date] | None = None
) -> tuple[dict[str, dict], set[str]]:
	"""Give the customers of some follow-ups the coupons that go with their rules: called where reps are asked for them, so that who
	is held back, refused or left alone gets none, and in the same transaction, so that none is without its ToDo.

	A customer has one at a time: a stronger one takes the place of what is not used, a weaker one is not given.

	:param rows: with name, customer and care_rule; their customers are held
	:param visits: follow-up -> the day of the visit that it goes along with: then the coupon's days begin
	:returns: follow-up -> :data:`ON_FOLLOW_UP` of the coupon it comes with; and the customers whose other ToDos say something else now
	"""
	rules = {row["care_rule"] for row in rows if row["care_rule"]}
	known = {one.name: one for one in offered.read(kind=offered.REORDER)} if rules else {}
	benefits = _given_with(rules, known.values())
	rows = [row for row in rows if row["care_rule"] in benefits]
	if not rows:
		return {}, set()
	customers = sorted({row["customer"] for row in rows})
	of_customers = {"name": ("in", customers), "disabled": 0}
	tiers = dict(frappe.get_all("Customer", of_customers, ["name", "keep_tier"], as_list=True))
	# One follow-up is asked for once, even if its ToDo is made anew.
	has_had = {"name": ("in", [row["name"] for row in rows]), "coupon": ("is", "set")}
	had = set(frappe.get_all("Follow Up", has_had, pluck="name"))
	due = []
	for row in rows:
		theirs = (one for one in benefits[row["care_rule"]] if tiers.get(row["customer"]) in one.tiers)
		if row["name"] not in had and (benefit := next(theirs, None)):
			due.append((benefit, row))
	out = _out(customers, today) if due else {}
	given, anew = {}, set()
	# The strongest first, so that no weaker one is made for nothing.
	for benefit, row in sorted(due, key=lambda one: -flt(one[0].discount_percentage)):
		held = out.setdefault(row["customer"], [])
		rivals = [one for one in held if _rivals(benefit, one, known.get(one.benefit))]
		best = max(rivals, key=lambda one: flt(one.discount), default=None)
		weaker = best and flt(best.discount) < flt(benefit.discount_percentage)
		if not best or (weaker and all(one.benefit != benefit.name for one in rivals)):
			told = [getdate(one.valid_upto) for one in rivals]  # none ends before what the customer knows of
			begins = (visits or {}).get(row["name"], today)
			best = _give(benefit, row["customer"], today, begins, max(told, default=today))
			held[:] = [one for one in held if one not in rivals] + [best]
			if rivals:
				_replace(row["customer"], rivals, best, today)
				anew.add(row["customer"])
		given[row["name"]] = _on_follow_up(best)
	return given, anew


def _given_with(rules: set[str], benefits: Iterable) -> dict[str, list]:
	"""Care Rule -> those of the benefits that are given with it, the strongest first; not with a rule that has become another one."""
	found = defaultdict(list)
	for one in benefits:
		if one.care_rule in rules:
			found[one.care_rule].append(one)
	fits = {"name": ("in", list(found)), "trigger": ("in", offered.WITH_COUPON)}
	fitting = set(frappe.get_all("Care Rule", fits, pluck="name")) if found else ()
	strongest = {"key": lambda one: -flt(one.discount_percentage)}
	return {rule: sorted(some, **strongest) for rule, some in found.items() if rule in fitting}


def _out(customers: list[str], today: date) -> dict[str, list]:
	"""Customer -> the coupons that reps have given it and that can still be used."""
	found = defaultdict(list)
	for one in _unused(customers, today):
		if one.key:
			found[one.customer].append(one)
	return found


def _unused(customers: list[str], today: date) -> list:
	"""The coupons of benefits that are good until today or longer, with what their rules say: the discount, and the key."""
	coupon, rule = frappe.qb.DocType(COUPON), frappe.qb.DocType("Pricing Rule")
	rows = (
		frappe.qb.from_(coupon)
		.inner_join(rule)
		.on(rule.name == coupon.pricing_rule)
		.select(
			coupon.name.as_("coupon"), coupon.coupon_code.as_("code"), coupon.customer, coupon.valid_from,
			coupon.valid_upto, coupon.pricing_rule, rule.keep_benefit.as_("benefit"), rule.company, rule.condition,
			rule.discount_percentage.as_("discount"),
		)
		.where(coupon.customer.isin(customers) & (coupon.used == 0) & (coupon.valid_upto >= today))
		.where((IfNull(rule.keep_benefit, "") != "") & (rule.disable == 0))
		.orderby(coupon.valid_upto, coupon.name)
	).run(as_dict=True)  # fmt: skip
	for row in rows:
		row["key"] = pricing_rules.key_of(row.pop("condition"))
	return rows


def _rivals(benefit, coupon, of) -> bool:
	"""Whether a coupon of the benefit takes the place of another one: what is for other items, or another company, stays beside it.

	:param of: the benefit of the other one, if it is on
	"""
	if coupon.benefit == benefit.name:
		return True
	groups = of.item_groups if of else set()
	return offered.meet(benefit.company, benefit.item_groups, coupon.company, groups)


def _give(benefit, customer: str, today: date, begins: date, least: date) -> frappe._dict:
	last = max(max(today, begins) + timedelta(days=cint(benefit.valid_days) - 1), least)
	code = _insert(benefit, customer, f"REORDER-{today.year}", today, last)
	return frappe._dict(
		code=code, benefit=benefit.name, company=benefit.company, discount=benefit.discount_percentage, valid_upto=last
	)  # fmt: skip


def _on_follow_up(coupon) -> dict:
	return dict(zip(ON_FOLLOW_UP, (coupon.code, coupon.discount, getdate(coupon.valid_upto)), strict=True))


def _replace(customer: str, weaker: list, coupon, today: date) -> None:
	"""What is not used ends, and what is still asked for comes with the stronger one."""
	over = today - timedelta(days=1)
	for one in weaker:
		first = min(getdate(one.valid_from), over)
		frappe.db.set_value(COUPON, one.coupon, {"valid_from": first, "valid_upto": over})
	named = {"customer": customer, "coupon": ("in", [one.code for one in weaker])}
	still = {**named, "status": ("in", ("Assigned", "Late"))}
	frappe.db.set_value("Follow Up", still, _on_follow_up(coupon), update_modified=False)


def in_words(row) -> str | None:
	"""What a ToDo says of the coupon that its follow-up comes with; None without one, or once it is over.

	:param row: with :data:`ON_FOLLOW_UP`
	"""
	if not row.get("coupon") or getdate(row["coupon_until"]) < getdate():
		return None
	return _("Coupon {0}: {1} % until {2}.").format(
		row["coupon"], offered.percent(row["coupon_discount"]), formatdate(row["coupon_until"])
	)


def for_message(row, language: str) -> dict[str, str]:
	"""What a message may say of the coupon that a follow-up comes with; nothing, once it is used or over.

	:param row: with customer and coupon
	"""
	code = row.get("coupon")
	one = next((one for one in valid(row["customer"]) if one["code"] == code), None) if code else None
	if not one:
		return {}
	until = day_in_words(one["valid_upto"], language)
	return {
		"coupon": one["code"],
		"coupon_discount": offered.percent(one["discount"]),
		"coupon_until": until,
	}


# What becomes of them


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
	"""Delete a customer's coupons with it."""
	rules = frappe.get_all("Pricing Rule", filters={"keep_benefit": ("is", "set")}, pluck="name")
	if rules:
		frappe.db.delete(COUPON, {"customer": customer, "pricing_rule": ("in", rules)})


def valid(customer: str) -> list[dict]:
	"""The customer's coupons of benefits that can be used today: coupon, code, kind, benefit, company, discount, valid_upto.

	A birthday's is had with the tier. A rep's is the customer's until its day; but whose contact has ended by itself, and nobody
	has spoken of it, is not offered: it was for the purchase that is made.
	"""
	today = getdate()
	rows = [row for row in _unused([customer], today) if getdate(row.valid_from) <= today]
	if not rows:
		return []
	tier = frappe.db.get_value("Customer", customer, "keep_tier")
	birthdays = {one.pricing_rule for one in offered.read(kind=offered.BIRTHDAY) if tier in one.tiers}
	untold = _untold(customer, [row.code for row in rows if row.key])
	return [
		{
			"kind": offered.REORDER if row.key else offered.BIRTHDAY,
			**{
				field: row[field]
				for field in ("coupon", "code", "benefit", "company", "discount", "valid_upto")
			},
		}
		for row in rows
		if (row.code not in untold if row.key else row.pricing_rule in birthdays)
	]


def _untold(customer: str, codes: list[str]) -> set[str]:
	"""Which coupons nobody has told the customer of, nor is going to: all that they come with has ended, not by what a rep said."""
	if not codes:
		return set()
	told = defaultdict(bool)
	for row in frappe.get_all(
		"Follow Up",
		filters={"customer": customer, "coupon": ("in", codes)},
		fields=["coupon", "status", "not_useful", "touch", "sent_on"],
	):
		told[row.coupon] |= row.status != "Cancelled" or bool(row.not_useful or row.touch or row.sent_on)
	untold = {code for code, is_told in told.items() if not is_told}
	return untold - _on_paper(customer, untold)


def _on_paper(customer: str, codes: set[str]) -> set[str]:
	"""Which of these coupons a document of the customer has or had, be it cancelled: then the customer knows of them."""
	if not codes:
		return set()
	with_code = {"coupon_code": ("in", sorted(codes))}
	codes_of = dict(frappe.get_all(COUPON, with_code, ["name", "coupon_code"], as_list=True))
	if not codes_of:
		return set()
	found: set[str] = set()
	for doctype in offered.SALES:
		whose = "party_name" if doctype == "Quotation" else "customer"
		for field in host.fields(doctype, agreed.COUPON_FIELDS):
			theirs = {whose: customer, field: ("in", sorted(codes_of))}
			found.update(frappe.get_all(doctype, theirs, pluck=field))
	return {codes_of[name] for name in found}


def strongest(customer: str, company: str | None) -> dict | None:
	"""The one that can be put on a document, as :func:`valid` gives it; None if there is none."""
	fits = [row for row in valid(customer) if row["company"] in (None, "", company)]
	return max(fits, key=lambda row: flt(row["discount"]), default=None)


@frappe.whitelist()
@typed
def for_document(customer: str, company: str | None = None) -> dict | None:
	"""As :func:`strongest`, for a new document.

	:raises frappe.PermissionError: if the user may not read the customer
	"""
	named("Customer", customer)
	return strongest(customer, company)


# Who sees them


def condition(user: str | None = None, doctype: str = COUPON) -> str:
	"""SQL condition that leaves out coupons of benefits of customers the user may not read: they tell somebody's birthday, or when the
	customer buys.

	The site's own coupons are left to the roles.
	"""
	readable = permissions.customer_condition(user, COUPON)
	if not readable:
		return ""
	of_benefits = "select `tabPricing Rule`.`name` from `tabPricing Rule` where coalesce(`tabPricing Rule`.`keep_benefit`, '') != ''"
	return f"(coalesce(`tabCoupon Code`.`pricing_rule`, '') not in ({of_benefits}) or {readable})"


def has_permission(doc, ptype: str = "read", user: str | None = None, debug: bool = False) -> bool:
	"""Refuse a benefit's coupon of a customer the user may not read; everything else stays with the roles."""
	stored = frappe.db.get_value(COUPON, doc.name, "pricing_rule") if doc.name else None
	of_benefits = {"name": ("in", (doc.get("pricing_rule"), stored)), "keep_benefit": ("is", "set")}
	if not frappe.db.exists("Pricing Rule", of_benefits):
		return True
	return permissions.has_permission(doc, ptype, user, debug)
