"""An event that is put off or moved: whoever was invited hears of it, and who had said yes is asked again."""

import frappe
from frappe import _
from frappe.utils import add_days, cint, cstr, get_datetime, getdate, now_datetime

from keep_customers.care.followups import PENDING
from keep_customers.engine import events as engine
from keep_customers.erp import dragged
from keep_customers.events.room import locked
from keep_customers.events.telling import ASK, MOVED, take_back_all, tell
from keep_customers.events.terms import INVITATION

WHEN = ("starts_on", "ends_on")
MOVED_AWAY = "Event moved"


def keep_reply_time(doc, before) -> None:
	"""Guests have as long to reply as before, unless another day is chosen with the new one."""
	if not (before and before.starts_on and doc.starts_on and doc.reply_until):
		return
	old, new = getdate(before.starts_on), getdate(doc.starts_on)
	if old != new and getdate(before.reply_until) == getdate(doc.reply_until):
		doc.reply_until = min(max(getdate(add_days(doc.reply_until, (new - old).days)), getdate()), new)


def note_move(doc, before) -> None:
	"""Count how often what guests have in their calendars has changed: day, time or place."""
	moved = before and (
		any(_moment(before, field) != _moment(doc, field) for field in WHEN)
		or cstr(before.place).split() != cstr(doc.place).split()
	)
	if moved and before.status == engine.INVITING == doc.status:
		doc.sequence = cint(before.sequence) + 1
		doc.flags.moved = get_datetime(doc.starts_on) > now_datetime()
		if doc.flags.moved and dragged.is_dragged(doc) and _invited(doc.name):
			# A slip of the mouse would write to all of them.
			frappe.throw(
				_(
					"Guests are invited to this day and would be told of the new one at once. Please open the event and change the day there."
				),
				title=_("Not Moved"),
			)
	else:
		doc.flags.moved = False


def _moment(doc, field: str):
	return get_datetime(doc.get(field)) if doc.get(field) else None


def tell_of_move(event: str) -> None:
	"""Whom nobody has asked yet is invited to the new day; all others hear of it, and keep their places."""
	row, guests = locked(event), _invited(event)
	names = [guest.name for guest in guests]
	unasked = set(
		frappe.get_all(
			"Follow Up",
			filters={
				"reference_doctype": INVITATION,
				"reference_name": ("in", names),
				"occurrence": ASK,
				"status": ("in", PENDING),
				"send_status": ("!=", "Sending"),
			},
			pluck="reference_name",
		)
		if names
		else ()
	)
	take_back_all(event, MOVED_AWAY)
	coming = [guest.name for guest in guests if guest.status == engine.ACCEPTED]
	if coming:
		frappe.db.set_value(INVITATION, {"name": ("in", coming)}, {"ask_again": 1, "reminded_on": None})
	silent = [guest.name for guest in guests if guest.status == engine.INVITED]
	if silent and _is_reminded_later(row):
		# What they were reminded of was the former day.
		frappe.db.set_value(INVITATION, {"name": ("in", silent)}, "reminded_on", None)
	for kind, some in (
		(ASK, [name for name in names if name in unasked]),
		(MOVED, [name for name in names if name not in unasked]),
	):
		if some:
			tell(row, some, kind)


def _is_reminded_later(row) -> bool:
	"""Whether the days in which who has not answered is reminded are still to come."""
	days = cint(frappe.db.get_single_value("Keep Customers Settings", "event_reminder_days"))
	return bool(days and row.reply_until) and getdate(row.reply_until) > getdate(add_days(getdate(), days))


def _invited(event: str) -> list[dict]:
	return frappe.get_all(
		INVITATION,
		filters={"event": event, "status": ("in", (engine.INVITED, engine.ACCEPTED, engine.WAITING))},
		fields=["name", "status"],
	)
