"""What ERPNext is told of Tier Benefits: one Pricing Rule a benefit, whatever the number of its customers.

Its condition, which ERPNext evaluates with the sales document, asks for the document's tier. The rule is made so that it
is invisible to ERPNext's choice among the other rules: docs/decisions.md says how and why.

A coupon that a rep gives says for how much it is, and that holds until its day: such a rule has a key, which only documents with
one of its own coupons get, and goes on beside the benefit's next one as long as any of them is good.
"""

import json
import re
from datetime import date, timedelta

import frappe
from frappe import _
from frappe.utils import escape_html, get_link_to_form, getdate

from keep_customers.benefits.offered import (
	BIRTHDAY,
	DISCOUNT,
	PRICED,
	REORDER,
	SALES,
	add_up,
	overlap,
	read,
)
from keep_customers.erp import host
from keep_customers.erp.trees import branch
from keep_customers.worth import currencies

# What a document gets by a coupon that was given: no name that people choose, so that they may call all of it anew.
KEY = re.compile(r"keep_benefit == '(coupon [0-9a-f]{20})'")


def bring_rule(benefit) -> None:
	"""Make the benefit's Pricing Rule say what the benefit says."""
	if not benefit.enabled or benefit.kind not in PRICED:
		return _rest(benefit.pricing_rule)
	known = benefit.pricing_rule and frappe.db.exists("Pricing Rule", benefit.pricing_rule)
	rule = frappe.get_doc("Pricing Rule", known) if known else frappe.new_doc("Pricing Rule")
	key = key_of(rule.condition)
	other_kind = bool(key) != (benefit.kind == REORDER)
	groups = _outermost([row.item_group for row in benefit.item_groups]) or _root_groups()
	replaced = (
		known and (other_kind or _says_other(rule, benefit, groups)) and _is_promised(rule, key or other_kind)
	)
	if replaced:
		# ERPNext reads the discount of the rule that a row names again at every saving: what was agreed by it would change.
		_rest(known)
		rule, key = frappe.new_doc("Pricing Rule"), None
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
			"condition": condition(benefit, key),
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
	if replaced and not other_kind and benefit.kind != REORDER:
		frappe.db.set_value("Coupon Code", {"pricing_rule": known}, "pricing_rule", rule.name)


def _says_other(rule, benefit, groups: list[str]) -> bool:
	"""Whether a rule takes off something else than its benefit says now, or what was given by it is for something else."""
	if rule.discount_percentage != benefit.discount_percentage:
		return True
	same_items = {row.item_group for row in rule.item_groups} == {*groups}
	return benefit.kind == REORDER and not (same_items and (rule.company or "") == (benefit.company or ""))


def _is_promised(rule, by_coupons: bool | str | None) -> bool:
	"""Whether something was agreed by a rule, or given."""
	given = by_coupons and frappe.db.exists("Coupon Code", {"pricing_rule": rule.name})
	return bool(given) or _is_named(rule.name)


def key_of(text: str | None) -> str | None:
	"""What a document gets by the coupons of a rule, from the rule's condition; None if they are nobody's but who has the tier."""
	found = KEY.fullmatch(text or "")
	return found and found[1]


def of_key(key: str | None) -> str | None:
	"""The rule that asks for a key."""
	if not key or not key_of(asks_for(key)):
		return None
	return frappe.db.get_value("Pricing Rule", {"condition": asks_for(key), "keep_benefit": ("is", "set")})


def asks_for(granted: str) -> str:
	return f"keep_benefit == {granted!r}"


def _is_named(rule: str) -> bool:
	"""Whether prices were given by it."""
	return bool(frappe.db.exists("Pricing Rule Detail", {"pricing_rule": rule}))


def condition(benefit, key: str | None = None) -> str:
	"""What ERPNext asks of a sales document: the tier, or the coupon that was found to be this customer's."""
	if benefit.kind == REORDER:
		return asks_for(key or f"coupon {frappe.generate_hash(length=20)}")
	if benefit.kind == BIRTHDAY:
		return asks_for(benefit.name)
	return f"keep_tier in {tuple(sorted(row.tier for row in benefit.tiers))!r}"


def switch_off(rule: str | None) -> None:
	if rule and frappe.db.get_value("Pricing Rule", rule, "disable") == 0:
		doc = frappe.get_doc("Pricing Rule", rule)
		doc.disable = 1
		doc.flags.keep_customers = True
		# As in bring_rule: it is the benefit's to write.
		doc.save(ignore_permissions=True)


def _rest(rule: str | None) -> None:
	"""Switch a rule off, unless coupons were given by it that are still good."""
	if rule and not _good(getdate(), _by_coupons(name=rule)):
		switch_off(rule)


