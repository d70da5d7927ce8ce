"""A night that was killed, or failed, is begun again on the same day: the host starts once what it schedules, however it ended,
and what the reps were to find this morning would come a day late. So is one that was lost with the queue, before it began."""

from datetime import date, time, timedelta

import frappe
from frappe.utils import getdate, now_datetime
from frappe.utils.file_lock import LockTimeoutError

from keep_customers.erp.attempts import alone
from keep_customers.jobs import nightly

MOST = 3  # times a day; what fails as often wants somebody to look
BEGUN_BY = time(2)  # the host queues it half an hour before


def run() -> None:
	"""What the scheduler calls twice an hour."""
	if frappe.db.get_single_value("Keep Customers Settings", "enabled") and is_to_be_begun_again():
		nightly.queue(patience=300)


def is_to_be_begun_again() -> bool:
	"""Whether the night of today did not come to its end, and nobody is at it. One that waits for an answer waits."""
	today = getdate()
	statuses = _nights_of(today)
	if not statuses:
		# Who has just switched the nights on has none of yesterday, and waits for the first.
		return now_datetime().time() >= BEGUN_BY and bool(_nights_of(today - timedelta(days=1)))
	broken = [status for status in statuses if status in ("Running", "Failed")]
	if not broken or statuses[0] != broken[0] or len(broken) >= MOST:
		return False
	return statuses[0] == "Failed" or not _is_alive()


def _nights_of(day: date) -> list[str]:
	"""How they ended, the last one first; those on a clock that was wrong were none."""
	return frappe.get_all(
		"Care Run", filters={"as_of": day, "clock_was_wrong": 0}, pluck="status", order_by="creation desc"
	)


def _is_alive() -> bool:
	"""Who is at work has the lock; the system took it from who was killed."""
	try:
		with alone(patience=0):
			return False
	except LockTimeoutError:
		return True
