"""Tier Benefits as they are set up: which are switched on, for whom, the gifts of an occasion, and which rules give a coupon."""

import frappe
from frappe import _
from frappe.utils import flt

from keep_customers.erp.said import said
from keep_customers.erp.trees import branch

DISCOUNT, BIRTHDAY, REORDER, RESERVED, GIFT = (
	"Discount", "Birthday Discount", "Reorder Discount", "Reserved Items", "Holiday Gift",
)  # fmt: skip
COUPONS = (BIRTHDAY, REORDER)
PRICED = (DISCOUNT, *COUPONS)
# What a coupon is given with: contacts about a purchase that is to come, and is to be ours. Greetings advertise nothing, and who
# has said what they need is going to buy anyway.
WITH_COUPON = ("Reorder Due", "Reorder Overdue", "Item Group Slipping Away")
SALES = ("Quotation", "Sales Order", "Delivery Note", "Sales Invoice", "POS Invoice")
TABLES = {
	"tiers": ("Care Rule Tier", "tier"),
	"item_groups": ("Tier Benefit Item Group", "item_group"),
	"items": ("Tier Benefit Item", "item_code"),  # to be read as ["items"]: a dict has a method of that name
}


def percent(share) -> str:
	"""A discount in words, without the sign and without zeros that say nothing."""
	return f"{flt(share):g}"


def read(**filters) -> list:
	"""The benefits that are switched on, by name; ``tiers``, ``item_groups`` and ``items`` are sets of names."""
	benefits = frappe.get_all(
		"Tier Benefit",
		filters={"enabled": 1, **filters},
		fields=[
			"name", "kind", "company", "discount_percentage", "days_around", "valid_days", "pricing_rule",
			"override_role", "care_rule", "gift", "gift_cost", "currency",
		],
		order_by="name asc",
	)  # fmt: skip
	for benefit in benefits:
		benefit.update({field: set() for field in TABLES})
	by_name = {benefit.name: benefit for benefit in benefits}
	for field, (doctype, column) in TABLES.items() if benefits else ():
		rows = frappe.get_all(
			doctype,
			filters={"parenttype": "Tier Benefit", "parent": ("in", list(by_name))},
			fields=["parent", column],
			as_list=True,
		)
		for parent, value in rows:
			by_name[parent][field].add(value)
	return benefits


def overlap(doc) -> tuple[str, list[str]] | None:
	"""Another discount that is on, for the same tiers and some of the same items: they would add up, which nobody means.

	:param doc: a Tier Benefit, saved or not
	:returns: the other's name, and the tiers of both
	"""
	tiers = {row.tier for row in doc.tiers}
	# An empty row is refused later.
	groups = {row.item_group for row in doc.item_groups if row.item_group}
	for other in read(kind=DISCOUNT, name=("!=", doc.name or "")):
		if tiers & other.tiers and meet(doc.company, groups, other.company, other.item_groups):
			return other.name, sorted(tiers & other.tiers)
	return None


def of_two_tiers(old: str, new: str) -> tuple[str, str] | None:
	"""Two discounts that would add up once two tiers are one: the names of the one for each."""
	discounts = read(kind=DISCOUNT)
	for one in discounts:
		for other in discounts:
			both = old in one.tiers and new in other.tiers and one is not other
			if both and meet(one.company, one.item_groups, other.company, other.item_groups):
				return one.name, other.name
	return None


def meet(company: str | None, groups: set[str], other: str | None, its_groups: set[str]) -> bool:
	"""Whether two discounts can be for the same row of a document; no company is any, no item group is all."""
	if company and other and company != other:
		return False
	return not (groups and its_groups) or bool(_groups(groups) & _groups(its_groups))


def gives_no_coupon(rule: str) -> str | None:
	"""Why no coupon can be given with a Care Rule, in a sentence; None if one can."""
	trigger, automatic = frappe.db.get_value("Care Rule", rule, ["trigger", "send_automatically"]) or (
		None,
		0,
	)
	name = _(rule, context="Care Rule")
	if trigger not in WITH_COUPON:
		return _(
			"The rule {0} is not about the next purchase. A coupon goes with a rule of the kind {1}."
		).format(name, ", ".join(_(one, context="Care Rule") for one in WITH_COUPON))
	if automatic:
		return _("The rule {0} sends messages automatically, and nobody would tell of a coupon.").format(name)
	return None


def add_up(other: str, tiers: list[str]) -> str:
	"""What :func:`overlap` has found, and what to do."""
	found = _("{0} gives a discount on some of these items to {1} already.").format(other, ", ".join(tiers))
	return f"{found} {_('Please switch it off, or choose other tiers or items.')}"


def _groups(names: set[str]) -> set[str]:
	if not names:
		return set(frappe.get_all("Item Group", pluck="name"))
	return set().union(*(branch("Item Group", name) for name in names))


def with_gifts(rule, rows: list[dict]) -> list[dict]:
	"""Follow Up rows of a Care Rule, with what customers of their tier are given on the occasion, and its cost."""
	gifts = read(kind=GIFT, care_rule=rule.name) if rows else []
	for row in rows if gifts else ():
		benefit = next((one for one in gifts if row.get("tier") in one.tiers), None)
		if benefit:
			row.update(
				benefit=benefit.name,
				gift=benefit.gift,
				gift_cost=benefit.gift_cost,
				gift_currency=benefit.currency,
			)
			row["reason"] = said("{0} Gift: {1}.", row["reason"], benefit.gift)
	return rows
