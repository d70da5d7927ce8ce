"""Who said that a contact is the customer's: written when somebody who may says so, taken back when the link goes.

Nobody has to do more than their daily work for it: who may write the customer and makes a contact for it, or names one on
it, has said so. What others have linked waits for a click (*Contacts to Confirm*). A confirmation is for the addresses
the contact had then, or got from somebody who may; others are not written to (``people/contacts.py``).
"""

from collections.abc import Iterable
from typing import NamedTuple

import frappe
from frappe.utils import get_datetime_str, now_datetime

from keep_customers.erp import host
from keep_customers.erp.permissions import only_readable
from keep_customers.erp.tables import insert, new_name, standard_columns
from keep_customers.people import origin
from keep_customers.people.addresses import mark
from keep_customers.people.contacts import CONFIRMATION, counts, linked, naming_fields

MADE, NAMED, CONFIRMED, FROM_LEAD, OWN, UPGRADE = (
	"Made", "Named", "Confirmed", "From a Lead", "Own Customer", "Upgrade",
)  # fmt: skip
ADDRESSES = ("email_id", "mobile_no", "phone")
MOST = 500


class Change(NamedTuple):
	"""The addresses at which a contact that counts is reached have changed."""

	customer: str
	confirmation: str
	confirmed: bool  # as who changed them may write the customer


class Saved(NamedTuple):
	changes: list[Change]
	taken_back: list[str]  # confirmations that are gone


# Who may say it


def may_say(customer: str, user: str | None = None) -> bool:
	"""Whether a user decides who a customer's people are: who may write it and is no user of the website."""
	user = user or frappe.session.user
	return is_colleague(user) and bool(frappe.has_permission("Customer", "write", doc=customer, user=user))


def is_colleague(user: str | None) -> bool:
	"""Whether a user is one of us, and none of the website's."""
	return user == "Administrator" or (
		bool(user) and frappe.db.get_value("User", user, "user_type") == "System User"
	)


# What follows from the host's documents


def contact_saved(contact) -> Saved:
	"""Confirm what was linked or entered by who may; all else that is new in a contact waits."""
	before = contact.get_doc_before_save()
	now, was = _customers_of(contact), _customers_of(before)
	if not before:
		# What an earlier contact of this name has left behind, if it was deleted past its document life.
		forget(contact.name)
	rows = {row.customer: row for row in _rows({"contact": contact.name})}
	named = _naming(contact.name)
	for customer in now - was:
		_confirm_new(contact, customer, bool(before))
	marks, marks_before = _marks(contact), _marks(before)
	changes = []
	for customer in sorted((now | named) & rows.keys() if marks != marks_before else ()):
		row, may = rows[customer], may_say(customer)
		if may:
			kept = set(row.addresses.split()) & marks
			# What somebody has written past the contact's form is not this user's word.
			_write(contact.name, customer, row.how, kept | (marks - marks_before), row.confirmed_by)
		moved = any(before.get(one) and before.get(one) != contact.get(one) for one in ADDRESSES[:2])
		if moved or not may:
			changes.append(Change(customer, row.name, may))
	gone = [row.name for customer, row in rows.items() if customer not in now | named]
	_delete(gone)
	return Saved(changes, gone)


def _confirm_new(contact, customer: str, was_there: bool) -> None:
	user, marks = frappe.session.user, _marks(contact)
	if may_say(customer):
		was = origin.of(customer)
		converted = was_there and any((one.link_doctype, one.link_name) in was for one in contact.links)
		if not converted or is_colleague(contact.owner):
			_write(contact.name, customer, MADE, marks)
		# Who makes a customer of a lead says that about the lead, and not about all that anybody has linked to it.
		elif mark(contact.email_id) in (known := _marks_of_lead(customer)):
			_write(contact.name, customer, FROM_LEAD, marks & known)
	elif user != "Guest" and user == contact.user == frappe.db.get_value("Customer", customer, "owner"):
		# A user of the website makes no customers: ERPNext has, for this user.
		_write(contact.name, customer, OWN, marks)


