"""Who somebody is: all the documents that are them, what they are called, and where they alone are reached."""

import json
from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass, field
from email.utils import getaddresses

import frappe
from frappe import _
from frappe.query_builder.functions import Lower
from pypika.terms import Criterion

from keep_customers.erp.host import fields, has
from keep_customers.erp.tables import chunks, like
from keep_customers.people import reached
from keep_customers.people.addresses import mark, spelled
from keep_customers.people.confirmations import is_colleague
from keep_customers.people.contacts import all_contacts, confirmed_marks, contacts_at, naming_fields
from keep_customers.people.reached import CONTACT, CUSTOMER, FILE, PERSON, key
from keep_customers.privacy import among, common, words
from keep_customers.privacy.words import folded

OCCASION = "Customer File Occasion"
FEW = 50  # addresses a query


@dataclass
class Person:
	"""
	:param contacts: names of their Contacts
	:param rows: their rows in Customer Files
	:param customers: whose people they are
	:param names: full, first and last name, each way they are written
	:param emails, phones: where they alone are reached
	:param shared: where others are reached, too; it stays
	:param users: their own users of the website
	:param alone: nobody else is known at their customers
	:param others: what is called like them, and is not them
	:param namesakes: names that somebody else has at another customer, or elsewhere: they mean this person in the papers of their
		customers only
	:param taken: names that somebody else has at one of their customers, or who works here: nobody knows whom these mean
	:param outside: they ask themselves, and only what is proven counts
	"""

	contacts: list[str] = field(default_factory=list)
	rows: list[str] = field(default_factory=list)
	customers: list[str] = field(default_factory=list)
	names: list[list[str]] = field(default_factory=list)
	emails: list[str] = field(default_factory=list)
	phones: list[str] = field(default_factory=list)
	shared: list[str] = field(default_factory=list)
	users: list[str] = field(default_factory=list)
	alone: bool = False
	others: list[str] = field(default_factory=list)
	namesakes: list[str] = field(default_factory=list)
	taken: list[str] = field(default_factory=list)
	outside: bool = False

	def __bool__(self) -> bool:
		return bool(self.contacts or self.rows or self.emails)

	@property
	def full_names(self) -> list[str]:
		return sorted({full for full, _first, _last in self.names if full})

	@property
	def own_names(self) -> list[str]:
		"""Full names that nobody else has in the papers of their customers."""
		return [one for one in self.full_names if folded(one) not in self.taken]

	@property
	def is_customer(self) -> bool:
		"""Whether one of their customers is called as they are: somebody who buys for themselves."""
		return bool({folded(one) for one in self.others} & {folded(one) for one in self.full_names})

	@property
	def keys(self) -> list[str]:
		"""How follow-ups name them."""
		return sorted({key(CONTACT, one) for one in self.contacts} | {key(PERSON, one) for one in self.rows})

	@property
	def addresses(self) -> list[str]:
		return [*self.emails, *self.phones]

	@property
	def marks(self) -> list[str]:
		"""The fingerprints of where they are reached."""
		return sorted({mark(one) for one in self.addresses} - {""})

	@property
	def words(self) -> words.Words:
		names = [tuple(one) for one in self.names if folded(one[0]) not in self.taken]
		documents = [one for one in self.contacts if folded(one) not in self.taken]
		# As it is written, and as it is compared.
		emails = {*self.emails, *(spelled(one) for one in self.emails)}
		return words.of(names, emails, self.phones, documents, self.others, self.namesakes, common.words())

	def as_json(self) -> str:
		return json.dumps(asdict(self))

	@staticmethod
	def of(stored: dict) -> "Person":
		"""As :meth:`as_json` stores it, or has before there could be several users."""
		values = {"users": [stored["user"]] if stored.get("user") else [], **stored}
		values.pop("user", None)
		return Person(**values)


def of_contact(name: str) -> Person:
	return _found([name], [])


def of_row(name: str) -> Person:
	"""Somebody of a Customer File."""
	return _found([], [name])


def of_documents(contacts: Collection[str], rows: Collection[str]) -> Person:
	"""Somebody who is all of these Contacts and rows of Customer Files."""
	return _found(contacts, rows)


