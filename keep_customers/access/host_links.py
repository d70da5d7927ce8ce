"""What the host's own documents name: of what is ours, or a customer's, only what their user may read.

A lead says who has recommended it, an event who was there; both are believed, and something follows from it.
"""

from collections.abc import Iterable

import frappe
from frappe import _

from keep_customers.access.lookups import ROW, guarded, out_of_sight

# The framework's own words, in its own translation.
COULD_NOT_FIND = "Could not find {0}"
PEOPLE = ("Customer", "Contact")


def refuse_hidden(doc, names: Iterable[tuple[str, str, str]]) -> None:
	"""Refuse what is named anew and is not the user's to read, as the framework refuses what does not exist.

	:param names: (what the field is called, doctype, name)
	:raises frappe.LinkValidationError: if there is one
	"""
	if doc.flags.ignore_permissions or frappe.session.user == "Administrator":
		return
	for label, doctype, name in names:
		if (doctype in PEOPLE or guarded(doctype)) and out_of_sight(doctype, {name}):
			frappe.throw(_(COULD_NOT_FIND).format(f"{label}: {name}"), frappe.LinkValidationError)


def only_readable_guests(event, method: str | None = None) -> None:
	"""Before an Event is saved: an event is a contact with who took part."""
	before = event.get_doc_before_save()
	known = {_guest(row) for row in before.event_participants} if before else set()
	rows = [row for row in event.event_participants if all(_guest(row)) and _guest(row) not in known]
	refuse_hidden(event, [(f"{_(ROW)} #{row.idx}: {_label(row)}", *_guest(row)) for row in rows])


def _guest(row) -> tuple[str, str]:
	return row.reference_doctype, row.reference_docname


def _label(row) -> str:
	field = row.meta.get_field("reference_docname")
	return _(field.label, context=field.parent)


def keep_follow_up(todo, method: str | None = None) -> None:
	"""Before a ToDo is saved: which follow-up it is for is not written by its user."""
	if todo.flags.ignore_permissions or frappe.session.user == "Administrator":
		return
	before = todo.get_doc_before_save()
	todo.set("keep_follow_up", before.get("keep_follow_up") if before else None)
