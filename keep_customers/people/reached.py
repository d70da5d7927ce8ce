"""Who would be reached by a contact, and where: asked for many follow-ups at once.

It is the main contact of the customer, unless the follow-up is about a person of the file or the guest of an event. Only
contacts that count are reached, and only where somebody who may has confirmed it (``contacts.py``). Who has left the
customer (*No Longer Here Since*) is reached nowhere, neither is anybody in their stead at an address of theirs.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

import frappe

from keep_customers.erp.tables import chunks
from keep_customers.people.addresses import EMAIL, KINDS, PHONE, mark
from keep_customers.people.contacts import confirmed_marks, linked, named_or_oldest, told_apart

IN_THE_FIRM = ("Owner", "Decision Maker", "Buyer", "Assistant")
FAMILY_AND_FRIENDS = ("Spouse", "Partner", "Child", "Parent", "Sibling", "Friend")
PERSON, GUEST, CONTACT, CUSTOMER, FILE = (
	"Customer File Person", "VIP Invitation", "Contact", "Customer", "Customer File",
)  # fmt: skip
MANY = 1000  # names a query


class Person(NamedTuple):
	"""
	:param keys: under which words of theirs are on record, the best one first: see :func:`key`
	:param source: (doctype, name) of where the addresses come from; who may read it may read them
	:param name: as people call them
	:param mobile: or any number that was noted for them in the file
	:param phone: the mobile, else a landline
	:param in_file: email, mobile and phone of somebody of a file, without what their Contact adds
	"""

	keys: tuple[str, ...]
	source: tuple[str, str]
	name: str | None = None
	contact: str | None = None
	email: str | None = None
	mobile: str | None = None
	phone: str | None = None
	in_file: tuple[str | None, str | None, str | None] | None = None

	@property
	def as_shown(self) -> "Person":
		"""Without where their Contact is reached, for who may not read that."""
		addresses = self.email, self.mobile, self.phone
		if self.in_file in (None, addresses) or frappe.has_permission(CONTACT, "read", doc=self.contact):
			return self
		return self._replace(**dict(zip(("email", "mobile", "phone"), self.in_file, strict=True)))


class Recipient(NamedTuple):
	"""Who comes into question, in the order in which they are taken."""

	people: tuple[Person, ...] = ()

	def by(self, channel: str) -> tuple[Person | None, str | None]:
		"""Whom a contact by this channel reaches, and at which address."""
		# A call reaches a landline too: who comes first is called there, before anybody else on a mobile.
		field = "phone" if channel == "Phone" else {EMAIL: "email", PHONE: "mobile"}.get(KINDS.get(channel))
		for person in self.people if field else ():
			if address := getattr(person, field):
				return person, address
		# No address is needed, or none is known: somebody with a name, rather than the customer as such.
		somebody = (one for one in self.people if not one.keys[0].startswith(f"{CUSTOMER}/"))
		return next(somebody, self.people[0] if self.people else None), None

	@property
	def addresses(self) -> dict[str, str | None]:
		"""email, mobile and phone."""
		ways = (("email", "Email"), ("mobile", "SMS"), ("phone", "Phone"))
		return {field: self.by(channel)[1] for field, channel in ways}

	def readable(self) -> "Recipient":
		"""Without whom the user of this session may not read; nobody else is asked in their place."""
		there = (
			one for one in self.people if frappe.has_permission(one.source[0], "read", doc=one.source[1])
		)
		return Recipient(tuple(one.as_shown for one in there))

	def as_shown(self) -> "Recipient":
		"""As :attr:`Person.as_shown`, where it was asked already whether the user may read whom the file names."""
		return Recipient(tuple(one.as_shown for one in self.people))


NOBODY = Recipient()


def key(doctype: str, name: str) -> str:
	"""How a person is named in questions about consent."""
	return f"{doctype}/{name}"


def of(rows: Sequence) -> list[Recipient]:
	"""Whom each follow-up is for.

	:param rows: with customer, reference_doctype and reference_name; people of a file and guests who are gone reach nobody,
		as nobody else may get what was meant for them
	"""
	known = _Known({row["customer"] for row in rows})
	names = {row["reference_name"] for row in rows if row["reference_doctype"] == GUEST}
	invited = _rows(GUEST, "name", names, ["name", "customer", "contact"])
	guests = {row.name: (row.customer, row.contact or None) for row in invited}
	found = []
	for row in rows:
		customer, name = row["customer"], row["reference_name"]
		if row["reference_doctype"] == PERSON:
			person = known.people.get((customer, name))
			found.append(Recipient((person,)) if person else NOBODY)
		elif row["reference_doctype"] == GUEST:
			invited_by, contact = guests.get(name, (None, None))
			found.append(known.guest(customer, contact) if invited_by == customer else NOBODY)
		else:
			found.append(known.main(customer))
	return found


def of_contacts(guests: Collection[tuple[str, str | None]]) -> dict[tuple[str, str | None], Recipient]:
	"""(customer, contact) -> who is reached; without a contact the customer's main one, or whoever stands in for it."""
	known = _Known({customer for customer, _contact in guests})
	return {(customer, contact or None): known.guest(customer, contact) for customer, contact in guests}