def _marks_of_lead(customer: str) -> set[str]:
	leads = [name for doctype, name in origin.of(customer) if doctype == "Lead"]
	row = frappe.db.get_value("Lead", leads[0], lead_addresses(), as_dict=True) if leads else None
	return {mark(address) for address in (row or {}).values()} - {""}


def lead_addresses() -> list[str]:
	"""A lead's own fields with addresses, without those that ERPNext fills from whatever contact is linked to it."""
	return host.fields("Lead", ("email_id", "whatsapp_no"))


def customer_saved(customer) -> None:
	"""Confirm the contacts that who may has named on the customer, and the addresses they have entered on it."""
	before = customer.get_doc_before_save()

	def new(fields: Iterable[str]) -> set[str]:
		return {customer.get(one) for one in fields if customer.get(one)} - {
			before.get(one) for one in fields if before
		}

	named, addresses = new(naming_fields()), new(ADDRESSES[:2])
	if not (named or addresses) or not may_say(customer.name):
		return
	for contact in _stored(named):
		if not frappe.db.exists(CONFIRMATION, {"contact": contact.name, "customer": customer.name}):
			_write(contact.name, customer.name, NAMED, _marks(contact))
	# What is copied from a contact is decided there.
	theirs = _stored({*_linked_to(customer.name), *(customer.get(one) for one in naming_fields())})
	copied = {one for contact in theirs for one in _marks(contact)}
	if entered := {mark(one) for one in addresses} - copied:
		about = {"contact": "", "customer": customer.name}
		known = frappe.db.get_value(CONFIRMATION, about, "addresses") or ""
		_write("", customer.name, MADE, {*known.split(), *entered})


def before_contact_rename(old: str, new: str, merge: bool) -> Saved:
	"""Of contacts that become one, what was said of the other holds for it if who may merges them."""
	if not merge:
		# As above; to the database a name in other letters may be the same.
		if not frappe.db.exists("Contact", new):
			forget(new)
		return Saved([], [])
	known = {row.customer for row in _rows({"contact": new})}
	marks = _marks(frappe.get_doc("Contact", new))
	changes, gone = [], []
	for row in _rows({"contact": old}):
		may = may_say(row.customer)
		if may and row.customer not in known:
			# The host moves the row, as it links to the contact.
			_write(old, row.customer, row.how, {*row.addresses.split(), *marks}, row.confirmed_by)
			continue
		if not may and row.customer not in known:
			changes.append(Change(row.customer, row.name, False))
		gone.append(row.name)
	_delete(gone)
	return Saved(changes, gone)


def make_room(old: str, new: str) -> None:
	"""Of merged customers' contacts that were confirmed for both one word stays."""
	there = {row.contact for row in _rows({"customer": new})}
	_delete([row.name for row in _rows({"customer": old}) if row.contact in there])


def forget(contact: str) -> list[str]:
	"""A contact is gone; returns the confirmations it had."""
	gone = [row.name for row in _rows({"contact": contact})] if contact else []
	_delete(gone)
	return gone


# By a click


def confirm(contact: str, customer: str) -> str:
	"""Say that a contact is the customer's, with the addresses it has now; returns the confirmation."""
	return _write(contact, customer, CONFIRMED, _marks(frappe.get_doc("Contact", contact)))


def is_linked(contact: str, customer: str) -> bool:
	return contact in _linked_to(customer) or customer in _naming(contact)


# What waits for one


def waiting(customer: str | None = None, count: bool = False):
	"""The contacts linked to customers that do not count, the oldest first: rows of contact, customer, customer_name,
	full_name, email_id, mobile_no, owner and creation, of the customers the user may read; or how many there are of
	all customers."""
	query, contact, link = linked()
	party = frappe.qb.DocType("Customer")
	query = (
		query.inner_join(party)
		.on(party.name == link.link_name)
		.where((party.disabled == 0) & counts(contact.name, link.link_name).negate())
	)
	if customer:
		query = query.where(party.name == customer)
	if count:
		return len(query.select(link.name).run())
	return (
		only_readable(query, party.name)
		.select(
			contact.name.as_("contact"), party.name.as_("customer"), party.customer_name, contact.full_name,
			contact.email_id, contact.mobile_no, contact.owner, contact.creation,
		)
		.orderby(contact.creation)
		.limit(MOST)
	).run(as_dict=True)  # fmt: skip


