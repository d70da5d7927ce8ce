"""What is asked of the database meanwhile, to show that it is no more for many than for a few."""

from collections.abc import Iterator
from contextlib import contextmanager

import frappe
import pytest


@contextmanager
def statements() -> Iterator[list[str]]:
	"""Each one that is sent by this process, as it is sent, without its values."""
	db, sent = frappe.local.db, []
	of_the_host = db.sql

	def noted(query, *args, **kwargs):
		sent.append(str(query))
		return of_the_host(query, *args, **kwargs)

	with pytest.MonkeyPatch.context() as patched:
		patched.setattr(db, "sql", noted)
		yield sent
