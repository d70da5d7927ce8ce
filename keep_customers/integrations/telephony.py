"""Frappe's Telephony (``TP Call Log``): its calls are contacts, and reps dial with it from their ToDos.

It dials by Exotel on the server, which rings the rep and then the customer. By Twilio it only answers a program of its
own in the browser, which it brings none of to Desk; there the number stays a link for the rep's own telephone.
"""

from collections.abc import Callable, Collection, Iterator

import frappe
from frappe.utils import cint

from keep_customers.care import calls
from keep_customers.care.contacts_seen import calls as linked_calls
from keep_customers.erp import neighbours
from keep_customers.erp.aside import out_of_the_way
from keep_customers.people.contacts import contact_at

APP, DOCTYPE, AGENT, EXOTEL = "telephony", "TP Call Log", "TP Telephony Agent", "TP Exotel Settings"
NEEDS = {DOCTYPE: ("status", "start_time", "type", "from", "to")}
TO_DIAL = {AGENT: ("user", "mobile_no", "exotel_number")}
# How a call ends, and whether somebody was spoken to.
ENDED = {"Completed": True, "No Answer": False, "Busy": False, "Failed": False, "Canceled": False}


def contacts(_customers: Collection[str] | None) -> Iterator[tuple]:
	"""Hook ``keep_customers_contacts``: calls that were answered, by the app's own links and by :func:`link`."""
	if neighbours.is_here(APP, NEEDS):
		yield linked_calls(DOCTYPE)


def link(call, method: str | None = None) -> None:
	"""Link a call to the contact whose number it is: the app looks at one of a contact's three fields for it."""
	with out_of_the_way("call to contact"):
		if any(row.link_doctype in ("Contact", "Customer") for row in call.links):
			return
		contact = contact_at(call.to if call.type == "Outgoing" else call.get("from"))
		if contact:
			call.append("links", {"link_doctype": "Contact", "link_name": contact})


def on_call(call, method: str | None = None) -> None:
	"""A call that was made from a ToDo is over."""
	if call.status in ENDED:
		with out_of_the_way("call from ToDo"):
			calls.ended(call.name, ENDED[call.status], call.start_time)


def dialling() -> Callable | None:
	"""Hook ``keep_customers_dial``: :func:`dial`, where Exotel is set up and the user is an agent with both numbers."""
	if not neighbours.is_here(APP, TO_DIAL) or not frappe.db.exists("DocType", EXOTEL):
		return None
	agent = frappe.db.get_value(
		AGENT, {"user": frappe.session.user}, ["mobile_no", "exotel_number"], as_dict=True
	)
	enabled = cint(frappe.db.get_single_value(EXOTEL, "enabled"))
	return dial if enabled and agent and agent.mobile_no and agent.exotel_number else None


def dial(number: str, customer: str) -> str | None:
	"""Have the app call a customer; returns its name for the call."""
	make_a_call = frappe.get_module("telephony.exotel.handler").make_a_call
	return make_a_call(to_number=number, link_doctype="Customer", link_docname=customer).get("CallSid")
