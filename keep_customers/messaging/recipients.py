"""Whom a message is for, and where they are reached."""

import frappe
from frappe.utils import getdate

from keep_customers.care.triggers import day_of
from keep_customers.engine.occasions import GREGORIAN, years_since
from keep_customers.people import reached

OCCASION = "Customer File Occasion"


def person_of(follow_up) -> dict:
	"""The person a follow-up is about: somebody of the Customer File whose day it is, or the guest of an event. Of an
	occasion of the file only the years, otherwise empty: it is about the customer.

	:param follow_up: with customer, reference_doctype, reference_name, occurrence, due_date
	:returns: person, contact, years, email, mobile, phone; what is not known is None
	"""
	if follow_up.reference_doctype == OCCASION:
		return {"years": _years(follow_up, "date")}
	if follow_up.reference_doctype not in (reached.PERSON, reached.GUEST):
		return {}
	recipient = recipient_of(follow_up)
	# Somebody who was taken off the file or the list meanwhile: nobody else may get their wishes.
	person = recipient.people[0] if recipient.people else reached.Person((), ("", ""))
	name, contact, years = person.name, person.contact, None
	if follow_up.reference_doctype == reached.GUEST:
		# Who was invited by the customer's name alone is reached where the customer is.
		invitation = {"name": follow_up.reference_name, "customer": follow_up.customer}
		name, contact = frappe.db.get_value(reached.GUEST, invitation, ["guest_name", "contact"]) or (
			None,
			None,
		)
	else:
		years = _years(follow_up, "birthday")
	return {"person": name, "contact": contact or None, "years": years, **recipient.addresses}


def _years(follow_up, field: str) -> int | None:
	"""How many years come full on the day it is about, by the calendar that day is kept in."""
	row = {"name": follow_up.reference_name, "parent": follow_up.customer}
	born, calendar = frappe.db.get_value(follow_up.reference_doctype, row, [field, "calendar"]) or (
		None,
		None,
	)
	# By its own day: what could not be sent is somebody's a day later, which may be another year.
	day = day_of(follow_up.occurrence or "") or getdate(follow_up.due_date)
	years = years_since(getdate(born), calendar or GREGORIAN, day) if born else 0
	return years if years > 0 else None  # a wedding may be noted before it is held


def recipient_of(follow_up) -> reached.Recipient:
	"""Who would get what a follow-up sends."""
	return reached.of([follow_up])[0]


def addresses(customer: str, only_readable: bool = False) -> dict:
	"""Where the customer's main person is reached: primary contact, customer, deciding people, in this order.

	:param only_readable: leave out contacts and files that the user of this session may not read
	:returns: email, mobile, phone (the mobile, else a landline); what is not known is None
	"""
	recipient = reached.main([customer]).get(customer, reached.NOBODY)
	return (recipient.readable() if only_readable else recipient).addresses
