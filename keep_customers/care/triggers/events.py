"""What a VIP event that was held makes due."""

from collections.abc import Callable
from datetime import date, timedelta

import frappe
from frappe.utils import formatdate, getdate

from keep_customers.care.triggers import Premise, customers, gone, matching, row, since
from keep_customers.engine.events import ATTENDED, CLOSED, HELD, NO_SHOW
from keep_customers.erp.said import said
from keep_customers.erp.tables import among, columns


def attended(rule, today: date) -> list[dict]:
	"""Guests who were there: to thank, and to ask how it was. One contact for each invitation."""
	return _guests(
		rule,
		today,
		ATTENDED,
		lambda *what: said("Was at “{0}” on {1}. Say thank you, and ask how it was.", *what),
		lambda theme: said("Was at “{0}”: how was it?", theme),
	)


def no_shows(rule, today: date) -> list[dict]:
	"""Guests who said yes and did not come."""
	return _guests(
		rule,
		today,
		NO_SHOW,
		lambda *what: said(
			"Was expected at “{0}” on {1} and could not come. Show that they were missed.", *what
		),
		lambda theme: said("Missed at “{0}”", theme),
	)


def _guests(rule, today: date, status: str, reason: Callable, short: Callable) -> list[dict]:
	invitation, event = frappe.qb.DocType("VIP Invitation"), frappe.qb.DocType("VIP Event")
	query, customer, _value = customers(rule, invitation.name, event.theme, event.starts_on)
	query = (
		query.inner_join(invitation)
		.on(invitation.customer == customer.name)
		.inner_join(event)
		.on(event.name == invitation.event)
		# Until it is said to be held, it may still go on.
		.where((invitation.status == status) & event.status.isin([HELD, CLOSED]))
		.where((event.starts_on >= since(rule, today)) & (event.starts_on < today + timedelta(days=1)))
	)
	return [
		row(
			rule,
			one,
			occurrence=one.name,
			planned_on=today,
			due_date=today + timedelta(days=rule.due_in_days or 0),
			reason=reason(one.theme, formatdate(getdate(one.starts_on))),
			short=short(one.theme),
			occasion=one.theme,
			reference_doctype="VIP Invitation",
			reference_name=one.name,
		)
		for one in matching(rule, query.run(as_dict=True))
	]


def _not_held(rows: list, today: date) -> list[bool]:
	invitation, event = frappe.qb.DocType("VIP Invitation"), frappe.qb.DocType("VIP Event")
	query = frappe.qb.from_(invitation).inner_join(event).on(event.name == invitation.event)
	query = among(query, invitation.name, {row["reference_name"] or "" for row in rows})
	held = set(columns(query.where(event.status.isin([HELD, CLOSED])), invitation.name)[0])
	return [row["reference_name"] not in held for row in rows]


# It was said to be held, and was not.
WAS_HELD = Premise("Event called off", _not_held)
# The door is corrected afterwards.
WAS_THERE = Premise("No longer true", gone("VIP Invitation", status=ATTENDED))
WAS_MISSED = Premise("No longer true", gone("VIP Invitation", status=NO_SHOW))
