"""Whether the nights go well. Who looks after the site hears of one that took far longer than usual, ranked far fewer
customers, or was not at all; a monitor asks :func:`health`. Of one that failed they hear from ``set_aside``.

Each is said once: a night that is as slow as the one before it is the new usual.
"""

from collections.abc import Sequence
from datetime import datetime
from statistics import median

import frappe
from frappe import _
from frappe.utils import cint, flt, format_datetime, get_datetime, now_datetime

from keep_customers.erp import todos
from keep_customers.erp.api import typed
from keep_customers.erp.attempts import attempt
from keep_customers.erp.limits import limited
from keep_customers.jobs import clock
from keep_customers.jobs.clock import SETTINGS, WAITING
from keep_customers.jobs.set_aside import completed_before, tell

NIGHTS = 9  # what is usual is the median of so many
LONGER = 3.0  # times the usual
LONGER_BY = 60.0  # seconds; below nobody waits for it
FEWER = 0.8  # of the night before
FEW = 10  # customers, which may all leave in a day
OK, OFF, TO_COME, LATE, FAILED, ASKING = "ok", "off", "to come", "late", "failed", "waiting for an answer"
WELL = (OK, OFF, TO_COME)


def took_longer(seconds: float, before: Sequence[float]) -> float | None:
	"""The usual seconds, if a night took far longer, and longer than the last one as well.

	:param before: seconds of the nights before, the last one first
	"""
	if not before:
		return None
	usual = median(before)
	most = max(LONGER * usual, usual + LONGER_BY)
	return usual if seconds > most >= before[0] else None


def ranked_fewer(customers: int, before: int) -> bool:
	"""Whether far fewer customers were ranked than the night before."""
	return before >= FEW and customers < FEWER * before


def compare(run: str) -> None:
	"""Tell of a completed night that is unlike those before it."""
	now = frappe.db.get_value("Care Run", run, ["as_of", "creation", "seconds", "customers"], as_dict=True)
	earlier = {"creation": ("<=", now.creation)}
	before = completed_before(run, now.as_of, ["seconds", "customers"], NIGHTS, **earlier)
	if not before:
		return
	usual = took_longer(flt(now.seconds), [flt(one.seconds) for one in before])
	if usual is not None:
		text = _("The nightly run took {0} minutes, usually it takes {1}.")
		tell(run, text.format(_minutes(now.seconds), _minutes(usual)))
	if ranked_fewer(cint(now.customers), cint(before[0].customers)):
		text = _(
			"Customers ranked by the nightly run: {0}, by the one before: {1}. Are invoices or policies missing?"
		)
		tell(run, text.format(cint(now.customers), cint(before[0].customers)))


def _minutes(seconds: float) -> str:
	return f"{flt(seconds) / 60:.1f}".removesuffix(".0")


@clock.asks  # else a clock that is ahead tells of nights that were not
def missed() -> None:
	"""Every hour: where no night has begun for more than a day, tell it once."""
	found, last = state()
	if found != LATE:
		return
	text = _("No nightly run has begun since {0}. Is the scheduler switched on, and does a worker run?")
	if last is None:
		return _tell_of_the_first(text.format(format_datetime(_said())))
	if last.told_of_none:
		return
	tell(last.name, text.format(format_datetime(last.started)))
	attempt(lambda: frappe.db.set_value("Care Run", last.name, "told_of_none", 1, update_modified=False))


def _tell_of_the_first(text: str) -> None:
	"""There is no run yet that could note that it was told."""
	if not frappe.db.exists("Notification Log", {"document_type": SETTINGS, "subject": text}):
		attempt(lambda: todos.notify_managers(SETTINGS, SETTINGS, text, by_mail=True))


def _said() -> datetime | None:
	"""When the settings were saved last."""
	said = frappe.db.get_singles_dict(SETTINGS).modified
	return get_datetime(said) if said else None


def state(now: datetime | None = None) -> tuple[str, frappe._dict | None]:
	"""How the nights go, and the newest Care Run, if there is one."""
	now, said = now or now_datetime(), _said()
	newest = frappe.get_all(
		"Care Run",
		fields=["name", "status", "started", "creation", "told_of_none"],
		filters={"clock_was_wrong": 0},
		order_by="creation desc",
		limit=1,
	)
	last = newest[0] if newest else None
	if not cint(frappe.db.get_single_value(SETTINGS, "enabled")):
		return OFF, last
	# Who has just switched it on, or said something else in the settings, has a day until the next night.
	if last is None:
		return (LATE if said and said + clock.A_DAY < now else TO_COME), None
	last.started = get_datetime(last.started or last.creation)
	since = max(last.started, said or last.started)
	if last.status == WAITING or last.started > now + clock.BACK:
		return ASKING, last  # the next night will, if it was later already
	if since + clock.A_DAY < now:
		return LATE, last
	return FAILED if last.status == "Failed" else OK, last


@frappe.whitelist(allow_guest=True, methods=["GET"])
@typed
@limited(240)
def health() -> dict[str, str]:
	"""For a monitor, which needs no login: how the nights go, in a word, and nothing else. What is not well is a 503.

	:returns: ``status``: ok, off, to come, late, failed or waiting for an answer
	"""
	found, _last = state()
	frappe.local.response["http_status_code"] = 200 if found in WELL else 503
	return {"status": found}
