"""The records of consent: who agreed to what and who did not, by what, and when. A line is added and never changed; one
that was a mistake is made void.

Words arrive from the Customer File, from reps, from the link in our e-mails and from the host's own marks; whatever they
come from, they are noted here, and ``consent.py`` asks nothing else.
"""

from collections.abc import Collection, Iterable
from datetime import date
from hashlib import sha256
from typing import NamedTuple

import frappe
from frappe import _
from frappe.utils import getdate, now

from keep_customers.engine.consent import CHANNELS, EVERYTHING, GIVEN, MARKS, REFUSED
from keep_customers.erp.tables import chunks, insert, new_name, standard_columns
from keep_customers.people import reached
from keep_customers.people.addresses import mark, spelled
from keep_customers.people.reached import CUSTOMER, FILE, MANY, PERSON, Known

DOCTYPE = "Consent Record"
TOLD, FORM, LINK, UPGRADE = "Told a Rep", "Customer File", "Unsubscribe Link", "Upgrade"
MESSAGE = "Customer's Message"


class Entry(NamedTuple):
	"""Something that was said, before it is a row.

	:param address: as it is written
	:param mark: of an address that is only known by it
	:param about: the document of the host that says so, as (doctype, name)
	"""

	channel: str
	consent: str
	source: str
	day: date
	customer: str | None = None
	person_type: str | None = None
	person: str | None = None
	person_name: str | None = None
	address: str | None = None
	mark: str | None = None
	purpose: str = EVERYTHING
	words: str | None = None
	about: tuple[str | None, str | None] = (None, None)

	@property
	def statement(self) -> str:
		"""What makes it the same, told again or by two at once. A mark of the host stands, of whatever day it is."""
		day = "" if self.source in MARKS else self.day
		said = (
			self.source,
			self.channel,
			self.purpose,
			self.consent,
			self.person,
			self.mark,
			*self.about,
			day,
		)
		return sha256("\n".join(map(str, said)).encode(errors="replace")).hexdigest()[:40]


def is_there() -> bool:
	"""Not while a patch of another app runs before an upgrade of this one has made the table; the patch of ours reads all."""
	return not frappe.flags.in_migrate or bool(frappe.db.table_exists(DOCTYPE))


def check_day(day: date | str | None) -> None:
	"""
	:param day: on which something was said; None for today
	:raises frappe.ValidationError: if it lies in the future
	"""
	if getdate(day) > getdate():
		frappe.throw(_("Consent is noted once it was given or refused; the date lies in the future."))


def note(entries: Iterable[Entry]) -> None:
	"""Note what is new; what was made void holds again if it is said again."""
	if not is_there():
		return
	said = [
		one._replace(
			address=spelled(one.address) or None,
			mark=one.mark or mark(one.address) or None,
			words=(one.words or "")[:140],
		)
		for one in entries
	]
	titles = _titles({one.customer for one in said})
	standard = standard_columns()
	rows = {
		one.statement: [
			new_name(), *one[:12], *one.about, titles.get(one.customer), one.statement,
			*standard.values(),
		]
		for one in said
	}  # fmt: skip
	fields = [
		"name", "channel", "consent", "source", "on_date", "customer", "person_type", "person", "person_name", "address",
		"address_mark", "purpose", "words", "reference_doctype", "reference_name", "customer_name", "statement", *standard,
	]  # fmt: skip
	if rows:
		insert(DOCTYPE, fields, list(rows.values()), ignore_existing=True)
	# What came back and was made void is read anew every night.
	again = [one.statement for one in said if one.source in MARKS or not one.about[0]]
	record = frappe.qb.DocType(DOCTYPE)
	for part in chunks(again, MANY):
		void = record.statement.isin(part) & record.void_since.isnotnull()
		frappe.qb.update(record).set(record.void_since, None).where(void).run()


def _titles(customers: Collection[str | None]) -> dict[str, str]:
	return {row.name: row.customer_name for row in reached.customer_rows(customers)}


def make_void(filters: dict) -> None:
	"""What was noted by mistake, or a mark of the host that was taken off: nothing was said with it any more."""
	if not is_there():
		return
	record = frappe.qb.DocType(DOCTYPE)
	query = (
		frappe.qb.update(record).set(record.void_since, now()).set(record.modified_by, frappe.session.user)
	)
	for field, value in filters.items():
		query = query.where(record[field] == value)
	query.where(record.void_since.isnull()).run()


TO_DECIDE = (
	"name", "creation", "person_type", "person", "address_mark", "channel", "purpose", "consent", "on_date", "source",
)  # fmt: skip


def rows(persons: Collection[str], marks: Collection[str], more: Collection[str] = ()) -> list:
	"""What holds of some people and some addresses, the oldest first.

	:param persons: names, of whatever doctype
	:param more: fields besides those that decide
	"""
	record, found = frappe.qb.DocType(DOCTYPE), {}
	query = frappe.qb.from_(record).where(record.void_since.isnull()).select(*TO_DECIDE, *more)
	for column, wanted in ((record.person, persons), (record.address_mark, marks)):
		for part in chunks(sorted(filter(None, wanted)), MANY):
			found |= {row.name: row for row in query.where(column.isin(part)).run(as_dict=True)}
	return sorted(found.values(), key=lambda row: (row.on_date, row.creation, row.name))


# What somebody says


