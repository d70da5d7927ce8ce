"""What runs out or is missing: incomplete files, warranties, contracts."""

from datetime import date, timedelta

import frappe
from frappe.query_builder.functions import Count, Min
from frappe.utils import cint, get_datetime, get_quarter_start, getdate

from keep_customers.care.triggers import (
	Premise,
	candidates,
	customers,
	day_of,
	due_before,
	gone,
	matching,
	not_noted,
	of_customers,
	row,
	written,
)
from keep_customers.engine.followups import fraction
from keep_customers.erp.said import said
from keep_customers.erp.tables import among, columns

QUARTER = 90


def incomplete_files(rule, today: date) -> list[dict]:
	"""Customers whose file knows too little, once a quarter; spread over it, so that it floods nobody."""
	start = getdate(get_quarter_start(today))
	first = max(getdate(rule.enabled_from), start)
	query, customer, _value = candidates(rule)
	turns = {}
	for name in columns(query.where(customer.keep_file_score < rule.max_score), customer.name)[0]:
		day = start + timedelta(days=int(fraction("file", name) * QUARTER))
		if first <= day <= today:
			turns[name] = day
	occurrence = f"file {start.isoformat()}"
	new = not_noted(rule, dict.fromkeys(turns, occurrence))
	if not new:
		return []
	query, customer, _value = customers(rule, customer.keep_file_score)
	return [
		row(
			rule,
			one,
			occurrence=occurrence,
			planned_on=turns[one.customer],
			reason=said(
				"The customer's file is only {0} % complete. Ask for what is missing.",
				cint(one.keep_file_score),
			),
			short=said("File {0} % complete: ask", cint(one.keep_file_score)),
		)
		for one in matching(rule, among(query, customer.name, new).run(as_dict=True))
		if one.customer in new
	]


def warranties(rule, today: date) -> list[dict]:
	"""Customers with products whose warranty ends soon; one contact for all that end on a day."""
	serial = frappe.qb.DocType("Serial No")
	query, customer, value = customers(
		rule,
		serial.warranty_expiry_date.as_("ends"),
		Count(serial.name).as_("count"),
		Min(serial.name).as_("name"),
	)
	query = query.inner_join(serial).on(serial.customer == customer.name)
	query = _ending(query, serial.warranty_expiry_date, serial.creation, rule, today).groupby(
		customer.name, customer.customer_name, customer.customer_group, customer.territory,
		value.tier, value.status, value.value_at_risk, value.currency, serial.warranty_expiry_date,
	)  # fmt: skip
	return [
		_before(
			rule,
			one,
			today,
			f"warranty {one.ends}",
			said("The warranty of {0} product(s) ends on {1}. Offer a check.", one.count, written(one.ends)),
			said("Warranty ends on {0}", written(one.ends)),
			"Serial No",
		)
		for one in matching(rule, query.run(as_dict=True))
	]


def contracts(rule, today: date) -> list[dict]:
	"""Customers whose contract ends soon."""
	contract = frappe.qb.DocType("Contract")
	query, customer, _value = customers(
		rule, contract.end_date.as_("ends"), contract.name, contract.amended_from
	)
	query = query.inner_join(contract).on(
		(contract.party_name == customer.name) & (contract.party_type == "Customer")
	)
	query = _ending(query, contract.end_date, contract.creation, rule, today).where(contract.docstatus == 1)
	found = list(matching(rule, query.run(as_dict=True)))
	same = _same_end(found)
	return [
		_before(
			rule,
			one,
			today,
			same[one.name],
			said(
				"The contract {0} ends on {1}. Talk about what comes after it.", one.name, written(one.ends)
			),
			said("Contract ends on {0}", written(one.ends)),
			"Contract",
		)
		for one in found
	]


def _same_end(contracts: list) -> dict[str, str]:
	"""Contract -> the first one of those it amends that ended on the same day: to correct a contract is no new end of it."""
	first = {one.name: one.name for one in contracts}
	amended = {one.name: (one.amended_from, getdate(one.ends)) for one in contracts if one.amended_from}
	while amended:
		earlier = {
			row.name: row
			for row in frappe.get_all(
				"Contract",
				{"name": ("in", sorted({before for before, _ends in amended.values()}))},
				["name", "amended_from", "end_date"],
			)
		}
		still = {}
		for name, (before, ends) in amended.items():
			row = earlier.get(before)
			if row and row.end_date and getdate(row.end_date) == ends:
				first[name] = before
				if row.amended_from:
					still[name] = (row.amended_from, ends)
		amended = still
	return first


def _ending(query, day, entered, rule, today: date):
	"""Those that end from now on, and were not within the rule's days already when it was switched on.

	:param entered: when it was: what nobody could know before is known late, and all the same before it ends
	"""
	before = timedelta(days=cint(rule.days_before))
	new = (day >= getdate(rule.enabled_from) + before) | (entered >= get_datetime(rule.enabled_from))
	return query.where((day >= today) & (day <= today + before) & new)


def _before(rule, one, today: date, occurrence: str, reason: str, short: str, doctype: str) -> dict:
	planned_on = getdate(one.ends) - timedelta(days=cint(rule.days_before))
	return row(
		rule,
		one,
		occurrence=occurrence,
		planned_on=planned_on,
		due_date=min(due_before(rule, planned_on, today, getdate(one.ends)), getdate(one.ends)),
		reason=reason,
		short=short,
		reference_doctype=doctype,
		reference_name=one.name,
		expires=1,
	)


def _complete(rows: list, today: date) -> list[bool]:
	return [cint(one["file_score"]) >= one["rule"].max_score for one in rows]


def _ends_another_day(rows: list, today: date) -> list[bool]:
	serial = frappe.qb.DocType("Serial No")
	query = among(frappe.qb.from_(serial), serial.customer, of_customers(rows)).distinct()
	ends = query.select(serial.customer, serial.warranty_expiry_date).run()
	still = {(customer, getdate(day)) for customer, day in ends if day}
	return [(one["customer"], day_of(one["occurrence"])) not in still for one in rows]


INCOMPLETE = Premise("No longer true", _complete)
UNDER_WARRANTY = Premise("No longer true", _ends_another_day)
UNDER_CONTRACT = Premise("No longer true", gone("Contract", docstatus=1))
