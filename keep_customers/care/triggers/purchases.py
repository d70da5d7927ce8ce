"""What customers bought: large and first purchases, deliveries, milestones, the year's best."""

from datetime import date, timedelta

import frappe
from frappe.utils import cint, fmt_money, get_datetime, getdate
from pypika import Criterion

from keep_customers.care import followups
from keep_customers.care.triggers import (
	CATCH_UP_DAYS,
	Premise,
	customers,
	gone,
	matching,
	of_customers,
	row,
	since,
	written,
)
from keep_customers.engine import occasions
from keep_customers.erp.calendar import working_days
from keep_customers.erp.said import said
from keep_customers.erp.tables import FALLING, among, columns
from keep_customers.worth import currencies, ledger
from keep_customers.worth.corrected import Corrected, credited, is_purchase, no_opening, with_opening
from keep_customers.worth.values import NOT_RANKED


def purchase_amounts(rule, today: date, invoice: str | None = None) -> list[dict]:
	"""Purchases of at least the rule's amount, posted and submitted since it was switched on.

	:param invoice: only this one
	"""
	si = frappe.qb.DocType("Sales Invoice")
	query = documents(rule, today, si).where(is_purchase(si) & no_opening(si)).select(si.base_net_total)
	companies = {rule.company} if rule.company else None
	if invoice:
		query = query.where(si.name == invoice)
		companies = {frappe.db.get_value("Sales Invoice", invoice, "company")}
	currency, rates = reporting_rates(today, companies)
	least = float(rule.min_amount)
	large = [
		(si.company == company) & (si.base_net_total >= least / rate)
		for company, rate in rates.items()
		if rate
	]
	rows = list(matching(rule, query.where(Criterion.any(large)).run(as_dict=True))) if large else []
	if not rows:
		return []
	corrected = Corrected.of(today, sorted({doc.customer for doc in rows}))
	rows = [doc for doc in rows if doc.name not in corrected.undone]
	anew = [doc for doc in rows if doc.name in corrected.anew]
	called = _called(rule, [doc.name for doc in anew])
	for doc in anew:
		# Written anew after a credit note it is the same purchase, as if it were amended. Whatever is credited later,
		# it stays with the call that is about it.
		doc.amended_from = called.get(doc.name) or corrected.anew[doc.name][1].name
	return after_documents(
		rule,
		rows,
		"Sales Invoice",
		lambda doc: followups.reason_for_purchase(
			doc.name,
			fmt_money(doc.base_net_total * rates[doc.company], currency=currency),
			written(doc.posting_date),
		),
		# An invoice that was cancelled and comes again is to revive what was noted of it.
		noted_too=bool(invoice),
		short=lambda doc: said(
			"Bought for {0}: satisfied?",
			fmt_money(doc.base_net_total * rates[doc.company], currency=currency),
		),
		amount=lambda doc: doc.base_net_total * rates[doc.company],
		currency=currency,
	)


def deliveries(rule, today: date) -> list[dict]:
	"""Delivery Notes posted and submitted since the rule was switched on."""
	note = frappe.qb.DocType("Delivery Note")
	rows = matching(rule, documents(rule, today, note).where(_kept(note)).run(as_dict=True))
	return after_documents(
		rule,
		list(rows),
		"Delivery Note",
		lambda doc: said(
			"Delivered on {0} ({1}). Has everything arrived, does it do what it should?",
			written(doc.posting_date),
			doc.name,
		),
		short=lambda doc: said("Delivered on {0}: all in order?", written(doc.posting_date)),
	)


def first_purchases(rule, today: date) -> list[dict]:
	"""Customers who bought for the first time."""
	query, _customer, value = customers(rule, frappe.qb.DocType("Customer Value").first_purchase)
	query = query.where((value.first_purchase >= since(rule, today)) & (value.first_purchase <= today))
	query = query.where(value.status != NOT_RANKED)
	found = list(matching(rule, query.run(as_dict=True)))
	known_before = with_opening([one.customer for one in found])
	days = working_days(frappe.get_cached_doc("Keep Customers Settings"))
	return [
		row(
			rule,
			one,
			occurrence="first purchase",
			planned_on=getdate(one.first_purchase),
			due_date=days.due_after(getdate(one.first_purchase), cint(rule.due_in_days)),
			reason=said(
				"Bought for the first time on {0}. Welcome the customer; is everything all right?",
				written(one.first_purchase),
			),
			short=said("First purchase on {0}: welcome them", written(one.first_purchase)),
			expires=1,
		)
		for one in found
		if one.customer not in known_before
	]