def of_user(user: str) -> Person:
	"""Whoever asks from outside, known by the address they log in with.

	Everybody who is logged in may make Contacts of whatever name, with whatever addresses. So only what is proven counts: Contacts
	whose own address it is, or that were confirmed with it; of these the addresses that were confirmed, and the customers they
	count for; and what colleagues have written in files. Never the customer as a whole.
	"""
	login = spelled(user)
	confirmed = {contact for _customer, contact in contacts_at(user)}
	found = Person(users=[user], outside=True)
	found.contacts = sorted(confirmed | set(_with_own_address(login)))
	titles = _contacts("name", found.contacts)
	rows = _rows_of_user(login, found.contacts, {folded(row.full_name) for row in titles})
	found.rows = sorted(row.name for row in rows)
	pairs = _that_count(found.contacts)
	found.customers = sorted({customer for customer, _contact in pairs} | {row.parent for row in rows})
	counting = {contact for _customer, contact in pairs}
	# Whose Contact is their own to write calls themselves as they like; so does everybody in their profile.
	said = {_called(row) for row in titles if row.name in counting and is_colleague(row.owner)}
	names = {(row.full_name or "", "", "") for row in rows} | _not_others(said, found)
	found.names = [list(one) for one in sorted(names)]
	marks = confirmed_marks(found.customers)
	proven = {one for pair in pairs for one in marks.get(pair, ())}
	known = reached.known_contacts(found.contacts).values()
	emails = {email for one in known for email in one.emails if mark(email) in proven}
	phones = {phone for one in known for phone in one.phones if mark(phone) in proven}
	_share(
		found,
		emails | {row.email for row in rows} - {None, ""},
		phones | {row.phone for row in rows} - {None, ""},
	)
	found.emails = sorted({login, *(one for one in found.emails if spelled(one) != login)})
	found.shared = [one for one in found.shared if spelled(one) != login]
	found.alone = False
	return found


def _with_own_address(email: str) -> list[str]:
	contact = frappe.qb.DocType(CONTACT)
	query = frappe.qb.from_(contact).select(contact.name).where(Lower(contact.email_id) == email)
	return query.run(pluck=True)


def _rows_of_user(email: str, contacts: list[str], names: set[str]) -> list:
	"""People of files who are their Contacts, or have the address; where several have it, nobody knows who asks."""
	linked = _file_rows("contact", contacts)
	row = frappe.qb.DocType(PERSON)
	at_it = frappe.qb.from_(row).select(row.name).where(Lower(row.email) == email).run(pluck=True)
	more = [one for one in _file_rows("name", at_it) if one.contact not in contacts]
	called = names | {folded(one.full_name) for one in (*linked, *more)}
	return linked if len(called) > 1 else [*linked, *more]


def _that_count(contacts: list[str]) -> list[tuple[str, str]]:
	"""(customer, contact) for which they count."""
	customers = sorted(_customers_with(contacts))
	return sorted({pair for pair in all_contacts(customers) if pair[1] in contacts})


def _customers_with(contacts: list[str]) -> set[str]:
	"""Those to which contacts are linked, and those that name them."""
	linked = {"parenttype": CONTACT, "link_doctype": CUSTOMER}
	found = among.pluck("Dynamic Link", "parent", contacts, "link_name", **linked)
	for naming in naming_fields():
		found |= set(among.find(CUSTOMER, naming, contacts))
	return found


def _not_others(names: set[tuple], person: Person) -> set[tuple]:
	"""Without names that somebody else has as well: what stands under them may be theirs."""
	full = {name for name, _first, _last in names}
	taken = {row.full_name for row in _contacts("full_name", full) if row.name not in person.contacts}
	taken |= {row.full_name for row in _file_rows("full_name", full) if row.name not in person.rows}
	taken |= among.pluck(CUSTOMER, "customer_name", full, "customer_name")
	users = among.find("User", "full_name", full, ["name", "full_name"])
	taken |= {row.full_name for row in users if row.name not in person.users}
	taken = {folded(one) for one in taken}
	return {one for one in names if folded(one[0]) not in taken}


def _called(row) -> tuple[str, str, str]:
	return (row.full_name or "", row.first_name or "", row.last_name or "")


def _found(contacts: Collection[str], rows: Collection[str]) -> Person:
	contacts, rows = set(contacts), set(rows)
	# Their row may name their Contact, and their Contact may stand in other files.
	for _round in range(2):
		found = _file_rows("name", rows) + _file_rows("contact", contacts)
		rows |= {row.name for row in found}
		contacts |= {row.contact for row in found if row.contact}
		contacts |= _twins(contacts)
		rows |= _twins_in_files(contacts, rows)
	person = Person(contacts=sorted(contacts), rows=sorted(rows))
	known = list(reached.known_contacts(person.contacts).values())
	titles = _contacts("name", person.contacts)
	person.names = sorted(
		{_called(row) for row in titles}
		| {(row.full_name or "", "", "") for row in _file_rows("name", person.rows)}
	)
	person.names = [list(one) for one in person.names]
	users = {row.user for row in titles if row.user}
	person.users = sorted(users)
	person.customers = _customers_of(person)
	rows_of_them = _file_rows("name", person.rows)
	emails = {email for one in known for email in one.emails} | {row.email for row in rows_of_them} | users
	phones = {phone for one in known for phone in one.phones} | {row.phone for row in rows_of_them}
	_share(person, emails - {None, ""}, phones - {None, ""})
	# A Contact that was there before the user registered is not said to be theirs.
	own = {spelled(one) for one in person.emails}
	by_address = {row.name for row, _address in having("User", ["name", "email"], "user_type", own)}
	person.users = sorted({*person.users, *among.find("User", "name", by_address, user_type="Website User")})
	_tell_from_namesakes(person)
	return person


