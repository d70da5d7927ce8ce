"""WhatsApp by the app ``frappe_whatsapp``, which Frappe CRM uses too: a channel for Messenger, and what customers answer.

Within 24 hours after somebody has written to us, anything may be written to them; later only what WhatsApp has approved as
a template. Which one is not chosen: the one that says the very text is (``engine/templates.py``), so a customer gets what the
Care Message says and what the rep has seen.
"""

import json
from collections.abc import Collection, Iterator

import frappe
from frappe import _
from frappe.query_builder.functions import IfNull, Max
from frappe.utils import add_to_date, cint, cstr, getdate, now_datetime, strip_html
from pypika.terms import ExistsCriterion

from keep_customers.care import premises
from keep_customers.engine import refusals, templates
from keep_customers.engine.consent import NOT_REACHABLE, REFUSED
from keep_customers.erp import neighbours
from keep_customers.erp.aside import out_of_the_way, sentence
from keep_customers.erp.attempts import nobodys_fault
from keep_customers.messaging import reports
from keep_customers.messaging.delivery import NotSent
from keep_customers.people import ledger
from keep_customers.people.addresses import mark, spelled
from keep_customers.people.contacts import contact_at, contacts_at
from keep_customers.people.reached import CONTACT, key

APP, MESSAGE, TEMPLATE, ACCOUNT = (
	"frappe_whatsapp",
	"WhatsApp Message",
	"WhatsApp Templates",
	"WhatsApp Account",
)
CHANNEL = "Messenger"
NEEDS = {
	MESSAGE: (
		"type", "status", "to", "from", "message", "content_type", "message_id", "bulk_message_reference",
		"reference_doctype", "reference_name",
	)
}  # fmt: skip
TO_SEND = {
	**NEEDS,
	TEMPLATE: ("template", "status", "sample_values"),
	ACCOUNT: ("status", "is_default_outgoing"),
}
HOURS = 24
FAILED = ("failed", "Failed")
STATES = {"delivered": reports.DELIVERED, "read": reports.READ, **dict.fromkeys(FAILED, reports.FAILED)}
# Meta's numbers: nobody has WhatsApp there; they have switched our messages off; ask again later.
NOBODY_THERE, SWITCHED_OFF, LATER = {131026}, {131050}, {4, 80007, 130429, 131016, 131056}


# Contacts


def contacts(_customers: Collection[str] | None) -> Iterator[tuple]:
	"""Hook ``keep_customers_contacts``: what customers wrote, and what people wrote to them."""
	if neighbours.is_here(APP, NEEDS):
		query, message = written()
		yield query, message.creation, message.reference_doctype, message.reference_name


def written() -> tuple:
	"""(query of what people wrote to each other, its table); no bulk, nothing that failed.

	What goes out for a follow-up is known as that already, whatever Frappe CRM says later that it is about.
	"""
	message, follow_up = frappe.qb.DocType(MESSAGE), frappe.qb.DocType("Follow Up")
	ours = frappe.qb.from_(follow_up).select(follow_up.name).where(follow_up.message_id == message.name)
	by_people = (message.type == "Incoming") | (
		(message.type == "Outgoing")
		& IfNull(message.status, "").notin(FAILED)
		& (IfNull(message.bulk_message_reference, "") == "")
		& ExistsCriterion(ours).negate()
	)
	return frappe.qb.from_(message).where(by_people), message


def link(message, method: str | None = None) -> None:
	"""Say whose a message is, where nobody has: the app itself does not, Frappe CRM does so in the same fields."""
	with out_of_the_way("WhatsApp to contact"):
		if message.reference_name:
			return
		contact = contact_at(_plus(message.to if message.type == "Outgoing" else message.get("from")))
		if contact:
			message.reference_doctype, message.reference_name = CONTACT, contact


def _plus(number: str | None) -> str:
	"""WhatsApp's numbers begin with the country's code."""
	return f"+{cstr(number).lstrip('+')}"


# Coming in


def on_insert(message, method: str | None = None) -> None:
	"""A no that somebody has written is one, of theirs and of their number, whoever else they are known as."""
	if message.type != "Incoming" or not refusals.is_no(strip_html(cstr(message.message))):
		return
	with out_of_the_way("no by WhatsApp"):
		_refused(_plus(message.get("from")), cstr(message.message))


