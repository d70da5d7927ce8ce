"""Consent in Desk: who said what, at a glance, and one click for what somebody has just told a rep."""

import frappe
from frappe import _
from frappe.utils import cstr, escape_html, getdate

from keep_customers.access.lookups import named
from keep_customers.engine.consent import CHANNELS, EVERYTHING, GIVEN, PURPOSES, REFUSED
from keep_customers.erp.api import day_sent, typed
from keep_customers.erp.permissions import need_role
from keep_customers.people import ledger, reached, unsubscribed
from keep_customers.people.addresses import KINDS, mark


@frappe.whitelist()
@typed
def overview(customer: str) -> list[dict]:
	"""Who of a customer agreed to what, for its file's form.

	:returns: dicts with person_type, person, name, addresses (channel -> list), words: the newest one about each channel,
		purpose and address, dicts with name, channel, address (None for all), consent, purpose, on_date, source, words
	:raises frappe.PermissionError: if the user may not read the customer's file
	"""
	check_file(customer, "read")
	people = _readable_people(customer)
	addresses = {mark(one): one for known in people for one in (*known.emails, *known.phones)}
	names = {known.noted_as[1] for known in people} | {known.person for known in people}
	rows = ledger.rows(names, addresses, ["words"])
	return [
		{
			"person_type": known.doctype,
			"person": known.person,
			"name": known.name,
			"addresses": {channel: list(known.at(channel)) for channel in KINDS},
			"words": _words(known, rows, addresses),
		}
		for known in people
	]


def _words(known: reached.Known, rows: list, addresses: dict[str, str]) -> list[dict]:
	own = {mark(one) for one in (*known.emails, *known.phones)}
	latest = {}
	for row in rows:
		if (
			(reached.key(row.person_type, row.person) in known.keys)
			if row.person
			else row.address_mark in own
		):
			latest[row.channel, row.purpose, row.address_mark] = row
	fields = ("name", "channel", "consent", "purpose", "on_date", "source", "words")
	return [
		{**{field: row[field] for field in fields}, "address": addresses.get(row.address_mark)}
		for row in sorted(latest.values(), key=lambda row: row.on_date, reverse=True)
	]


def check_file(customer: str, right: str) -> None:
	"""
	:raises frappe.PermissionError: if the user may not read, or write, the customer's file, or could not if it had one
	"""
	named("Customer", customer)
	if frappe.db.exists(reached.FILE, customer):
		named(reached.FILE, customer, right)
	else:
		need_role(reached.FILE, right)


def _readable_people(customer: str) -> list[reached.Known]:
	"""Somebody in the file and their contact are one; the customer itself is there for whom nobody knows by name."""
	found: dict[tuple, reached.Known] = {}
	for one in reached.everybody([customer]):
		contact = one.contact or (one.person if one.doctype == reached.CONTACT else None)
		if contact and not frappe.has_permission(reached.CONTACT, "read", doc=contact):
			continue
		same = found.get(one.noted_as, one)
		found[one.noted_as] = (one if one.contact else same)._replace(
			emails=tuple(dict.fromkeys((*same.emails, *one.emails))),
			phones=tuple(dict.fromkeys((*same.phones, *one.phones))),
		)
	return list(found.values())


@frappe.whitelist(methods=["POST"])
@typed
def tell(
	customer: str,
	channel: str,
	given: bool,
	person_type: str,
	person: str,
	address: str | None = None,
	purpose: str = EVERYTHING,
	on_date: str | None = None,
	words: str | None = None,
) -> None:
	"""Note what somebody of a customer has told the user of this session about being contacted.

	:param given: whether they agreed
	:param address: if it is only about this one; else a yes is for the first they have, a no for all
	:param on_date: today, if they have just said it
	:raises frappe.PermissionError: if the user may not write the customer's file
	:raises frappe.ValidationError: if the channel, the purpose or the person is unknown, or the day lies in the future
	"""
	check_file(customer, "write")
	if channel not in CHANNELS or purpose not in PURPOSES:
		frappe.throw(_("Please choose a channel."))
	day = day_sent("on_date", on_date) if on_date else getdate()
	ledger.check_day(day)
	who = reached.key(person_type, person)
	known = next((one for one in _readable_people(customer) if who in one.keys), None)
	if not known:
		frappe.throw(
			_("{0} is nobody of this customer. Please add the person or a contact first.").format(
				escape_html(cstr(person))
			)
		)
	said = {"day": day, "purpose": purpose, "words": words}
	if address and not given:
		# It may be somebody's mailbox: who said it says nothing of their others.
		entry = ledger.Entry(
			channel, REFUSED, ledger.TOLD, customer=customer, person_name=known.name, address=address, **said
		)
		ledger.note([entry])
		return
	if address:
		known = known._replace(emails=(address,), phones=(address,))
	ledger.note(ledger.said_by([known], channel, GIVEN if given else REFUSED, ledger.TOLD, **said))


@frappe.whitelist(methods=["POST"])
@typed
def take_back(record: str) -> None:
	"""Make void what was noted by mistake: the line and those that were noted with it. What the host marks is taken off there.

	:raises frappe.PermissionError: if the user is no manager, or may not read the record
	"""
	frappe.only_for(("System Manager", "Keep Customers Manager", "Sales Manager"))
	doc = named(ledger.DOCTYPE, record)
	if unsubscribed.is_set(doc):
		frappe.throw(
			_("Please take off the mark where it was set: {0}.").format(
				_(doc.source, context="Consent Record")
			)
		)
	same = ["source", "channel", "purpose", "consent", "on_date", "person_type", "person"]
	# A yes is for one address; another one of that day has been said by itself.
	if not doc.person or doc.consent == GIVEN:
		same = ["name"]
	ledger.make_void({field: doc.get(field) for field in same})
