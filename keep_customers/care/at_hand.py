"""How whoever a care ToDo is about is reached right now: who, their numbers, the way there."""

import frappe
from frappe.utils import strip_html

from keep_customers.people import consent, reached

WAYS = (("phone", "Phone"), ("mobile", "SMS"), ("email", "Email"))


def at_hand(row) -> dict:
	"""For who may read the customer; addresses of people the user may not read, or ways they refused, are left out.

	:param row: a follow-up, with customer, channel and what it is about
	:returns: person (or None), phone, mobile, email (each None if there is none), place (a text for a map, or None)
	"""
	recipient = reached.of([row])[0].readable()
	person, _address = recipient.by(row.channel)
	addresses = recipient.addresses
	asked = [consent.ask(row.customer, recipient, channel, consent.purpose_of(row)) for _way, channel in WAYS]
	answers = consent.answers(asked)
	found = {
		way: None if answer.refused else addresses[way]
		for (way, _channel), answer in zip(WAYS, answers, strict=True)
	}
	return {"person": person.name if person else None, **found, "place": place(row.customer)}


def place(customer: str) -> str | None:
	"""The main address in a line, as maps look it up."""
	if not frappe.has_permission("Address", "read"):
		return None
	rows = frappe.get_list(
		"Address",
		filters=[
			["Dynamic Link", "link_doctype", "=", "Customer"],
			["Dynamic Link", "link_name", "=", customer],
			["disabled", "=", 0],
		],
		fields=["address_line1", "pincode", "city", "country"],
		order_by="is_primary_address desc, is_shipping_address desc, `tabAddress`.name asc",
		limit=1,
	)
	parts = (strip_html(part).strip() for part in (rows[0].values() if rows else ()) if part)
	return ", ".join(filter(None, parts)) or None
