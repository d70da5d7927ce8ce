"""The contacts a site has already: who may write customers has made most of them, and said by that whose they are."""

from collections.abc import Iterable

import frappe

from keep_customers.erp.tables import insert, new_name, standard_columns
from keep_customers.people import confirmations
from keep_customers.people.addresses import mark
from keep_customers.people.contacts import CONFIRMATION, linked, named_by, naming_fields


def confirm_contacts() -> None:
	"""Confirm every contact that was made by somebody who may write customers, that ERPNext has made together with its
	customer for a user of the website, or that has its lead's own address. All others wait for a person.

	The owner of a contact is the host's word. That of a link's row is not: it can be sent along.
	"""
	writers, colleagues = _users()
	marks = _marks_of_contacts()
	customers = _customers()
	rows: dict[tuple[str, str], tuple[str, set[str]]] = {}
	for contact, customer, named in _links():
		if (contact.name, customer) in rows:
			continue
		about, own = customers[customer], marks.get(contact.name, set())
		if contact.owner in writers or (named and contact.owner in colleagues):
			rows[contact.name, customer] = confirmations.UPGRADE, own
		elif contact.user and contact.user == about.owner:
			rows[contact.name, customer] = confirmations.OWN, own
		elif contact.email_id and mark(contact.email_id) in about.lead:
			rows[contact.name, customer] = confirmations.FROM_LEAD, own & about.lead
	for customer, addresses in _entered_on_customers(customers, marks):
		rows["", customer] = confirmations.UPGRADE, addresses
	_insert(rows, customers)


def _users() -> tuple[set[str], set[str]]:
	"""(who may write customers by a role, all who are no users of the website), also those who have left."""
	colleagues = {"Administrator", *frappe.get_all("User", {"user_type": "System User"}, pluck="name")}
	own = {"parent": "Customer", "permlevel": 0}
	rules = "Custom DocPerm" if frappe.db.exists("Custom DocPerm", {"parent": "Customer"}) else "DocPerm"
	roles = set(frappe.get_all(rules, filters={**own, "write": 1}, pluck="role"))
	if roles & {"All", "Desk User"}:
		return colleagues, colleagues
	have = {"parenttype": "User", "role": ("in", sorted(roles))}
	writers = set(frappe.get_all("Has Role", filters=have, pluck="parent")) if roles else set()
	return (writers & colleagues) | {"Administrator"}, colleagues


def _links() -> Iterable[tuple]:
	"""(contact, customer, whether the customer names it): those that customers name, then all."""
	for field in naming_fields():
		query, contact, customer = named_by(field)
		query = query.select(
			contact.name, contact.owner, contact.user, contact.email_id, customer.name.as_("customer")
		)
		for row in query.run(as_dict=True):
			yield row, row.customer, True
	query, contact, link = linked()
	party = frappe.qb.DocType("Customer")
	query = query.inner_join(party).on(party.name == link.link_name)
	query = query.select(
		contact.name, contact.owner, contact.user, contact.email_id, party.name.as_("customer")
	)
	for row in query.run(as_dict=True):
		yield row, row.customer, False


def _customers() -> dict[str, frappe._dict]:
	customer, lead = frappe.qb.DocType("Customer"), frappe.qb.DocType("Lead")
	query = (
		frappe.qb.from_(customer)
		.left_join(lead)
		.on(lead.name == customer.lead_name)
		.select(customer.name, customer.customer_name, customer.owner, customer.email_id, customer.mobile_no)
		.select(*(lead[field].as_(f"lead_{field}") for field in confirmations.lead_addresses()))
	)
	found = {}
	for row in query.run(as_dict=True):
		row.lead = {mark(value) for field, value in row.items() if field.startswith("lead_")} - {""}
		found[row.name] = row
	return found


def _marks_of_contacts() -> dict[str, set[str]]:
	marks: dict[str, set[str]] = {}
	for doctype, fields in (
		("Contact", ["name", *confirmations.ADDRESSES, "user"]),
		("Contact Email", ["parent", "email_id"]),
		("Contact Phone", ["parent", "phone"]),
	):
		filters = {} if doctype == "Contact" else {"parenttype": "Contact"}
		for name, *addresses in frappe.get_all(doctype, filters=filters, fields=fields, as_list=True):
			marks.setdefault(name, set()).update({mark(one) for one in addresses} - {""})
	return marks


def _entered_on_customers(customers: dict, marks: dict) -> Iterable[tuple[str, set[str]]]:
	"""(customer, fingerprints) of addresses on customers that are not copied from any contact of theirs."""
	copied: dict[str, set[str]] = {}
	for contact, customer, _named in _links():
		copied.setdefault(customer, set()).update(marks.get(contact.name, ()))
	for name, row in customers.items():
		if entered := {mark(row.email_id), mark(row.mobile_no)} - {""} - copied.get(name, set()):
			yield name, entered


def _insert(rows: dict, customers: dict) -> None:
	standard = standard_columns()
	insert(
		CONFIRMATION,
		[
			"name", "contact", "customer", "customer_name", "how", "confirmed_by", "confirmed_on", "addresses",
			*standard,
		],
		[
			[
				new_name(), contact, customer, customers[customer].customer_name or customer, how,
				frappe.session.user, standard["creation"], " ".join(sorted(addresses)), *standard.values(),
			]
			for (contact, customer), (how, addresses) in rows.items()
		],
		ignore_existing=True,
	)  # fmt: skip
