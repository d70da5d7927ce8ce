"""The nightly run: measured → modelled → tiered → written → item groups → planned → ToDos.

Everything up to "written" is worked out in memory from the invoices and the last night's rows, so a night
that is killed there leaves nothing behind. Writing, planning and ToDos are committed in small steps, each
of which leaves a state the next night (or the same one, run again) continues from: nothing is doubled and
nothing is lost.
"""

import gc
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from time import perf_counter

import frappe
from frappe import _
from frappe.utils import cint, getdate, now_datetime

from keep_customers.care import confirming
from keep_customers.care.planning import Planning
from keep_customers.erp.api import typed
from keep_customers.erp.aside import Aside
from keep_customers.erp.attempts import alone, attempt
from keep_customers.erp.language import language_of_the_site
from keep_customers.erp.todos import MANAGERS
from keep_customers.evidence import learned
from keep_customers.files import drives
from keep_customers.jobs import benefits, clock, handover, losses, notices, set_aside, watching
from keep_customers.worth import baskets, currencies
from keep_customers.worth.valuation import Valuation
from keep_customers.worth.values import COMPLETED, last_parameters

JOB_ID = "keep_customers_nightly"
LONGEST = 3 * 60 * 60  # seconds
LONGEST_WARNINGS = 15_000  # characters, which is less than the column holds in any script
STAGES = ("Measured", "Modelled", "Tiered", "Written", "Item Groups", "Planned", "ToDos")


def run_if_enabled() -> None:
	"""What the scheduler calls."""
	if frappe.db.get_single_value("Keep Customers Settings", "enabled"):
		# A referral of that minute may be asking its reps; the night is not skipped for it.
		queue(patience=300)


def queue(**values) -> None:
	"""Let a worker run the night: what the host schedules itself it ends after five minutes, and a large company's takes longer.

	:param values: as :func:`run_today` takes them
	"""
	frappe.enqueue(run_today, queue="long", timeout=LONGEST, job_id=JOB_ID, deduplicate=True, **values)


def run_today(clock_is_right: bool = False, patience: int = 1) -> str:
	"""As :func:`run`, for today; a clock that can hardly be right is asked about first.

	:param clock_is_right: somebody has said so
	:returns: the Care Run's name; its status is Waiting where nothing was done
	"""
	with _undisturbed(patience):
		now = now_datetime()
		why = clock.question(now)
		if why and not clock_is_right:
			waiting, tell = clock.wait(now, why)
			if tell:
				set_aside.tell(waiting, why)
			return waiting
		clock.go_on(now, said=bool(why))
		return Night(now.date(), now).run()


def run(as_of: date | str | None = None, patience: int = 1) -> str:
	"""Bring values, tiers, follow-ups and ToDos up to date.

	:param as_of: the day to take for today; by default it is today. An earlier one replays the past. Whoever calls this
		knows which day it is; the clock is asked about in :func:`run_today`
	:param patience: seconds to wait for who is planning at the moment
	:returns: the Care Run's name
	:raises LockTimeoutError: if a run is under way on this site
	"""
	with _undisturbed(patience):
		return Night(getdate(as_of), now_datetime()).run()


@contextmanager
def _undisturbed(patience: int) -> Iterator[None]:
	with alone(patience), language_of_the_site(), seldom_collected():
		_close_interrupted_runs()
		yield


@frappe.whitelist(methods=["POST"])
@typed
def run_now(clock_is_right: bool = False) -> dict:
	"""Run the night in the background; its Care Run tells how far it is.

	:returns: ``ask``, if it is to be asked first whether the clock is right; then nothing was started
	"""
	frappe.only_for(MANAGERS)
	if not clock_is_right and (ask := clock.question()):
		return {"ask": ask}
	queue(clock_is_right=clock_is_right)
	return {}


