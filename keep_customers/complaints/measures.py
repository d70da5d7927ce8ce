"""Measures against what customers complain about: how often they complained before and after, of the cases the user may read.

How often is out of purchases, as the ledger counts them, so that more customers do not look like more trouble.
"""

from collections import Counter, defaultdict
from datetime import date, timedelta
from typing import NamedTuple

import frappe
import numpy as np
from frappe.query_builder.functions import Count, IfNull
from frappe.utils import getdate
from pypika.functions import Date

from keep_customers.engine.before_after import Ratio, compare, spread
from keep_customers.erp.document_permissions import only_readable_cases
from keep_customers.erp.permissions import only_readable, readable_among
from keep_customers.erp.tables import among
from keep_customers.worth.corrected import Corrected, is_purchase, no_opening

DOCTYPE = "Complaint Measure"
DAYS = 365  # at most, on each side
SLICE = 30


class Outcome(NamedTuple):
	"""
	:ivar measure: name, title, cause, category, in_force_since and withdrawn_on
	:ivar days: the first day before, the day it came into force, the day after the last one
	:ivar cases: before, after
	:ivar purchases: before, after
	:ivar unknown: cases whose cause is not known yet, before and after; they count with the share of those that are known
	"""

	measure: dict
	days: tuple[date, date, date]
	cases: tuple[int, int]
	purchases: tuple[int, int]
	unknown: tuple[int, int]
	ratio: Ratio


def outcomes(filters: dict, today: date) -> list[Outcome]:
	"""What came of the measures in force, the newest first. Three queries, however many there are.

	:param filters: measure, cause and category
	"""
	asked = {field: filters[field] for field in ("cause", "category") if filters.get(field)}
	if filters.get("measure"):
		asked["name"] = filters["measure"]
	measures = frappe.get_all(
		DOCTYPE,
		filters={**asked, "in_force_since": ("<", today)},
		fields=["name", "title", "cause", "category", "in_force_since", "withdrawn_on"],
		order_by="in_force_since desc, name",
	)
	if not measures:
		return []
	since = min(getdate(one.in_force_since) for one in measures) - timedelta(days=DAYS)
	length = max((today - since).days, 1)
	cases, first = _cases(since, length)
	purchases = purchases_by_day(since, today, length)
	# Nothing is known of before complaints were written down.
	return [_outcome(one, since, max(first, since), today, cases, purchases) for one in measures]


def _outcome(measure, since: date, known_from: date, today: date, cases: dict, purchases) -> Outcome:
	start = getdate(measure.in_force_since)
	begin = max(start - timedelta(days=DAYS), known_from)
	end = min(today, start + timedelta(days=DAYS), getdate(measure.withdrawn_on or today))
	begin = min(begin, start)
	of_measure, known, unknown = (np.zeros(len(purchases)) for _each in range(3))
	for (cause, category), days in cases.items():
		if measure.category and category != measure.category:
			continue
		if measure.cause and not cause:
			unknown += days
			continue
		known += days
		if not measure.cause or cause == measure.cause:
			of_measure += days
	parts = [((a - since).days, (b - since).days) for a, b in ((begin, start), (start, end))]

	def both(days) -> tuple[int, int]:
		return tuple(int(days[a:b].sum()) for a, b in parts)

	found, bought, not_known = both(of_measure), both(purchases), both(unknown)
	share = sum(found) / sum(both(known)) if sum(both(known)) else 0
	counted = [number + more * share for number, more in zip(found, not_known, strict=True)]
	slices = [
		(of_measure[at : at + SLICE].sum(), purchases[at : at + SLICE].sum(), is_after)
		for (a, b), is_after in zip(parts, (False, True), strict=True)
		for at in range(a, b - SLICE + 1, SLICE)
	]
	wide = spread(*zip(*slices, strict=True)) if slices else 1.0
	return Outcome(measure, (begin, start, end), found, bought, not_known, compare(*counted, *bought, wide))


def _cases(since: date, length: int) -> tuple[dict[tuple[str, str], np.ndarray], date]:
	"""(cause, category) -> how many came on each day since one; and the day of the first case of all."""
	case = frappe.qb.DocType("Complaint Case")
	day = Date(case.opened_on)
	query = frappe.qb.from_(case).select(IfNull(case.cause, ""), IfNull(case.category, ""), day, Count("*"))
	rows = only_readable_cases(query.groupby(IfNull(case.cause, ""), IfNull(case.category, ""), day)).run()
	found: dict[tuple[str, str], np.ndarray] = defaultdict(lambda: np.zeros(length))
	first = since + timedelta(days=length)
	for cause, category, opened, number in rows:
		opened = getdate(opened)
		first = min(first, opened)
		if 0 <= (at := (opened - since).days) < length:
			found[cause, category][at] += number
	return found, first


def purchases_by_day(since: date, today: date, length: int, known: date | None = None) -> np.ndarray:
	"""How many purchases each day since one saw, (length,): a customer's invoices of a day are one, and what was credited in full is none.

	:param today: the day after the last one
	:param known: the day as of which it is told what was credited, by default the same
	"""
	invoice = frappe.qb.DocType("Sales Invoice")
	query = (
		frappe.qb.from_(invoice)
		.where((invoice.docstatus == 1) & is_purchase(invoice) & no_opening(invoice))
		.where((invoice.posting_date >= since) & (invoice.posting_date < today))
		.groupby(invoice.customer, invoice.posting_date)
	)
	# In the order of the index, where count(distinct) sorts: a quarter of the time.
	each = only_readable(query.select(invoice.posting_date), invoice.customer)
	found = np.zeros(length)
	for day, number in (
		frappe.qb.from_(each).groupby(each.posting_date).select(each.posting_date, Count("*")).run()
	):
		found[(getdate(day) - since).days] += number
	corrected = list(Corrected.of(known or today).occasions())
	readable = readable_among({customer for customer, *_more in corrected})
	if not readable:
		return found
	# Who has more than one invoice on a day has bought on it as long as one of them stands.
	invoices: dict[tuple[str, date], int] = {
		(customer, getdate(day)): number
		for customer, day, number in among(query, invoice.customer, readable)
		.select(invoice.customer, invoice.posting_date, Count("*"))
		.run()
	}
	standing = Counter(invoices)
	for customer, _company, day, number in corrected:
		if customer in readable:
			standing[customer, day] += number
	for (customer, day), number in standing.items():
		if 0 <= (at := (day - since).days) < length:
			found[at] += (number > 0) - ((customer, day) in invoices)
	return np.maximum(found, 0)
