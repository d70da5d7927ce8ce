"""What ERPNext is told of Tier Benefits: one Pricing Rule a benefit, whatever the number of its customers.

Its condition, which ERPNext evaluates with the sales document, asks for the document's tier. The rule is made so that it
is invisible to ERPNext's choice among the other rules: docs/decisions.md says how and why.
"""

import json

import frappe
from frappe import _
from frappe.utils import get_link_to_form

from keep_customers.benefits.offered import BIRTHDAY, DISCOUNT, PRICED, SALES, read
from keep_customers.erp import host
from keep_customers.worth import currencies


def bring_rule(benefit) -> None:
	"""Make the benefit's Pricing Rule say what the benefit says."""
	if not benefit.enabled or benefit.kind not in PRICED:
		return switch_off(benefit.pricing_rule)
	known = benefit.pricing_rule and frappe.db.exists("Pricing Rule", benefit.pricing_rule)
	rule = frappe.get_doc("Pricing Rule", known) if known else frappe.new_doc("Pricing Rule")
	replaced = known and rule.discount_percentage != benefit.discount_percentage and _is_named(known)
	if replaced:
		# ERPNext reads the discount of the rule that a row names again at every saving: what was agreed by it would change.
		switch_off(known)
		rule = frappe.new_doc("Pricing Rule")
	groups = [row.item_group for row in benefit.item_groups] or _root_groups()
	# The framework would fill in the user's company, and ERPNext the day of today.
	rule.dont_update_if_missing = ["company", "valid_from"]
	rule.update(
		{
			"title": benefit.name,
			"keep_benefit": benefit.name,
			"disable": 0,
			"selling": 1,
			"buying": 0,
			"company": benefit.company,
			"currency": _currency(benefit.company),
			"apply_on": "Item Group",
			"item_groups": [{"item_group": group} for group in groups],
			"price_or_product_discount": "Price",
			"rate_or_discount": "Discount Percentage",
			"discount_percentage": benefit.discount_percentage,
			"margin_type": "",
			"valid_from": None,
			"condition": condition(benefit),
			# ERPNext looks for rules of items, of groups, of brands, and stops at what it finds before it reads the
			# conditions. It goes on past a rule without priority that may be combined, as if the rule were not there.
			"apply_multiple_pricing_rules": 1,
			"has_priority": 0,
			"priority": "",
			# ERPNext finds one coupon for each such rule; a birthday's is found by the condition instead.
			"coupon_code_based": 0,
			"rule_description": _("Made by the Tier Benefit {0}; please change it there.").format(
				benefit.name
			),
		}
	)
	rule.flags.keep_customers = True
	# Who may set what a tier gets need not be allowed to write the other pricing rules.
	rule.save(ignore_permissions=True)
	benefit.db_set("pricing_rule", rule.name)
	if replaced:
		frappe.db.set_value("Coupon Code", {"pricing_rule": known}, "pricing_rule", rule.name)


def _is_named(rule: str) -> bool:
	"""Whether prices were given by it."""
	return bool(frappe.db.exists("Pricing Rule Detail", {"pricing_rule": rule}))


def condition(benefit) -> str:
	"""What ERPNext asks of a sales document: the tier, or the birthday coupon that was found to be this customer's."""
	if benefit.kind == BIRTHDAY:
		return f"keep_benefit == {benefit.name!r}"
	return f"keep_tier in {tuple(sorted(row.tier for row in benefit.tiers))!r}"


def switch_off(rule: str | None) -> None:
	if rule and frappe.db.get_value("Pricing Rule", rule, "disable") == 0:
		doc = frappe.get_doc("Pricing Rule", rule)
		doc.disable = 1
		doc.flags.keep_customers = True
		# As in bring_rule: it is the benefit's to write.
		doc.save(ignore_permissions=True)


def drop_rule(benefit) -> None:
	"""A benefit that is deleted takes its rule along; one that prices were given by stays, switched off."""
	rule = benefit.pricing_rule
	if not rule or not frappe.db.exists("Pricing Rule", rule):
		return
	switch_off(rule)
	benefit.db_set("pricing_rule", None)
	if not _is_named(rule) and not frappe.db.exists("Coupon Code", {"pricing_rule": rule}):
		# As in bring_rule: it is the benefit's to delete.
		frappe.delete_doc("Pricing Rule", rule, ignore_permissions=True, flags={"keep_customers": True})


