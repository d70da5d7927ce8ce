"""What a sales document may claim of Tier Benefits: its customer's tier, a coupon, items that are reserved.

The tier is filled in here from the customer, whatever was sent.
"""

import json

import frappe
from frappe import _
from frappe.utils import getdate
from pypika.functions import IfNull

from keep_customers.benefits import agreed, coupons, pricing_rules
from keep_customers.benefits.offered import BIRTHDAY, COUPONS, DISCOUNT, REORDER, RESERVED, percent, read
from keep_customers.benefits.pricing_rules import rules_on
from keep_customers.erp import host
from keep_customers.erp.trees import branch


def before_validate(doc, method=None) -> None:
	"""Hook on the sales documents: fill in tier and benefit, take back what is not theirs, refuse what is reserved."""
	customer = agreed.customer_of(doc)
	promises = agreed.rows(doc)
	counted = agreed.counted(promises)
	new = [row for row in doc.get("items") if id(row) not in promises and not row.get("is_free_item")]
	benefits = [one for one in read() if one.company in (None, "", doc.company)]
	coupon = _coupon(doc)
	given_up = _given_up(promises, coupon)
	said = {(one.tier, None if id(one) in given_up else one.benefit) for one in promises.values()}
	if len(said) == 1 and not new:
		# The price of the earlier document holds, whatever the tier is now.
		[(doc.keep_tier, doc.keep_benefit)] = said
	else:
		# Rows that were agreed in another tier keep the rules that they name.
		doc.keep_tier = frappe.db.get_value("Customer", customer, "keep_tier") if customer else None
		doc.keep_benefit = None
	reserved = [one for one in benefits if one.kind == RESERVED]
	if doc.get("is_return"):
		_put(doc, coupon, None)
		return
	if doc.get("is_debit_note"):
		_refuse_reserved(doc, customer, new, reserved)
		# It asks for an amount; with a tier ERPNext would ask for the list price less the discount instead.
		doc.keep_tier = doc.keep_benefit = None
		_put(doc, coupon, None)
		_forget_rules(doc)
		return
	fresh = None
	if coupon and coupon.name not in counted:
		promised = any(one.coupon == coupon.name for one in promises.values())
		doc.keep_benefit = _benefit_of_coupon(doc, customer, coupon, benefits, promised, bool(new))
		_put(doc, coupon, coupon.name)
		fresh = None if promised else coupon.pricing_rule
		if promised and doc.get("coupon_code") == coupon.name and not doc.flags.ignore_validate:
			# ERPNext asks whether it is valid today; it was when it was agreed. Submitting counts it all the same.
			doc.flags.keep_coupon, doc.coupon_code = coupon.name, None
	elif counted:
		# What is made of a document that has used its coupon says which, and does not use it again.
		[shown, *more] = sorted(counted)
		_put(doc, coupon, None if more or doc.get("is_consolidated") else shown, counted=True)
	if doc.get("is_consolidated"):
		# It has no list prices, and those are what ERPNext goes back to where a rule is named.
		_forget_rules(doc)
	_settle_rules(doc, promises, given_up, benefits, fresh)
	_refuse_reserved(doc, customer, new, reserved)


def validate(doc, method=None) -> None:
	"""Hook on the sales documents, after ERPNext's own checks: a coupon that was kept from them is back."""
	if coupon := doc.flags.pop("keep_coupon", None):
		doc.coupon_code = coupon


def _coupon(doc) -> frappe._dict | None:
	"""The coupon of a benefit on a sales document, with the ``benefit`` and the rule: its ``key``, ``company`` and whether it is ``off``;
	coupons of the site's own are left to ERPNext."""
	for field in agreed.COUPON_FIELDS:
		if not doc.get(field):
			continue
		coupon = frappe.db.get_value(
			"Coupon Code",
			doc.get(field),
			["name", "pricing_rule", "customer", "valid_from", "valid_upto", "maximum_use", "used"],
			as_dict=True,
		)
		said = ["keep_benefit", "condition", "company", "disable"]
		rule = coupon and frappe.db.get_value("Pricing Rule", coupon.pricing_rule or "", said, as_dict=True)
		if rule and rule.keep_benefit:
			key = pricing_rules.key_of(rule.condition)
			coupon.update(benefit=rule.keep_benefit, key=key, company=rule.company, off=rule.disable)
			return coupon
		if field == "keep_coupon":
			frappe.throw(
				_("Only coupons of a Tier Benefit can be used on an invoice; others on a quotation or order.")
			)
	return None


def _put(doc, found, coupon: str | None, counted: bool = False) -> None:
	"""Write a benefit's coupon where it belongs, and take the one that was found from where it does not.

	On an invoice that is our field: ERPNext 15 has none there, and 16 would check and count an order's coupon once more.
	"""
	ours = host.has(doc.doctype, "keep_coupon")
	if ours:
		doc.keep_coupon = coupon
	if found and doc.get("coupon_code") == found.name and (ours or counted or not coupon):
		doc.coupon_code = None


