"""What went wrong with somebody's data is logged by where it did, and without a word of whom: errors quote what they stop at."""

import traceback
from collections.abc import Iterator
from contextlib import contextmanager

import frappe


@contextmanager
def by_the_way_alone(what: str) -> Iterator[None]:
	"""Roll back and log what fails. A background job that raises it has the host log all variables on the way.

	:param what: the error log's title, after the app's name
	"""
	try:
		yield
	except Exception as error:
		frappe.db.rollback()
		way = "".join(traceback.format_tb(error.__traceback__))
		frappe.log_error(title=f"Keep Customers: {what}", message=f"{way}{type(error).__name__}")
		frappe.db.commit()  # nosemgrep: frappe-manual-commit, that it failed is kept