def main(customers: Collection[str]) -> dict[str, Recipient]:
	"""Customer -> who is reached when nobody in particular is meant: its main contact, where that one has no address the
	customer itself, then the people of its file who decide; nobody's husband gets a letter that was meant for the buyer.
	"""
	known = _Known(customers)
	return {name: known.main(name) for name in known.own}


class _Known:
	"""Whom we know at customers, and where they are reached."""

	def __init__(self, customers: Iterable[str]):
		customers = sorted(set(customers))
		left, here = told_apart(customers)
		self.main_contacts = dict(here)
		# Whom a rep was told to ask for stands in for it, as long as it counts and is there.
		self.main_contacts |= _named_in_files(customers).items() & set(here)
		self.confirmed = confirmed_marks(customers)
		pairs = [*left, *here]
		rows = _contact_rows({contact for _customer, contact in pairs})
		files = _file_rows(customers)
		# The file may know the same person, with words on record of their own.
		in_file = defaultdict(list)
		for row in files:
			in_file[row.parent, row.contact].append(key(PERSON, row.name))
		self.contacts = {
			pair: self._contact(pair, rows[pair[1]], in_file[pair]) for pair in pairs if pair[1] in rows
		}
		self.contacts |= {pair: _unreached(self.contacts[pair]) for pair in left if pair in self.contacts}
		self.people = {(row.parent, row.name): self._person(row) for row in files}
		self.own, self.deciding = {}, defaultdict(list)
		for row in files:
			if (row.decides or row.relation in IN_THE_FIRM) and not row.left_on:
				# Where the file itself says so: their Contact may be for other things.
				person = self.people[row.parent, row.name]
				self.deciding[row.parent].append(
					person._replace(email=row.email, mobile=row.phone, phone=row.phone, in_file=None)
				)
		entered = defaultdict(set)
		for (customer, _contact), marks in self.confirmed.items():
			entered[customer] |= marks
		for customer, marks in self._of_who_left(left, here, rows, files).items():
			entered[customer] -= marks
		for row in customer_rows(customers):
			# ERPNext copies them from the primary contact at every saving, and its point of sale lets every user write them.
			email, mobile = (
				one if mark(one) in entered[row.name] else None for one in (row.email_id, row.mobile_no)
			)
			self.own[row.name] = Person(
				(key(CUSTOMER, row.name),),
				(CUSTOMER, row.name),
				row.customer_name,
				None,
				email,
				mobile,
				mobile,
			)

	def _of_who_left(self, left: list, here: list, rows: dict, files: list) -> dict[str, set[str]]:
		"""Customer -> fingerprints of the addresses of who has left, as the customer's own may be copied from them; not of
		those that were entered for the customer itself or are also somebody's who is there."""
		gone, others = defaultdict(set), defaultdict(set)
		for pairs, found in ((left, gone), (here, others)):
			for customer, contact in pairs:
				found[customer] |= self.confirmed.get((customer, contact), set())
				if contact in rows:
					found[customer] |= {
						mark(rows[contact][one]) for one in ("email_id", "mobile_no", "phone")
					}
		for row in files:
			(gone if row.left_on else others)[row.parent] |= {mark(row.email), mark(row.phone)}
		return {
			customer: marks - others[customer] - self.confirmed.get((customer, ""), set())
			for customer, marks in gone.items()
		}

	def _contact(self, pair: tuple[str, str], row, in_file: list[str]) -> Person:
		confirmed = self.confirmed.get(pair, ())
		email, mobile, phone = (
			one if mark(one) in confirmed else None for one in (row.email_id, row.mobile_no, row.phone)
		)
		keys = (key(CONTACT, row.name), *in_file)
		title = row.full_name or row.first_name or row.name
		return Person(keys, (CONTACT, row.name), title, row.name, email, mobile, mobile or phone)

	def _person(self, row) -> Person:
		contact = self.contacts.get((row.parent, row.contact)) or Person((), ("", ""))
		mobile = row.phone or contact.mobile
		person = Person(
			# Their Contact is the better name: it is theirs at every customer.
			(*([key(CONTACT, row.contact)] if row.contact else []), key(PERSON, row.name)),
			(FILE, row.parent),
			row.full_name,
			row.contact or None,
			row.email or contact.email,
			mobile,
			mobile or contact.phone,
			(row.email or None, row.phone or None, row.phone or None),
		)
		return _unreached(person) if row.left_on else person

	def main(self, customer: str) -> Recipient:
		own = self.own.get(customer)
		if not own:
			return NOBODY
		contact = self.contacts.get((customer, self.main_contacts.get(customer)))
		if not contact:
			return Recipient((own, *self.deciding[customer]))
		# What is said of the customer itself is said of whoever its main contact is.
		keys = (*contact.keys, *own.keys)
		own = own._replace(keys=keys, name=contact.name, contact=contact.contact)
		return Recipient((contact._replace(keys=keys), own, *self.deciding[customer]))

	def guest(self, customer: str, contact: str | None) -> Recipient:
		recipient = self.main(customer)
		if not contact:
			return recipient
		# As the main contact is known under the customer's name, too.
		person = (
			recipient.people[0] if self.main_contacts.get(customer) == contact and recipient.people else None
		)
		person = person or self.contacts.get((customer, contact))
		return Recipient((person,)) if person else NOBODY


