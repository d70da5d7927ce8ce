"""Other apps on the site: which are there, what they say by hook, and what becomes of one that is broken.

What an app fails to say is left out, without a word to who only happened to ask; the night says which it was, once
(:func:`broken`). Its queries run behind a savepoint, so that nothing else is lost with them.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TypeVar

import frappe
from frappe import _

from keep_customers.erp import attempts
from keep_customers.erp.aside import undone

T = TypeVar("T")


class Broken(frappe.ValidationError):
	"""An app is installed, and its tables are not what it publishes."""


def is_here(app: str, needs: Mapping[str, tuple[str, ...]]) -> bool:
	"""Whether an app is installed.

	:param needs: doctype -> columns that are read of it, besides the standard ones
	:raises Broken: if it is, and some of that is missing; half an update looks like this
	"""
	if app not in installed():
		return False
	for doctype, columns in needs.items():
		if not frappe.db.table_exists(doctype):
			raise Broken(_("{0} is installed, but has no {1}.").format(app, doctype))
		missing = set(columns) - set(frappe.db.get_table_columns(doctype))
		if missing:
			raise Broken(
				_("{0} is installed, but its {1} has no {2}.").format(
					app, doctype, ", ".join(sorted(missing))
				)
			)
	return True


def works(app: str, needs: Mapping[str, tuple[str, ...]]) -> bool:
	"""As :func:`is_here`, for who only leaves out what is broken."""
	try:
		return is_here(app, needs)
	except Broken:
		return False


def installed() -> list[str]:
	return frappe.get_installed_apps()


def asked(hook: str, ask: Callable[[Callable], T]) -> Iterator[T]:
	"""What the functions registered for something answer; those that cannot are noted in :func:`broken` and not asked again.

	:param ask: function -> its answer, with all its queries done
	"""

	def note(path: str, error: Exception) -> None:
		# Nothing of it is to blame when the whole job gives way to others.
		if attempts.given_up(error):
			raise error
		broken()[path] = error

	for path in frappe.get_hooks(hook) or ():
		if path in broken():
			continue
		answers = []
		with undone(partial(note, path)):
			answers.append(ask(frappe.get_attr(path)))
		yield from answers


def broken() -> dict[str, Exception]:
	"""Path of a function -> what went wrong with it in this request or job."""
	if "keep_broken_neighbours" not in frappe.flags:
		frappe.flags.keep_broken_neighbours = {}
	return frappe.flags.keep_broken_neighbours