def _by_coupons(**which) -> set[str]:
	"""Rules of coupons that a rep gives.

	:param which: filters of Pricing Rule
	"""
	rows = frappe.get_all("Pricing Rule", filters=which, fields=["name", "condition"], as_list=True)
	return {name for name, text in rows if key_of(text)}


def _good(today: date, rules: set[str]) -> set[str]:
	"""Which of these rules have coupons that can still be used."""
	if not rules:
		return set()
	coupon = frappe.qb.DocType("Coupon Code")
	unused = (coupon.used == 0) & (coupon.valid_upto >= today)
	query = frappe.qb.from_(coupon).where(coupon.pricing_rule.isin(sorted(rules)) & unused)
	return {rule for (rule,) in query.select(coupon.pricing_rule).distinct().run()}


def switch_off_older(today: date, grace: int = 0) -> None:
	"""Switch off the rules of coupons that were given before their benefit was changed, once none of them is good any more.

	:param grace: days after which it is, while a clock that is ahead goes unnoticed
	"""
	current = {one.pricing_rule for one in read(kind=REORDER)}
	older = _by_coupons(keep_benefit=("is", "set"), disable=0) - current
	for rule in older - _good(today - timedelta(days=grace), older):
		switch_off(rule)


def drop_rule(benefit) -> None:
	"""A benefit that is deleted takes its rules along; one that prices were given by stays, switched off."""
	if benefit.pricing_rule:
		benefit.db_set("pricing_rule", None)
	for rule in frappe.get_all("Pricing Rule", {"keep_benefit": benefit.name}, pluck="name"):
		_drop(rule)


def _drop(rule: str) -> None:
	switch_off(rule)
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


def on_renamed(benefit, old: str, merge: bool = False) -> None:
	"""All its rules are called after it, those too that prices were given by before the discount was changed."""
	others = frappe.get_all("Pricing Rule", {"keep_benefit": old}, pluck="name")
	frappe.db.set_value("Pricing Rule", {"keep_benefit": old}, "keep_benefit", benefit.name)
	bring_rule(benefit)
	if merge:
		_give_up(benefit, old, others)


def _give_up(benefit, old: str, rules: list[str]) -> None:
	"""What a benefit has given by itself, that has become another one, is given no more; coupons stay good, by the other's rule
	where they are somebody's birthday's.

	:param old: the benefit that goes
	"""
	frappe.db.set_value("Tier Benefit", old, "pricing_rule", None)
	for rule in sorted(set(rules) - _by_coupons(name=("in", rules))) if rules else ():
		if benefit.kind == BIRTHDAY and benefit.pricing_rule:
			frappe.db.set_value("Coupon Code", {"pricing_rule": rule}, "pricing_rule", benefit.pricing_rule)
		_drop(rule)


def on_tier_renamed() -> None:
	"""The conditions name tiers."""
	for benefit in read(kind=DISCOUNT):
		bring_rule(frappe.get_doc("Tier Benefit", benefit.name))


def on_item_group(group, method=None) -> None:
	"""Hook on Item Group: it lies somewhere else now."""
	if group.get_doc_before_save() and group.has_value_changed("parent_item_group"):
		_name_groups_once()


def after_item_group_rename(group, method=None, old=None, new=None, merge=False) -> None:
	if merge:
		_name_groups_once()


def _name_groups_once() -> None:
	"""Bring the rules in line with item groups that lie in each other now, or are the same: what is named twice is taken off twice."""
	for one in read(kind=("in", PRICED)):
		benefit = frappe.get_doc("Tier Benefit", one.name)
		bring_rule(benefit)
		if one.kind == DISCOUNT and (found := overlap(benefit)):
			frappe.msgprint(add_up(*found), title=escape_html(one.name), indicator="orange")
	of_groups = {"keep_benefit": ("is", "set"), "disable": 0}
	for name in frappe.get_all("Pricing Rule", of_groups, pluck="name"):
		rule = frappe.get_doc("Pricing Rule", name)
		groups = [row.item_group for row in rule.item_groups]
		if (left := _outermost(groups)) != groups:
			rule.set("item_groups", [{"item_group": group} for group in left])
			rule.flags.keep_customers = True
			# As in bring_rule: it is the benefit's to write.
			rule.save(ignore_permissions=True)


def _outermost(groups: list[str]) -> list[str]:
	"""Those that lie in none of the others, each once: ERPNext would find a rule once for each, and take the discount off twice."""
	inside = set().union(*(branch("Item Group", group) - {group} for group in groups))
	return [group for group in dict.fromkeys(groups) if group not in inside]


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
