"""What a night has set aside, on its Care Run: named with a link, since when, and who was told; and what it took long over."""

from collections import Counter
from datetime import date

import frappe
from frappe import _
from frappe.utils import cint, cstr, formatdate

from keep_customers.erp import todos
from keep_customers.erp.api import typed
from keep_customers.erp.aside import Long
from keep_customers.erp.attempts import attempt
from keep_customers.erp.reports import number_card
from keep_customers.erp.tables import chunks, insert, new_name, standard_columns
from keep_customers.jobs.clock import WAITING
from keep_customers.worth.values import COMPLETED, of_last_run

TABLE = "Care Run Set Aside"
FIELDS = ("reference_doctype", "reference_name", "part", "why", "stage", "since", "nights", "told", "seconds")
MOST_NAMED = 500


class OfNight:
	"""What one night has set aside, for its Care Run and for who is told."""

	def __init__(self, night):
		self.night, self.run = night, night.row.name
		aside = night.aside
		before = _of_the_night_before(night)
		whole = aside.nothing_went_through()
		after = cint(night.settings.tell_after_nights)
		gone = _gone({(one.doctype, one.name) for one in (*aside.left.values(), *aside.longest)})
		self.rows: list[dict] = []
		self.new_to_tell = 0
		for (doctype, name), one in aside.left.items():
			if (doctype, name) in gone:
				continue  # deleted or renamed while the night was at work: nobody's fault, and nobody's trouble
			then = before.get((doctype, name))
			nights = 1
			if then:
				nights = then.nights + (then.as_of != night.as_of)
			tell = one.stage in whole or bool(after and nights >= after)
			self.new_to_tell += bool(tell and not (then and then.told))
			self.rows.append(
				{
					"reference_doctype": doctype or None,
					"reference_name": name if doctype else None,
					"part": None if doctype else name[:140],
					"why": one.why,
					"stage": one.stage,
					"since": then.since if then else night.as_of,
					"nights": nights,
					"told": int(bool(tell or (then and then.told))),
					"seconds": 0,
				}
			)
		self.slow = [_slow(one) for one in sorted(aside.longest, reverse=True) if one[2:4] not in gone]

	def write(self) -> None:
		frappe.db.delete(TABLE, {"care_run": self.run})
		standard = standard_columns()
		# Those that have been waiting longest first; there may be more than anybody reads.
		rows = sorted(self.rows, key=lambda row: -row["nights"])[:MOST_NAMED]
		insert(
			TABLE,
			["name", "care_run", *FIELDS, *standard],
			[
				[
					new_name(),
					self.run,
					*(row[field] for field in FIELDS),
					*standard.values(),
				]
				for row in (*rows, *self.slow)
			],
		)

	def tell(self, status: str) -> None:
		"""Let the managers know, once, of what stays, and of a night that did not come to its end."""
		if status == "Failed":
			tell_of_failure(self.run)
		elif self.new_to_tell:
			by_kind = Counter(row["reference_doctype"] or "" for row in self.rows if row["told"])
			what = ", ".join(f"{_(kind)}: {n}" if kind else str(n) for kind, n in sorted(by_kind.items()))
			tell(self.run, _("The nightly run sets things aside again and again ({0}).").format(what))


def _slow(one: Long) -> dict:
	"""The row of what was done, and took long."""
	why = _("It took {0} seconds.")
	if one.rows > 1:
		why = _("It and {1} more took {0} seconds.")
	return {
		"reference_doctype": one.doctype or None,
		"reference_name": one.name if one.doctype else None,
		"part": None if one.doctype else one.name[:140],
		"why": why.format(one.seconds, one.rows - 1),
		"stage": one.stage,
		"since": None,
		"nights": 0,
		"told": 0,
		"seconds": one.seconds,
	}


def _of_the_night_before(night) -> dict[tuple[str, str], frappe._dict]:
	"""What the last completed night has set aside."""
	runs = completed_before(night.row.name, night.as_of, ["name", "as_of"], 1)
	if not runs:
		return {}
	rows = frappe.get_all(
		TABLE,
		filters={"care_run": runs[0].name, "seconds": 0},
		fields=["reference_doctype", "reference_name", "part", "since", "nights", "told"],
	)
	for row in rows:
		row.as_of = runs[0].as_of
	return {
		(row.reference_doctype or "", cstr(row.reference_name if row.reference_doctype else row.part)): row
		for row in rows
	}


def completed_before(run: str, as_of: date, fields: list[str], most: int, **more) -> list:
	"""The nights a night may be held against, the last one first: completed ones up to its day, on a clock that was right.

	:param more: filters
	"""
	return frappe.get_all(
		"Care Run",
		filters={
			"status": ("in", COMPLETED), "clock_was_wrong": 0, "name": ("!=", run), "as_of": ("<=", as_of), **more,
		},
		fields=fields,
		order_by="creation desc",
		limit=most,
	)  # fmt: skip


@frappe.whitelist()
@typed
def last_night(filters: str | dict | None = None) -> dict:
	"""Data of the Number Card *Set Aside at Night*: what the last night has set aside, of what the user may read.

	:raises frappe.PermissionError: for who may not read any of it
	"""
	frappe.has_permission(TABLE, "read", throw=True)
	# What was done, and took long, is kept beside it.
	those = {"care_run": of_last_run("name") or ["is", "not set"], "seconds": ["<=", 0]}
	value = len(frappe.get_list(TABLE, filters=those, pluck="name", limit=0))
	return number_card(value, ["List", TABLE], those)


def _gone(named: set[tuple[str, str]]) -> set[tuple[str, str]]:
	"""Those documents that are not there any more."""
	gone = set()
	for doctype in {doctype for doctype, _name in named if doctype}:
		names = sorted(name for one, name in named if one == doctype)
		for part in chunks(names, 1000):
			there = set(frappe.get_all(doctype, filters={"name": ("in", part)}, pluck="name"))
			gone |= {(doctype, name) for name in part if name not in there}
	return gone


def tell_of_failure(run: str, interrupted: bool = False) -> None:
	"""Let the managers know, once for all nights in a row.

	:param interrupted: somebody may only have restarted the server; they are told when it happens again
	"""
	as_of, creation = frappe.db.get_value("Care Run", run, ["as_of", "creation"])
	before = frappe.get_all(
		"Care Run",
		filters={"name": ("!=", run), "status": ("!=", WAITING), "creation": ("<=", creation)},
		fields=["status", "told"],
		order_by="creation desc",
		limit=1,
	)
	again = bool(before) and before[0].status == "Failed"
	if again and before[0].told:
		attempt(lambda: frappe.db.set_value("Care Run", run, "told", 1, update_modified=False))
	elif again or not interrupted:
		tell(run, _("The nightly run of {0} did not come to its end.").format(formatdate(as_of)))


def tell(run: str, subject: str) -> None:
	"""A line among the managers' notifications and a mail, with a link to the run; they name no customer."""

	def notify() -> None:
		todos.notify_managers("Care Run", run, subject, by_mail=True)
		frappe.db.set_value("Care Run", run, "told", 1, update_modified=False)

	attempt(notify)
