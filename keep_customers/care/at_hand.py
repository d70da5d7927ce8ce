"""How whoever a care ToDo is about is reached right now: who, their numbers, the way there."""

import re
from html import unescape

import frappe
from frappe.utils import strip_html

from keep_customers.erp import host
from keep_customers.people import consent, reached

WAYS = (("phone", "Phone"), ("mobile", "SMS"), ("email", "Email"))


def at_hand(row) -> dict:
	"""For who may read the customer; addresses of people the user may not read, or ways they refused, are left out.

	:param row: a follow-up, with customer, channel and what it is about
	:returns: person and contact (each or None), phone, mobile, email (each None if there is none), place (a text for a map, or None)
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
	who = {"person": person.name, "contact": person.contact} if person else {"person": None, "contact": None}
	return {**who, **found, "place": place(row.customer)}


def place(customer: str) -> str | None:
	"""The main address in a line, as maps look it up."""
	return ", ".join(_main_address(customer, "address_line1", "pincode", "city", "country")) or None


def on_the_envelope(customer: str) -> list[str]:
	"""The lines of the primary address, as ERPNext writes it; where none is chosen, of the one that would be."""
	if host.has("Customer", "primary_address"):
		written = frappe.db.get_value("Customer", customer, "primary_address") or ""
		lines = re.split(r"<br\s*/?>|</p>|</div>|\n", written)
		if shown := [line for line in (" ".join(unescape(strip_html(one)).split()) for one in lines) if line]:
			return shown
	return _main_address(customer, "address_line1", "address_line2", "pincode", "city", "state", "country")


def _main_address(customer: str, *fields: str) -> list[str]:
	"""What is known of the fields of the main address, where the user may read it."""
	if not frappe.has_permission("Address", "read"):
		return []
	rows = frappe.get_list(
		"Address",
		filters=[
			["Dynamic Link", "link_doctype", "=", "Customer"],
			["Dynamic Link", "link_name", "=", customer],
			["disabled", "=", 0],
		],
		fields=list(fields),
		order_by="is_primary_address desc, is_shipping_address desc, `tabAddress`.name asc",
		limit=1,
	)
	parts = (strip_html(rows[0][field] or "").strip() for field in fields) if rows else ()
	return [part for part in parts if part]
