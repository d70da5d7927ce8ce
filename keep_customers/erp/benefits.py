"""Tier Benefits: what ERPNext is told of them, and what a sales document may claim.

A discount is one Pricing Rule for all customers of its tiers. Its condition, which ERPNext evaluates with the document,
asks for the document's tier; that is filled in here from the customer, whatever was sent. The rule is made so that it
is invisible to ERPNext's choice among the other rules: ARCHITECTURE.md says how and why.
"""

import json

import frappe
from frappe import _
from frappe.utils import get_link_to_form

from keep_customers.erp import ledger
from keep_customers.erp.trees import branch

DISCOUNT, BIRTHDAY, RESERVED, GIFT = "Discount", "Birthday Discount", "Reserved Items", "Holiday Gift"
PRICED = (DISCOUNT, BIRTHDAY)
SALES = ("Quotation", "Sales Order", "Delivery Note", "Sales Invoice", "POS Invoice")
TABLES = {
	"tiers": ("Care Rule Tier", "tier"),
	"item_groups": ("Tier Benefit Item Group", "item_group"),
	"items": ("Tier Benefit Item", "item_code"),  # to be read as ["items"]: a dict has a method of that name
}
# Where a row comes from, by the field that names the earlier document's row.
SOURCES = {
	"quotation_item": "Quotation", "so_detail": "Sales Order", "dn_detail": "Delivery Note", "si_detail": "Sales Invoice",
}  # fmt: skip


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


def holds_for(benefit, tier: str | None, company: str | None) -> bool:
	return tier in benefit.tiers and benefit.company in (None, "", company)


# What ERPNext is told


def bring_rule(benefit) -> None:
	"""Make the benefit's Pricing Rule say what the benefit says."""
	if not benefit.enabled or benefit.kind not in PRICED:
		return switch_off(benefit.pricing_rule)
	known = benefit.pricing_rule and frappe.db.exists("Pricing Rule", benefit.pricing_rule)
	rule = frappe.get_doc("Pricing Rule", known) if known else frappe.new_doc("Pricing Rule")
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
	if not any(
		frappe.db.exists(doctype, {"pricing_rule": rule})
		for doctype in ("Pricing Rule Detail", "Coupon Code")
	):
		# As in bring_rule: it is the benefit's to delete.
		frappe.delete_doc("Pricing Rule", rule, ignore_permissions=True)


def take_back_everything() -> None:
	"""Uninstalling: our Pricing Rules and coupons, and what documents say of them. The prices given stay."""
	frappe.db.set_value("Tier Benefit", {"pricing_rule": ("is", "set")}, "pricing_rule", None)
	rules = frappe.get_all("Pricing Rule", filters={"keep_benefit": ("is", "set")}, pluck="name")
	of_rules = {"pricing_rule": ("in", rules or [""])}
	coupons = frappe.get_all("Coupon Code", filters=of_rules, pluck="name")
	for doctype in SALES:
		# An order that is cancelled would ask a coupon that is gone, and one that is amended a rule.
		if frappe.db.has_column(doctype, "coupon_code"):
			with_coupon = {"coupon_code": ("in", coupons or [""])}
			frappe.db.set_value(doctype, with_coupon, "coupon_code", None, update_modified=False)
		_forget_rules(doctype, set(rules))
	frappe.db.delete("Pricing Rule Detail", of_rules)
	frappe.db.delete("Coupon Code", of_rules)
	for rule in rules:
		frappe.delete_doc("Pricing Rule", rule, force=True, ignore_permissions=True, delete_permanently=True)