def _tell_from_namesakes(person: Person) -> None:
	"""Note which of their names others have as well: these others are not to be forgotten with them."""
	called = {*person.full_names, *person.contacts}
	here: set[str] = set()
	elsewhere: set[str] = set()
	contacts = [row for row in _contacts("full_name", called) if row.name not in person.contacts]
	reached_at = reached.known_contacts([row.name for row in contacts])
	customers = among.find(
		"Dynamic Link",
		"parent",
		reached_at,
		["parent", "link_name"],
		parenttype=CONTACT,
		link_doctype=CUSTOMER,
	)
	at_theirs = {row.parent for row in customers if row.link_name in person.customers}
	for row in contacts:
		known = reached_at[row.name]
		# Without an address it may be themselves, entered twice.
		if known.emails or known.phones or row.name not in at_theirs:
			(here if row.name in at_theirs else elsewhere).add(row.full_name)
	own = _file_rows("name", person.rows)
	for row in _file_rows("full_name", called):
		if row.name not in person.rows and row.contact not in person.contacts:
			if row.parent not in person.customers:
				elsewhere.add(row.full_name)
			elif row.name in _of_others([row], own, person):
				here.add(row.full_name)
	titles = among.find(CUSTOMER, "customer_name", called, ["name", "customer_name"])
	elsewhere |= {row.customer_name for row in titles if row.name not in person.customers}
	for row in among.find("User", "full_name", called, ["name", "full_name", "user_type"]):
		if row.user_type == "System User":
			here.add(row.full_name)
		elif row.name not in person.users:
			elsewhere.add(row.full_name)
	person.taken = sorted({folded(one) for one in here})
	person.namesakes = sorted({folded(one) for one in elsewhere} - {*person.taken})


def namesakes_in_files(person: Person) -> list[str]:
	"""People of their customers' files who are called as they are, and are somebody else."""
	own = _file_rows("name", person.rows)
	alike = [row for row in _file_rows("full_name", person.full_names) if row.parent in person.customers]
	return _of_others([row for row in alike if row.name not in person.rows], own, person)


def _of_others(rows: list, own: list, person: Person) -> list[str]:
	"""Those of the rows that are reached elsewhere, or were born on another day, than the person."""
	emails = {spelled(one) for one in (*person.emails, *person.shared) if "@" in one}
	born = {str(row.birthday) for row in own if row.birthday}
	return [
		row.name
		for row in rows
		if (row.contact and row.contact not in person.contacts)
		or (row.email and emails and spelled(row.email) not in emails)
		or (row.birthday and born and str(row.birthday) not in born)
	]


def _share(person: Person, emails: Collection[str], phones: Collection[str]) -> None:
	"""Tell what is theirs alone from what others have, too: a switchboard, the mailbox of a firm."""
	theirs = {(CONTACT, one) for one in person.contacts} | {(PERSON, one) for one in person.rows}
	others = [
		one
		for one in reached.everybody(person.customers)
		if (one.doctype, one.person) not in theirs and one.doctype != CUSTOMER
	]
	taken = {spelled(one) for other in others for one in (*other.emails, *other.phones)}
	taken |= _elsewhere(person, {*emails, *phones}) | _our_own(emails)
	person.emails, person.phones = (
		sorted(one for one in kind if spelled(one) not in taken) for kind in (emails, phones)
	)
	person.shared = sorted(one for one in {*emails, *phones} if spelled(one) in taken)
	person.alone = bool(person.customers) and not others
	titles = among.pluck(CUSTOMER, "name", person.customers, "customer_name")
	person.others = sorted({*person.customers, *titles, *(other.name for other in others)})


def _elsewhere(person: Person, addresses: Collection[str]) -> set[str]:
	"""Those that somebody else has, at whatever customer or none: Contacts, people of files, Leads, Customers."""
	called = {folded(one) for one in person.full_names}
	known_as = {*person.full_names, *person.customers}
	known_as |= among.pluck(CUSTOMER, "name", person.customers, "customer_name")
	known_as = {folded(one) for one in known_as}
	leads = (
		among.pluck(CUSTOMER, "name", person.customers, "lead_name") if has(CUSTOMER, "lead_name") else set()
	)
	# Where to look, what a row is known by, and whether it is theirs.
	looked_at = (
		("Contact Email", ["email_id"], "parent", lambda row: row.said_of in person.contacts),
		("Contact Phone", ["phone"], "parent", lambda row: row.said_of in person.contacts),
		(PERSON, ["email", "phone"], "name", lambda row: row.said_of in person.rows),
		(
			CUSTOMER,
			["email_id", "mobile_no"],
			"customer_name",
			lambda row: row.name in person.customers or folded(row.said_of) in called,
		),
		(
			"Lead",
			fields("Lead", ("email_id", "mobile_no", "phone", "whatsapp_no")),
			"lead_name",
			# What their customer was made of, and a lead of their name, are themselves.
			lambda row: row.name in leads or folded(row.said_of) in known_as,
		),
	)
	return {
		spelled(address)
		for doctype, columns, said_of, is_theirs in looked_at
		for row, address in having(doctype, columns, said_of, addresses)
		if not is_theirs(row)
	}


