"""Whether it can be the day, and the time, that the computer's clock says.

A night that takes a wrong day for today makes everybody lost, and takes back what was given out; a mail that went out on one
cannot be called back. So whatever the scheduler starts and goes by the day asks here before it acts (:func:`asks`), and the
night notes that it waits; who knows the clock says so with a button.

Witnesses are what was written down by clocks before: when the last night began, until when the jobs after it were at work, before
the first night the last word somebody said in the settings; and the database server's own clock, which is another one where
that is another machine. What counts is what the clock said then, not the day a night was for: a replay of the past jumps
nowhere. Documents of people are no witnesses: invoices may be dated ahead, and rows imported from anywhere.
"""

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from functools import wraps

import frappe
from frappe import _
from frappe.query_builder.functions import Max
from frappe.utils import cint, flt, format_datetime, formatdate, get_datetime, now_datetime

from keep_customers.erp.attempts import attempt

SETTINGS = "Keep Customers Settings"
RUN = "Care Run"
WAITING = "Waiting"
# That daylight saving time may put the clock back, and a slow machine beside a quick one.
BACK = timedelta(hours=2)
A_DAY = timedelta(hours=26)  # from one night to the next, with two for a long one
PARTED = 12.0  # hours; a day's date is another one then for the better part of it
REMIND_EVERY = 7  # days
# What a night writes down for the nights after it to go by.
GO_BY = (("Tier Policy", "last_review"), ("Customer Value", "below_since"))
# What the host writes as long as somebody, or its scheduler, is there, and clears away by itself.
SIGNS_OF_LIFE = ("Scheduled Job Log", "Activity Log")
OURS = "keep_customers.%"


def asks(job: Callable[[], None]) -> Callable[[], None]:
	"""For a job of the scheduler that goes by the day or the time: while these are in doubt it does nothing.

	What it would have done it does when it is called again.
	"""

	@wraps(job)
	def asked() -> None:
		if not is_in_doubt():
			_note_at_work(now_datetime())
			job()

	asked.asks_the_clock = True
	return asked


def is_in_doubt() -> bool:
	"""Whether what goes by the day had better wait for an answer; only where nights are run at all, as these ask."""
	return bool(frappe.db.get_single_value(SETTINGS, "enabled") and question())


def question(now: datetime | None = None) -> str | None:
	"""What to ask before anything acts, if the clock cannot be believed."""
	now, last = now or now_datetime(), last_night()
	most = cint(frappe.db.get_single_value(SETTINGS, "most_days_ahead"))
	if not most:
		return None
	return _behind(now, last) or _ahead(now, last, timedelta(days=most)) or _parted(last)


def last_night() -> frappe._dict | None:
	"""The last one that did anything: name, started, at_work_until and database_ahead; one on a clock that was wrong is none."""
	began = frappe.get_all(
		RUN,
		fields=["name", "started", "at_work_until", "database_ahead"],
		filters={"status": ("!=", WAITING), "clock_was_wrong": 0, "started": ("is", "set")},
		order_by="creation desc",
		limit=1,
	)
	if not began:
		return None
	[last] = began
	last.started, last.at_work_until = (
		get_datetime(last.started),
		get_datetime(last.at_work_until or last.started),
	)
	return last


def _behind(now: datetime, last: frappe._dict | None) -> str | None:
	"""The question if it has been later already."""
	until = max(last.started, last.at_work_until) if last else _last_word()
	if until is None or now >= until - BACK:
		return None
	if last and now.date() < last.started.date():
		text = _("The last night was on {0}, but today is {1} here. Is the clock right?")
		return text.format(formatdate(last.started), formatdate(now))
	text = _("This site was at work on {0} already, but here it is {1}. Is the clock right?")
	return text.format(format_datetime(until), format_datetime(now))


def _ahead(now: datetime, last: frappe._dict | None, most: timedelta) -> str | None:
	"""The question if so many days have passed in which nobody and nothing was here."""
	since = last.started if last else _last_word()
	if since is None:
		return None
	days = (now.date() - since.date()).days
	if days <= most.days or _was_alive(since, now, most):
		return None
	if last:
		text = _("The last night was on {0}, and today is {1} here: {2} days later. Is the clock right?")
	else:
		text = _("The settings were saved on {0}, and today is {1} here: {2} days later. Is the clock right?")
	return text.format(formatdate(since), formatdate(now), days)


