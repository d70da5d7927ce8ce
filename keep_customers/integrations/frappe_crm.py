"""Frappe CRM: what happens about a deal or a lead of a customer is a contact, and its open tasks are not asked for twice.

Whose a deal is, the CRM says where it works with ERPNext, by its own field or the customer's; else the customer of the
organization's name; and in any case its contacts do, those that count. A lead is whose its deal became, and its e-mail's.
"""

from collections.abc import Collection, Iterator

import frappe
from frappe.query_builder.functions import Coalesce, IfNull
from pypika.terms import ValueWrapper

from keep_customers.care import contacts_seen
from keep_customers.erp import neighbours
from keep_customers.erp.tables import FEW, among
from keep_customers.integrations import whatsapp

APP, DEAL, LEAD, CONTACTS, CALL, TASK, NOTE = (
	"crm", "CRM Deal", "CRM Lead", "CRM Contacts", "CRM Call Log", "CRM Task", "FCRM Note",
)  # fmt: skip
REFERENCE = ("reference_doctype", "reference_docname")
NEEDS = {
	DEAL: ("organization", "lead"),
	LEAD: ("email",),
	CONTACTS: ("contact", "parent", "parenttype"),
	CALL: ("status", "start_time", *REFERENCE),
	TASK: ("status", "assigned_to", "due_date", *REFERENCE),
	NOTE: REFERENCE,
}
# Where the CRM works with ERPNext, it adds these.
OF_DEAL, OF_CUSTOMER = (DEAL, "erpnext_customer"), ("Customer", "crm_deal")
DONE, NEVER = "Done", "Canceled"


def contacts(customers: Collection[str] | None) -> Iterator[tuple]:
	"""Hook ``keep_customers_contacts``: notes, answered calls, tasks that are done, e-mails and WhatsApp, which the CRM takes
	for a deal or a lead from whoever else it was for."""
	if not neighbours.is_here(APP, NEEDS):
		return
	note, call, task = (frappe.qb.DocType(one) for one in (NOTE, CALL, TASK))
	mails, mail = contacts_seen.mails_of_people()
	began = Coalesce(call.start_time, call.creation)
	answered = frappe.qb.from_(call).where(call.status == "Completed")
	ways = [
		(frappe.qb.from_(note), note.creation, note.reference_doctype, note.reference_docname),
		(answered, began, call.reference_doctype, call.reference_docname),
		# When it was done the CRM does not say; nobody changes one afterwards without a reason.
		(
			frappe.qb.from_(task).where(task.status == DONE),
			task.modified,
			task.reference_doctype,
			task.reference_docname,
		),
		(mails, mail.communication_date, mail.reference_doctype, mail.reference_name),
		contacts_seen.calls(CALL),
	]
	if neighbours.works(whatsapp.APP, whatsapp.NEEDS):
		chats, chat = whatsapp.written()
		ways.append((chats, chat.creation, chat.reference_doctype, chat.reference_name))
	for query, when, doctype, name in ways:
		query, whose = _about(query, doctype, name, customers)
		# Not the bare column: by its index SQLite would go through all days for each deal.
		yield query, Coalesce(when, when), whose.link_doctype, whose.link_name
	yield contacts_seen.calls(CALL)  # by its own links to contacts


def open_tasks(customers: Collection[str]) -> list[tuple]:
	"""Hook ``keep_customers_asked_elsewhere``: who has a task about one of the customers, with a day."""
	if not neighbours.is_here(APP, NEEDS):
		return []
	task = frappe.qb.DocType(TASK)
	still = (
		task.status.notin([DONE, NEVER]) & task.due_date.isnotnull() & (IfNull(task.assigned_to, "") != "")
	)
	tasks = frappe.qb.from_(task).where(still)
	query, whose = _about(tasks, task.reference_doctype, task.reference_docname, customers)
	return [
		row
		for of_them, customer in contacts_seen.by_customer(query, whose.link_doctype, whose.link_name)
		for row in among(of_them, customer, customers, FEW)
		.select(customer, task.assigned_to, task.due_date)
		.run()
	]


def _about(query, doctype, name, customers: Collection[str] | None) -> tuple:
	"""What is about a deal or a lead, and the table of whose these are.

	:param doctype, name: columns of the query, of what it is about
	:param customers: only theirs, if they are few: who saves one contact does not wait for all deals
	"""
	ways = _whose(customers if customers is not None and len(customers) <= FEW else None)
	whose = next(ways)
	whose.wrap_set_operation_queries = False  # SQLite takes no brackets around them
	for way in ways:
		whose = whose.union_all(way)
	whose = whose.as_("whose")
	return query.inner_join(whose).on((whose.doctype == doctype) & (whose.docname == name)), whose


def _whose(customers: Collection[str] | None) -> Iterator:
	"""Queries of doctype, docname, link_doctype and link_name of whose deals and leads are."""
	deal, lead, row = (frappe.qb.DocType(one) for one in (DEAL, LEAD, CONTACTS))
	contact, customer = frappe.qb.DocType("Contact"), frappe.qb.DocType("Customer")

	few = customers is not None
	only = {"Customer": customers, "Contact": contacts_seen.linked_contacts(customers) if few else None}

	def of(query, doctype, name, link_doctype, link_name):
		if few:
			query = among(query, link_name, only[link_doctype])
		return query.where(IfNull(name, "") != "").select(
			ValueWrapper(doctype).as_("doctype"),
			name.as_("docname"),
			ValueWrapper(link_doctype).as_("link_doctype"),
			link_name.as_("link_name"),
		)

	of_contacts = (
		frappe.qb.from_(row).inner_join(deal).on(deal.name == row.parent).where(row.parenttype == DEAL)
	)
	deals = [(of_contacts, "Contact", row.contact)]
	linked = frappe.db.has_column(*OF_DEAL)
	if linked:
		by_deal = frappe.qb.from_(deal).where(IfNull(deal.erpnext_customer, "") != "")
		deals.append((by_deal, "Customer", deal.erpnext_customer))
	if frappe.db.has_column(*OF_CUSTOMER):
		by_customer = frappe.qb.from_(deal).inner_join(customer).on(customer.crm_deal == deal.name)
		deals.append((by_customer, "Customer", customer.name))
	by_name = frappe.qb.from_(deal).inner_join(customer).on(customer.customer_name == deal.organization)
	if linked:
		by_name = by_name.where(IfNull(deal.erpnext_customer, "") == "")
	deals.append((by_name, "Customer", customer.name))
	for query, link_doctype, link_name in deals:
		yield of(query, DEAL, deal.name, link_doctype, link_name)
		yield of(query, LEAD, deal.lead, link_doctype, link_name)
	by_email = frappe.qb.from_(lead).inner_join(contact).on(contact.email_id == lead.email)
	yield of(by_email.where(IfNull(lead.email, "") != ""), LEAD, lead.name, "Contact", contact.name)