def milestones(rule, today: date) -> list[dict]:
	"""Customers whose purchases have lately added up to the rule's amount, and since it was switched on.

	Where the rule says so, every further multiple of the amount is a milestone of its own. What was passed longer ago is not
	news when somebody changes the amount, or whom the rule is for.
	"""
	currency, rates = reporting_rates(today)
	lens = ledger.Lens(rule.company or None, ledger.NET_SALES, today)
	if lens.company and lens.company not in rates:
		return []
	step, written_amounts = float(rule.min_amount), {}
	begun = since(rule, today)
	grown = ledger.Ledger(today, rates).grown_to(lens, step, begun, begun)
	query, customer, _value = customers(rule)
	query = among(query, customer.name, [name for name, *_sums in grown])
	found = {one.customer: one for one in matching(rule, query.run(as_dict=True))} if grown else {}
	result = []
	for name, now, then in grown:
		reached = step * (int(now // step) if rule.every_multiple else min(int(now // step), 1))
		if name in found and reached and then < reached:
			if reached not in written_amounts:
				written_amounts[reached] = fmt_money(reached, currency=currency)
			result.append(
				row(
					rule,
					found[name],
					occurrence=f"milestone {reached:.0f}",
					planned_on=today,
					reason=said(
						"All purchases together have passed {0}. A word of thanks is due.",
						written_amounts[reached],
					),
					short=said("{0} in all: say thank you", written_amounts[reached]),
					amount=reached,
					currency=currency,
				)
			)
	return result


def years_best(rule, today: date) -> list[dict]:
	"""Once a year, the customers with the greatest current value."""
	first = getdate(rule.yearly_on) if rule.yearly_on else date(today.year, 1, 1)
	day = occasions.last_on(occasions.recurs(first), today)
	if not max(getdate(rule.enabled_from), today - timedelta(days=CATCH_UP_DAYS)) <= day <= today:
		return []
	occurrence = f"best of {day.year}"
	if frappe.db.exists("Follow Up", {"care_rule": rule.name, "occurrence": occurrence}):
		return []  # the order of tomorrow must not add to it
	query, _customer, value = customers(rule)
	query = query.where((value.status != NOT_RANKED) & (value.current_value > 0))
	query = query.orderby(value.current_value, order=FALLING)
	best = list(matching(rule, query.orderby(value.name).run(as_dict=True)))[: cint(rule.top_n)]
	return [
		row(
			rule,
			one,
			occurrence=occurrence,
			planned_on=day,
			reason=said(
				"One of our best customers of the year (no. {0}). Visit with a gift, and ask for suggestions.",
				place,
			),
			short=said("No. {0} of the year: visit with a gift", place),
		)
		for place, one in enumerate(best, 1)
	]


def _called(rule, invoices: list[str]) -> dict[str, str]:
	"""Invoice -> the occurrence under which the rule is about it already."""
	if not invoices:
		return {}
	about = {"care_rule": rule.name, "reference_doctype": "Sales Invoice", "reference_name": ("in", invoices)}
	return dict(frappe.get_all("Follow Up", about, ["reference_name", "occurrence"], as_list=True))


def documents(rule, today: date, document):
	"""A query of submitted documents that are no returns, new since the rule was switched on."""
	query, customer, _value = customers(
		rule, document.name, document.posting_date, document.company, document.amended_from
	)
	query = (
		query.inner_join(document)
		.on(document.customer == customer.name)
		.where((document.docstatus == 1) & (document.is_return == 0))
		.where(
			(document.posting_date >= since(rule, today, cint(rule.due_in_days)))
			& (document.posting_date <= today)
		)
		.where(document.modified >= get_datetime(rule.enabled_from))
	)
	return query.where(document.company == rule.company) if rule.company else query


def after_documents(
	rule, docs: list, doctype: str, reason, short, noted_too: bool = False, amount=lambda doc: 0, **values
) -> list[dict]:
	roots = _first_versions(doctype, [doc for doc in docs if doc.amended_from])
	if not noted_too:
		known = followups.known_occurrences(rule.name, {doc.customer for doc in docs})
		docs = [doc for doc in docs if (doc.customer, roots.get(doc.name, doc.name)) not in known]
	if not docs:
		return []  # somebody is waiting who submits an invoice: the calendar is not asked for nothing
	days = working_days(frappe.get_cached_doc("Keep Customers Settings"))
	return [
		row(
			rule,
			doc,
			occurrence=roots.get(doc.name, doc.name),
			# On the road it has not arrived.
			planned_on=getdate(doc.posting_date) + timedelta(days=cint(rule.wait_days)),
			due_date=days.due_after(getdate(doc.posting_date), cint(rule.due_in_days)),
			reason=reason(doc),
			short=short(doc),
			amount=amount(doc),
			reference_doctype=doctype,
			reference_name=doc.name,
			# A call about a purchase long ago would be odd.
			expires=1,
			**values,
		)
		for doc in docs
	]


def reporting_rates(today: date, companies: set[str] | None = None) -> tuple[str, dict[str, float]]:
	"""The reporting currency, and the companies' factors to it."""
	currency = currencies.reporting_currency()
	# Only the rates that are needed: somebody may be waiting who submits an invoice.
	rates, _warnings = currencies.rates_of(today, currency, companies)
	return currency, rates


def _first_versions(doctype: str, rows) -> dict[str, str]:
	"""Amended document -> the name under which it was first submitted, so that it is one occurrence."""
	first = {row.name: row.amended_from for row in rows}
	pending = set(first.values())
	while pending:
		earlier = dict(
			frappe.get_all(
				doctype,
				filters={"name": ("in", sorted(pending)), "amended_from": ("is", "set")},
				fields=["name", "amended_from"],
				as_list=True,
			)
		)
		first = {name: earlier.get(root, root) for name, root in first.items()}
		pending = set(earlier.values())
	return first


def _credited(rows: list, today: date) -> list[bool]:
	undone = {paper.name for paper in credited(today, of_customers(rows))}
	return [one["reference_name"] in undone for one in rows]


def _no_purchase(rows: list, today: date) -> list[bool]:
	invoice = frappe.qb.DocType("Sales Invoice")
	query = among(frappe.qb.from_(invoice), invoice.name, {one["reference_name"] for one in rows})
	bought = set(columns(query.where(is_purchase(invoice)), invoice.name)[0])
	return [one["reference_name"] not in bought for one in rows]


def _not_bought_first(rows: list, today: date) -> list[bool]:
	bought = ledger.from_anybody(today, of_customers(rows))
	return [
		one["customer"] not in bought or bought[one["customer"]].first > getdate(one["planned_on"])
		for one in rows
	]


def _not_reached(rows: list, today: date) -> list[bool]:
	of_rule: dict[str, list] = {}
	for one in rows:
		of_rule.setdefault(one["care_rule"], []).append(one)
	totals = {
		name: _bought_in_all(some[0]["rule"], today, of_customers(some)) for name, some in of_rule.items()
	}
	return [
		totals[one["care_rule"]].get(one["customer"], 0) < float(one["occurrence"].split()[1]) for one in rows
	]


def _sent_back(rows: list, today: date) -> list[bool]:
	note = frappe.qb.DocType("Delivery Note")
	query = among(frappe.qb.from_(note), note.name, {one["reference_name"] for one in rows})
	kept = set(columns(query.where(_kept(note)), note.name)[0])
	return [one["reference_name"] not in kept for one in rows]


def _kept(note):
	"""Whether anything of a delivery is still with the customer."""
	return note.per_returned < 100


def _bought_in_all(rule, today: date, customers: list[str]) -> dict[str, float]:
	"""Customer -> what its purchases come to, as a milestone's rule looks at them."""
	_currency, rates = reporting_rates(today, {rule.company} if rule.company else None)
	lens = ledger.Lens(rule.company or None, ledger.NET_SALES, today)
	found = ledger.Ledger(today, rates, customers).histories(lens)
	return {name: history.total for name, history in found.items()}


# An invoice that counts again brings its own call back, see followups.add_or_revive.
SUBMITTED = Premise(followups.CANCELLED["Sales Invoice"], gone("Sales Invoice", docstatus=1), again=False)
BOUGHT = Premise(followups.CREDITED, _credited, again=False)
# Calls about debit notes were made by an older version.
A_PURCHASE = Premise("No longer true", _no_purchase)
BOUGHT_FIRST = Premise(followups.CREDITED, _not_bought_first)
REACHED = Premise(followups.CREDITED, _not_reached)
DELIVERED = Premise(followups.CANCELLED["Delivery Note"], gone("Delivery Note", docstatus=1))
KEPT = Premise("No longer true", _sent_back)
