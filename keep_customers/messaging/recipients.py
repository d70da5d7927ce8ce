"""Whom a message is for, and where they are reached."""

import frappe
from frappe.utils import getdate

from keep_customers.people.contacts import own_addresses, primary_contact, reached_at

IN_THE_FIRM = ("Owner", "Decision Maker", "Buyer", "Assistant")


def contact_row(name: str | None, customer: str):
	"""As :func:`keep_customers.people.contacts.reached_at`; empty for nobody."""
	return reached_at(name, customer) or frappe._dict()


def person_of(follow_up) -> dict:
	"""The person a follow-up is about, empty if it is about the customer: somebody of the Customer File whose day it is,
	or the guest of an event.

	:param follow_up: with customer, reference_doctype, reference_name, due_date
	:returns: person, contact, years, email, mobile, phone; what is not known is None
	"""
	if follow_up.reference_doctype == "VIP Invitation":
		return _guest(follow_up)
	if follow_up.reference_doctype != "Customer File Person":
		return {}
	row = frappe.db.get_value(
		"Customer File Person",
		{"name": follow_up.reference_name, "parent": follow_up.customer},
		["full_name", "contact", "email", "phone", "birthday"],
		as_dict=True,
	)
	# Somebody who was taken off the file meanwhile: nobody else may get their wishes, so there is no address.
	row = row or frappe._dict()
	contact = contact_row(row.contact, follow_up.customer)
	return {
		"person": row.full_name,
		"contact": row.contact,
		"years": getdate(follow_up.due_date).year - getdate(row.birthday).year if row.birthday else None,
		"email": row.email or contact.email_id,
		"mobile": row.phone or contact.mobile_no,
		"phone": row.phone or contact.mobile_no or contact.phone,
	}


def _guest(follow_up) -> dict:
	row = frappe.db.get_value(
		"VIP Invitation",
		{"name": follow_up.reference_name, "customer": follow_up.customer},
		["guest_name", "contact"],
		as_dict=True,
	)
	# An invitation that is gone is nobody's.
	row = row or frappe._dict(contact="-")
	contact = contact_row(row.contact, follow_up.customer)
	where = {
		"email": contact.email_id,
		"mobile": contact.mobile_no,
		"phone": contact.mobile_no or contact.phone,
	}
	# Who was invited by the customer's name alone is reached where the customer is.
	where = where if row.contact else addresses(follow_up.customer)
	return {"person": row.guest_name, "contact": row.contact or None, "years": None, **where}


def addresses(customer: str, only_readable: bool = False) -> dict:
	"""Where the customer's main person is reached: primary contact, customer, deciding people, in this order.

	:param only_readable: leave out contacts and files that the user of this session may not read
	:returns: email, mobile, phone (the mobile, else a landline); what is not known is None
	"""

	def may_read(doctype, name):
		return name and (not only_readable or frappe.has_permission(doctype, "read", doc=name))

	row = own_addresses(customer)
	name = primary_contact(customer)
	contact = contact_row(name if may_read("Contact", name) else None, customer)
	has_file = frappe.db.exists("Customer File", customer)
	people = frappe.get_all(
		"Customer File Person",
		filters={"parenttype": "Customer File", "parent": customer},
		fields=["email", "phone", "decides", "relation"],
		order_by="idx asc",
	)
	if not may_read("Customer File", has_file):
		people = []
	# Nobody's husband gets a letter that was meant for the buyer.
	people = [one for one in people if one.decides or one.relation in IN_THE_FIRM]
	emails = [contact.email_id, row.email_id, *(one.email for one in people)]
	mobiles = [contact.mobile_no, row.mobile_no, *(one.phone for one in people)]
	return {
		"email": next(filter(None, emails), None),
		"mobile": next(filter(None, mobiles), None),
		"phone": next(filter(None, [*mobiles, contact.phone]), None),
	}