def _unreached(person: Person) -> Person:
	return person._replace(email=None, mobile=None, phone=None, in_file=None)


def _contact_rows(names: Collection[str]) -> dict[str, frappe._dict]:
	fields = ["name", "full_name", "first_name", "email_id", "mobile_no", "phone"]
	return {row.name: row for row in _rows(CONTACT, "name", names, fields)}


def customer_rows(names: Collection[str]) -> list:
	return _rows(CUSTOMER, "name", names, ["name", "customer_name", "email_id", "mobile_no"])


def asked_for(customer: str) -> str | None:
	"""The contact that is reached when nobody in particular is meant; None if there is none."""
	return asked_for_at([customer]).get(customer)


def asked_for_at(customers: Collection[str]) -> dict[str, str]:
	"""Customer -> the contact of :func:`asked_for`, for many customers; who has none is not there."""
	_left, here = told_apart(list(customers))
	return dict(here) | dict(_named_in_files(customers).items() & set(here))


def main_whoever_left(customers: Collection[str]) -> dict[str, str]:
	"""Customer -> who is its main contact, or was until they left and nobody has named another."""
	_left, here = told_apart(list(customers))
	return named_or_oldest(list(customers)) | dict(_named_in_files(customers).items() & set(here))


def _named_in_files(customers: Collection[str]) -> dict[str, str]:
	"""Customer -> the contact for whom its file says that care asks."""
	found: dict[str, str] = {}
	for part in chunks(sorted(filter(None, customers)), MANY):
		filters = {"name": ("in", part), "ask_for": ("is", "set")}
		found |= dict(frappe.get_all(FILE, filters=filters, fields=["name", "ask_for"], as_list=True))
	return found


