"""Runs of long ago go, as the host's Log Settings say; what tonight goes on from stays."""

import frappe
from frappe.utils import add_days, now_datetime

from keep_customers.erp.attempts import attempt
from keep_customers.erp.tables import chunks
from keep_customers.jobs import clock
from keep_customers.jobs.set_aside import TABLE
from keep_customers.worth.values import COMPLETED

AT_ONCE = 100


def clear(days: int) -> None:
	"""Forget runs that are older, and what they have set aside; nothing as long as nobody knows whether the clock is right."""
	if clock.is_in_doubt():
		return
	old = frappe.get_all(
		"Care Run",
		filters={"creation": ("<", add_days(now_datetime(), -days)), "name": ("not in", _still_needed())},
		pluck="name",
		order_by="creation asc",
	)
	for part in chunks(old, AT_ONCE):
		attempt(lambda part=part: _forget(part))


def _still_needed() -> list[str]:
	"""The newest of all, the newest that came to its end, and the one with what was learned last."""
	return [
		name
		for such in ({}, {"status": ("in", COMPLETED), "clock_was_wrong": 0}, {"learned": ("is", "set")})
		for name in frappe.get_all("Care Run", such, pluck="name", order_by="creation desc", limit=1)
	]


def _forget(runs: list[str]) -> None:
	days = frappe.get_all("Care Run", {"name": ("in", runs)}, pluck="as_of", distinct=True)
	change = frappe.qb.DocType("Tier Change")
	# By their days, which have an index: a move stays, and is of no run any more.
	frappe.qb.update(change).set(change.care_run, None).where(
		change.date.isin(days) & change.care_run.isin(runs)
	).run()
	frappe.db.delete(TABLE, {"care_run": ("in", runs)})
	frappe.db.delete("Care Run", {"name": ("in", runs)})