def _parted(last: frappe._dict | None) -> str | None:
	"""The question if the database server's clock and this one have parted since the last night.

	Which of the two is right nobody knows. Two that always differ are asked about once: what was believed is noted.
	"""
	if last and not last.database_ahead:
		return None  # a night from before an upgrade has not compared them
	ahead = database_ahead()
	if abs(ahead - flt(last.database_ahead if last else 0)) <= PARTED:
		return None
	text = _("The clocks of the database server and of this computer differ by {0} hours. Is this one right?")
	return text.format(round(abs(ahead)))


def _last_word() -> datetime | None:
	"""When somebody last saved the settings: before the first night, with which somebody switched it on."""
	said = frappe.db.get_singles_dict(SETTINGS).modified
	return get_datetime(said) if said else None


def _was_alive(since: datetime, now: datetime, most: timedelta) -> bool:
	"""Whether the host has noted something at least every so many days: then nights were not run, but the clock jumped over
	no such time. What it has noted since a jump fills no gap before it."""
	while now - since > most:
		latest = [
			moment for moment in (_last_sign(of, since, since + most) for of in SIGNS_OF_LIFE) if moment
		]
		if not latest:
			return False
		since = max(latest)
	return True


def _last_sign(doctype: str, after: datetime, until: datetime) -> datetime | None:
	table = frappe.qb.DocType(doctype)
	of = frappe.qb.from_(table).where((table.creation > after) & (table.creation <= until))
	[[moment]] = of.select(Max(table.creation)).run()
	return get_datetime(moment) if moment else None


def database_ahead() -> float:
	"""Hours that the database server's clock is ahead of this computer's; none where it is this computer's anyway.

	Both are asked for universal time, so that no time zone is in it.
	"""
	clocks = {"mariadb": "select utc_timestamp()", "postgres": "select clock_timestamp() at time zone 'utc'"}
	if frappe.db.db_type not in clocks:
		return 0.0
	[[theirs]] = frappe.db.sql(clocks[frappe.db.db_type])
	ours = datetime.now(timezone.utc).replace(tzinfo=None)
	return round((get_datetime(theirs) - ours) / timedelta(hours=1), 1)


def _note_at_work(now: datetime) -> None:
	"""On the last night, until when what came after it was at work.

	For a day only, until the next one. Else a clock that is ahead for an hour without being asked about would stop the site
	until that day has come.
	"""
	last = last_night()
	if last and last.at_work_until < now <= last.started + A_DAY:
		attempt(lambda: frappe.db.set_value(RUN, last.name, "at_work_until", now, update_modified=False))


def wait(now: datetime, why: str) -> tuple[str, bool]:
	"""Note that the night waits: a run in which nothing has happened.

	:returns: (its name, whether somebody is to be told); a night that waits for the same answer is the same run
	"""
	newest = frappe.get_all(
		RUN,
		fields=["name", "status", "as_of"],
		filters={"clock_was_wrong": 0},
		order_by="creation desc",
		limit=1,
	)
	if newest and newest[0].status == WAITING:
		attempt(lambda: frappe.db.set_value(RUN, newest[0].name, "warnings", why))
		waited = (now.date() - newest[0].as_of).days
		return newest[0].name, waited > 0 and waited % REMIND_EVERY == 0
	row = frappe.get_doc(
		{"doctype": RUN, "status": WAITING, "as_of": now.date(), "started": now, "warnings": why}
	)
	# Nobody may write runs by hand.
	attempt(lambda: row.insert(ignore_permissions=True))
	return row.name, True


def go_on(now: datetime, said: bool) -> None:
	"""It is as late as the clock says: what is from a later moment is from a clock that was wrong.

	:param said: somebody has said so; else nothing was in doubt, and only what has waited is from later
	"""
	later = {"started": (">", now), "clock_was_wrong": 0}
	if not said:
		later["status"] = WAITING

	def forget() -> None:
		if frappe.db.exists(RUN, later):
			frappe.db.set_value(RUN, later, "clock_was_wrong", 1)
			for doctype, field in GO_BY if said else ():
				# Else nobody would be reviewed until that day comes.
				frappe.db.set_value(doctype, {field: (">", now.date())}, field, None, update_modified=False)
		if said:
			frappe.db.set_value(
				RUN, {"at_work_until": (">", now)}, "at_work_until", None, update_modified=False
			)
		# The host starts nothing again until it is later than when it did last.
		asleep = {"method": ("like", OURS), "last_execution": (">", now)}
		for job in frappe.get_all("Scheduled Job Type", asleep, pluck="name"):
			frappe.db.set_value("Scheduled Job Type", job, "last_execution", now, update_modified=False)

	attempt(forget)
