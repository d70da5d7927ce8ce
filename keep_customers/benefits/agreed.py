"""What was agreed with a customer: the rows of earlier documents that a sales document's rows go on from.

A row goes on from the one that it names, if that is of the same customer, company and item; a document that amends a
cancelled one, or a debit note, from that one's rows. A document of the same kind is never named otherwise: what was sold
once is no promise for the next sale.
"""

import frappe
from frappe.utils import flt
from pypika import Criterion
from pypika.functions import IfNull

from keep_customers.benefits.pricing_rules import rules_on
from keep_customers.erp import host

# Where a row comes from, by the field that names the earlier document's row; what was agreed first counts.
SOURCES = {
	"quotation_item": "Quotation", "so_detail": "Sales Order", "dn_detail": "Delivery Note", "si_detail": "Sales Invoice",
	"pos_invoice_item": "POS Invoice", "sales_invoice_item": "Sales Invoice",
}  # fmt: skip
# What a customer may have been when it was made an offer, and the customer's field that says so.
BEFORE = {"Lead": "lead_name", "Prospect": "prospect_name"}
COUPON_FIELDS = ("coupon_code", "keep_coupon")  # the host's and ours
SAME = (("item_code", "uom", "qty"), ("item_code", "uom"))


def customer_of(doc) -> str | None:
	if doc.doctype == "Quotation":
		return doc.party_name if doc.quotation_to == "Customer" else None
	return doc.customer


def rows(doc) -> dict[int, frappe._dict]:
	"""id() of each row that was agreed -> the earlier row: its ``tier``, ``benefit``, ``coupon`` and ``rules``, and whether
	the coupon's use is ``counted`` already.
	"""
	found: dict[int, frappe._dict] = {}
	for field, doctype in SOURCES.items():
		names = {row.get(field) for row in doc.get("items")} - {None, ""}
		if not names or (doctype == doc.doctype and not doc.get("is_return")):
			continue
		item = frappe.qb.DocType(f"{doctype} Item")
		earlier = {one.name: one for one in _read(doctype, doc, 1, item.name.isin(list(names)))}
		if doctype == "Quotation":
			_look_for_orders(doc, earlier)
		for row in doc.get("items"):
			one = earlier.get(row.get(field))
			if one and one.item_code == row.item_code:
				found.setdefault(id(row), one)
	for row, one in _whole(doc):
		found.setdefault(id(row), one)
	return found


def counted(agreed: dict[int, frappe._dict]) -> set[str]:
	"""The coupons whose use was counted with an earlier document."""
	return {one.coupon for one in agreed.values() if one.coupon and one.counted}


def _read(doctype: str, doc, docstatus: int, which) -> list[frappe._dict]:
	parent, item = frappe.qb.DocType(doctype), frappe.qb.DocType(f"{doctype} Item")
	coupons = [parent[field] for field in host.fields(doctype, COUPON_FIELDS)]
	found = (
		frappe.qb.from_(item)
		.inner_join(parent)
		.on(parent.name == item.parent)
		.select(
			item.name, item.parent, item.item_code, item.uom, item.qty, item.pricing_rules, parent.keep_tier.as_("tier"),
			parent.keep_benefit.as_("benefit"), *coupons,
		)
		.where(which & (parent.docstatus == docstatus) & (parent.company == doc.company))
		.where(_party(doctype, parent, doc))
		.orderby(item.idx)
	).run(as_dict=True)  # fmt: skip
	for one in found:
		one.update(
			coupon=next((one[field] for field in COUPON_FIELDS if one.get(field)), None),
			counted=docstatus == 1 and doctype != "Quotation",
			rules=rules_on(one),
		)
	return found


def _party(doctype: str, parent, doc):
	if doc.doctype == "Quotation":
		return (parent.quotation_to == doc.quotation_to) & (parent.party_name == doc.party_name)
	customer = doc.customer
	if doctype == "Quotation":
		before = frappe.db.get_value("Customer", customer, "*", as_dict=True) or {}
		return Criterion.any(
			(parent.quotation_to == kind) & (parent.party_name == name)
			for kind, name in (
				("Customer", customer),
				*((kind, before.get(field)) for kind, field in BEFORE.items()),
			)
			if name
		)
	if doctype == "POS Invoice" and doc.doctype == "Sales Invoice":
		# Consolidated once, for its customer or, by group, for the one that ERPNext's log names.
		log, line = frappe.qb.DocType("POS Invoice Merge Log"), frappe.qb.DocType("POS Invoice Reference")
		merged = (
			frappe.qb.from_(line)
			.inner_join(log)
			.on((log.name == line.parent) & (line.parenttype == "POS Invoice Merge Log"))
			.select(line.pos_invoice)
			.where((log.docstatus == 1) & (log.customer == customer))
		)
		once = IfNull(parent.consolidated_invoice, "").isin(["", doc.name or ""])
		return once & ((parent.customer == customer) | parent.name.isin(merged))
	return parent.customer == customer


def _look_for_orders(doc, earlier: dict[str, frappe._dict]) -> None:
	"""A quotation's coupon is counted with its first order, for all that are made of it."""
	if not (coupons := {one.coupon for one in earlier.values() if one.coupon}):
		return
	order, line, offer = (
		frappe.qb.DocType(name) for name in ("Sales Order", "Sales Order Item", "Quotation Item")
	)
	ordered = (
		frappe.qb.from_(line)
		.inner_join(order)
		.on(order.name == line.parent)
		.inner_join(offer)
		.on(offer.name == line.quotation_item)
		.select(offer.parent, order.coupon_code)
		.where((order.docstatus == 1) & (order.name != (doc.name or "")))
		.where(order.coupon_code.isin(sorted(coupons)))
		.where(offer.parent.isin(sorted({one.parent for one in earlier.values()})))
		.distinct()
	).run()
	for one in earlier.values():
		one.counted = (one.parent, one.coupon) in ordered


def _whole(doc) -> list[tuple]:
	"""(row, earlier row) where the whole document goes on from one: it amends it, or asks for more money for it."""
	if against := doc.get("amended_from"):
		others = {
			"amended_from": against,
			"docstatus": ("<", 2),
			"name": ("!=", doc.name or ""),
		}
		# What was agreed once is amended once.
		if frappe.db.exists(doc.doctype, others):
			return []
		docstatus = 2
	elif doc.get("is_debit_note") and not doc.get("update_stock"):
		against, docstatus = doc.get("return_against"), 1
	if not against:
		return []
	item = frappe.qb.DocType(f"{doc.doctype} Item")
	left = _read(doc.doctype, doc, docstatus, item.parent == against)
	pairs, open_rows = [], [row for row in doc.get("items") if not row.get("is_free_item")]
	# One row for one: of two of the same item, the one of the same quantity first.
	for fields in SAME:
		for row in list(open_rows):
			match = next((one for one in left if all(_same(row, one, field) for field in fields)), None)
			if match:
				pairs.append((row, match))
				left.remove(match)
				open_rows.remove(row)
	return pairs


def _same(row, one, field: str) -> bool:
	if field == "qty":
		return flt(row.qty) == flt(one.qty)
	# What is sent without a unit gets the item's, later.
	return row.get(field) == one[field] or (field == "uom" and not row.get("uom"))
