"""Plans the follow-ups of a care notice in the background; what was interrupted, the next night finishes."""

import frappe
from frappe.utils.file_lock import LockTimeoutError
from frappe.utils.synchronization import filelock

from keep_customers.care import notices


def start(notice: str) -> None:
	frappe.enqueue(
		run,
		queue="long",
		job_id=f"keep_customers_{notice}",
		deduplicate=True,
		enqueue_after_commit=True,
		notice=notice,
	)


def run(notice: str) -> None:
	try:
		with filelock(f"keep_customers_{notice}", timeout=1):
			notices.plan(notice)
	except LockTimeoutError:
		# Somebody is at it.
		pass


def finish(errors: list[str]) -> None:
	"""Finish what was interrupted.

	:param errors: what went wrong is added here; one notice must not cost the reps the others
	"""
	for notice in notices.unfinished():
		try:
			run(notice)
		except Exception:
			frappe.db.rollback()
			errors.append(f"{notice}\n{frappe.get_traceback()}")
