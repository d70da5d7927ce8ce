"""What several documents say of the contact they ask for: how, by when, with whom, who does it. Parts of one sentence."""

from collections.abc import Collection
from functools import reduce

import frappe
from frappe import _
from frappe.utils import cstr

from keep_customers.access.read_back import ReadBack
from keep_customers.erp.language import counted
from keep_customers.people import contacts

NAMED = 5


def sentence(first: str, *others: str) -> str:
	"""One sentence of its parts, none of which has an end of its own."""
	joined = reduce(lambda before, part: _("{0}; {1}").format(before, part), others, first)
	return _("{0}.").format(joined)


def what(channel: str | None) -> str:
	return {
		"Phone": _("call"),
		"Visit": _("visit"),
		"Email": _("write an e-mail"),
		"SMS": _("write a text message"),
		"Messenger": _("write by messenger"),
	}.get(cstr(channel), _("write a letter"))


def by_when(channel: str | None, days: int | None) -> str:
	"""
	:param days: from the day it is about; none or 0 for that day
	"""
	if not days:
		return _("{0} on the same day").format(what(channel))
	return counted(days, _("{1} within a day"), _("{1} within {0} days"), what(channel))


def only_for(doc) -> list[str]:
	"""Who is meant, where not everybody is.

	:param doc: with tiers, customer_group and territory
	"""
	said = []
	if tiers := [_(row.tier, context="Customer Tier") for row in doc.tiers if row.tier]:
		said.append(_("only for customers of these tiers: {0}").format(", ".join(tiers)))
	if doc.customer_group:
		said.append(_("only for customers of the group {0}").format(doc.customer_group))
	if but := [row.customer_group for row in doc.get("except_groups") or () if row.customer_group]:
		said.append(_("but not for customers of these groups: {0}").format(", ".join(but)))
	if doc.territory:
		said.append(_("only for customers in {0}").format(doc.territory))
	return said


def own_rep() -> str:
	return _("the customer's own rep gets the ToDo")


def without(told: ReadBack, customers: Collection[str]) -> None:
	"""Whom of them nobody knows a person at: the first five by name, and the way to the first.

	:param customers: whom the user may read
	"""
	known = contacts.primary_contacts(list(customers))
	unknown = sorted(one for one in customers if one not in known)
	if not unknown:
		return
	fields = ["name", "customer_name"]
	names = dict(
		frappe.get_all("Customer", {"name": ("in", unknown[:NAMED])}, fields, as_list=True, order_by=None)
	)
	said = ", ".join(names.get(one) or one for one in unknown[:NAMED])
	text = _("No contact is known of {0}. Please add one at the customer.")
	told.lacks(
		text.format(said + (" …" if len(unknown) > NAMED else "")), route=["Form", "Customer", unknown[0]]
	)
