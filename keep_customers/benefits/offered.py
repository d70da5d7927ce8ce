"""Tier Benefits as they are set up: which are switched on, for whom, and the gifts of an occasion."""

import frappe
from frappe import _

from keep_customers.erp.said import said
from keep_customers.erp.trees import branch

DISCOUNT, BIRTHDAY, RESERVED, GIFT = "Discount", "Birthday Discount", "Reserved Items", "Holiday Gift"
PRICED = (DISCOUNT, BIRTHDAY)
SALES = ("Quotation", "Sales Order", "Delivery Note", "Sales Invoice", "POS Invoice")
TABLES = {
	"tiers": ("Care Rule Tier", "tier"),
	"item_groups": ("Tier Benefit Item Group", "item_group"),
	"items": ("Tier Benefit Item", "item_code"),  # to be read as ["items"]: a dict has a method of that name
}


def read(**filters) -> list:
	"""The benefits that are switched on, by name; ``tiers``, ``item_groups`` and ``items`` are sets of names."""
	benefits = frappe.get_all(
		"Tier Benefit",
		filters={"enabled": 1, **filters},
		fields=[
			"name", "kind", "company", "discount_percentage", "days_around", "pricing_rule", "override_role",
			"care_rule", "gift", "gift_cost", "currency",
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
	groups = _groups({row.item_group for row in doc.item_groups if row.item_group})
	for other in read(kind=DISCOUNT, name=("!=", doc.name or "")):
		company = not (doc.company and other.company) or doc.company == other.company
		if company and tiers & other.tiers and groups & _groups(other.item_groups):
			return other.name, sorted(tiers & other.tiers)
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
