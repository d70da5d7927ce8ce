"""Contacts the host knows of itself, so that nobody enters them twice.

E-mails, calls, chats and letters kept as Communication, and Events that have taken place, count when they are linked to
the customer or to one of its contacts that count; so does what other apps register (``keep_customers_contacts``), such as
calls. What a machine sent, what did not get through, and what was cancelled does not. Of a repeated event its first day
counts.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import date, datetime, time, timedelta

import frappe
from frappe.query_builder.functions import Coalesce, IfNull, Max
from frappe.utils import get_datetime, getdate, now_datetime
from pypika.terms import ExistsCriterion

from keep_customers.erp import neighbours
from keep_customers.erp.tables import FALLING, FEW, among, chunks
from keep_customers.people.contacts import counts
from keep_customers.worth.values import forget_cached_customers

# A Communication of an Event is the Event's own shadow, also of one to come or cancelled.
BY_PEOPLE = ("Email", "Chat", "Phone", "SMS", "Meeting", "Visit", "Other")
OF_EVERYBODY = {"All", "Desk User"}  # roles that nobody is given, and every user has
NOT_ARRIVED = (
	"Bounced",
	"Soft-Bounced",
	"Rejected",
	"Error",
	"Expired",
	"Scheduled",
	"Sending",
	"Marked As Spam",
)


def latest(as_of: date, customers: Collection[str] | None = None) -> dict[str, date]:
	"""Customer -> day of its last contact on record with the host, up to ``as_of``.

	:param customers: only these; others may be among them if they are many
	"""

	def latest_of(query, customer, when):
		if customers is not None:
			query = among(query, customer, customers, FEW)
		return query.select(customer, Max(when)).groupby(customer).run()

	last: dict[str, date] = {}
	for name, moment in _contacts(date.min, as_of, latest_of, customers):
		last[name] = max(getdate(moment), last.get(name, date.min))
	return last


def newest(customer: str, as_of: date, limit: int) -> list[tuple[datetime, str, str]]:
	"""(moment, doctype, name) of a customer's contacts on record with the host up to a day, the newest first.

	:param limit: as many at most
	"""

	def newest_of(query, of_customer, when):
		# What is asked for is what a query begins with; whose it is is joined to it.
		document = query._from[0]
		rows = query.where(of_customer == customer).select(when, document.name).distinct()
		doctype = document._table_name.removeprefix("tab")
		return [
			(get_datetime(moment), doctype, name)
			for moment, name in rows.orderby(when, order=FALLING).limit(limit).run()
		]

	found = {
		(doctype, name): moment for moment, doctype, name in _contacts(date.min, as_of, newest_of, [customer])
	}
	return sorted(((moment, *document) for document, moment in found.items()), reverse=True)[:limit]


def days_of(customers: Collection[str], first: date, last: date) -> set[tuple[str, date]]:
	"""(customer, day) on which there was a contact; others may be among them if ``customers`` are many."""

	def all_of(query, customer, when):
		# Distinct: else SQLite takes apart a union that is joined, and goes through all of the rest for each row of it.
		return among(query, customer, customers, FEW).select(customer, when).distinct().run()

	return {(name, getdate(moment)) for name, moment in _contacts(first, last, all_of, customers)}


def within(customers: Collection[str], since: date, today: date) -> Counter:
	"""Customer -> days after ``since`` with a contact; a day with a Customer Touch is counted as that.

	Others may be among them if ``customers`` are many.
	"""
	days = days_of(customers, since + timedelta(days=1), today)
	if not days:
		return Counter()
	touched = frappe.get_all(
		"Customer Touch",
		filters={
			"date": (">=", str(since + timedelta(days=1))),
			"result": ("!=", "Not Reached"),
		},
		fields=["customer", "date"],
		as_list=True,
	)
	return Counter(name for name, _day in days - {(name, getdate(moment)) for name, moment in touched})


def show(as_of: date) -> None:
	"""Bring *Last Contact* on the customers up to what the host knows, past the document life."""
	seen = latest(as_of)
	newer: dict[date, list[str]] = {}
	for part in chunks(sorted(seen), 1000):
		shown = frappe.get_all(
			"Customer", filters={"name": ("in", part)}, fields=["name", "keep_last_touch"], as_list=True
		)
		for name, day in shown:
			if not day or getdate(day) < seen[name]:
				newer.setdefault(seen[name], []).append(name)
	for day, names in newer.items():
		for part in chunks(names, 1000):
			frappe.db.set_value(
				"Customer", {"name": ("in", part)}, "keep_last_touch", day, update_modified=False
			)
	if newer:
		forget_cached_customers()
	frappe.db.commit()  # nosemgrep: frappe-manual-commit, a step of a night that may be killed after it


def _contacts(first: date, last: date, ask: Callable, customers: Collection[str] | None) -> Iterator[tuple]:
	"""What is asked of every way to be linked, all rows in a row; an app that cannot say is left out.

	:param first, last: days
	:param ask: (query, its column of the customer, its column of the moment) -> rows
	:param customers: whom it is about, for who can make use of that; None for all
	"""

	def rows(ways: Iterable[tuple]) -> Iterator[tuple]:
		for query, customer, when in _of_customers(ways, first, last):
			yield from ask(query, customer, when)

	yield from rows(_linked())
	for found in neighbours.asked("keep_customers_contacts", lambda tell: list(rows(tell(customers)))):
		yield from found


def _of_customers(ways: Iterable[tuple], first: date, last: date) -> Iterator[tuple]:
	"""(query, its column of the customer, its column of the moment) for what is linked to a customer or its contact.

	:param ways: as :func:`_linked` gives them
	"""
	until = min(datetime.combine(last + timedelta(days=1), time.min), now_datetime())
	for query, when, link_doctype, link_name in ways:
		query = query.where(when < until)
		if first > date.min:
			query = query.where(when >= get_datetime(first))
		for whose, customer in by_customer(query, link_doctype, link_name):
			yield whose, customer, when


def by_customer(query, link_doctype, link_name) -> Iterator[tuple]:
	"""(query, its column of the customer) for what is linked to a customer, and to a contact that counts.

	:param link_doctype, link_name: columns of the query, of what it is linked to
	"""
	yield query.where(link_doctype == "Customer"), link_name
	of_contact = frappe.qb.DocType("Dynamic Link").as_("of_contact")
	through = (
		query.inner_join(of_contact)
		.on((of_contact.parent == link_name) & (of_contact.parenttype == "Contact"))
		.where((link_doctype == "Contact") & (of_contact.link_doctype == "Customer"))
		.where(counts(link_name, of_contact.link_name))
	)
	yield through, of_contact.link_name


def _by_a_stranger(link) -> ExistsCriterion:
	"""The condition that the host may have linked an e-mail to a customer only because of a contact that does not count:
	it links it to all that its contacts are linked to."""
	other, of_other = frappe.qb.DocType("Communication Link").as_("other"), frappe.qb.DocType("Dynamic Link")
	of_other = of_other.as_("of_other")
	return ExistsCriterion(
		frappe.qb.from_(other)
		.inner_join(of_other)
		.on((of_other.parent == other.link_name) & (of_other.parenttype == "Contact"))
		.select(other.name)
		.where((other.parent == link.parent) & (other.link_doctype == "Contact"))
		.where((of_other.link_doctype == "Customer") & (of_other.link_name == link.link_name))
		.where(counts(other.link_name, of_other.link_name).negate())
	)


def _colleagues():
	"""The users whose roles read customers, as a query; also who has left by now. Everybody who is logged in can make an event."""
	roles = {row.role for row in frappe.get_meta("Customer").permissions if row.read and not row.permlevel}
	user, has_role = frappe.qb.DocType("User"), frappe.qb.DocType("Has Role")
	query = frappe.qb.from_(user).select(user.name).where(user.user_type == "System User")
	if roles & OF_EVERYBODY:
		return query
	given = frappe.qb.from_(has_role).select(has_role.parent).where(has_role.parenttype == "User")
	return query.where(user.name.isin(given.where(has_role.role.isin(sorted(roles) or [""]))))


def _linked() -> Iterator[tuple]:
	"""(query, moment, doctype linked to, name linked to) of each of the host's documents about a contact."""
	mails, mail = mails_of_people()
	mail_link = frappe.qb.DocType("Communication Link")
	yield mails, mail.communication_date, mail.reference_doctype, mail.reference_name
	yield (
		mails.inner_join(mail_link)
		.on(mail_link.parent == mail.name)
		.where((mail_link.link_doctype != "Customer") | _by_a_stranger(mail_link).negate()),
		mail.communication_date,
		mail_link.link_doctype,
		mail_link.link_name,
	)

	event, guest = frappe.qb.DocType("Event"), frappe.qb.DocType("Event Participants")
	events = (
		frappe.qb.from_(event)
		.inner_join(guest)
		.on(guest.parent == event.name)
		.where(IfNull(event.status, "Open") != "Cancelled")
		.where((event.owner == "Administrator") | event.owner.isin(_colleagues()))
	)
	yield events, event.starts_on, guest.reference_doctype, guest.reference_docname


