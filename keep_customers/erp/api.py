"""What comes over HTTP is held against the types a function says it takes, before the function runs.

The host does that as well, but it answers with a traceback where a type is wrong, and takes a missing argument for an
error of ours. Below ``@frappe.whitelist`` stands ``@typed``, which leaves the host nothing to refuse::

	@frappe.whitelist(methods=["POST"])
	@typed
	def record_touch(todo: str, result: str) -> str:
"""

import inspect
import json
from collections.abc import Callable
from datetime import date
from functools import partial, wraps
from html import escape
from math import isfinite
from typing import NoReturn

import frappe
from frappe import _
from frappe.exceptions import FrappeTypeError
from frappe.utils import getdate
from frappe.utils.typing_validations import validate_argument_types

from keep_customers.erp import host
from keep_customers.erp.attempts import answered
from keep_customers.erp.texts import as_storable, storable

DAYS = ("from_date", "to_date", "since")  # filters of reports
LARGEST = 2**53  # whole numbers that JavaScript can tell apart
YEARS = range(1900, 3000)  # with room for arithmetic on both sides


def typed(function: Callable | None = None, *, otherwise: Callable[[], None] | None = None) -> Callable:
	"""Let a whitelisted function be called with what it is annotated to take, and with nothing else.

	:param otherwise: answers in its place when something else was sent; by default the caller is told what is wrong
	"""
	if function is None:
		return partial(typed, otherwise=otherwise)
	signature = inspect.signature(function)

	@wraps(function)
	def as_sent(**values) -> dict:
		for name, value in values.items():
			# "nan" and "1e999" are numbers to Python, and to nobody else; of others a database can hold so many digits.
			if isinstance(value, float) and not isfinite(value):
				raise TypeError(f"Argument '{name}' should be a number but got '{value}' instead.")
			if isinstance(value, int | float) and abs(value) > LARGEST:
				raise TypeError(f"Argument '{name}' should be a smaller number.")
		return as_storable(values)

	as_declared = validate_argument_types(as_sent)

	@wraps(function)
	def called(*args, **kwargs):
		if not getattr(frappe.local, "request", None):
			return function(*args, **kwargs)
		try:
			sent = signature.bind(*args, **kwargs)
			sent.arguments.update(as_declared(**sent.arguments))
		except TypeError as error:
			return otherwise() if otherwise else refuse(str(error))
		if not _claims_the_request(function):
			return function(*sent.args, **sent.kwargs)
		# A night or another user may be in the way: the host would answer with a deadlock, and the user do it again.
		return answered(partial(function, *sent.args, **sent.kwargs))

	# The host's own check comes first, and finds nothing to say.
	called.__annotations__ = dict.fromkeys(function.__annotations__, object)
	return called


def _claims_the_request(function: Callable) -> bool:
	"""Whether it is what the request calls, at its beginning: then nothing else is in its transaction. Noted, so that nobody within
	it takes the request for his."""
	asked = f"{function.__module__}.{function.__qualname__}"
	if frappe.form_dict.get("cmd") != asked or frappe.local.flags.keep_answers:
		return False
	frappe.local.flags.keep_answers = True
	return True


def refuse(why: str) -> NoReturn:
	"""Tell a program's author what it should have sent.

	:raises FrappeTypeError: always
	"""
	# It is their error and no secret of ours; the way it took here helps nobody.
	frappe.local.flags.disable_traceback = True
	frappe.throw(
		_("Please check what is sent to the server: {0}").format(escape(why, quote=False)),
		FrappeTypeError,
		title=_("Not What Was Expected"),
	)


def chosen(filters: object, name: str = "filters") -> dict:
	"""An object that was sent as such or as JSON, as the filters of a Dashboard Chart, which the host hands on as they were sent.

	:param name: of the argument

	:raises FrappeTypeError: if they are none
	"""
	found = _parsed(filters, {})
	if not isinstance(found, dict):
		refuse(f"Argument '{name}' should be an object, as JSON.")
	return found


