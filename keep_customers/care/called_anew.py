"""How follow-ups name people, where a contact, a user, a customer or a row of a file is called something else."""

import frappe

from keep_customers.care.triggers import relationships
from keep_customers.people.reached import key


def after_rename(doc, method=None, old=None, new=None, merge=False) -> None:
	people(doc.doctype, {old: new})


def people(doctype: str, moved: dict[str, str]) -> None:
	"""
	:param doctype: of who is called something else
	:param moved: old name -> new one
	"""
	if not moved:
		return
	keys = {key(doctype, old): key(doctype, new) for old, new in moved.items()}
	# Else a no by the link in a mail would not be known to be theirs, and who is forgotten would still be named.
	sent = frappe.get_all("Follow Up", {"sent_to_person": ("in", [*keys])}, ["name", "sent_to_person"])
	for one in sent:
		frappe.db.set_value(
			"Follow Up", one.name, "sent_to_person", keys[one.sent_to_person], update_modified=False
		)
	relationships.call_anew(moved)
