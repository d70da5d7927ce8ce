"""What a sales document may claim of Tier Benefits: its customer's tier, a birthday coupon, items that are reserved.

The tier is filled in here from the customer, whatever was sent.
"""

import frappe
from frappe import _

from keep_customers.benefits.offered import BIRTHDAY, DISCOUNT, RESERVED, read
from keep_customers.benefits.pricing_rules import rules_on
from keep_customers.erp.trees import branch

# Where a row comes from, by the field that names the earlier document's row.
SOURCES = {
	"quotation_item": "Quotation", "so_detail": "Sales Order", "dn_detail": "Delivery Note", "si_detail": "Sales Invoice",
}  # fmt: skip


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
	if before := _amended(doc, customer):
		items = {row.item_code for row in before.get("items")}
		# The coupon goes with its benefit: who takes it off the amendment gives up both.
		benefit = before.keep_benefit if coupon_on(doc) == coupon_on(before) else None
		for row in doc.get("items"):
			if row.item_code in items and not row.get("is_free_item"):
				found.setdefault(row.idx, (before.keep_tier, benefit))
	return found


def _amended(doc, customer: str | None):
	"""The cancelled document of the same customer that this one amends."""
	before = doc.get("amended_from") and frappe.get_doc(doc.doctype, doc.amended_from)
	return before if before and before.docstatus == 2 and _customer(before) == customer else None


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
	before = _amended(doc, customer)
	if before and before.keep_benefit == name and coupon_on(before) == coupon:
		# Agreed while it was valid; cancelling gave its use back, and submitting counts it again.
		return name
	benefit = next((one for one in benefits if one.name == name), None)
	if not benefit or doc.keep_tier not in benefit.tiers:
		frappe.throw(
			_("The customer no longer has the benefit {0}, so its coupon is not valid any more.").format(name)
		)
	from erpnext.accounts.doctype.pricing_rule.utils import validate_coupon_code

	validate_coupon_code(coupon)
	return name


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
