"""Who somebody is: all the documents that are them, what they are called, and where they alone are reached."""

import json
from collections.abc import Collection
from dataclasses import asdict, dataclass, field

import frappe
from frappe import _
from frappe.utils import cint

from keep_customers.erp.tables import chunks
from keep_customers.people import reached
from keep_customers.people.addresses import mark, spelled
from keep_customers.people.confirmations import naming_fields
from keep_customers.people.reached import CONTACT, CUSTOMER, FILE, MANY, PERSON
from keep_customers.privacy import among, words

OCCASION = "Customer File Occasion"


@dataclass
class Person:
	"""
	:param contacts: names of their Contacts
	:param rows: their rows in Customer Files
	:param customers: whose people they are
	:param names: full, first and last name, each way they are written
	:param emails, phones: where they alone are reached
	:param shared: where others are reached, too; it stays
	:param user: their own user of the website
	:param alone: nobody else is known at their customers
	:param others: what is called like them, and is not them
	"""

	contacts: list[str] = field(default_factory=list)
	rows: list[str] = field(default_factory=list)
	customers: list[str] = field(default_factory=list)
	names: list[list[str]] = field(default_factory=list)
	emails: list[str] = field(default_factory=list)
	phones: list[str] = field(default_factory=list)
	shared: list[str] = field(default_factory=list)
	user: str | None = None
	alone: bool = False
	others: list[str] = field(default_factory=list)

	def __bool__(self) -> bool:
		return bool(self.contacts or self.rows or self.emails)

	@property
	def full_names(self) -> list[str]:
		return sorted({full for full, _first, _last in self.names if full})

	@property
	def addresses(self) -> list[str]:
		return [*self.emails, *self.phones]

	@property
	def marks(self) -> list[str]:
		"""The fingerprints of where they are reached."""
		return sorted({mark(one) for one in self.addresses} - {""})

	@property
	def words(self) -> words.Words:
		return words.of(
			[tuple(one) for one in self.names], self.emails, self.phones, self.contacts, self.others
		)

	def as_json(self) -> str:
		return json.dumps(asdict(self))

	@staticmethod
	def from_json(text: str) -> "Person":
		return Person(**json.loads(text))


def of_contact(name: str) -> Person:
	return _found([name], [])


def of_row(name: str) -> Person:
	"""Somebody of a Customer File."""
	return _found([], [name])


def of_email(email: str) -> Person:
	"""Whoever has this address: for who asks by it, as users do."""
	email = email.strip().lower()
	contact, child, row = (frappe.qb.DocType(one) for one in (CONTACT, "Contact Email", PERSON))
	own = frappe.qb.from_(contact).select(contact.name)
	own = own.where((contact.email_id == email) | (contact.user == email)).run(pluck=True)
	more = frappe.qb.from_(child).select(child.parent).where(child.parenttype == CONTACT)
	more = more.where(child.email_id == email).run(pluck=True)
	rows = frappe.qb.from_(row).select(row.name).where(row.email == email).run(pluck=True)
	found = _found(sorted({*own, *more}), rows)
	if email not in found.emails:
		found.emails = sorted({*found.emails, email})
		found.shared = [one for one in found.shared if spelled(one) != spelled(email)]
	return found


def _found(contacts: list[str], rows: list[str]) -> Person:
	contacts, rows = set(contacts), set(rows)
	# Their row may name their Contact, and their Contact may stand in other files.
	for _round in range(2):
		found = _file_rows("name", rows) + _file_rows("contact", contacts)
		rows |= {row.name for row in found}
		contacts |= {row.contact for row in found if row.contact}
		contacts |= _twins(contacts)
	person = Person(contacts=sorted(contacts), rows=sorted(rows))
	known = list(reached.known_contacts(person.contacts).values())
	titles = _contacts("name", person.contacts)
	person.names = sorted(
		{(row.full_name or "", row.first_name or "", row.last_name or "") for row in titles}
		| {(row.full_name or "", "", "") for row in _file_rows("name", person.rows)}
	)
	person.names = [list(one) for one in person.names]
	users = {row.user for row in titles if row.user}
	person.user = next(iter(sorted(users)), None)
	person.customers = _customers_of(person)
	rows_of_them = _file_rows("name", person.rows)
	emails = {email for one in known for email in one.emails} | {row.email for row in rows_of_them} | users
	phones = {phone for one in known for phone in one.phones} | {row.phone for row in rows_of_them}
	_share(person, emails - {None, ""}, phones - {None, ""})
	return person


