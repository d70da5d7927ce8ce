"""What the form of a Maintenance Drive shows and offers: who comes first, how far it is, and what may be done with it."""

import frappe
from frappe import _
from frappe.utils import cint, flt, getdate

from keep_customers.access.lookups import named
from keep_customers.erp.api import typed
from keep_customers.erp.users import full_names
from keep_customers.files import drives
from keep_customers.files.checks import open_for
from keep_customers.files.permissions import CHECK, DRIVE, may_lead


@frappe.whitelist()
@typed
def shown(drive: str) -> dict:
	"""
	:returns:
		- rows: who takes part, who comes first first and those without a place by name: dicts with user, name, mine and the
		  figures of :data:`drives.FIGURES`
		- total: files, gaps and gained of all
		- checks: how many are drawn, and done
		- to_check: how many of them this user can check
		- days_left: until the end; below 0 when it is over
		- may_lead: whether the user may start, draw and close
		- takes_part: whether it is one of those who take part
	:raises frappe.PermissionError: if the user may not read the drive
	"""
	doc, user = named(DRIVE, drive), frappe.session.user
	names = full_names(row.user for row in doc.participants)
	rows = [
		{"user": row.user, "name": names.get(row.user, row.user), "mine": row.user == user}
		| {field: row.get(field) for field in drives.FIGURES}
		for row in doc.participants
	]
	rows.sort(
		key=lambda row: (
			cint(row["place"]) or 10**6,
			-flt(row["gain"]) if not row["place"] else 0,
			row["name"],
		)
	)
	drawn = {"drive": doc.name, "in_drive": 1}
	return {
		"rows": rows,
		"total": {field: sum(cint(row[field]) for row in rows) for field in ("files", "gaps", "gained")},
		"checks": {
			"drawn": frappe.db.count(CHECK, drawn),
			"done": frappe.db.count(CHECK, {**drawn, "result": ("is", "set")}),
		},
		"to_check": open_for(doc.name, user) if doc.status == drives.CHECKING else 0,
		"days_left": (getdate(doc.to_date) - getdate()).days,
		"may_lead": may_lead(),
		"takes_part": any(row["mine"] for row in rows),
	}


def _led(drive: str, *statuses: str):
	"""The drive, for who may lead it, held until what is done with it is done.

	:raises frappe.ValidationError: if it is not its turn
	"""
	doc = named(DRIVE, drive, "write", for_update=True)
	if doc.status not in statuses:
		frappe.throw(_("This drive is {0}.").format(_(doc.status, context=DRIVE)), title=_("Not Yet"))
	return doc


@frappe.whitelist(methods=["POST"])
@typed
def start(drive: str) -> None:
	"""Note what is unknown now, and let the reps begin.

	:raises frappe.PermissionError: if the user may not lead the drive
	:raises frappe.ValidationError: if nobody takes part or it has begun
	"""
	drives.start(_led(drive, drives.DRAFT))


@frappe.whitelist(methods=["POST"])
@typed
def count(drive: str) -> None:
	"""Count anew what is known.

	:raises frappe.PermissionError: if the user may not lead the drive
	:raises frappe.ValidationError: if it is not under way
	"""
	drives.count(_led(drive, drives.RUNNING, drives.CHECKING))


@frappe.whitelist(methods=["POST"])
@typed
def draw(drive: str) -> None:
	"""End the entering, and draw the facts that are checked.

	:raises frappe.PermissionError: if the user may not lead the drive
	:raises frappe.ValidationError: if it is not running
	"""
	drives.draw(_led(drive, drives.RUNNING))


@frappe.whitelist(methods=["POST"])
@typed
def close(drive: str) -> None:
	"""Settle who comes first; what nobody has checked counts for nobody.

	:raises frappe.PermissionError: if the user may not lead the drive
	:raises frappe.ValidationError: if it is not being checked
	"""
	drives.close(_led(drive, drives.CHECKING))


@frappe.whitelist(methods=["POST"])
@typed
def cancel(drive: str) -> None:
	"""Give a drive up; nothing of it counts.

	:raises frappe.PermissionError: if the user may not lead the drive
	:raises frappe.ValidationError: if it is over
	"""
	drives.cancel(_led(drive, drives.RUNNING, drives.CHECKING))
