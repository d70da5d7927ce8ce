"""Plans the follow-ups of a care notice in the background; what was interrupted, the next night finishes."""

from functools import partial

import frappe
from frappe.utils.file_lock import LockTimeoutError
from frappe.utils.synchronization import filelock

from keep_customers.care import notices, planning
from keep_customers.erp.aside import Aside
from keep_customers.erp.attempts import attempt


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
	aside = Aside()
	attempt(lambda: _plan(notice, aside))
	if notices.warning([notice]):
		planning.at_once("Care Notice", notice)
	if aside.left:
		frappe.log_error(title="Keep Customers: care notice", message=aside.text())


def _plan(notice: str, aside: Aside) -> None:
	try:
		with filelock(f"keep_customers_{notice}", timeout=1):
			notices.plan(notice, aside)
	except LockTimeoutError:
		# Somebody is at it.
		pass


def finish(aside: Aside) -> None:
	"""Finish what was interrupted; one notice must not cost the reps the others."""
	for notice in notices.unfinished():
		aside.one("Care Notice", notice, partial(_plan, notice, aside))
