"""What the host knows itself of who wants no mail: *Unsubscribed* on a Contact or a Lead, Email Unsubscribe, and mail that
came back. It is noted in the ledger as it happens, and what happened past the document life before every planning.

A mark that is taken off by a person is made void. One that is gone otherwise (a deleted or merged contact, an import) is
not: a no survives that.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date
from email.utils import getaddresses, parseaddr
from typing import NamedTuple

import frappe
from frappe.query_builder.functions import Lower
from frappe.utils import add_days, cint, cstr, getdate

from keep_customers.engine.consent import (
	CONTACT_MARK,
	EMAIL_MARK,
	EVENTS,
	EVERYTHING,
	FEEDBACK,
	LEAD_MARK,
	NOT_REACHABLE,
	REFUSED,
)
from keep_customers.erp import host
from keep_customers.erp.registered import registered
from keep_customers.erp.tables import chunks
from keep_customers.people import ledger, reached
from keep_customers.people.contacts import linked, told_apart, who_left
from keep_customers.people.reached import CONTACT, MANY

EMAIL, UNSUBSCRIBE = "Email", "Email Unsubscribe"
# What a no to mails about one document says of the others; to those about an invoice, it says nothing about ours.
ABOUT = {
	**dict.fromkeys(("Customer", "Customer File", CONTACT, "Follow Up", "Care Notice"), EVERYTHING),
	**dict.fromkeys(("VIP Event", "VIP Invitation"), EVENTS),
	**dict.fromkeys(("Customer Touch", "Customer Feedback", "Complaint Case"), FEEDBACK),
}
CAME_BACK, SAID_NO = ("Bounced", "Rejected"), ("Recipient Unsubscribed", "Marked As Spam")
# What a mail server says of an address that does not exist; all else may be the fault of the one that sends.
NO_SUCH_ADDRESS = (
	"SMTPRecipientsRefused", "550 5.1.1", "550, b'5.1.1", "5.1.10", "User unknown", "mailbox unavailable",
)  # fmt: skip
LOOK_BACK = 60  # days, in which some night or hour will have read what came back


class Heard(NamedTuple):
	"""A word of which only the address is known."""

	email: str
	source: str
	day: date
	about: tuple[str, str]
	purpose: str = EVERYTHING
	consent: str = REFUSED


def catch_up() -> None:
	"""Note what was marked past the document life; asked of the host's tables, whatever nights were missed."""
	read_in(add_days(getdate(), -LOOK_BACK))
	frappe.db.commit()  # nosemgrep: frappe-manual-commit, the job's end


def read_in(since: date | None = None) -> None:
	"""Note everything the host knows.

	:param since: leave out mail that came back before this day
	"""
	_note_contacts({"unsubscribed": 1})
	_note(
		[
			*_email_unsubscribes({}),
			*_leads({"unsubscribed": 1}),
			*_returned(since),
			*_refused_by_servers(since),
		]
	)


def read_in_for(emails: Collection[str]) -> None:
	"""Note what the host's own marks say of addresses, before these marks go."""
	if emails:
		_note([*_email_unsubscribes({"email": ("in", sorted(emails))})])


def on_contact(doc, method=None) -> None:
	before = doc.get_doc_before_save()
	if doc.unsubscribed:
		_note_contacts({"name": doc.name})
	elif before and before.unsubscribed:
		_taken_off(CONTACT_MARK, doc)


def on_contact_trash(doc, method=None) -> None:
	ledger.forget(reached.known_contacts([doc.name]).values())


def on_lead(doc, method=None) -> None:
	before = doc.get_doc_before_save()
	if doc.get("unsubscribed"):
		_note(_leads({"name": doc.name}))
	elif before and before.get("unsubscribed"):
		_taken_off(LEAD_MARK, doc)


def on_email_unsubscribe(doc, method=None) -> None:
	_note(_email_unsubscribes({"name": doc.name}))


def on_email_unsubscribe_trash(doc, method=None) -> None:
	"""The framework's own way to let somebody have mail again."""
	_taken_off(EMAIL_MARK, doc)


def _taken_off(source: str, doc) -> None:
	ledger.make_void({"source": source, "reference_doctype": doc.doctype, "reference_name": doc.name})


def is_set(row) -> bool:
	"""Whether the mark of the host that a line tells of still stands."""
	if row.source == EMAIL_MARK:
		return bool(frappe.db.exists(UNSUBSCRIBE, row.reference_name))
	return row.source in (CONTACT_MARK, LEAD_MARK) and bool(
		row.reference_name and frappe.db.get_value(row.reference_doctype, row.reference_name, "unsubscribed")
	)


# What the host's documents say


def _note_contacts(filters: dict) -> None:
	names = frappe.get_all(CONTACT, filters=filters, pluck="name")
	ledger.note(
		entry
		for name, one in reached.known_contacts(names).items()
		for entry in ledger.said_by([one], EMAIL, REFUSED, CONTACT_MARK, about=(CONTACT, name))
	)


def _email_unsubscribes(filters: dict) -> Iterable[Heard]:
	fields = ["name", "email", "reference_doctype", "global_unsubscribe", "creation"]
	ours = {"global_unsubscribe": 1, "reference_doctype": ("in", list(ABOUT))}
	for row in frappe.get_all(UNSUBSCRIBE, filters=filters, or_filters=ours, fields=fields):
		purpose = EVERYTHING if cint(row.global_unsubscribe) else ABOUT.get(row.reference_doctype)
		if purpose and row.email:
			yield Heard(row.email, EMAIL_MARK, getdate(row.creation), (UNSUBSCRIBE, row.name), purpose)


