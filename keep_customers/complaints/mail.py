"""Complaints by e-mail: what the host's Email Account appends to cases (Append To: Complaint Case).

The host makes a case of subject and sender, and brings answers to the case they belong to, whoever sends them. What it
does not know is completed here as soon as the e-mail itself is stored.
"""

from datetime import datetime

import frappe
from frappe import _
from frappe.core.utils import html2text
from frappe.utils import cstr

from keep_customers.complaints import cases, escalation
from keep_customers.complaints.told import sentences
from keep_customers.engine import complaints as engine
from keep_customers.erp.mailbox import FORGED, MARK
from keep_customers.erp.todos import link_to
from keep_customers.people.contacts import customers_of_address, customers_of_portal_user

LONGEST = 16000  # signs, of up to four bytes: what the field holds
# Who has such a case on the list reads on; the host mails them what comes in.
AT_WORK = (engine.OPEN, engine.REOPENED)


def on_communication(communication, method=None) -> None:
	"""A received e-mail is the first word of a new case, or the answer a case has waited for."""
	if (
		communication.reference_doctype != cases.DOCTYPE
		or communication.communication_type not in ("Communication", MARK)
		or communication.sent_or_received != "Received"
		or not frappe.db.exists(cases.DOCTYPE, communication.reference_name)
	):
		return
	case = frappe.get_doc(cases.DOCTYPE, communication.reference_name)
	case.flags.ignore_permissions = case.flags.ignore_mandatory = case.flags.ignore_links = True
	if communication.communication_type == MARK:
		_no_word_of_a_customer(case, communication)
	elif not case.description:
		_complete(case, communication)
	elif case.status not in AT_WORK and not _is_colleague(communication):
		_hear(case, communication)


def _hear(case, communication) -> None:
	forged = _is_forged(communication)
	if not forged and _is_of_customer(case, cstr(communication.sender)):
		return _go_on(case)
	text = sentences()["forged" if forged else "unknown address"]
	escalation.ask_responsible(case, text.format(link_to(case.doctype, case.name)))


def _no_word_of_a_customer(case, communication) -> None:
	"""What a machine wrote stays to be read; a case that the host has made of it all the same is none."""
	if not case.description:
		communication.db_set({"reference_doctype": None, "reference_name": None})
		case.delete(force=True, ignore_permissions=True)


def _go_on(case) -> None:
	if case.status == engine.WAITING:
		return case.resume()
	text = sentences()["read it"]
	if case.closed_unanswered:
		case.reopen()
		text = sentences()["written"]
	# What a mail says of a solution, or after the end, is for somebody to read: thanks, a no, or another complaint, which the host
	# brings to a case of the same sender and subject, closed or not.
	escalation.ask_responsible(case, text.format(link_to(case.doctype, case.name)), "High")


def _complete(case, communication) -> None:
	case.description = _words(communication) or communication.subject or "-"
	case.subject = case.subject or "-"
	case.channel = "Email"
	if _is_colleague(communication):
		# Who of us has passed it on is not who complained, and gets no answer in their place.
		case.contact_email = None
	else:
		case.contact_name = case.contact_name or communication.sender_full_name
	forged = _is_forged(communication)
	known = {} if forged else customers_of_address(cstr(communication.sender))
	# One address may be that of several customers; then a person has to say which.
	if len(known) == 1 and not case.customer:
		[(case.customer, case.contact)] = known.items()
		settings = frappe.get_cached_doc("Keep Customers Settings")
		case.responsible = cases.responsible_for(case, settings)
	case.save()
	if forged:
		text = _(
			"The mail server says that this e-mail may be by somebody else than it says (DMARC). Please make sure who wrote it"
			" before you name a customer."
		)
		case.add_comment("Comment", text)


def has_written(case, since: datetime) -> bool:
	"""Whether the customer has sent an e-mail about a case since then, which nobody else can have written."""
	asked = {
		"reference_doctype": case.doctype, "reference_name": case.name, "communication_type": "Communication",
		"sent_or_received": "Received", "creation": (">", since),
	}  # fmt: skip
	mails = frappe.get_all("Communication", asked, ["sender", "delivery_status"])
	return any(
		not _is_forged(one) and not _is_colleague(one) and _is_of_customer(case, cstr(one.sender))
		for one in mails
	)


def _is_of_customer(case, sender: str) -> bool:
	"""Whether an address is that of who complained, or of somebody who speaks for the customer."""
	sender = sender.strip().lower()
	# A case that was made of a telephone call has no address: then only who is known to speak for the customer is.
	if sender and sender == cstr(case.contact_email).strip().lower():
		return True
	return bool(case.customer) and (
		case.customer in customers_of_address(sender) or case.customer in customers_of_portal_user(sender)
	)


def _words(communication) -> str:
	text = cstr(communication.text_content).strip() or html2text(cstr(communication.content)).strip()
	return text[:LONGEST]


def _is_forged(communication) -> bool:
	return communication.delivery_status == FORGED


def _is_colleague(communication) -> bool:
	sender = communication.sender
	return bool(
		sender
		and not _is_forged(communication)
		and frappe.db.exists("User", {"email": sender, "user_type": "System User", "enabled": 1})
	)