def _refused(number: str, words: str) -> None:
	said = {"source": ledger.MESSAGE, "words": words[:140]}
	found = contacts_at(number)
	for customer, contact in found:
		ledger.say_no(customer, CHANNEL, keys=[key(CONTACT, contact)], to=mark(number), **said)
	if not found:
		ledger.note([ledger.Entry(CHANNEL, REFUSED, day=getdate(), mark=mark(number), **said)])
	# As by the link in a mail: nobody is asked to write to them any more.
	premises.on_change({customer for customer, _contact in found})


# Going out


def available() -> bool:
	"""Hook ``keep_customers_channel_available``."""
	return neighbours.works(APP, TO_SEND)


def send(customer: str, to: str | None, text: str, subject: str | None, follow_up: str) -> None:
	"""Hook ``keep_customers_channels``.

	:raises NotSent: saying what to do
	"""
	if not to:
		raise NotSent(_("No mobile number is known."))
	if not frappe.db.exists(ACCOUNT, {"is_default_outgoing": 1, "status": "Active"}):
		raise NotSent(
			_("Please make an active WhatsApp Account the default for outgoing messages."), final=False
		)
	number = spelled(to)
	message = frappe.get_doc(
		{
			"doctype": MESSAGE,
			"type": "Outgoing",
			"to": number,
			"content_type": "text",
			"message": text,
			"reference_doctype": "Follow Up",
			"reference_name": follow_up,
			**_how(number, text),
		}
	)
	frappe.flags.integration_request = None
	try:
		# The app's own right is System Manager's; who may send for this follow-up was asked before.
		message.insert(ignore_permissions=True)
	except Exception as error:
		if nobodys_fault(error):
			raise  # who has asked knows better what that means
		raise NotSent(sentence(error), final=_code_of_answer() not in LATER) from error
	reports.taken(follow_up, message.name)


def _how(number: str, text: str) -> dict:
	if _wrote_within_a_day(number):
		return {"message_type": "Manual"}
	template, words = _approved(text)
	if not template:
		raise NotSent(
			_(
				"They have not written by WhatsApp within 24 hours, and no approved template says this text. "
				"Please choose another way, or take the text of a template."
			)
		)
	return {
		"message_type": "Template",
		"use_template": 1,
		"template": template,
		"body_param": json.dumps({str(at): word for at, word in enumerate(words, start=1)})
		if words
		else None,
	}


def _wrote_within_a_day(number: str) -> bool:
	message = frappe.qb.DocType(MESSAGE)
	[[last]] = (
		frappe.qb.from_(message)
		.select(Max(message.creation))
		.where((message.type == "Incoming") & message["from"].isin([number, f"+{number}"]))
		.where(message.creation > add_to_date(now_datetime(), hours=-HOURS))
	).run()
	return bool(last)


def _approved(text: str) -> tuple[str | None, list[str]]:
	"""The first approved template that says this text, and the words in its places."""
	fields = ["name", "template", "sample_values"]
	for row in frappe.get_all(TEMPLATE, {"status": "APPROVED"}, fields, order_by="name asc"):
		words = templates.filled(strip_html(cstr(row.template)), text)
		# Without samples the app fills in nothing.
		if words is not None and bool(words) <= bool(row.sample_values):
			return row.name, words
	return None, []


def _code_of_answer() -> int:
	"""Why WhatsApp did not take a message; 0 if it did not say, and then it may have arrived."""
	try:
		return cint(frappe.flags.integration_request.json()["error"]["code"])
	except Exception:  # no answer, or one of another shape
		return 0


def on_update(message, method: str | None = None) -> None:
	"""What became of a message that went out."""
	state = STATES.get(cstr(message.status)) if message.type == "Outgoing" else None
	if not state or not message.has_value_changed("status"):
		return
	with out_of_the_way("state of WhatsApp"):
		code, why = _why(message.message_id) if state == reports.FAILED else (0, "")
		number = _plus(message.to)
		if code in SWITCHED_OFF:
			_refused(number, why)
		if code in NOBODY_THERE:
			entry = ledger.Entry(
				CHANNEL, NOT_REACHABLE, "Bounce", getdate(), address=number, about=(MESSAGE, message.name)
			)
			ledger.note([entry])
		reports.told(message.name, state, why)


def _why(message_id: str | None) -> tuple[int, str]:
	"""Number and words of a failure, from what WhatsApp is telling at this moment: the app keeps only that it failed."""
	for entry in frappe.form_dict.get("entry") or ():
		for change in entry.get("changes") or ():
			for one in change.get("value", {}).get("statuses") or ():
				for error in one.get("errors") or () if one.get("id") == message_id else ():
					return cint(error.get("code")), cstr(error.get("title"))
	return 0, ""
