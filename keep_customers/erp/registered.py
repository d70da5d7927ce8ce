"""What follows from something in a room above it, or in another app: they say so in their hooks.py.

A room never imports one above it; it calls what is registered::

        keep_customers_follow_up_done = ["their_app.calls.note"]
"""

from collections.abc import Callable

import frappe


def registered(hook: str) -> list[Callable]:
	"""The functions registered for something, in the order of the apps."""
	return [frappe.get_attr(path) for path in frappe.get_hooks(hook) or ()]


def registered_by_name(hook: str) -> dict[str, Callable]:
	"""The same where there is one function for each name; of several apps the last one counts."""
	return {name: frappe.get_attr(paths[-1]) for name, paths in (frappe.get_hooks(hook) or {}).items()}


def registered_as(hook: str, name: str) -> Callable | None:
	"""The one function for a name, as in :func:`registered_by_name`; None if there is none."""
	paths = (frappe.get_hooks(hook) or {}).get(name)
	return frappe.get_attr(paths[-1]) if paths else None