def _leads(filters: dict) -> Iterable[Heard]:
	"""A lead that became a customer is still the same person."""
	if host.has("Lead", "unsubscribed"):
		for row in frappe.get_all("Lead", filters=filters, fields=["name", "email_id"]):
			if row.email_id:
				yield Heard(row.email_id, LEAD_MARK, getdate(), ("Lead", row.name))


def _returned(since: date | None) -> Iterable[Heard]:
	mail = frappe.qb.DocType("Communication")
	query = (
		frappe.qb.from_(mail)
		.select(mail.name, mail.recipients, mail.delivery_status, mail.creation)
		.where(mail.delivery_status.isin([*CAME_BACK, *SAID_NO]) & (mail.sent_or_received == "Sent"))
	)
	for name, recipients, status, moment in (
		query.where(mail.modified >= since).run() if since else query.run()
	):
		addresses = {address.lower() for _name, address in getaddresses([cstr(recipients)])} - {""}
		if len(addresses) == 1:  # of several nobody knows which of them it was
			said = ("Bounce", NOT_REACHABLE) if status in CAME_BACK else ("Spam Report", REFUSED)
			yield Heard(*addresses, said[0], getdate(moment), ("Communication", name), consent=said[1])


def _refused_by_servers(since: date | None) -> Iterable[Heard]:
	queue, recipient = frappe.qb.DocType("Email Queue"), frappe.qb.DocType("Email Queue Recipient")
	query = (
		frappe.qb.from_(queue)
		.inner_join(recipient)
		.on(recipient.parent == queue.name)
		.select(queue.name, recipient.recipient, recipient.error, queue.error, queue.creation)
		.where((queue.status == "Error") & (recipient.status != "Sent"))
	)
	for name, address, *errors, moment in (
		query.where(queue.modified >= since).run() if since else query.run()
	):
		if address and _no_such_address(address, "\n".join(map(cstr, errors))):
			yield Heard(address, "Bounce", getdate(moment), ("Email Queue", name), consent=NOT_REACHABLE)


def _no_such_address(address: str, error: str) -> bool:
	return any(sign in error for sign in NO_SUCH_ADDRESS) and (
		# Of several recipients the server names those it does not know.
		"SMTPRecipientsRefused" not in error or "{" not in error or address.lower() in error.lower()
	)


def came_back(message_id: str, addresses: Collection[str]) -> None:
	"""A server says that addresses are not there. It is believed of those this very e-mail went to: its id is known to
	nobody else, so a stranger silences no customer."""
	queue, recipient = frappe.qb.DocType("Email Queue"), frappe.qb.DocType("Email Queue Recipient")
	rows = (
		frappe.qb.from_(queue)
		.inner_join(recipient)
		.on(recipient.parent == queue.name)
		.select(queue.name, queue.creation, queue.communication, recipient.recipient)
		.where(queue.message_id == message_id)
	).run()
	heard = []
	for name, moment, communication, to in rows:
		address = parseaddr(cstr(to))[1].strip().lower()
		if address in addresses:
			about = ("Email Queue", name)
			if communication and len(rows) == 1:
				# Nobody was spoken to by it; read in as such later, too.
				about = ("Communication", communication)
				frappe.db.set_value(*about, "delivery_status", "Bounced")
			heard.append(Heard(address, "Bounce", getdate(moment), about, consent=NOT_REACHABLE))
	if heard:
		_note(heard)
		owners = _owners({one.email for one in heard})
		lost = _where_they_are({one.person for people in owners.values() for one in people})
		for ask in registered("keep_customers_address_lost"):
			ask(sorted(lost))


def _where_they_are(contacts: Collection[str]) -> set[tuple[str, str]]:
	"""(customer, contact) of a customer of each that they have not left; one for which they count, if there is any."""
	query, contact, link = linked()
	query = query.select(link.link_name, contact.name)
	pairs = [
		tuple(pair)
		for part in chunks(sorted(contacts), MANY)
		for pair in query.where(contact.name.isin(part)).run()
	]
	customers = sorted({customer for customer, _contact in pairs})
	gone, counting = who_left(customers), set(told_apart(customers)[1])
	found = {}
	for pair in sorted(pairs, key=lambda pair: (pair in counting, pair)):
		if pair not in gone:
			found[pair[1]] = pair
	return set(found.values())


# Whose word it is


def _note(heard: Collection[Heard]) -> None:
	"""Whose address it is alone, has said it for all their addresses; of one that several share nobody knows who did."""
	heard = list(heard)
	owners = _owners({one.email.strip().lower() for one in heard})
	entries = []
	for one in heard:
		people = owners.get(one.email.strip().lower(), ())
		more = {"day": one.day, "purpose": one.purpose, "about": one.about}
		if one.consent == REFUSED and len(people) == 1:
			entries += ledger.said_by(people, EMAIL, REFUSED, one.source, **more)
		else:
			customer = next((known.customer for known in people if known.customer), None)
			entries.append(
				ledger.Entry(EMAIL, one.consent, one.source, customer=customer, address=one.email, **more)
			)
	ledger.note(entries)


def _owners(emails: Collection[str]) -> dict[str, list[reached.Known]]:
	"""Address in small letters -> the contacts who have it."""
	contact, child = frappe.qb.DocType(CONTACT), frappe.qb.DocType("Contact Email")
	having = defaultdict(set)
	for part in chunks(sorted(emails), MANY):
		own = frappe.qb.from_(contact).select(contact.name, contact.email_id)
		more = frappe.qb.from_(child).select(child.parent, child.email_id).where(child.parenttype == CONTACT)
		for query, field in ((own, contact.email_id), (more, child.email_id)):
			for name, email in query.where(Lower(field).isin(part)).run():
				having[email.strip().lower()].add(name)
	people = reached.known_contacts(set().union(*having.values()))
	return {
		email: [people[name] for name in sorted(names) if name in people] for email, names in having.items()
	}