def said_by(known: Iterable[Known], channel: str, consent: str, source: str, **more) -> list[Entry]:
	"""The entries of a no of one person, or of a yes: a no is theirs and of each of their addresses, so that it is found
	wherever these stand; a yes is for the address a message would go to.

	:param known: the rows of one person, or of several who all say it
	"""
	entries, more = [], {"day": getdate(), **more}
	for one in known:
		addresses = one.at(channel)[:1] if consent == GIVEN else one.at(channel)
		entries += [
			Entry(channel, consent, source, customer=one.customer, person_type=one.noted_as[0], person=one.noted_as[1],
				person_name=one.name, address=address, **more)
			for address in addresses or (None,)
		]  # fmt: skip
	return entries


def said_by_main(customer: str, recipient: reached.Recipient, channel: str, source: str, **more) -> Entry:
	"""A yes of nobody in particular: of who is reached at this moment, at this address; where nobody is known yet, of the
	customer itself, which is whoever will be its main contact."""
	person, address = recipient.by(channel)
	doctype, name = person.keys[0].split("/", 1) if person else (CUSTOMER, customer)
	return Entry(
		channel, GIVEN, source, customer=customer, person_type=doctype, person=name, person_name=person and person.name,
		address=address, **{"day": getdate(), **more},
	)  # fmt: skip


def say_no(
	customer: str,
	channel: str,
	source: str,
	keys: Collection[str],
	to: str | None = None,
	words: str | None = None,
) -> str | None:
	"""Note that who was reached does not want it, at all their addresses; of several who share one nobody knows who it was.

	:param keys: the names of who it was, as far as they are known
	:param to: the fingerprint of where they were reached
	:returns: who it is noted for, None if only the address is known
	"""
	known = reached.everybody([customer])
	there = [one for one in known if to and to in {mark(address) for address in one.at(channel)}]
	people = [one for one in known if one.keys.intersection(keys)] or there
	if not people and not to:
		people = [one for one in known if one.doctype == CUSTOMER]
	people = [one for one in people if one.doctype != CUSTOMER] or people
	if len({one.noted_as for one in people}) > 1:
		people = []
	entries = said_by(people, channel, REFUSED, source, words=words)
	if to and not any(one in there for one in people):
		entries.append(Entry(channel, REFUSED, source, getdate(), customer, mark=to, words=words))
	note(entries)
	return people[0].name if people else None


# Nobody of the customer, whoever says what: switches of the Customer File


def stop_field(channel: str) -> str:
	return f"stop_{channel.lower()}"


def stops(customers: Collection[str]) -> set[tuple[str, str]]:
	"""(customer, channel) by which nobody of the customer is to be contacted."""
	file = frappe.qb.DocType(FILE)
	switches = {channel: file[stop_field(channel)] for channel in CHANNELS}
	query = frappe.qb.from_(file).select(file.name, *switches.values())
	return {
		(name, channel)
		for part in chunks(sorted(customers), MANY)
		for name, *values in query.where(file.name.isin(part)).run()
		for channel, on in zip(switches, values, strict=True)
		if on
	}


# What becomes of people


def forget(known: Iterable[Known]) -> None:
	"""People who are deleted leave nothing but the fingerprints of addresses nobody is to write to."""
	for one in known if is_there() else ():
		noes = [
			row for row in rows([one.person], ()) if row.person_type == one.doctype and row.consent == REFUSED
		]
		covered = {(row.channel, row.purpose, row.source, row.address_mark) for row in noes}
		for row in noes:
			# As the same person, not as the contact who may live on.
			note(
				entry._replace(person_type=one.doctype, person=one.person)
				for entry in said_by(
					[one], row.channel, REFUSED, row.source, day=row.on_date, purpose=row.purpose
				)
				if (row.channel, row.purpose, row.source, mark(entry.address)) not in covered
			)
		who = {"person_type": one.doctype, "person": one.person}
		standing = [row.name for row in rows([one.person], ()) if row.consent == REFUSED and row.address_mark]
		kept = {**who, "name": ("in", standing or [""])}
		frappe.db.set_value(DOCTYPE, kept, NAMELESS, update_modified=False)
		frappe.db.delete(DOCTYPE, who)


def forget_addresses(marks: Collection[str]) -> None:
	"""Of addresses nobody has any more a no is kept, nameless; what else was said at them goes."""
	record = frappe.qb.DocType(DOCTYPE)
	for part in chunks(sorted(filter(None, marks)), MANY):
		here = record.address_mark.isin(part)
		frappe.qb.from_(record).delete().where(here & (record.consent != REFUSED)).run()
		query = frappe.qb.update(record).where(here)
		for field in NAMELESS:
			query = query.set(record[field], None)
		query.run()


NAMELESS = dict.fromkeys(
	(
		"customer", "customer_name", "person_type", "person", "person_name", "address", "words", "reference_doctype",
		"reference_name",
	)
)  # fmt: skip


def on_customer_trash(customer: str) -> None:
	"""Contacts who live on keep their words; who is gone leaves fingerprints."""
	known = [one for one in reached.everybody([customer]) if one.doctype in (PERSON, CUSTOMER)]
	keep_stops(customer)
	forget(known)
	frappe.db.set_value(
		DOCTYPE, {"customer": customer}, {"customer": None, "customer_name": None}, update_modified=False
	)


def keep_stops(customer: str) -> None:
	"""A file goes, and its switches with it: each of its people still does not want it."""
	people = reached.everybody([customer])
	for _customer, channel in stops([customer]):
		note(said_by(people, channel, REFUSED, FORM))


def move_people(moved: dict[str, str]) -> None:
	"""People of a file have become people of another one.

	:param moved: names of the rows, old -> new
	"""
	for old, new in moved.items():
		frappe.db.set_value(
			DOCTYPE, {"person_type": PERSON, "person": old}, "person", new, update_modified=False
		)
