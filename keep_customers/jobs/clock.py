"""Whether today can be the day after the last night: the computer's clock may be wrong.

A night that takes a wrong day for today makes everybody lost, and takes back what was given out. So the scheduled night
asks before it acts where the clock has jumped since the last one; who knows the clock says so with a button. What counts is
what the clock said when the last night began, not the day it was for: a replay of the past jumps nowhere.
"""

from datetime import date, timedelta

import frappe
from frappe import _
from frappe.utils import cint, formatdate, getdate, now_datetime

from keep_customers.erp.attempts import attempt

SETTINGS = "Keep Customers Settings"
WAITING = "Waiting"
BEHIND = 1  # days that a change of the time zone, or of daylight saving time, may put the clock back
REMIND_EVERY = 7  # days
# What a night writes down for the nights after it to go by.
GO_BY = (("Tier Policy", "last_review"), ("Customer Value", "below_since"))


def last_night() -> date | None:
	"""When the last night began that did anything; one on a clock that was wrong is none."""
	began = frappe.get_all(
		"Care Run",
		filters={"status": ("!=", WAITING), "clock_was_wrong": 0, "started": ("is", "set")},
		pluck="started",
		order_by="creation desc",
		limit=1,
	)
	return getdate(began[0]) if began else None


def question(today: date | None = None) -> str | None:
	"""What to ask before a night acts, if the clock has jumped since the last one."""
	today, last = today or getdate(), last_night()
	most = cint(frappe.db.get_single_value(SETTINGS, "most_days_ahead"))
	if not last or not most or -BEHIND <= (today - last).days <= most:
		return None
	if today < last:
		text = _("The last night was on {0}, but today is {1} here. Is the clock right?")
	else:
		text = _("The last night was on {0}, and today is {1} here: {2} days later. Is the clock right?")
	return text.format(formatdate(last), formatdate(today), (today - last).days)


def is_in_doubt() -> bool:
	"""Whether what goes by the day had better wait for an answer; only where nights are run at all."""
	return bool(frappe.db.get_single_value(SETTINGS, "enabled") and question())


def wait(today: date, why: str) -> tuple[str, bool]:
	"""Note that the night waits: a run in which nothing has happened.

	:returns: (its name, whether somebody is to be told); a night that waits for the same answer is the same run
	"""
	newest = frappe.get_all("Care Run", fields=["name", "status", "as_of"], order_by="creation desc", limit=1)
	if newest and newest[0].status == WAITING:
		attempt(lambda: frappe.db.set_value("Care Run", newest[0].name, "warnings", why))
		waited = (today - getdate(newest[0].as_of)).days
		return newest[0].name, bool(waited) and waited % REMIND_EVERY == 0
	row = frappe.get_doc(
		{"doctype": "Care Run", "status": WAITING, "as_of": today, "started": now_datetime(), "warnings": why}
	)
	# Nobody may write runs by hand.
	attempt(lambda: row.insert(ignore_permissions=True))
	return row.name, True


def believe(today: date) -> None:
	"""Somebody says that today is right: nights of later days were on a clock that was not."""
	later = {"started": (">=", today + timedelta(days=1)), "clock_was_wrong": 0}
	if not frappe.db.exists("Care Run", later):
		return

	def forget() -> None:
		frappe.db.set_value("Care Run", later, "clock_was_wrong", 1)
		for doctype, field in GO_BY:
			# Else nobody would be reviewed until that day comes.
			frappe.db.set_value(doctype, {field: (">", today)}, field, None, update_modified=False)

	attempt(forget)