def take_back_everything() -> None:
	"""Uninstalling: our Pricing Rules and coupons, and what documents say of them. The prices given stay."""
	frappe.db.set_value("Tier Benefit", {"pricing_rule": ("is", "set")}, "pricing_rule", None)
	rules = frappe.get_all("Pricing Rule", filters={"keep_benefit": ("is", "set")}, pluck="name")
	if not rules:
		return  # "in nothing" would find coupons without a rule, which are somebody else's
	of_rules = {"pricing_rule": ("in", rules)}
	coupons = frappe.get_all("Coupon Code", filters=of_rules, pluck="name")
	for doctype in SALES:
		# An order that is cancelled would ask a coupon that is gone, and one that is amended a rule.
		if coupons and host.has(doctype, "coupon_code"):
			with_coupon = {"coupon_code": ("in", coupons)}
			frappe.db.set_value(doctype, with_coupon, "coupon_code", None, update_modified=False)
		_forget_rules(doctype, set(rules))
	frappe.db.delete("Pricing Rule Detail", of_rules)
	frappe.db.delete("Coupon Code", of_rules)
	for rule in rules:
		# Uninstalling: they are ours, and nobody is asked what a benefit leaves behind.
		frappe.delete_doc(
			"Pricing Rule",
			rule,
			force=True,
			ignore_permissions=True,
			delete_permanently=True,
			flags={"keep_customers": True},
		)


def _forget_rules(doctype: str, rules: set[str]) -> None:
	"""
	:param rules: at least one
	"""
	parents = frappe.get_all(
		"Pricing Rule Detail",
		filters={"parenttype": doctype, "pricing_rule": ("in", sorted(rules))},
		pluck="parent",
	)
	for row in frappe.get_all(
		f"{doctype} Item",
		filters={"parent": ("in", sorted(set(parents)) or [""]), "pricing_rules": ("is", "set")},
		fields=["name", "pricing_rules"],
	):
		left = [rule for rule in rules_on(row) if rule not in rules]
		frappe.db.set_value(
			f"{doctype} Item",
			row.name,
			"pricing_rules",
			json.dumps(left) if left else "",
			update_modified=False,
		)


def rules_on(row) -> list[str]:
	"""The Pricing Rules a row names as applied."""
	text = row.get("pricing_rules") or ""
	return json.loads(text) if text.startswith("[") else [rule for rule in text.split(",") if rule]


def on_renamed(benefit, old: str) -> None:
	"""All its rules are called after it, those too that prices were given by before the discount was changed."""
	frappe.db.set_value("Pricing Rule", {"keep_benefit": old}, "keep_benefit", benefit.name)
	bring_rule(benefit)


def on_tier_renamed() -> None:
	"""The conditions name tiers."""
	for benefit in read(kind=DISCOUNT):
		bring_rule(frappe.get_doc("Tier Benefit", benefit.name))


def _root_groups() -> list[str]:
	return frappe.get_all("Item Group", filters={"parent_item_group": ("is", "not set")}, pluck="name")


def _currency(company: str | None) -> str:
	"""The rule must have one; a discount in percent does not ask for it."""
	own = company and frappe.get_cached_value("Company", company, "default_currency")
	return own or currencies.reporting_currency()


# What people may do to the rules


def guard_rule(rule, method=None) -> None:
	"""Hook on Pricing Rule: what a benefit keeps is changed by the benefit."""
	if rule.flags.keep_customers:
		return
	before = rule.get_doc_before_save()
	rule.keep_benefit = before.keep_benefit if before else None
	_refuse_if_kept(rule)
	hint_at_collisions(rule)


def guard_rule_on_trash(rule, method=None) -> None:
	if not rule.flags.keep_customers:
		_refuse_if_kept(rule)


def _refuse_if_kept(rule) -> None:
	if not rule.keep_benefit or not frappe.db.exists("Tier Benefit", rule.keep_benefit):
		return
	frappe.throw(
		_("This Pricing Rule is kept by the Tier Benefit {0}. Please change or delete that instead.").format(
			get_link_to_form("Tier Benefit", rule.keep_benefit)
		)
	)


# Rules of the admin's that ERPNext could not choose between and a benefit's.
COLLIDING = {
	"disable": 0, "selling": 1, "keep_benefit": ("is", "not set"), "apply_on": ("in", ("Item Group", "Brand")),
	"apply_multiple_pricing_rules": 0, "has_priority": 0,
}  # fmt: skip


def collisions(company: str | None) -> list[str]:
	"""Titles of the admin's rules that need a priority where they meet a benefit for the company (None: any)."""
	rules = frappe.get_all("Pricing Rule", filters=COLLIDING, fields=["name", "title", "company"])
	return [
		f"{rule.title} ({rule.name})"
		for rule in rules
		if not (rule.company and company) or rule.company == company
	]


def hint(rules: list[str]) -> None:
	frappe.msgprint(
		_(
			"ERPNext cannot choose by itself between a tier's discount and these pricing rules: {0}. Give them a priority, and they go first; or let them apply together with others."
		).format(", ".join(rules)),
		indicator="orange",
	)


def hint_at_collisions(rule) -> None:
	"""Tell who writes a Pricing Rule of the site's own that ERPNext could not choose between it and a benefit's."""
	plain = not any(
		rule.get(f) for f in ("disable", "apply_multiple_pricing_rules", "has_priority", "priority")
	)
	if not (plain and rule.selling and rule.apply_on in ("Item Group", "Brand")):
		return
	if frappe.db.exists("Tier Benefit", {"enabled": 1, "kind": ("in", PRICED)}):
		hint([rule.title])