def _forget_rules(doc) -> None:
	"""Take our rules' names from all rows, and leave the rates."""
	ours = _rules_of_benefits({rule for row in doc.get("items") for rule in rules_on(row)})
	for row in doc.get("items"):
		left = [rule for rule in rules_on(row) if rule not in ours]
		if left != rules_on(row):
			row.pricing_rules = json.dumps(left) if left else ""
			row.update({"discount_percentage": 0, "discount_amount": 0})


def _given_up(promises: dict, coupon) -> set[int]:
	"""id() of the earlier rows whose coupon was taken off this document before its use was counted: the discount goes along."""
	return {
		id(one)
		for one in promises.values()
		if one.coupon and not one.counted and one.coupon != (coupon and coupon.name)
	}


def _benefit_of_coupon(
	doc, customer: str | None, coupon, benefits: list, promised: bool, more: bool
) -> str | None:
	"""What the document gets by its coupon: the name of the birthday benefit, or the key of the rule that it was given by.

	ERPNext asks of a coupon neither whose it is, nor on quotations when it is valid. What a rep has given holds whatever the
	customer's tier is now.

	:param promised: whether it was on the document that this one goes on from
	:param more: whether rows were added since
	"""
	if coupon.customer != customer:
		frappe.throw(_("The coupon {0} belongs to another customer.").format(coupon.name))
	granted = coupon.key or coupon.benefit
	if coupon.key:
		theirs = not coupon.off and coupon.company in (None, "", doc.company)
	else:
		benefit = next((one for one in benefits if one.name == coupon.benefit), None)
		theirs = benefit and doc.keep_tier in benefit.tiers
	if promised:
		if coupon.maximum_use and coupon.used >= coupon.maximum_use:
			frappe.throw(_("The coupon {0} has meanwhile been used on another document.").format(coupon.name))
		valid = getdate(coupon.valid_from) <= getdate() <= getdate(coupon.valid_upto)
		# Rows that were agreed name the rule; what was added gets it if the coupon could be used today.
		return granted if not more or (theirs and valid) else None
	if not theirs and coupon.key and not coupon.off:
		frappe.throw(_("The coupon {0} is for documents of {1}.").format(coupon.name, coupon.company))
	if not theirs:
		frappe.throw(
			_("The customer no longer has the benefit {0}, so its coupon is not valid any more.").format(
				coupon.benefit
			)
		)
	if coupon.key and not coupon.used and getdate(coupon.valid_upto) < getdate():
		if other := coupons.strongest(customer, doc.company):
			frappe.throw(
				_(
					"The coupon {0} is over. The customer has another one now, {1} ({2} %): please take that."
				).format(coupon.name, other["coupon"], percent(other["discount"]))
			)
	from erpnext.accounts.doctype.pricing_rule.utils import validate_coupon_code

	validate_coupon_code(coupon.name)
	return granted


def _settle_rules(doc, promises: dict, given_up: set[int], benefits: list, fresh: str | None) -> None:
	"""See to it that rows name the rules of benefits that they have, since ERPNext applies those that a row names, without
	asking their conditions again and without looking for others; and looks for those of today when it makes a document of
	another. Rows that were agreed have those of then; all others what the document earns now.

	:param fresh: the rule of a coupon that is new on this document, and is for all of its rows
	"""
	if doc.get("ignore_pricing_rule"):
		return
	rows = [
		(row, rules_on(row), promises.get(id(row))) for row in doc.get("items") if not row.get("is_free_item")
	]
	ours = _rules_of_benefits(
		{rule for _row, rules, one in rows for rule in (*rules, *(one.rules if one else ()))}
	)
	earned = {one.pricing_rule for one in benefits if one.kind == DISCOUNT and doc.keep_tier in one.tiers}
	coupon = _rule_by_coupon(doc.get("keep_benefit"), benefits)
	if coupon:
		earned.add(coupon)
	for row, rules, one in rows:
		given = [rule for rule in (one.rules if one else ()) if rule in ours]
		if one and id(one) in given_up:
			given = [rule for rule in given if ours[rule] not in COUPONS]
		allowed = {*given, fresh} if given else earned
		left = [rule for rule in rules if rule not in ours or rule in allowed]
		lost = [rule for rule in given if rule not in left]
		# A coupon that was added later is found only where ERPNext looks anew; there it must find the rest again, too.
		added = fresh if one and earned.issuperset(given) else None if one else coupon
		anew = rules and added and added not in rules
		if left != rules or lost or anew:
			# As ERPNext does it when a rule no longer fits; it then looks for those that do, unless some were agreed.
			row.update({"pricing_rules": "", "discount_percentage": 0, "discount_amount": 0})
			row.rate = row.price_list_rate or row.rate
			if given and not anew:
				row.pricing_rules = json.dumps(left + lost)