def _file_rows(customers: Collection[str]) -> list:
	fields = ["name", "parent", "full_name", "contact", "email", "phone", "decides", "relation", "left_on"]
	rows = _rows(PERSON, "parent", customers, [*fields, "parenttype", "idx"])
	return sorted((row for row in rows if row.parenttype == FILE), key=lambda row: (row.parent, row.idx))


def _rows(doctype: str, field: str, values: Collection[str], fields: list[str]) -> list:
	return [
		row
		for part in chunks(sorted(filter(None, values)), MANY)
		for row in frappe.get_all(doctype, filters={field: ("in", part)}, fields=fields)
	]


# Everybody, wherever they are reached: a no is noted for all of it, whoever has linked or entered it


class Known(NamedTuple):
	"""Somebody of a customer with all their addresses; as many rows as there are customers they belong to."""

	customer: str | None
	doctype: str
	person: str
	name: str
	contact: str | None
	emails: tuple[str, ...]
	phones: tuple[str, ...]

	@property
	def noted_as(self) -> tuple[str, str]:
		"""Under whose name their words are noted: their Contact's, as that is theirs at every customer."""
		return (CONTACT, self.contact) if self.contact else (self.doctype, self.person)

	@property
	def keys(self) -> set[str]:
		return {key(*self.noted_as), key(self.doctype, self.person)}

	def at(self, channel: str) -> tuple[str, ...]:
		return {EMAIL: self.emails, PHONE: self.phones}.get(KINDS.get(channel), ())


def everybody(customers: Collection[str]) -> list[Known]:
	"""All people of customers: every linked Contact, the file's people, and the customer itself."""
	query, contact, link = linked()
	query, pairs = query.select(link.link_name, contact.name).distinct(), []
	for part in chunks(sorted(customers), MANY):
		pairs += query.where(link.link_name.isin(part)).run()
	files = _file_rows(customers)
	named = known_contacts({name for _customer, name in pairs} | {row.contact for row in files})
	found = [named[name]._replace(customer=customer) for customer, name in pairs if name in named]
	for row in files:
		one = named.get(row.contact)
		found.append(
			Known(
				row.parent, PERSON, row.name, row.full_name, row.contact or None,
				_distinct(row.email, *(one.emails if one else ())), _distinct(row.phone, *(one.phones if one else ())),
			)
		)  # fmt: skip
	for row in customer_rows(customers):
		addresses = _distinct(row.email_id), _distinct(row.mobile_no)
		found.append(Known(row.name, CUSTOMER, row.name, row.customer_name, None, *addresses))
	return found


def known_contacts(names: Collection[str]) -> dict[str, Known]:
	"""Contact -> who it is, at one of its customers."""
	rows = _contact_rows(names)
	emails, phones, customers = defaultdict(list), defaultdict(list), {}
	for doctype, field, more in (("Contact Email", "email_id", emails), ("Contact Phone", "phone", phones)):
		for row in _rows(doctype, "parent", rows, ["parent", "parenttype", field]):
			if row.parenttype == CONTACT:
				more[row.parent].append(row[field])
	fields = ["parent", "parenttype", "link_doctype", "link_name"]
	for row in _rows("Dynamic Link", "parent", rows, fields):
		if (row.parenttype, row.link_doctype) == (CONTACT, CUSTOMER):
			customers[row.parent] = row.link_name
	return {
		name: Known(
			customers.get(name), CONTACT, name, row.full_name or row.first_name or name, None,
			_distinct(row.email_id, *emails[name]), _distinct(row.mobile_no, row.phone, *phones[name]),
		)
		for name, row in rows.items()
	}  # fmt: skip


def _distinct(*addresses: str | None) -> tuple[str, ...]:
	return tuple(dict.fromkeys(one.strip() for one in addresses if one and one.strip()))
