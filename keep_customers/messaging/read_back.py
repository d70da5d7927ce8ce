"""A Care Message: for which occasions it is found, and what it would say to a customer."""

import frappe
from frappe import _
from frappe.utils import strip_html

from keep_customers.access.read_back import ReadBack
from keep_customers.engine import wording
from keep_customers.erp.permissions import nothing_said
from keep_customers.messaging import messages

SHOWN = 400  # characters


def tell(doc) -> ReadBack:
	told = ReadBack(says=_found_for(doc))
	if not doc.language:
		told.lacks(_("Please choose the language."), field="language")
	if not (doc.message or "").strip():
		told.lacks(_("Please write what it says."), field="message")
	if told.missing:
		return told
	if problem := _problem(doc):
		told.lacks(problem, field="message")
		return told
	told.figure = _sample(doc)
	if not doc.enabled:
		told.lacks(_("It is switched off: nobody finds it."), field="enabled")
	_what_is_in_the_way(told, doc)
	return told


def _found_for(doc) -> list[str]:
	said = [
		_("It is offered for contacts of this kind: {0}.").format(
			_(doc.kind or "Other", context="Care Message")
		)
	]
	if doc.occasion:
		said.append(_("Only for this occasion: {0}.").format(_(doc.occasion, context="Care Rule")))
	if doc.channel:
		said.append(_("Only for this channel: {0}.").format(_(doc.channel, context="Care Message")))
	if doc.language:
		name = frappe.db.get_value("Language", doc.language, "language_name") or doc.language
		said.append(_("For customers whose language is this one: {0}.").format(_(name)))
	return said


def _problem(doc) -> str:
	"""Why the text would be refused."""
	with nothing_said():
		try:
			doc.run_method("validate")
		except frappe.ValidationError as error:
			return strip_html(str(error))
	return ""


def _sample(doc) -> str:
	"""What it would say to the first customer of those the user may read."""
	found = frappe.get_list(
		"Customer", {"disabled": 0}, ["name", "customer_name"], order_by="name asc", limit=1
	)
	if not found:
		return ""
	[customer] = found
	try:
		text = wording.render(
			doc.message, messages.variables(customer.name, doc.language, occasion=doc.occasion)
		)
	except wording.BadTemplate as error:
		return strip_html(str(error))
	return _("To {0} it would say: {1}").format(customer.customer_name, text[:SHOWN])


def _what_is_in_the_way(told: ReadBack, doc) -> None:
	rules = frappe.get_all("Care Rule", {"message_kind": doc.kind}, ["enabled"], as_list=True)
	if rules and not any(enabled for (enabled,) in rules):
		told.lacks(_("No rule that is on asks for this kind of message."), route=["List", "Care Rule"])
