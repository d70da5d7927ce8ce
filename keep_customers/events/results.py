"""What came of an event: how the guests liked it, and what the invited bought afterwards, set against customers like them.

The method is :func:`keep_customers.engine.events.effect`. Everybody who was asked counts as invited, whether or not they
came: to look only at those who came would compare the willing with all the others. Compared are ranked customers of the
same policy who had the same tier on the day of the event and were not asked to it; they are matched on what they bought in
the year before. All of it is read in five queries, whatever the number of customers.
"""

from datetime import date, timedelta

import frappe
from frappe import _
from frappe.query_builder.functions import Avg, Count
from frappe.utils import add_days, cint, flt, getdate

from keep_customers.access.lookups import named
from keep_customers.care.notices import not_excluded
from keep_customers.engine import events as engine
from keep_customers.erp.api import typed
from keep_customers.events.terms import EVENT, INVITATION
from keep_customers.messaging.feedback import CUSTOMER
from keep_customers.worth import currencies, ledger

DAYS, YEAR = 90, 365
OVER = (engine.HELD, engine.CLOSED)


def days_counted() -> int:
	return cint(frappe.db.get_single_value("Keep Customers Settings", "event_result_days")) or DAYS


@frappe.whitelist(methods=["POST"])
@typed
def refresh(event: str) -> None:
	"""Bring an event's result up to date now; otherwise it is done every morning.

	:raises frappe.PermissionError: if the user may not write the event
	:raises frappe.ValidationError: if it was not held yet
	"""
	doc = named(EVENT, event, "write")
	if doc.status not in OVER:
		frappe.throw(_("There is a result once the event is held."))
	work_out(event, getdate())


def due(today: date) -> list[str]:
	"""Events that were held and whose days are not all counted yet."""
	rows = frappe.get_all(
		EVENT,
		filters={"status": ("in", OVER)},
		fields=["name", "starts_on", "result_until"],
		order_by="name asc",
	)
	days = days_counted()
	return [
		row.name
		for row in rows
		if not row.result_until
		or getdate(row.result_until) < min(today, getdate(add_days(row.starts_on, days)))
	]


def work_out(event: str, today: date) -> None:
	"""Write the event's satisfaction, and what was bought until today or until the counted days are over."""
	rate(event)
	row = frappe.db.get_value(EVENT, event, ["starts_on"], as_dict=True)
	day = getdate(row.starts_on)
	until = min(today, day + timedelta(days=days_counted()))
	currency = currencies.reporting_currency()
	effect = _effect(event, day, until, currency)
	told = engine.says_something(effect.pairs)
	frappe.db.set_value(
		EVENT,
		event,
		{
			"bought_invited": effect.invited if told else 0,
			"bought_compared": effect.compared if told else 0,
			"compared": effect.pairs,
			"result_until": until,
			"result_currency": currency,
		},
		update_modified=False,
	)


def _effect(event: str, day: date, until: date, currency: str) -> engine.Effect:
	invited = set(
		frappe.get_all(INVITATION, filters={"event": event, "invited_on": ("is", "set")}, pluck="customer")
	)
	value, customer = frappe.qb.DocType("Customer Value"), frappe.qb.DocType("Customer")
	rows = not_excluded(
		(
			frappe.qb.from_(value)
			.inner_join(customer)
			.on(customer.name == value.name)
			.select(value.customer, customer.customer_group, value.policy, value.tier)
			.where(customer.disabled == 0)
		).run(as_dict=True)
	)
	tiers = {row.customer: row.tier for row in rows} | _tiers_on(day)
	cells = {
		row.customer: (row.policy, tiers[row.customer]) for row in rows if row.policy and tiers[row.customer]
	}
	return engine.effect(
		invited,
		cells,
		cells,
		_bought(day - timedelta(days=YEAR + 1), day - timedelta(days=1), currency),
		_bought(day - timedelta(days=1), until, currency),
	)


def _tiers_on(day: date) -> dict[str, str | None]:
	"""Customer -> tier at the end of a day, of those whose tier has changed since: the event itself may have done that."""
	return {
		customer: tier
		for customer, tier in frappe.get_all(
			"Tier Change",
			filters={"date": (">", day), "of_merged": 0},
			fields=["customer", "from_tier"],
			# The first change after the day says the last word.
			order_by="date desc, creation desc",
			as_list=True,
		)
	}


def _bought(after: date, until: date, currency: str) -> dict[str, float]:
	"""Customer -> net purchases after one day and up to another, in the reporting currency."""
	rates, _warnings = currencies.rates_of(until, currency)
	totals = ledger.Ledger(until, rates).totals(ledger.Lens(None, ledger.NET_SALES, after))
	return dict(zip(totals.customers, totals.window.tolist(), strict=True))


def rate(event: str) -> None:
	"""Write how the guests liked an event: the mean of the stars they gave it themselves."""
	feedback, invitation = frappe.qb.DocType("Customer Feedback"), frappe.qb.DocType(INVITATION)
	[[mean, count]] = (
		frappe.qb.from_(feedback)
		.left_join(invitation)
		.on((feedback.reference_doctype == INVITATION) & (invitation.name == feedback.reference_name))
		.select(Avg(feedback.rating), Count("*"))
		.where((feedback.kind == "Event") & (feedback.rating > 0) & (feedback.said_by == CUSTOMER))
		.where(
			(invitation.event == event)
			| ((feedback.reference_doctype == EVENT) & (feedback.reference_name == event))
		)
	).run()
	frappe.db.set_value(EVENT, event, {"rating": flt(mean), "ratings": count}, update_modified=False)


def on_feedback(feedback) -> None:
	"""Somebody has said how an event was, or something else than before."""
	events = {feedback.reference_name} if feedback.reference_doctype == EVENT else set()
	if feedback.reference_doctype == INVITATION:
		events.add(frappe.db.get_value(INVITATION, feedback.reference_name, "event"))
	for event in filter(None, events):
		rate(event)
