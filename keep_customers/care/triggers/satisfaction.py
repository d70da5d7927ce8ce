"""Whom to ask how a purchase was: once a quarter, and nobody who is upset or was asked about something else just now."""

from datetime import date, datetime, time, timedelta

import frappe
from frappe.utils import cint, flt

from keep_customers.care import followups
from keep_customers.care.open_complaints import open_complaints
from keep_customers.care.triggers import Premise, gone, matching, of_customers, purchases, written
from keep_customers.care.triggers.purchases import after_documents, documents
from keep_customers.erp.registered import registered
from keep_customers.erp.said import said
from keep_customers.erp.tables import among, chunks, columns
from keep_customers.worth.corrected import Corrected, is_purchase, no_opening

QUARTER = 91  # days
# What was never asked.
LEFT_OUT = ("Cancelled", "Skipped")
AT_ONCE = 1000


def to_ask(rule, today: date) -> list[dict]:
	"""Customers who bought since the rule was switched on and have had their days with it, about the latest of their purchases."""
	si = frappe.qb.DocType("Sales Invoice")
	query = documents(rule, today, si).where(is_purchase(si) & no_opening(si))
	query = query.where(si.posting_date <= today - timedelta(days=cint(rule.wait_days)))
	rows = list(matching(rule, query.run(as_dict=True)))
	if not rows:
		return []
	undone = Corrected.of(today, sorted({one.customer for one in rows})).undone
	latest: dict[str, dict] = {}
	for one in sorted(rows, key=lambda one: (one.posting_date, one.name)):
		if one.name not in undone:
			latest[one.customer] = one
	for left in (_this_quarter(rule, latest, today), _just_asked(today), _complaining(list(latest))):
		latest = {customer: one for customer, one in latest.items() if customer not in left}
	return after_documents(
		rule,
		list(latest.values()),
		"Sales Invoice",
		lambda doc: said(
			"Bought on {0} ({1}). Ask how it was, and whether anything could be better.",
			written(doc.posting_date),
			doc.name,
		),
		short=lambda doc: said("Bought on {0}: how was it?", written(doc.posting_date)),
	)


def _this_quarter(rule, customers: dict, today: date) -> set[str]:
	"""Those whom a rule with this trigger has asked in the three months before, whatever about: one by mail, another by telephone."""
	follow_up, asking = frappe.qb.DocType("Follow Up"), frappe.qb.DocType("Care Rule")
	rules = frappe.qb.from_(asking).select(asking.name).where(asking.trigger == rule.trigger)
	query = among(frappe.qb.from_(follow_up), follow_up.customer, list(customers)).where(
		follow_up.care_rule.isin(rules)
		& (follow_up.planned_on > today - timedelta(days=QUARTER))
		& follow_up.status.notin(LEFT_OUT)
	)
	return set(columns(query, follow_up.customer)[0])


def _just_asked(today: date) -> set[str]:
	"""Those who were asked about a visit, a complaint or a purchase within the pause of the settings and have not answered."""
	hours = flt(frappe.get_cached_doc("Keep Customers Settings").get("feedback_pause_hours"))
	if not hours:
		return set()
	since = datetime.combine(today, time()) - timedelta(hours=hours)
	return {row[0] for asked in registered("keep_customers_asked") for row in asked(since)}


def _complaining(customers: list[str]) -> set[str]:
	"""Those who wait for something to be put right: to be asked whether they are satisfied would add to it."""
	return {row["customer"] for part in chunks(customers, AT_ONCE) for row in open_complaints(part)}


def _upset(rows: list, today: date) -> list[bool]:
	upset = _complaining(of_customers(rows))
	return [one["customer"] in upset for one in rows]


# An amended invoice is asked about as the same one; so is one whose credit note is cancelled.
SUBMITTED = Premise(followups.CANCELLED["Sales Invoice"], gone("Sales Invoice", docstatus=1))
BOUGHT = purchases.BOUGHT._replace(again=True)
NO_COMPLAINT = Premise("Complaint open", _upset)