def having(doctype: str, columns: list[str], said_of: str, addresses: Collection[str]) -> Iterator[tuple]:
	"""(row with name and said_of, address) of rows with one of the addresses, however it is written there; of a list of
	recipients each one."""
	wanted = {spelled(one) for one in addresses} - {""}
	table = frappe.qb.DocType(doctype)
	for column in columns:
		for part in chunks(sorted(wanted), FEW):
			alike = Criterion.any(like(table[column], _alike(one)) for one in part)
			query = frappe.qb.from_(table).select(
				table.name, table[said_of].as_("said_of"), table[column].as_("at")
			)
			for row in query.where(alike).run(as_dict=True):
				if wanted & addresses_in(row.at):
					yield row, row.at


def addresses_in(said: str) -> set[str]:
	"""A number, an address, or several, in their one spelling."""
	several = "@" in said and ("," in said or ";" in said)
	found = (address for _name, address in getaddresses([said.replace(";", ",")])) if several else (said,)
	return {spelled(one) for one in found} - {""}


def _alike(address: str) -> str:
	"""A pattern for all ways to write an address, and for some others."""
	if "@" in address:
		# A domain in another writing is stored as it was typed.
		address = address.partition("@")[0] + "@" if "xn--" in address else address
		return "%" + address.replace("\\", "_") + "%"
	return "%" + "%".join(address[-4:]) + "%"


def _our_own(emails: Collection[str]) -> set[str]:
	"""Those of the firm's mailboxes, and of people who work here."""
	staff = among.find("User", "name", {spelled(one) for one in emails}, user_type="System User")
	boxes = having("Email Account", ["email_id"], "name", emails)
	return {*map(spelled, staff), *(spelled(address) for _row, address in boxes)}


def _twins(contacts: Collection[str]) -> set[str]:
	"""Contacts of the same name and the same address are the same person, entered twice."""
	known = {(folded(row.full_name), spelled(row.email_id)) for row in _contacts("name", contacts)}
	return _called_and_reached_so(CONTACT, "email_id", known) - set(contacts)


def _twins_in_files(contacts: Collection[str], rows: Collection[str]) -> set[str]:
	"""People of files likewise: they are in more than one, and who forgets them is asked for a right to each."""
	known = {(folded(row.full_name), spelled(row.email_id)) for row in _contacts("name", contacts)}
	known |= {(folded(row.full_name), spelled(row.email)) for row in _file_rows("name", rows)}
	same = _called_and_reached_so(PERSON, "email", known)
	return {row.name for row in _file_rows("name", same)} - set(rows)


def _called_and_reached_so(doctype: str, column: str, known: set[tuple[str, str]]) -> set[str]:
	known = {(name, email) for name, email in known if name and email}
	found = having(doctype, [column], "full_name", {email for _name, email in known})
	return {row.name for row, email in found if (folded(row.said_of), spelled(email)) in known}


def _customers_of(person: Person) -> list[str]:
	found = _customers_with(person.contacts)
	found |= {row.parent for row in _file_rows("name", person.rows)}
	found |= set(among.find(FILE, "ask_for", person.contacts))
	return sorted(among.find(CUSTOMER, "name", found))


def _contacts(column: str, values: Collection[str]) -> list:
	said = ["name", "full_name", "first_name", "last_name", "email_id", "user", "owner"]
	return among.find(CONTACT, column, values, said)


def _file_rows(column: str, values: Collection[str]) -> list:
	said = ["name", "parent", "full_name", "contact", "email", "phone", "birthday"]
	return among.find(PERSON, column, values, said, parenttype=FILE)


def check_is_no_colleague(person: Person) -> None:
	"""
	:raises frappe.ValidationError: if it is somebody who works here: their name stands under what they have done
	"""
	if colleagues := among.find("User", "name", person.users, user_type="System User"):
		frappe.throw(
			_(
				"{0} is a user of Desk. Who works here is forgotten by the host's own request, for their user."
			).format(frappe.bold(colleagues[0]))
		)


def is_ours(address: str) -> bool:
	"""Whether it is the firm's own mailbox, or somebody's who works here: mails from all customers go there."""
	return spelled(address) in _our_own({address, spelled(address)})
