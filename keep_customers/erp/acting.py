"""What is done in somebody's name who is not the one at work."""

from collections.abc import Iterator
from contextlib import contextmanager

import frappe


@contextmanager
def acting_as(user: str) -> Iterator[None]:
	"""With the rights of another user, and no others. What this request was sent stays with it; the host would forget it."""
	before, form = frappe.session.user, frappe.local.form_dict
	try:
		frappe.set_user(user)
		yield
	finally:
		frappe.set_user(before)
		frappe.local.form_dict = form
