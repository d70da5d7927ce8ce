"""Who is known at a customer, how each is reached, and which of their days comes next; for who may read them."""

from datetime import date

import frappe

from keep_customers.engine.occasions import next_on
from keep_customers.people import consent, contacts, reached

WAYS = ("Phone", "Email")


def of_customer(customer: str, file, today: date) -> list[dict]:
	"""People of the file, who decides first, then the customer's other contacts that count.

	:param file: the Customer File, without what the user may not read of it; None for who may not read it
	:returns: dicts with full_name, relation, decides, contact, phone, email (each None if there is none that was confirmed),
		refused (of Phone and Email those that are not wanted), birthday (its next day, or None)
	"""
	here = [row for row in file.people if not row.left_on] if file else []
	in_file = sorted(here, key=lambda row: not row.decides)
	asked = [
		{"customer": customer, "reference_doctype": reached.PERSON, "reference_name": row.name}
		for row in in_file
	]
	others = _other_contacts(customer, {row.contact for row in (file.people if file else ())})
	named = reached.of_contacts([(customer, name) for name in others]) if others else {}
	recipients = (reached.of(asked) if asked else []) + [named[customer, name] for name in others]
	refused = _refused(customer, recipients)
	people = [
		{
			"full_name": row.full_name,
			"relation": row.relation,
			"decides": row.decides,
			"contact": row.contact,
			"birthday": next_day(row.recurs, today),
		}
		for row in in_file
	]
	people += [
		{"full_name": title, "relation": None, "decides": 0, "contact": name, "birthday": None}
		for name, title in others.items()
	]
	for person, recipient, ways in zip(people, recipients, refused, strict=True):
		addresses = recipient.as_shown().addresses
		person.update(phone=addresses["phone"], email=addresses["email"], refused=ways)
	return people


def _other_contacts(customer: str, known: set[str]) -> dict[str, str]:
	"""Contact -> how it is called, the main one first."""
	names = [name for name in contacts.contacts_of(customer) if name not in known]
	if not names or not frappe.has_permission("Contact", "read"):
		return {}
	rows = frappe.get_list("Contact", filters={"name": ("in", names)}, fields=["name", "full_name"])
	titles = {row.name: row.full_name or row.name for row in rows}
	return {name: titles[name] for name in names if name in titles}


def _refused(customer: str, recipients: list) -> list[list[str]]:
	questions = [consent.ask(customer, one, way) for one in recipients for way in WAYS]
	answers = iter(consent.answers(questions)) if questions else iter(())
	return [[way for way in WAYS if next(answers).refused] for _one in recipients]


def occasions(file, today: date) -> list[dict]:
	"""
	:returns: dicts with occasion, person and day, the next one first
	"""
	found = [
		{"occasion": row.occasion, "person": row.person, "day": day}
		for row in (file.occasions if file else ())
		if (day := next_day(row.recurs, today))
	]
	return sorted(found, key=lambda one: one["day"])


def next_day(recurs: str | None, today: date) -> date | None:
	"""The next day of what recurs, in the calendar it is kept in."""
	try:
		return next_on(recurs, today) if recurs else None
	except ValueError:  # outside the lunar calendar's years
		return None
