"""Frappe Helpdesk: a customer's tickets are among what it waits for; a complaint is taken over from one and gives its state back.

Whose a ticket is, its HD Customer says where Helpdesk keeps that in step with ERPNext, else its contact, if that one counts.
"""

from collections.abc import Collection, Iterable

import frappe
from frappe import _
from frappe.query_builder.functions import IfNull
from frappe.utils import escape_html

from keep_customers.complaints.documents import raised_from
from keep_customers.engine.complaints import CLOSED, YES
from keep_customers.erp import neighbours
from keep_customers.erp.acting import acting_as
from keep_customers.erp.tables import chunks
from keep_customers.people.contacts import counts

APP, TICKET, FIRM, STATUS, COMMENT = (
	"helpdesk",
	"HD Ticket",
	"HD Customer",
	"HD Ticket Status",
	"HD Ticket Comment",
)
NEEDS = {
	TICKET: ("subject", "status", "customer", "contact", "opening_date"),
	FIRM: ("customer_name",),
	COMMENT: ("reference_ticket", "content", "commented_by"),
}
# Older versions have neither of these: statuses were fixed, and customers of Helpdesk's own.
CATEGORY, OF_ERPNEXT = (TICKET, "status_category"), (FIRM, "erpnext_customer")
DONE = ("Resolved", "Closed")
RESOLVED, OPEN = "Resolved", "Open"


def open_tickets(customers: Collection[str]) -> list[frappe._dict]:
	"""Hook ``keep_customers_open_things``: what a ticket is about is told to who may read it, that there is one to everybody
	who talks to the customer."""
	if not neighbours.is_here(APP, NEEDS):
		return []
	found: dict[tuple, frappe._dict] = {}
	for part in chunks(sorted(customers), 1000):
		for query, customer in _of_customers():
			ticket = frappe.qb.DocType(TICKET)
			rows = query.where(customer.isin(part) & _is_open(ticket)).select(
				ticket.name, ticket.subject.as_("about"), ticket.status, ticket.opening_date.as_("day"), customer.as_("customer")
			)  # fmt: skip
			found |= {(row.customer, row.name): row for row in rows.run(as_dict=True)}
	for row in found.values():
		row.doctype = TICKET
		if not frappe.has_permission(TICKET, "read", doc=row.name):
			row.about = None
	return sorted(found.values(), key=lambda row: (str(row.day), row.name))


def _of_customers() -> Iterable[tuple]:
	"""(query of tickets, its column of the customer)"""
	ticket, link = frappe.qb.DocType(TICKET), frappe.qb.DocType("Dynamic Link")
	tickets = frappe.qb.from_(ticket)
	if frappe.db.has_column(*OF_ERPNEXT):
		firm = frappe.qb.DocType(FIRM)
		yield tickets.inner_join(firm).on(firm.name == ticket.customer), firm.erpnext_customer
	of_contact = (link.parent == ticket.contact) & (link.parenttype == "Contact")
	by_contact = tickets.inner_join(link).on(of_contact & (link.link_doctype == "Customer"))
	yield by_contact.where(counts(ticket.contact, link.link_name)), link.link_name


def _is_open(ticket):
	if frappe.db.has_column(*CATEGORY):
		return IfNull(ticket.status_category, OPEN) != RESOLVED
	return ticket.status.notin(DONE)


def complaint_of(ticket) -> dict:
	"""Hook ``keep_customers_complaint_sources``: what a case takes over from a ticket; no customer if it may be several's."""
	customers = set()
	for query, customer in _of_customers():
		customers = {name for (name,) in query.where(_same(ticket)).select(customer).run() if name}
		if customers:
			break
	address = raised_from(ticket)
	return {
		"customer": customers.pop() if len(customers) == 1 else None,
		"subject": ticket.subject,
		"description": ticket.get("description"),
		"contact": ticket.contact,
		"contact_email": address,
		"channel": "Portal" if ticket.get("via_customer_portal") else "Email" if address else None,
	}


def _same(ticket):
	return frappe.qb.DocType(TICKET).name == ticket.name


def on_case(case, before) -> None:
	"""Hook ``keep_customers_complaint_moved``: the ticket of a case that is settled is resolved, that of one that is not any more
	is open again."""
	if case.taken_from_type != TICKET or _settled(case) == _settled(before):
		return
	if not neighbours.is_here(APP, NEEDS):
		return
	if _settled(case):
		_give_back(case, RESOLVED, _("The complaint {0} is settled.").format(case.name))
	else:
		_give_back(case, OPEN, _("The complaint {0} is open again.").format(case.name))


def _settled(case) -> bool:
	return case.status == CLOSED or case.word == YES


def _give_back(case, category: str, words: str) -> None:
	"""By the app's own document life. Who took the case over might write the ticket; who moves the case may be its customer."""
	user = frappe.session.user
	with acting_as("Administrator"):
		ticket = _that_lives_on(case.taken_from)
		if not ticket:
			return
		if (ticket.get("status_category") or ticket.status) in ((category,) if category == OPEN else DONE):
			return
		ticket.status = _status(category)
		if frappe.db.has_column(*CATEGORY):
			ticket.status_category = category
		ticket.save()
		comment = {"reference_ticket": ticket.name, "content": escape_html(words), "commented_by": user}
		frappe.get_doc({"doctype": COMMENT, **comment}).insert()


def _that_lives_on(name: str):
	"""The ticket, or the one that it was merged with, in the end; None if none is left, or they were merged in a circle."""
	seen = set()
	while name and str(name) not in seen:
		seen.add(str(name))
		if not frappe.db.exists(TICKET, name):
			return None
		ticket = frappe.get_doc(TICKET, name)
		if not ticket.get("is_merged"):
			return ticket
		name = ticket.get("merged_with")
	return None


def _status(category: str) -> str:
	"""The first of its kind, as the desk has put them."""
	if not frappe.db.table_exists(STATUS):
		return category
	rows = frappe.get_all(STATUS, {"category": category, "enabled": 1}, ["name", "order"])
	return min(rows, key=lambda row: (row.order or 0, row.name)).name if rows else category
