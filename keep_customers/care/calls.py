"""Calls that a rep makes from a care ToDo, by an app that dials (hook ``keep_customers_dial``): the call becomes the contact.

Which call was made for which follow-up is noted here when it is dialled. What an app's own records say of that is
not believed: some let everybody who is logged in write them.
"""

from collections.abc import Callable
from datetime import datetime

import frappe
from frappe import _
from frappe.utils import get_datetime, now_datetime

from keep_customers.care.todos import care_todo
from keep_customers.erp import neighbours
from keep_customers.erp.acting import acting_as
from keep_customers.erp.api import typed
from keep_customers.erp.attempts import given_up
from keep_customers.erp.document import without_form
from keep_customers.people import consent, reached

HOOK = "keep_customers_dial"
REACHED, NOT_REACHED = "Reached", "Not Reached"


def can_call(todo, row) -> bool:
	"""Whether :func:`call_for_todo` has somebody to call, and something to dial with.

	:param todo, row: as :func:`care_todo` gives them
	"""
	if todo.status != "Open" or not frappe.has_permission("ToDo", "write", doc=todo):
		return False
	number, refused = _number(row)
	return bool(number and not refused and _dialler())


@frappe.whitelist(methods=["POST"])
@typed
def call_for_todo(todo: str) -> None:
	"""Dial the number of whoever a care ToDo is about; what is dialled is not for the caller of this to say.

	:raises frappe.PermissionError: if the user may not write the ToDo, or not read its follow-up and the customer
	:raises frappe.ValidationError: if they refused calls, no number is known, or nothing dials
	"""
	doc, row = care_todo(todo, "write")
	if doc.status != "Open":
		frappe.throw(_("This ToDo is done. Please open it again to call."))
	number, refused = _number(row)
	if refused:
		frappe.throw(_("The customer does not want this channel. Please choose another way."))
	if not number:
		frappe.throw(_("No address is known. Please enter one in the customer's contact."))
	dial = _dialler()
	if not dial:
		frappe.throw(_("No app that dials is set up for you."))
	try:
		call = dial(number, row.customer)
	except Exception as error:
		if isinstance(error, frappe.ValidationError) or given_up(error):
			raise  # the app has said what is wrong, or nothing is
		call = None
	if not call:
		frappe.throw(_("The call could not be started."))
	note = {"call_id": call, "called_by": frappe.session.user, "call_result": ""}
	frappe.db.set_value("Follow Up", row.name, note)


def _number(row) -> tuple[str | None, bool]:
	"""Where the user of this session may call whoever a follow-up is about, and whether they do not want it."""
	recipient = reached.of([row])[0].readable()
	[answer] = consent.answers([consent.ask(row.customer, recipient, "Phone", consent.purpose_of(row))])
	return recipient.addresses["phone"], answer.refused


def _dialler() -> Callable | None:
	"""(number, customer) -> the call's name at the app; of the first app with which this user can dial."""
	return next(filter(None, neighbours.asked(HOOK, lambda ready: ready())), None)


def ended(call_id: str, answered: bool, began: datetime | str | None = None) -> None:
	"""What became of a call; told as often as the app likes, noted once.

	Who was spoken to had a contact. Who was not leaves the ToDo as it is, and what to answer in it is prepared.
	"""
	filters = {"call_id": call_id}
	fields = ["name", "customer", "channel", "todo", "touch", "called_by", "call_result"]
	row = frappe.db.get_value("Follow Up", filters, fields, as_dict=True, for_update=True)
	if not row or row.call_result == REACHED:
		return
	frappe.db.set_value("Follow Up", row.name, "call_result", REACHED if answered else NOT_REACHED)
	if (
		answered
		and row.todo
		and not row.touch
		and not frappe.db.exists("Customer Touch", {"call_id": call_id})
	):
		_note(row, call_id, min(get_datetime(began or now_datetime()), now_datetime()))


def _note(row, call_id: str, when: datetime) -> None:
	"""The contact, by who called and with no more rights than theirs; the exchange that tells of it is nobody."""
	touch = frappe.get_doc(
		{
			"doctype": "Customer Touch",
			"customer": row.customer,
			"date": when,
			"rep": row.called_by,
			"channel": "Phone",
			"result": REACHED,
			# A call before a visit announces it; that somebody was there the rep tells.
			"follow_up": None if row.channel == "Visit" else row.name,
			"todo": row.todo,
			"call_id": call_id,
		}
	)
	touch.flags.keep_call = True
	with acting_as(row.called_by):
		care_todo(row.todo, "write")
		without_form(touch).insert()