def mails_of_people() -> tuple:
	"""(query of what people wrote and said by e-mail and the like, its table)"""
	mail = frappe.qb.DocType("Communication")
	by_people = (
		(mail.communication_type == "Communication")
		& mail.communication_medium.isin(BY_PEOPLE)
		& mail.sent_or_received.isin(["Sent", "Received"])
		& IfNull(mail.delivery_status, "").notin(NOT_ARRIVED)
		& IfNull(mail.email_status, "").notin(["Spam", "Trash"])
		# An event notes itself here too, also one that is cancelled later; it is asked itself.
		& (IfNull(mail.reference_doctype, "") != "Event")
	)
	return frappe.qb.from_(mail).where(by_people), mail


def calls(doctype: str) -> tuple:
	"""What :func:`_linked` gives, of another app's doctype of calls: those that were answered, by the host's table of links."""
	call, link = frappe.qb.DocType(doctype), frappe.qb.DocType("Dynamic Link").as_("of_call")
	answered = (
		frappe.qb.from_(call)
		.inner_join(link)
		.on((link.parent == call.name) & (link.parenttype == doctype))
		.where(call.status == "Completed")
	)
	return answered, Coalesce(call.start_time, call.creation), link.link_doctype, link.link_name


def linked_contacts(customers: Collection[str]) -> list[str]:
	"""The contacts linked to some customers, whether they count or not."""
	link = frappe.qb.DocType("Dynamic Link")
	query = frappe.qb.from_(link).select(link.parent).distinct().where(link.parenttype == "Contact")
	return [
		name
		for (name,) in among(query.where(link.link_doctype == "Customer"), link.link_name, customers).run()
	]


def customers_of(mail) -> set[str]:
	"""Whose contact a Communication may be; whether it counts is asked of all that there is."""
	named = [(mail.reference_doctype, mail.reference_name)]
	named += [(link.link_doctype, link.link_name) for link in mail.get("timeline_links") or ()]
	contacts = [name for doctype, name in named if doctype == "Contact"]
	through = (
		frappe.get_all(
			"Dynamic Link",
			{"parenttype": "Contact", "parent": ("in", contacts), "link_doctype": "Customer"},
			pluck="link_name",
		)
		if contacts
		else ()
	)
	return {name for doctype, name in named if doctype == "Customer"}.union(through)