def _share(person: Person, emails: Collection[str], phones: Collection[str]) -> None:
	"""Tell what is theirs alone from what others have, too: a switchboard, the mailbox of a firm."""
	theirs = {(CONTACT, one) for one in person.contacts} | {(PERSON, one) for one in person.rows}
	others = [
		one
		for one in reached.everybody(person.customers)
		if (one.doctype, one.person) not in theirs and one.doctype != CUSTOMER
	]
	taken = {spelled(one) for other in others for one in (*other.emails, *other.phones)}
	taken |= _at_other_contacts(person, {*emails, *phones}) | _our_own(emails)
	person.emails, person.phones = (
		sorted(one for one in kind if spelled(one) not in taken) for kind in (emails, phones)
	)
	person.shared = sorted(one for one in {*emails, *phones} if spelled(one) in taken)
	person.alone = bool(person.customers) and not others
	titles = among.pluck(CUSTOMER, "name", person.customers, "customer_name")
	person.others = sorted({*person.customers, *titles, *(other.name for other in others)})


def _at_other_contacts(person: Person, addresses: Collection[str]) -> set[str]:
	"""Those that Contacts of whatever customer have who are somebody else."""
	found: set[str] = set()
	for doctype, column in (("Contact Email", "email_id"), ("Contact Phone", "phone")):
		for part in chunks(sorted(addresses), MANY):
			rows = frappe.get_all(
				doctype, {column: ("in", part), "parenttype": CONTACT}, ["parent", column], as_list=True
			)
			found |= {spelled(address) for parent, address in rows if parent not in person.contacts}
	return found


def _our_own(emails: Collection[str]) -> set[str]:
	"""Those of the firm's mailboxes, and of people who work here."""
	staff = among.find("User", "name", emails, user_type="System User")
	boxes = among.pluck("Email Account", "email_id", emails, "email_id")
	return {spelled(one) for one in (*staff, *boxes)}


def _twins(contacts: Collection[str]) -> set[str]:
	"""Contacts of the same name and the same address are the same person, entered twice."""
	found: set[str] = set()
	for row in _contacts("name", contacts):
		if row.email_id and row.full_name:
			same = {"email_id": row.email_id, "full_name": row.full_name}
			found |= set(frappe.get_all(CONTACT, same, pluck="name"))
	return found - set(contacts)


def _customers_of(person: Person) -> list[str]:
	linked = {"parenttype": CONTACT, "link_doctype": CUSTOMER}
	found = among.pluck("Dynamic Link", "parent", person.contacts, "link_name", **linked)
	found |= {row.parent for row in _file_rows("name", person.rows)}
	for naming in naming_fields():
		found |= set(among.find(CUSTOMER, naming, person.contacts))
	found |= set(among.find(FILE, "ask_for", person.contacts))
	return sorted(among.find(CUSTOMER, "name", found))


def _contacts(column: str, values: Collection[str]) -> list:
	fields = ["name", "full_name", "first_name", "last_name", "email_id", "user"]
	return among.find(CONTACT, column, values, fields)


def _file_rows(column: str, values: Collection[str]) -> list:
	fields = ["name", "parent", "full_name", "contact", "email", "phone"]
	return among.find(PERSON, column, values, fields, parenttype=FILE)


def check_is_no_colleague(person: Person) -> None:
	"""
	:raises frappe.ValidationError: if it is somebody who works here: their name stands under what they have done
	"""
	if person.user and frappe.db.get_value("User", person.user, "user_type") == "System User":
		frappe.throw(
			_(
				"{0} is a user of Desk. Who works here is forgotten by the host's own request, for their user."
			).format(frappe.bold(person.user))
		)


def is_enabled_user(person: Person) -> bool:
	return bool(person.user and cint(frappe.db.get_value("User", person.user, "enabled")))