def names_sent(name: str, sent: object) -> list[str]:
	"""An argument that is a list of names, sent as such or as JSON.

	:raises FrappeTypeError: if it is something else
	"""
	found = rows_sent(name, sent)
	if not all(isinstance(one, str) for one in found):
		refuse(f"Argument '{name}' should be a list of names.")
	return found


def rows_sent(name: str, sent: object) -> list:
	"""An argument that is a list; nothing is an empty one.

	:raises FrappeTypeError: if it is something else
	"""
	found = _parsed(sent, [])
	if not isinstance(found, list):
		refuse(f"Argument '{name}' should be a list.")
	return found


def filters_sent(filters: object) -> dict | list:
	"""Filters of a list, sent as such or as JSON: an object, or rows of a field, how to compare, and with what.

	:raises FrappeTypeError: if they are something else, over which the host would stumble
	"""
	if isinstance(filters, dict) or (isinstance(filters, str) and filters.lstrip().startswith("{")):
		return chosen(filters)
	found = rows_sent("filters", filters)
	if not all(isinstance(one, list) and 3 <= len(one) <= 5 for one in found):
		refuse("Argument 'filters' should be a list of filters.")
	return found


def guard_request() -> None:
	"""What a guest sends to us is such as the host can look through before it asks us; what is wrong with it shows nothing.

	The host looks for HTML in it, and stumbles over halves of signs and over brackets a thousand deep.
	"""
	request = getattr(frappe.local, "request", None)
	# By a path of any version of the host's, or by an argument of any page.
	asked = f"{request.path} {frappe.form_dict.get('cmd') or ''}" if request else ""
	if frappe.session.user != "Guest" or "keep_customers." not in asked:
		return
	frappe.local.flags.disable_traceback = True
	for name, value in list(frappe.form_dict.items()):
		try:
			frappe.form_dict[name] = as_storable(value)
			if isinstance(value, str) and value.lstrip().startswith(("[", "{")):
				json.loads(value)
		except (RecursionError, TypeError):
			frappe.form_dict[name] = ""
		except ValueError:
			pass


def _parsed(sent: object, nothing: object) -> object:
	"""What was sent as such or as JSON; None if it is no JSON."""
	try:
		return as_storable(frappe.parse_json(sent or None) or nothing)
	except (ValueError, TypeError, RecursionError):
		return None


def report(execute: Callable) -> Callable:
	"""For what runs a report: however long it takes, it does not become a prepared one, which others would be shown."""

	@wraps(execute)
	def run(filters: object = None):
		host.stop_report_watches()
		return execute(filters)

	return run


def report_filters(filters: object) -> frappe._dict:
	"""The filters of a report: days, ticks and texts, one each; the host hands on what was sent.

	:raises FrappeTypeError: if one is something else
	"""
	found = frappe._dict(chosen(filters))
	for name, value in found.items():
		if not value or (name in DAYS and is_day(value)):
			continue
		if name in DAYS:
			refuse(f"'{name}' is a day, as YYYY-MM-DD.")
		if not isinstance(value, str | int | float):
			refuse(f"'{name}' is one value.")
		found[name] = 1 if value == 1 else str(value)
	return found


def is_day(value: object) -> bool:
	"""Whether it is a day, or says one as YYYY-MM-DD, with which arithmetic can be done."""
	if isinstance(value, str):
		# A time after it does no harm.
		try:
			value = date.fromisoformat(value.strip()[:10])
		except ValueError:
			return False
	return isinstance(value, date) and value.year in YEARS


def day_sent(name: str, sent: object) -> date:
	"""An argument that is a day.

	:raises FrappeTypeError: if it is something else, or a day with which no arithmetic can be done
	"""
	if not is_day(sent):
		refuse(f"'{name}' is a day, as YYYY-MM-DD.")
	return getdate(str(sent).strip()[:10])


def text_sent(field: str) -> str:
	"""What the address of a website's page carries; empty for what is no text."""
	value = frappe.form_dict.get(field)
	return storable(value) if isinstance(value, str) else ""
