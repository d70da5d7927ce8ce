"""Where one version of Frappe and ERPNext differs from another: asked for by what is there, never by a version's number.

A company moves a field, another app takes one away or brings one of the same name; a number says nothing of that.
"""

import threading
from collections.abc import Callable, Iterable
from functools import wraps

import frappe
from frappe.database import query
from frappe.model import dynamic_links
from frappe.modules.utils import load_doctype_module
from frappe.utils import background_jobs, cint
from frappe.utils.password import get_encryption_key

# What is raised where too much is queued already; Frappe 15 queues without end.
QUEUE_FULL = tuple(filter(None, [getattr(frappe, "QueueOverloaded", None)]))


def most_queued() -> int | None:
	"""How many jobs may wait in a queue before more are refused; None where there is no end to it."""
	most = getattr(background_jobs, "MAX_QUEUED_JOBS", None)
	# The host adds as many for each of its sites; there is one at least.
	return most and (cint(frappe.conf.max_queued_jobs) or most) + 50


def has(doctype: str, *fields: str) -> bool:
	"""Whether this site has the doctype, with all of these fields. A Customer's own salutation, the coupon of an invoice and
	a lead's refusal come and go with ERPNext's versions."""
	if not frappe.db.exists("DocType", doctype, cache=True):
		return False
	meta = frappe.get_meta(doctype)
	return all(meta.has_field(field) for field in fields)


def fields(doctype: str, wanted: Iterable[str]) -> list[str]:
	"""Those of the fields that this site's doctype has."""
	meta = frappe.get_meta(doctype)
	return [field for field in wanted if meta.has_field(field)]


def values(doctype: str, name: str, wanted: Iterable[str]) -> frappe._dict:
	"""Field -> value of one document; None where the host has no such field, or no such document."""
	wanted = list(wanted)
	row = frappe.db.get_value(doctype, name, ["name", *fields(doctype, wanted)], as_dict=True) or {}
	return frappe._dict({field: row.get(field) for field in wanted})


def last_field_of_first_tab(doctype: str) -> str:
	"""The field after which a tab of ours is the second one, whatever the version's own tabs hold."""
	last = None
	own = frappe.get_all("DocField", {"parent": doctype}, ["fieldname", "fieldtype"], order_by="idx asc")
	for field in own:
		if field.fieldtype == "Tab Break" and last:
			break
		last = field.fieldname
	return last


def count_as(name: str) -> str | dict:
	"""What a list asks for to count its rows; Frappe 16 takes no SQL."""
	return {"COUNT": "*", "as": name} if hasattr(query, "SQLFunctionParser") else f"count(*) as {name}"


def where_we_are(theirs: Callable, ours: Callable) -> Callable:
	"""What stands in place of a function of the host's: ours on the sites that have our app, theirs on all others.

	A process of a bench serves several sites, and what is replaced in it stays so: for those that never had the app, and for
	one from which it was taken.
	"""

	@wraps(theirs)
	def called(*args, **kwargs):
		return (ours if "keep_customers" in frappe.get_installed_apps() else theirs)(*args, **kwargs)

	return called


def function(name: str) -> Callable | None:
	"""What is called over HTTP by a name: its path, or a doctype and what is in its module; None where there is nothing."""
	doctype, _slash, method = name.rpartition("/")
	try:
		return frappe.get_attr(f"{load_doctype_module(doctype).__name__}.{method}" if doctype else name)
	except (AttributeError, ImportError, TypeError, ValueError, frappe.ValidationError):
		return None


def make_key() -> None:
	"""See to it that the site has its key: the framework makes one when it is first asked, each process its own until it
	reads the site's configuration again, and what one has signed is nothing to the other."""
	get_encryption_key()


def notice_link(doctype: str, kind: str, linked: str) -> None:
	"""That a Dynamic Link leads to a doctype: the framework remembers for hours to which it does, by which it renames and merges,
	and sees what it saves itself only.

	:param kind: the field with the doctype
	"""
	notice = getattr(dynamic_links, "invalidate_distinct_link_doctypes", None)
	if notice:  # older ones remember nothing
		notice(doctype, kind, linked)


def forget_columns(doctype: str) -> None:
	"""What the framework remembers of a table's columns, after one was dropped."""
	if client_cache := getattr(frappe, "client_cache", None):
		client_cache.delete_keys("table_columns")
	frappe.cache.hdel("table_columns", f"tab{doctype}")


def report_watches() -> list[threading.Timer]:
	"""The framework's clocks of the reports that run on this site: after 15 seconds one makes its report a prepared one,
	for good, and its rows are shown to who has not asked for them."""
	return [
		clock
		for clock in threading.enumerate()
		if isinstance(clock, threading.Timer)
		and getattr(clock.function, "__name__", "") == "enable_prepared_report"
		and clock.kwargs.get("site") == frappe.local.site
		and not clock.finished.is_set()
	]


def stop_report_watches() -> None:
	"""For a report of ours, however long it takes. One that runs at the same moment is watched again the next time."""
	for clock in report_watches():
		clock.cancel()
