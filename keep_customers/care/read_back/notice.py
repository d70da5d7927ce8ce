"""A Care Notice: who is told, how, and how many that are."""

import frappe
from frappe import _

from keep_customers.access.read_back import ReadBack
from keep_customers.care import notices
from keep_customers.care.read_back import contact


def tell(doc) -> ReadBack:
	told = ReadBack(says=[_everybody(doc), *_only(doc), _what(doc), contact.own_rep()])
	if doc.docstatus:
		told.figure = (
			_("Its ToDos are being planned.")
			if doc.status == "Planning"
			else _("It was released to {0} customers.").format(doc.audience_size or 0)
		)
		return told
	reached, refused = notices.reach(doc, frappe.session.user)
	if not reached:
		told.lacks(_("This reaches nobody. Please widen the audience."), field="tiers")
		return told
	told.figure = _("{0} customers would be reached; {1} of them do not want this channel.").format(
		len(reached), refused
	)
	told.says.append(_("Nothing is sent before it is submitted; then the ToDos come with the next night."))
	return told


def _everybody(doc) -> str:
	if not doc.title:
		return _("One word goes to many customers.")
	return _("Customers are told: {0}.").format(doc.title.rstrip("."))


def _only(doc) -> list[str]:
	said = contact.only_for(doc)
	if doc.words:
		said.append(_("Only for customers in whose file these words stand: {0}.").format(doc.words))
	return said or [_("It is for all customers you may read.")]


def _what(doc) -> str:
	if not doc.due_in_days:
		return contact.on_the_day(doc.channel)
	return contact.within(doc.channel, doc.due_in_days)