@frappe.whitelist()
@typed
def progress() -> dict:
	"""The newest Care Run, and how far it is in percent; empty if there was none."""
	frappe.has_permission("Care Run", "read", throw=True)
	runs = frappe.get_list(
		"Care Run",
		fields=["name", "as_of", "status", "stage", "started", "customers", "moves", "assigned"],
		filters={"clock_was_wrong": 0},
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
	"""One nightly run and its Care Run row.

	:param as_of: the day it takes for today
	:param began: the moment the clock was asked about, which later nights are held against: one that jumps between the
		question and the first row would else be noted as believed
	"""

	def __init__(self, as_of: date, began: datetime):
		self.as_of = as_of
		self.settings = frappe.get_doc("Keep Customers Settings")
		self.warnings: list[str] = []
		self.aside = Aside()
		self.seconds: dict[str, float] = {}
		self.started = perf_counter()
		self.last_parameters = last_parameters()
		# Until a day has been completed, the site's customers are only looked at, not written to.
		self.first_run = not frappe.db.exists(
			"Care Run",
			{"status": ("in", COMPLETED), "as_of": ("<", as_of)},
		)
		self.row = frappe.get_doc(
			{
				"doctype": "Care Run",
				"as_of": as_of,
				"status": "Running",
				"stage": "",
				"first_run": self.first_run,
				"started": began,
				"triggered_by": frappe.session.user,
				"database_ahead": str(clock.database_ahead()),
			}
		)
		attempt(lambda: self.row.insert(ignore_permissions=True))  # nobody may write runs by hand

	def run(self) -> str:
		try:
			counts = self._run()
		except Exception:
			frappe.db.rollback()
			self.warnings.append(_("The night did not come to its end; why is in the Error Log."))
			self._finish("Failed", {}, frappe.get_traceback())
			raise
		self._finish("Completed", counts)
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
		rates = valuation.parameters["rates"]
		del valuation  # what it has read is not needed any more
		with self.stage("Item Groups"):
			self.aside.step(_("What customers buy, by item group"), lambda: self._read_baskets(rates))
		planning = Planning(self)
		if not self.first_run:
			with self.stage("Planned"):
				self.aside.step(_("Care notices"), lambda: notices.finish(self.aside))
				self.aside.step(_("What who has left had open"), lambda: handover.pass_on(self.aside))
				benefits.run(self)
				losses.run(self, rates)
				self.aside.step(_("Maintenance drives"), drives.count_running)
				self.aside.step(_("What contacts change"), lambda: learned.keep(self.row.name, self.as_of))
				planning.plan()
				self.note_orders(planning.orders)
			with self.stage("ToDos"):
				planning.create_todos()
		return counts | planning.counts

	def note_orders(self, orders: dict | None) -> None:
		"""Before anybody is asked: a night that is begun anew decides about less."""
		if orders:
			attempt(lambda: frappe.db.set_value("Care Run", self.row.name, "orders", json.dumps(orders)))

	def _read_baskets(self, rates: dict[str, float]) -> int:
		level = cint(self.settings.item_group_level)
		currency = currencies.reporting_currency(self.settings)
		return baskets.read(baskets.Reader(self.as_of, rates, currency, level, self.aside))

	@contextmanager
	def stage(self, name: str) -> Iterator[None]:
		self.aside.stage = name
		self._show(name)
		start = perf_counter()
		yield
		self.seconds[name] = round(perf_counter() - start, 3)
		frappe.db.commit()  # nosemgrep: frappe-manual-commit, a stage of a night that may be killed after it

	def _show(self, name: str) -> None:
		# One small update that everybody sees at once, so that a run that hangs says where.
		values = {"stage": name, "stage_seconds": json.dumps(self.seconds)}
		attempt(lambda: frappe.db.set_value("Care Run", self.row.name, values, update_modified=False))

	def _finish(self, status: str, counts: dict, failure: str = "") -> None:
		left = set_aside.OfNight(self)
		values = {
			"status": "Completed With Errors" if status == "Completed" and left.rows else status,
			"finished": now_datetime(),
			"seconds": round(perf_counter() - self.started, 1),
			"stage_seconds": json.dumps(self.seconds),
			"warnings": "\n".join(self.warnings)[:LONGEST_WARNINGS],
			**counts,
		}

		def note() -> None:
			left.write()
			frappe.db.set_value("Care Run", self.row.name, values)

		attempt(note)
		# It names customers, whom not everybody may read who reads the run.
		if errors := "\n".join(filter(None, [failure, self.aside.text()])):
			title = f"Keep Customers: nightly run of {self.as_of}"
			attempt(lambda: frappe.log_error(title, errors, "Care Run", self.row.name))
		left.tell(status)
		if status == "Completed":
			watching.compare(self.row.name)


def _close_interrupted_runs() -> None:
	"""With the lock in hand no other run is alive: what still says it is running was killed."""
	killed = {"status": "Failed", "warnings": _("The run was interrupted. The next one does its work.")}
	for run in frappe.get_all(
		"Care Run", filters={"status": "Running"}, pluck="name", order_by="creation asc"
	):
		attempt(lambda run=run: frappe.db.set_value("Care Run", run, killed))
		set_aside.tell_of_failure(run, interrupted=True)
