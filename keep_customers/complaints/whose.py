"""Whose complaint it may be that came in without a customer: people who are known with its e-mail address or telephone number.

It is proposed to somebody who reads it, and taken by them; nothing is decided here.
"""

import frappe

from keep_customers.erp.permissions import readable_among
from keep_customers.people.addresses import mark
from keep_customers.people.contacts import contacts_at, customers_of_address

# By its end a telephone number is found however it is written.
LAST_DIGITS = 3


def proposals(case) -> list[dict]:
	"""The customers a case may be of, those the user of this session may read.

	:returns: dicts of customer, customer_name, contact (None if it is a person of the customer's file), person
	"""
	found = {customer: (contact, None) for customer, contact in _by_contact(case)}
	for customer, person in _by_file(case):
		found.setdefault(customer, (None, person))
	readable = readable_among(set(found))
	names = dict(_names("Customer", readable, "customer_name"))
	people = dict(_names("Contact", {found[one][0] for one in readable}, "full_name"))
	return [
		{
			"customer": customer,
			"customer_name": names[customer],
			"contact": contact,
			"person": person or people.get(contact),
		}
		for customer, (contact, person) in sorted(found.items())
		if customer in readable
	]


def _by_contact(case) -> list[tuple[str, str]]:
	address = case.contact_email
	found = customers_of_address(address, also_left=True) if address else {}
	return [*found.items(), *contacts_at(case.contact_mobile)]


def _by_file(case) -> list[tuple[str, str]]:
	"""(customer, name of the person) of the people in customers' files."""
	email, number = (case.contact_email or "").strip(), mark(case.contact_mobile)
	ways = [{"email": email}] if email else []
	if number:
		digits = "".join(one for one in case.contact_mobile if one.isdigit())[-LAST_DIGITS:]
		ways.append({"phone": ("like", f"%{digits}")})
	rows = [
		row
		for way in ways
		for row in frappe.get_all(
			"Customer File Person",
			filters={"parenttype": "Customer File", **way},
			fields=["parent", "full_name", "email", "phone"],
		)
		if (email and (row.email or "").lower() == email.lower()) or (number and mark(row.phone) == number)
	]
	customers = dict(_names("Customer File", {row.parent for row in rows}, "customer"))
	return [(customers[row.parent], row.full_name) for row in rows if row.parent in customers]


def _names(doctype: str, names: set, field: str) -> list[tuple]:
	names = sorted(filter(None, names))
	if not names:
		return []
	return frappe.get_all(doctype, filters={"name": ("in", names)}, fields=["name", field], as_list=True)
