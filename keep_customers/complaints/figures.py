"""Complaint cases in numbers, of those the user may read: for the reports, the workspace's cards and charts."""

from datetime import date

import frappe
from frappe import _
from frappe.query_builder.functions import Count, IfNull
from frappe.utils import add_days, get_datetime, getdate, now_datetime
from pypika.functions import Date

from keep_customers.complaints import standard_answers
from keep_customers.complaints.cases import DOCTYPE
from keep_customers.engine import complaint_figures as engine
from keep_customers.engine.complaints import CLOSED, SEVERITIES
from keep_customers.erp.api import typed
from keep_customers.erp.document_permissions import only_readable_cases
from keep_customers.erp.reports import number_card
from keep_customers.erp.tables import among
from keep_customers.messaging.feedback import CUSTOMER
from keep_customers.worth.selection import of_customers

FIELDS = (
	"name", "subject", "customer", "customer_name", "tier", "severity", "category", "cause", "item", "responsible",
	"status", "opened_on", "answer_due", "answered_on", "answer_late", "answer_minutes", "promised_on", "solve_due",
	"solved_on", "solve_late", "solve_minutes", "second_chance", "repeat_of", "word", "compensation_cost", "currency",
)  # fmt: skip
TIMES = ("opened_on", "answer_due", "answered_on", "promised_on", "solve_due", "solved_on")
EQUALS = ("customer", "tier", "severity", "category", "cause", "item", "responsible", "status", "currency")
CHARTED_DAYS = 90


def cases(filters: dict, open_only: bool = False) -> list[dict]:
	"""The cases the user may read, oldest first; ``solution_rating`` are the stars the customers gave themselves.

	:param filters: from_date and to_date (of receiving), any of :data:`EQUALS`, company, territory and customer_group of the
		customer; not_known, one of EQUALS that is empty; language of the customer; repeats for those of which there was one before
	"""
	query, doc = _chosen(filters)
	query = query.select(*(doc[field] for field in FIELDS)).orderby(doc.opened_on, doc.name)
	if open_only:
		query = query.where(doc.status != CLOSED)
	rows = query.run(as_dict=True)
	stars = _stars([row.name for row in rows])
	for row in rows:
		row.solution_rating = stars.get(row.name, 0)
		for field in TIMES:
			row[field] = get_datetime(row[field]) if row[field] else None
	return rows


def _stars(names: list[str]) -> dict[str, float]:
	"""Case -> what its customer last gave for the solution, by the link; what one of us has noted does not count."""
	feedback = frappe.qb.DocType("Customer Feedback")
	query = (
		frappe.qb.from_(feedback)
		.select(feedback.reference_name, feedback.rating)
		.where((feedback.reference_doctype == DOCTYPE) & (feedback.said_by == CUSTOMER))
		.where(feedback.rating > 0)
		.orderby(feedback.given_on, feedback.name)
	)
	return dict(among(query, feedback.reference_name, names).run())


def by_day(filters: dict, by: str) -> list[tuple[str, date, int]]:
	"""How many of them came on which day, by a field: (value, empty where it is not known; day; number). One query.

	:param filters: as :func:`cases`
	"""
	query, doc = _chosen(filters)
	key, day = IfNull(doc[by], ""), Date(doc.opened_on)
	rows = query.select(key, day, Count("*")).groupby(key, day).run()
	return [(value, getdate(on), number) for value, on, number in rows]


def _chosen(filters: dict):
	"""(query of the cases, without columns; its table)"""
	doc = frappe.qb.DocType(DOCTYPE)
	query = frappe.qb.from_(doc)
	if filters.get("from_date"):
		query = query.where(doc.opened_on >= getdate(filters["from_date"]))
	if filters.get("to_date"):
		query = query.where(doc.opened_on < add_days(getdate(filters["to_date"]), 1))
	for field in EQUALS:
		if filters.get(field):
			query = query.where(doc[field] == filters[field])
	if filters.get("not_known") in EQUALS:
		query = query.where(IfNull(doc[filters["not_known"]], "") == "")
	if filters.get("repeats"):
		query = query.where(IfNull(doc.repeat_of, "") != "")
	if filters.get("language"):
		query, language = standard_answers.with_language(query, doc)
		query = query.where(language == filters["language"])
	return only_readable_cases(of_customers(query, doc.customer, filters)), doc


@frappe.whitelist()
@typed
def late_cases(filters: str | dict | None = None) -> dict:
	"""Data of the Number Card *Late Complaints*: of how many customers' patience we are in debt now.

	:raises frappe.PermissionError: if the user may not read cases
	"""
	frappe.has_permission(DOCTYPE, "read", throw=True)
	now = now_datetime()
	value = sum(engine.late_now(case, now) for case in cases({}, open_only=True))
	return number_card(value, ["query-report", "Complaint Times"], {"late": 1})


def counts(by: str) -> dict[str, int]:
	"""How many cases of the last 90 days there are of each cause, category or severity; the most frequent first."""
	doc = frappe.qb.DocType(DOCTYPE)
	since = add_days(getdate(), -CHARTED_DAYS)
	query = frappe.qb.from_(doc).select(doc[by], Count("*")).where(doc.opened_on >= since).groupby(doc[by])
	found: dict[str, int] = {}
	for name, number in only_readable_cases(query).run():
		found[name or ""] = found.get(name or "", 0) + number  # nothing is stored as one or the other
	if by == "severity":
		return {name: found[name] for name in SEVERITIES if name in found}
	return dict(sorted(found.items(), key=lambda one: (-one[1], one[0])))


def none_found() -> str:
	"""What a report without a case says."""
	return _("No complaint is like this. Please look at a longer period, or take some filters off.")
