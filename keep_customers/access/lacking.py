"""What is missing, and the way to where it is mended: a link only for who may go there, else whom to ask."""

import frappe
from frappe import _


def lack(text: str, field: str | None = None, route: list[str] | None = None) -> dict:
	"""
	:param field: of the form on the screen, where it is mended
	:param route: of Desk, where it is mended: ``["List", doctype]``, ``["Form", doctype, name]`` or ``[page]``
	:returns: ``text``, ``field`` and ``route``; for a user who may not go there without the route, and saying so
	"""
	if route and not may_go(route):
		# Desk would answer the press with "Not permitted", of a Page that nobody has heard of.
		return {"text": f"{text} {_('Your administrator can do that.')}", "field": None, "route": None}
	return {"text": text, "field": field, "route": route}


def may_go(route: list[str]) -> bool:
	"""Whether Desk shows the user of this session anything there; of a form, whether any of its kind."""
	kind, *rest = route
	if kind in ("List", "Form"):
		return bool(frappe.has_permission(rest[0], "read"))
	return bool(frappe.get_cached_doc("Page", kind).is_permitted())