def _rule_by_coupon(granted: str | None, benefits: list) -> str | None:
	"""The rule of what a document gets by its coupon."""
	birthday = (one.pricing_rule for one in benefits if one.kind == BIRTHDAY and one.name == granted)
	return next(birthday, None) or pricing_rules.of_key(granted)


def _rules_of_benefits(names: set[str]) -> dict[str, str | None]:
	"""Which of these Pricing Rules Tier Benefits have made -> the kind of the benefit, if it is still there; of what is had by a coupon
	that was given, the kind that it had."""
	if not names:
		return {}
	rule, benefit = frappe.qb.DocType("Pricing Rule"), frappe.qb.DocType("Tier Benefit")
	rows = (
		frappe.qb.from_(rule)
		.left_join(benefit)
		.on(benefit.name == rule.keep_benefit)
		.select(rule.name, rule.condition, benefit.kind)
		.where(rule.name.isin(list(names)) & (IfNull(rule.keep_benefit, "") != ""))
	).run()
	return {name: REORDER if pricing_rules.key_of(text) else kind for name, text, kind in rows}


def _refuse_reserved(doc, customer: str | None, rows: list, reserved: list) -> None:
	if not reserved:
		return
	known = _already_on(doc, customer)
	for benefit in reserved:
		benefit.groups = set().union(*(branch("Item Group", group) for group in benefit.item_groups))
	rows = [row for row in rows if row.item_code and row.item_code not in known]
	parts = _parts_of({row.item_code for row in rows})
	sold = [(row, code) for row in rows for code in (row.item_code, *parts.get(row.item_code, ()))]
	for row, code in sold:
		item = frappe.get_cached_doc("Item", code)
		codes = {item.name, item.get("variant_of")}
		asking = [one for one in reserved if codes & one["items"] or item.item_group in one.groups]
		if not asking or any(doc.keep_tier in one.tiers for one in asking):
			continue
		if any(one.override_role in frappe.get_roles() for one in asking if one.override_role):
			continue
		tiers = sorted({_(tier, context="Customer Tier") for one in asking for tier in one.tiers})
		message = _("Row {0}: {1} is reserved for customers of the tiers {2}.").format(
			row.idx, frappe.bold(item.item_name), ", ".join(tiers)
		)
		if roles := sorted({_(one.override_role) for one in asking if one.override_role}):
			message += " " + _("Who has the role {0} can put it on the document all the same.").format(
				", ".join(roles)
			)
		frappe.throw(message, title=_("Reserved Item"))


def _parts_of(items: set[str]) -> dict[str, list[str]]:
	"""Item -> the items in it, of those that are Product Bundles."""
	if not items:
		return {}
	bundle, part = frappe.qb.DocType("Product Bundle"), frappe.qb.DocType("Product Bundle Item")
	rows = (
		frappe.qb.from_(bundle)
		.inner_join(part)
		.on((part.parent == bundle.name) & (part.parenttype == "Product Bundle"))
		.select(bundle.new_item_code, part.item_code)
		.where(bundle.new_item_code.isin(sorted(items)) & (bundle.disabled == 0))
		.orderby(part.idx)
	).run()
	found: dict[str, list[str]] = {}
	for item, code in rows:
		found.setdefault(item, []).append(code)
	return found


def refuse_reserved_row(row, method=None) -> None:
	"""Hook on rows that are added by themselves: ERPNext's *Update Items* puts them on an order that is submitted."""
	doc = frappe.get_doc(row.parenttype, row.parent)
	customer = agreed.customer_of(doc)
	doc.keep_tier = frappe.db.get_value("Customer", customer, "keep_tier") if customer else None
	reserved = [one for one in read(kind=RESERVED) if one.company in (None, "", doc.company)]
	_refuse_reserved(doc, customer, [row], reserved)


def _already_on(doc, customer: str | None) -> set[str]:
	"""Items that who was allowed to has put on the document, as long as customer and tier are the same. What was there
	because it was agreed is asked again: it may have lost what it came from.
	"""
	before = doc.get_doc_before_save()
	# Debit notes have no tier.
	if not before or not (doc.get("is_debit_note") or before.keep_tier == doc.keep_tier):
		return set()
	if agreed.customer_of(before) != customer:
		return set()
	promises = agreed.rows(before)
	return {row.item_code for row in before.get("items") if id(row) not in promises}


def use_coupon(invoice, method=None) -> None:
	"""Hook on Sales Invoice: count the use of a coupon, as ERPNext does it on orders; once for all that is made of one."""
	coupon = invoice.get("keep_coupon")
	if not coupon or invoice.is_return or coupon in agreed.counted(agreed.rows(invoice)):
		return
	from erpnext.accounts.doctype.pricing_rule.utils import update_coupon_code_count

	update_coupon_code_count(coupon, "cancelled" if method == "on_cancel" else "used")
