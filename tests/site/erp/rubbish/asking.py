"""Asks as a web server does, without one: a thousand answers in the time of a hundred."""

import json
import re
import traceback
from contextlib import contextmanager
from types import SimpleNamespace
from unittest.mock import patch

import frappe
from frappe.utils import strip_html
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from keep_customers.erp.api import guard_request
from tests.site.erp.rubbish.sent import Found
from tests.site.host import local

# What a programmer says, and nobody else.
NO_WORDS = re.compile(
	r"Traceback|object has no attribute|not supported between|OperationalError|ProgrammingError|sqlite|near \"|in the SQL syntax"
	r"|psycopg2|invalid input syntax|numeric field overflow|out of range for type|transaction is aborted|NUL \(0x00\)"
	r"|must be str|unsupported operand|'NoneType' object|invalid literal|list index|unhashable|Uncaught",
	re.IGNORECASE,
)
HERE = "keep_customers/"


def ask(user, run, about, sent, verb="POST", path="/api/method/x"):
	"""What an answer's status would be; all that it wrote is taken back.

	:param run: what answers
	:raises Found: if it is an error of ours, says what nobody understands, or had stored something before it refused
	"""
	frappe.set_user(user)
	stored = []
	with (
		told(verb, path, sent),
		patch.object(frappe.db, "commit", lambda: stored.append(frappe.db.transaction_writes)),
	):
		frappe.db.transaction_writes = 0
		try:
			guard_request()
			run()
			status, error = frappe.local.response.get("http_status_code") or 200, None
		except Exception as raised:
			status, error = getattr(raised, "http_status_code", 500), raised
			if status >= 500:
				raise Found(
					f"{type(raised).__name__} {where(raised)}: {ascii(str(raised))[:200]}"
				) from raised
		finally:
			frappe.db.rollback()
			said = words(frappe.local.message_log)
			frappe.clear_messages()
			forget()
	if status >= 500:
		raise Found(f"answers {status}")
	if status >= 400:
		if any(stored):
			raise Found(f"refused with {status}, and something is stored")
		unfit = NO_WORDS.search(f"{said} {error or ''}")
		if unfit and unfit[0].lower() not in str(sent).lower():  # who says it is told it again
			raise Found(f"says {unfit[0]} {where(error)}: {said} {error}"[:300])
		if error and not (said.strip() or str(error).strip() or status in (403, 404)):
			raise Found(f"{status} without a word {where(error)}")
	return status


def forget():
	"""What a request leaves to its process is none of the next one's."""
	frappe.local.role_permissions = {}
	frappe.local.request_cache.clear()
	frappe.db.value_cache.clear()
	for callbacks in ("before_commit", "after_commit", "before_rollback", "after_rollback"):
		getattr(frappe.db, callbacks).reset()


@contextmanager
def told(verb, path, sent):
	"""The request, as far as what answers it looks."""
	flags = dict(frappe.local.flags)
	request = Request(EnvironBuilder(method=verb, path=path).get_environ())
	with local(
		request=request,
		form_dict=frappe._dict(sent),
		response=frappe._dict(docs=[]),
		request_ip=None,
		session_obj=SimpleNamespace(update=lambda **_more: None),
	):
		frappe.clear_messages()
		try:
			yield
		finally:
			frappe.local.flags.clear()
			frappe.local.flags.update(flags)


def words(log):
	found = []
	for one in log:
		try:
			one = json.loads(one) if isinstance(one, str) else one
		except ValueError:
			pass
		found.append(one.get("message", "") if isinstance(one, dict) else one)
	return strip_html(" ".join(str(one) for one in found))


def way_of(error):
	"""The files an error came through, and of these ours."""
	lines = traceback.extract_tb(error.__traceback__)
	return lines, [line for line in lines if HERE in line.filename and "/tests/" not in line.filename]


def where(error):
	"""The last lines of ours and of all in the way that an error took."""
	if error is None:
		return ""
	lines, ours = way_of(error)
	return " ← ".join(
		f"{line.filename.split(HERE)[-1].split('/frappe/')[-1]}:{line.lineno}"
		for line in [lines[-1], *ours[-1:]]
	)