def _forget_rules(doctype: str, rules: set[str]) -> None:
	parents = frappe.get_all(
		"Pricing Rule Detail",
		filters={"parenttype": doctype, "pricing_rule": ("in", sorted(rules) or [""])},
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


def on_tier_renamed() -> None:
	"""The conditions name tiers."""
	for benefit in read(kind=DISCOUNT):
		bring_rule(frappe.get_doc("Tier Benefit", benefit.name))


def _root_groups() -> list[str]:
	return frappe.get_all("Item Group", filters={"parent_item_group": ("is", "not set")}, pluck="name")


def _currency(company: str | None) -> str:
	"""The rule must have one; a discount in percent does not ask for it."""
	own = company and frappe.get_cached_value("Company", company, "default_currency")
	return own or ledger.reporting_currency(frappe.get_cached_doc("Keep Customers Settings"))


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
	if not rule.keep_benefit or not frappe.db.exists("Tier Benefit", {"pricing_rule": rule.name}):
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


# What a sales document may claim


def before_validate(doc, method=None) -> None:
	"""Hook on the sales documents: fill in tier and benefit, take back what is not theirs, refuse what is reserved."""
	customer = _customer(doc)
	agreed = _agreed(doc, customer)
	new = [row for row in doc.get("items") if row.idx not in agreed and not row.get("is_free_item")]
	benefits = [one for one in read() if one.company in (None, "", doc.company)]
	if agreed and not new:
		# The price of the earlier document holds, whatever the tier is now.
		doc.keep_tier, doc.keep_benefit = next(iter(agreed.values()))
	else:
		doc.keep_tier = frappe.db.get_value("Customer", customer, "keep_tier") if customer else None
		doc.keep_benefit = None
	if doc.get("is_return"):
		return
	doc.keep_benefit = _benefit_of_coupon(doc, customer, benefits) or doc.keep_benefit
	_take_back_unearned(doc, new, benefits)
	_refuse_reserved(doc, customer, new, [one for one in benefits if one.kind == RESERVED])


def _customer(doc) -> str | None:
	if doc.doctype == "Quotation":
		return doc.party_name if doc.quotation_to == "Customer" else None
	return doc.customer


def _agreed(doc, customer: str | None) -> dict[int, tuple]:
	"""Numbers of rows that come from a submitted document of the same customer -> its tier and benefit."""
	found = {}
	for field, doctype in SOURCES.items():
		rows: dict[str, list[int]] = {}
		for row in doc.get("items"):
			if row.get(field):
				rows.setdefault(row.get(field), []).append(row.idx)
		if not rows:
			continue
		parent, item = frappe.qb.DocType(doctype), frappe.qb.DocType(f"{doctype} Item")
		party = parent.party_name if doctype == "Quotation" else parent.customer
		sources = (
			frappe.qb.from_(item)
			.inner_join(parent)
			.on(parent.name == item.parent)
			.select(item.name, parent.keep_tier, parent.keep_benefit)
			.where(item.name.isin(list(rows)) & (parent.docstatus == 1) & (party == customer))
		).run()
		found |= {idx: (tier, benefit) for name, tier, benefit in sources for idx in rows[name]}
	return found


def coupon_on(doc) -> str | None:
	"""The coupon on a sales document; ERPNext's invoices have no field for one, so they have ours."""
	return doc.get("keep_coupon") if doc.doctype == "Sales Invoice" else doc.get("coupon_code")


def _benefit_of_coupon(doc, customer: str | None, benefits: list) -> str | None:
	"""The birthday benefit whose coupon is on the document; coupons of the site's own are left to ERPNext.

	ERPNext asks of a coupon neither whose it is, nor on quotations when it is valid.
	"""
	coupon = coupon_on(doc)
	if not coupon:
		return None
	rule, owner = frappe.db.get_value("Coupon Code", coupon, ["pricing_rule", "customer"]) or (None, None)
	name = rule and frappe.db.get_value("Pricing Rule", rule, "keep_benefit")
	if not name:
		if doc.doctype == "Sales Invoice":
			frappe.throw(
				_("Only birthday coupons can be used on an invoice; others on a quotation or order.")
			)
		return None
	if owner != customer:
		frappe.throw(_("The coupon {0} belongs to another customer.").format(coupon))
	benefit = next((one for one in benefits if one.name == name), None)
	if not benefit or doc.keep_tier not in benefit.tiers:
		frappe.throw(
			_("The customer no longer has the benefit {0}, so its coupon is not valid any more.").format(name)
		)
	from erpnext.accounts.doctype.pricing_rule.utils import validate_coupon_code

	validate_coupon_code(coupon)
	return name


def rules_on(row) -> list[str]:
	"""The Pricing Rules a row names as applied."""
	text = row.get("pricing_rules") or ""
	return json.loads(text) if text.startswith("[") else [rule for rule in text.split(",") if rule]


def _take_back_unearned(doc, rows: list, benefits: list) -> None:
	"""ERPNext applies the rules that a row names, without asking their conditions again and without looking for others;
	since then the tier may have changed, or a coupon may have been added."""
	if doc.get("ignore_pricing_rule"):
		return
	applied = [(row, rules_on(row)) for row in rows if row.get("pricing_rules")]
	names = {rule for _row, rules in applied for rule in rules}
	of_benefit = dict(
		frappe.get_all(
			"Pricing Rule",
			filters={"name": ("in", sorted(names)), "keep_benefit": ("is", "set")},
			fields=["name", "keep_benefit"],
			as_list=True,
		)
		if names
		else ()
	)
	earned = {
		one.name
		for one in benefits
		if (one.kind == DISCOUNT and doc.keep_tier in one.tiers)
		or (one.kind == BIRTHDAY and one.name == doc.get("keep_benefit"))
	}
	coupon = next((one.pricing_rule for one in benefits if one.name == doc.get("keep_benefit")), None)
	for row, rules in applied:
		unearned = any(rule in of_benefit and of_benefit[rule] not in earned for rule in rules)
		# A coupon that was added later is found only where ERPNext looks anew.
		if unearned or (coupon and coupon not in rules):
			# As ERPNext does it when a rule no longer fits; it then looks for those that do.
			row.update({"pricing_rules": "", "discount_percentage": 0, "discount_amount": 0})
			row.rate = row.price_list_rate or row.rate


def _refuse_reserved(doc, customer: str | None, rows: list, reserved: list) -> None:
	if not reserved:
		return
	before = doc.get_doc_before_save()
	# What is already on the document was put there by who was allowed to, as long as customer and tier are the same.
	same = before and (_customer(before), before.keep_tier) == (customer, doc.keep_tier)
	known = {row.item_code for row in before.get("items")} if same else set()
	for benefit in reserved:
		benefit.groups = set().union(*(branch("Item Group", group) for group in benefit.item_groups))
	for row in rows:
		if not row.item_code or row.item_code in known:
			continue
		item = frappe.get_cached_doc("Item", row.item_code)
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


def use_coupon(invoice, method=None) -> None:
	"""Hook on Sales Invoice: count the use of a coupon, as ERPNext does it on orders."""
	if invoice.get("keep_coupon") and not invoice.is_return:
		from erpnext.accounts.doctype.pricing_rule.utils import update_coupon_code_count

		update_coupon_code_count(invoice.keep_coupon, "cancelled" if method == "on_cancel" else "used")


# Gifts


def with_gifts(rule, rows: list[dict]) -> list[dict]:
	"""Follow Up rows of a Care Rule, with what customers of their tier are given on the occasion, and its cost."""
	gifts = read(kind=GIFT, care_rule=rule.name) if rows else []
	for row in rows if gifts else ():
		benefit = next((one for one in gifts if row.get("tier") in one.tiers), None)
		if benefit:
			row.update(benefit=benefit.name, gift=benefit.gift, gift_cost=benefit.gift_cost)
			row["currency"] = row.get("currency") or benefit.currency
			row["reason"] = f"{row['reason']} " + _("Gift: {0}.").format(benefit.gift)
	return rows
