"""What may fail alone: our part of a host's event, or one row of many."""

from collections.abc import Iterator
from contextlib import contextmanager

import frappe


@contextmanager
def out_of_the_way(what: str) -> Iterator[None]:
	"""Undo and log what fails, so that it never stands in the way of the host's document.

	:param what: the error log's title, after the app's name
	"""
	# A name of its own: one may be within another.
	savepoint = f"keep_{frappe.generate_hash(length=8)}"
	frappe.db.savepoint(savepoint)
	try:
		yield
	except Exception:
		frappe.db.rollback(save_point=savepoint)
		frappe.log_error(title=f"Keep Customers: {what}")
