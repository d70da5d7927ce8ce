"""What somebody has chosen on the page, and the documents with it."""

import frappe
from frappe import _

SETTINGS = "Keep Customers Settings"


def settings(values: dict, fields: tuple[str, ...], tables: dict[str, str] | None = None):
	"""The settings with what was chosen, not saved.

	:param fields: those a step may change
	:param tables: those of its Table MultiSelects, with the field of a row; the choice is a list of names
	"""
	doc = frappe.get_doc(SETTINGS)
	doc.update({field: values[field] for field in fields if field in values})
	for table, field in (tables or {}).items():
		if table in values:
			doc.set(table, [{field: name} for name in names(values[table])])
	return doc


def names(value: object) -> list[str]:
	"""A list of names as it was sent, each once."""
	if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
		frappe.throw(_("Please check what is sent to the server: {0}").format("names"))
	return list(dict.fromkeys(value))
