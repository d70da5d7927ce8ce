"""What is known of a customer on the day its loss is noticed, with where it stands: gathered once, and kept.

It is a record of that day: what is written about the customer later changes nothing of it. One query a kind, however many
customers. Who reads it is asked when it is shown (``panel.py``).
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import date, timedelta

import frappe
from frappe.query_builder.functions import IfNull, Max
from frappe.utils import flt, getdate, strip_html

from keep_customers.care.prices import heard
from keep_customers.engine import losses as engine
from keep_customers.erp.tables import FALLING
from keep_customers.worth.corrected import credited, is_purchase, no_opening

FEW = 3
TOUCHES = 5
LOOK_BACK = timedelta(days=730)
LONGEST = 200  # of what somebody wrote
NOT_TAKEN = ("Lost", "Expired")

Found = dict[str, list[dict]]


def of_customers(last: Mapping[str, date], today: date) -> dict[str, dict[str, list[dict]]]:
	"""Customer -> kind of fact -> the facts, the newest first.

	:param last: customer -> its latest purchase
	:returns: of the kinds complaints, touches, offers, market, bought, stopped and elsewhere; without those of which there is none
	"""
	if not last:
		return {}
	found: dict[str, dict] = {customer: {} for customer in last}
	for kind, of_kind in KINDS.items():
		for customer, rows in of_kind(last, today).items():
			if customer in found and rows:
				found[customer][kind] = rows
	return found


def _complaints(last: Mapping[str, date], today: date) -> Found:
	rows = frappe.get_all(
		"Complaint Case",
		filters={"customer": ("in", list(last)), "opened_on": (">=", today - LOOK_BACK)},
		fields=["customer", "name", "subject", "status", "word", "opened_on as day"],
		order_by="opened_on desc, name desc",
	)
	return _grouped(rows, FEW, text="subject")


def _touches(last: Mapping[str, date], today: date) -> Found:
	rows = frappe.get_all(
		"Customer Touch",
		filters={"customer": ("in", list(last)), "date": (">=", today - LOOK_BACK)},
		fields=["customer", "name", "channel", "result", "satisfaction", "rep", "date as day"],
		order_by="date desc, name desc",
	)
	return _grouped(rows, TOUCHES)


def _market(last: Mapping[str, date], today: date) -> Found:
	"""Price objections and competitors, as they were heard at contacts."""
	touch = frappe.qb.DocType("Customer Touch")
	rows = (
		frappe.qb.from_(touch)
		.select(
			touch.customer, touch.name, touch.date.as_("day"), touch.competitor, touch.competitor_price.as_("price"),
			touch.demand_currency.as_("currency"), touch.price_remark.as_("text"),
		)
		.where(touch.customer.isin(list(last)) & heard(touch) & (touch.date >= today - LOOK_BACK))
		.orderby(touch.date, order=FALLING)
		.orderby(touch.name, order=FALLING)
	).run(as_dict=True)  # fmt: skip
	return _grouped(rows, FEW)


def _offers(last: Mapping[str, date], today: date) -> Found:
	"""Quotations that were refused, or that nobody answered."""
	meta = frappe.get_meta("Quotation")
	more = [
		f"{field} as {name}"
		for field, name in (
			("order_lost_reason", "text"),
			("base_net_total", "amount"),
			("company", "company"),
		)
		if meta.has_field(field)
	]
	rows = frappe.get_all(
		"Quotation",
		filters={
			"quotation_to": "Customer",
			"party_name": ("in", list(last)),
			"docstatus": 1,
			"status": ("in", NOT_TAKEN),
			"transaction_date": (">=", today - LOOK_BACK),
		},
		fields=["party_name as customer", "name", "status", "transaction_date as day", *more],
		order_by="transaction_date desc, name desc",
	)
	found = _grouped(rows, FEW)
	offers = {row["name"]: row for of_one in found.values() for row in of_one}
	currencies = dict(frappe.get_all("Company", fields=["name", "default_currency"], as_list=True))
	for row in offers.values():
		row["currency"] = currencies.get(row.pop("company", None))
	for field, name in (("lost_reasons", "lost_reason"), ("competitors", "competitor")):
		for offer, value in _named_on(meta.get_field(field), name, list(offers)):
			offers[offer].setdefault(field, []).append(value)
	return found


def _named_on(field, name: str, offers: list[str]) -> list[tuple[str, str]]:
	"""(offer, what a row of its table names)."""
	if not field or not offers:
		return []
	of = {"parenttype": "Quotation", "parentfield": field.fieldname, "parent": ("in", offers)}
	return frappe.get_all(field.options, filters=of, fields=["parent", name], order_by="idx", as_list=True)


def _bought(last: Mapping[str, date], today: date) -> Found:
	rows = frappe.get_all(
		"Customer Item Group",
		filters={"customer": ("in", list(last))},
		fields=["customer", "item_group", "amount", "share", "currency", "last_purchase as day"],
		order_by="amount desc, item_group asc",
	)
	return _grouped(rows, FEW)


def _stopped(last: Mapping[str, date], today: date) -> Found:
	"""What was bought more than once and stopped while other things were still bought, what stopped first."""
	rows = frappe.get_all(
		"Customer Item Group",
		filters={"customer": ("in", list(last)), "purchases": (">", 1)},
		fields=["customer", "item_group", "amount", "gap", "currency", "last_purchase as day"],
		order_by="last_purchase asc, amount desc",
	)
	return _grouped(
		[
			row
			for row in rows
			if row.day and engine.stopped_before(getdate(row.day), flt(row.gap), last[row.customer])
		],
		FEW,
	)


def _elsewhere(last: Mapping[str, date], today: date) -> Found:
	"""Customers with the same tax number, or a person in common, who have bought since."""
	others: dict[tuple[str, str], str] = {}
	for customer, other in _same_people(list(last)):
		others[customer, other] = "person"
	for customer, other in _same_tax_id(list(last)):
		others[customer, other] = "tax_id"
	if not others:
		return {}
	bought = _bought_lately({other for _one, other in others}, min(last.values()), today)
	rows = [
		{"customer": customer, "name": other, "by": by, "day": bought[other]}
		for (customer, other), by in sorted(others.items())
		if other in bought and bought[other] > last[customer]
	]
	return _grouped(rows, FEW)


def _same_tax_id(customers: list[str]) -> list[tuple[str, str]]:
	if not frappe.get_meta("Customer").has_field("tax_id"):
		return []
	one, other = frappe.qb.DocType("Customer"), frappe.qb.DocType("Customer").as_("other")
	return (
		frappe.qb.from_(one)
		.inner_join(other)
		.on((other.tax_id == one.tax_id) & (other.name != one.name) & (other.disabled == 0))
		.select(one.name, other.name)
		.where(one.name.isin(customers) & (IfNull(one.tax_id, "") != ""))
	).run()


def _same_people(customers: list[str]) -> list[tuple[str, str]]:
	one, other = frappe.qb.DocType("Dynamic Link"), frappe.qb.DocType("Dynamic Link").as_("other")
	kind = (one.parenttype == "Contact") & (one.link_doctype == "Customer")
	kind &= (other.parenttype == "Contact") & (other.link_doctype == "Customer")
	return (
		frappe.qb.from_(one)
		.inner_join(other)
		.on((other.parent == one.parent) & (other.link_name != one.link_name))
		.select(one.link_name, other.link_name)
		.where(kind & one.link_name.isin(customers))
		.distinct()
	).run()


def _bought_lately(customers: set[str], since: date, today: date) -> dict[str, date]:
	invoice, names = frappe.qb.DocType("Sales Invoice"), sorted(customers)
	query = (
		frappe.qb.from_(invoice)
		.select(invoice.customer, Max(invoice.posting_date))
		.where(invoice.customer.isin(names) & (invoice.docstatus == 1) & is_purchase(invoice))
		# An opening entry is of before, whatever its day.
		.where((invoice.posting_date > since) & no_opening(invoice))
		.groupby(invoice.customer)
	)
	if undone := [paper.name for paper in credited(today, names)]:
		query = query.where(invoice.name.notin(undone))
	return {customer: getdate(day) for customer, day in query.run()}


def _grouped(rows: list, most: int, text: str = "text") -> Found:
	"""Customer -> its first rows, as they are stored."""
	found: Found = defaultdict(list)
	for row in rows:
		of_one = found[row["customer"]]
		if len(of_one) < most:
			of_one.append(_plain(row, text))
	return found


def _plain(row: dict, text: str) -> dict:
	kept = {name: value for name, value in row.items() if name != "customer" and value not in (None, "")}
	if kept.get(text):
		kept[text] = strip_html(str(kept[text])).strip()[:LONGEST]
	for name in ("amount", "price", "share", "gap", "satisfaction"):
		if name in kept:
			kept[name] = round(flt(kept[name]), 2)
	if "day" in kept:
		kept["day"] = str(getdate(kept["day"]))
	return kept


KINDS: dict[str, Callable[[Mapping[str, date], date], Found]] = {
	"complaints": _complaints,
	"touches": _touches,
	"market": _market,
	"offers": _offers,
	"bought": _bought,
	"stopped": _stopped,
	"elsewhere": _elsewhere,
}
