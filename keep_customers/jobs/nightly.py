"""The nightly run: measured → modelled → tiered → written → planned → ToDos.

Everything up to "written" is worked out in memory from the invoices and the last night's rows, so a night
that is killed there leaves nothing behind. Writing, planning and ToDos are committed in small steps, each
of which leaves a state the next night (or the same one, run again) continues from: nothing is doubled and
nothing is lost.
"""

import gc
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from time import perf_counter

import frappe
from frappe.utils import getdate, now_datetime

from keep_customers.care import confirming
from keep_customers.care.planning import Planning, alone
from keep_customers.erp.api import typed
from keep_customers.erp.language import language_of_the_site
from keep_customers.jobs import benefits, notices
from keep_customers.worth.valuation import Valuation
from keep_customers.worth.values import last_parameters

JOB_ID = "keep_customers_nightly"
STAGES = ("Measured", "Modelled", "Tiered", "Written", "Planned", "ToDos")


def run_if_enabled() -> None:
	"""What the scheduler calls."""
	if frappe.db.get_single_value("Keep Customers Settings", "enabled"):
		# A referral of that minute may be asking its reps; the night is not skipped for it.
		run(patience=300)


def run(as_of: date | str | None = None, patience: int = 1) -> str:
	"""Bring values, tiers, follow-ups and ToDos up to date.

	:param as_of: the day to take for today; by default it is today. An earlier one replays the past
	:param patience: seconds to wait for who is planning at the moment
	:returns: the Care Run's name
	:raises LockTimeoutError: if a run is under way on this site
	"""
	with alone(patience), language_of_the_site(), seldom_collected():
		_close_interrupted_runs()
		return Night(getdate(as_of)).run()


@frappe.whitelist(methods=["POST"])
@typed
def run_now() -> None:
	"""Run the night in the background; its Care Run tells how far it is."""
	frappe.only_for(("System Manager", "Keep Customers Manager"))
	frappe.enqueue(run, queue="long", timeout=3 * 60 * 60, job_id=JOB_ID, deduplicate=True)


@frappe.whitelist()
@typed
def progress() -> dict:
	"""The newest Care Run, and how far it is in percent; empty if there was none."""
	frappe.has_permission("Care Run", "read", throw=True)
	runs = frappe.get_list(
		"Care Run",
		fields=["name", "as_of", "status", "stage", "started", "customers", "moves", "assigned"],
		order_by="creation desc",
		limit=1,
	)
	if not runs:
		return {}
	stage = runs[0].stage
	done = 100 * (STAGES.index(stage) + 0.5) / len(STAGES) if stage in STAGES else 5
	return {**runs[0], "percent": done if runs[0].status == "Running" else 100}


@contextmanager
def seldom_collected() -> Iterator[None]:
	"""Let Python look for garbage less often: what a night reads all stays, and to go over it again and again is a
	tenth of its time."""
	usual = gc.get_threshold()
	gc.set_threshold(50_000, 20, 50)
	try:
		yield
	finally:
		gc.set_threshold(*usual)


class Night:
	"""One nightly run and its Care Run row."""

	def __init__(self, as_of: date):
		self.as_of = as_of
		self.settings = frappe.get_doc("Keep Customers Settings")
		self.warnings: list[str] = []
		self.errors: list[str] = []
		self.seconds: dict[str, float] = {}
		self.started = perf_counter()
		self.last_parameters = last_parameters()
		# Until a day has been completed, the site's customers are only looked at, not written to.
		self.first_run = not frappe.db.exists(
			"Care Run",
			{"status": ("in", ("Completed", "Completed With Errors")), "as_of": ("<", as_of)},
		)
		self.row = frappe.get_doc(
			{
				"doctype": "Care Run",
				"as_of": as_of,
				"status": "Running",
				"stage": "",
				"first_run": self.first_run,
				"started": now_datetime(),
				"triggered_by": frappe.session.user,
			}
		).insert(ignore_permissions=True)  # nobody may write runs by hand
		frappe.db.commit()

	def run(self) -> str:
		try:
			counts = self._run()
		except Exception:
			frappe.db.rollback()
			self.errors.append(frappe.get_traceback())
			self._finish("Failed", {})
			raise
		self._finish("Completed With Errors" if self.errors else "Completed", counts)
		return self.row.name

	def _run(self) -> dict:
		valuation = Valuation(self)
		with self.stage("Measured"):
			valuation.measure()
		with self.stage("Modelled"):
			valuation.model()
		with self.stage("Tiered"):
			valuation.tier()
		with self.stage("Written"):
			valuation.write()
		counts = {**valuation.counts, "parameters": json.dumps(valuation.parameters, indent=1)}
		confirming.warn(self.warnings)
		del valuation  # what it has read is not needed any more
		planning = Planning(self)
		if not self.first_run:
			with self.stage("Planned"):
				notices.finish(self.errors)
				benefits.run(self)
				planning.plan()
			with self.stage("ToDos"):
				planning.create_todos()
		return counts | planning.counts

	@contextmanager
	def stage(self, name: str) -> Iterator[None]:
		self._show(name)
		start = perf_counter()
		yield
		self.seconds[name] = round(perf_counter() - start, 3)
		frappe.db.commit()

	def _show(self, name: str) -> None:
		# One small update that everybody sees at once, so that a run that hangs says where.
		frappe.db.set_value("Care Run", self.row.name, "stage", name, update_modified=False)
		frappe.db.commit()

	def _finish(self, status: str, counts: dict) -> None:
		values = {
			"status": status,
			"finished": now_datetime(),
			"seconds": round(perf_counter() - self.started, 1),
			"stage_seconds": json.dumps(self.seconds, indent=1),
			"warnings": "\n".join(self.warnings),
			"errors": "\n".join(self.errors),
			**counts,
		}
		frappe.db.set_value("Care Run", self.row.name, values)
		frappe.db.commit()


def _close_interrupted_runs() -> None:
	"""With the lock in hand no other run is alive: what still says it is running was killed."""
	frappe.db.set_value(
		"Care Run",
		{"status": "Running"},
		{"status": "Failed", "errors": "The run was interrupted. The next one does its work."},
	)
	frappe.db.commit()