def changed(customer: str | None = None) -> list[dict]:
	"""The contacts that count and have an address, or a user, that nobody has confirmed; likewise."""
	said, contact, party, email = (
		frappe.qb.DocType(one) for one in (CONFIRMATION, "Contact", "Customer", "Contact Email")
	)
	query = (
		frappe.qb.from_(said)
		.inner_join(contact)
		.on(contact.name == said.contact)
		.inner_join(party)
		.on(party.name == said.customer)
		.left_join(email)
		.on((email.parent == contact.name) & (email.parenttype == "Contact"))
		.select(
			said.name, said.addresses, contact.name.as_("contact"), party.name.as_("customer"), party.customer_name,
			contact.full_name, contact.email_id, contact.mobile_no, contact.phone, contact.user,
			email.email_id.as_("another"), contact.owner, contact.creation,
		)
		.where(party.disabled == 0)
		.orderby(contact.creation)
	)  # fmt: skip
	if customer:
		query = query.where(party.name == customer)
	found = {}
	for row in only_readable(query, party.name).run(as_dict=True):
		now = {mark(row.pop(field)) for field in ("phone", "user", "another")}
		now |= {mark(row.email_id), mark(row.mobile_no)}
		if now - {""} - set((row.pop("addresses") or "").split()):
			found[row.pop("name")] = row
	return list(found.values())


# The rows


def _rows(filters: dict) -> list:
	fields = ["name", "contact", "customer", "how", "confirmed_by", "addresses"]
	rows = frappe.get_all(CONFIRMATION, filters=filters, fields=fields)
	for row in rows:
		row.addresses = row.addresses or ""
	return rows


def _write(contact: str, customer: str, how: str, marks: Iterable[str], user: str | None = None) -> str:
	about = {"contact": contact, "customer": customer}
	values = {
		"how": how,
		"confirmed_by": user or frappe.session.user,
		"confirmed_on": get_datetime_str(now_datetime()),
		"addresses": " ".join(sorted(marks)),
	}
	if not frappe.db.exists(CONFIRMATION, about):
		title = frappe.db.get_value("Customer", customer, "customer_name")
		row = {
			"name": new_name(),
			**about,
			"customer_name": title,
			**values,
			**standard_columns(),
		}
		# Of two who say it at the same moment the other one's row stays.
		insert(CONFIRMATION, list(row), [list(row.values())], ignore_existing=True)
	frappe.db.set_value(CONFIRMATION, about, values)
	return frappe.db.get_value(CONFIRMATION, about)


def _delete(names: list[str]) -> None:
	if names:
		frappe.db.delete(CONFIRMATION, {"name": ("in", names)})


def _customers_of(contact) -> set[str]:
	return {one.link_name for one in contact.links if one.link_doctype == "Customer"} if contact else set()


def _linked_to(customer: str) -> list[str]:
	query, contact, link = linked()
	return query.select(contact.name).where(link.link_name == customer).run(pluck=True)


def _stored(contacts: Iterable[str | None]) -> list:
	"""The contacts among the names that there are; an import may name others."""
	names = frappe.get_all("Contact", filters={"name": ("in", [*filter(None, contacts), ""])}, pluck="name")
	return [frappe.get_doc("Contact", name) for name in names]


def _naming(contact: str) -> set[str]:
	"""The customers whose own fields name a contact."""
	fields = {field: contact for field in naming_fields()}
	return set(frappe.get_all("Customer", or_filters=fields, pluck="name")) if fields else set()


def _marks(contact) -> set[str]:
	"""Of all addresses of a contact, and of its user."""
	if not contact:
		return set()
	addresses = [contact.get(field) for field in (*ADDRESSES, "user")]
	addresses += [row.email_id for row in contact.email_ids] + [row.phone for row in contact.phone_nos]
	return {mark(address) for address in addresses} - {""}
