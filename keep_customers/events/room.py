"""The guests of an event, under its lock: who has a place, who moves up.

What is decided is decided in ``engine/events.py``. Whoever changes anything about an event's guests holds the lock on the
event's row first and reads the guests under it, so any number of replies at the same moment come one after the other.
"""

import frappe
from frappe import _
from frappe.utils import cint, flt, get_datetime, now_datetime

from keep_customers.care import ending
from keep_customers.engine import events as engine
from keep_customers.erp.tables import lock
from keep_customers.events.telling import tell_moved_up
from keep_customers.events.terms import EVENT, FIELDS, INVITATION


def locked(event: str | None):
	"""The event's row; until this transaction ends nobody else changes anything about its guests.

	:raises frappe.DoesNotExistError: if there is no such event
	"""
	row = None
	if event:
		lock(EVENT, event)
		row = frappe.db.get_value(EVENT, event, FIELDS, as_dict=True, for_update=True)
	if not row:
		frappe.throw(_("This event does not exist any more."), frappe.DoesNotExistError)
	return row


def room_of(row, for_update: bool = True) -> engine.Room:
	"""The guests of a locked event; to look only, of one that is not.

	:param row: with :data:`FIELDS`
	"""
	# For update, because this transaction may have read the rows before it had the lock, and would see them as then.
	rows = frappe.db.get_values(
		INVITATION,
		{"event": row.name},
		["name", "status", "companions", "waiting_since"],
		as_dict=True,
		for_update=for_update,
	)
	return engine.Room(
		cint(row.capacity),
		cint(row.max_companions),
		tuple(
			engine.Guest(
				one.name,
				one.status,
				cint(one.companions),
				get_datetime(one.waiting_since) if one.waiting_since else None,
			)
			for one in rows
		),
		bool(row.small_may_pass),
	)


def store(row, room: engine.Room, changed: list[engine.Guest], **values) -> engine.Room:
	"""Write what the engine made of guests, and what follows from it: who moves up, the figures of the event."""
	_write(changed, values)
	room = room.with_(changed)
	up = engine.moved_up(room) if _goes_on(row) else []
	if up:
		_write(up, {})
		tell_moved_up(row, [guest.key for guest in up])
		room = room.with_(up)
	count(row.name, room)
	return room


def _write(changed: list[engine.Guest], values: dict) -> None:
	for guest in changed:
		state = {
			"status": guest.status,
			"companions": guest.companions,
			"waiting_since": guest.waiting_since,
		}
		frappe.db.set_value(INVITATION, guest.key, {**state, **values})


def _goes_on(row) -> bool:
	"""Whether people may still be told that they have a place."""
	return row.status == engine.INVITING and get_datetime(row.starts_on) > now_datetime()


def count(event: str, room: engine.Room) -> None:
	def persons(*statuses):
		return sum(guest.persons for guest in room.guests if guest.status in statuses)

	asked = (guest.status not in (engine.UNASKED, engine.CANCELLED) for guest in room.guests)
	figures = {
		"invited": sum(asked),
		"accepted": persons(engine.ACCEPTED, engine.ATTENDED, engine.NO_SHOW),
		"waiting": persons(engine.WAITING),
		"attended": persons(engine.ATTENDED),
		"no_shows": sum(guest.status == engine.NO_SHOW for guest in room.guests),
	}
	cost = flt(frappe.db.get_value(EVENT, event, "actual_cost"))
	# The form may be open, and shall be able to save.
	frappe.db.set_value(
		EVENT, event, {**figures, "cost_per_head": cost_per_head(cost, figures)}, update_modified=False
	)


def cost_per_head(cost: float, figures) -> float:
	return flt(cost) / figures["attended"] if figures["attended"] else 0.0


def settle(event: str) -> None:
	"""Bring an event in order after its guests or its capacity changed: who can move up does."""
	if frappe.db.exists(EVENT, event):
		row = locked(event)
		store(row, room_of(row), [])


# A customer's life


def make_room(old: str, new: str) -> None:
	"""Both of two merged customers may be invited to the same event: of the same contact's rows the better one stays."""
	_one_of_each("customer", old, new, "Customer merged")


def before_contact_rename(contact, method=None, old=None, new=None, merge=False) -> None:
	"""The same of two contacts of a customer that become one."""
	if merge:
		_one_of_each("contact", old, new, "No longer true")


def _one_of_each(field: str, old: str, new: str, why: str) -> None:
	"""
	:param field: customer or contact, which are about to become one
	:param why: what is still to be asked of who has two invitations is taken back
	"""
	best = (
		engine.ATTENDED, engine.ACCEPTED, engine.WAITING, engine.NO_SHOW, engine.DECLINED, engine.INVITED, engine.UNASKED,
		engine.CANCELLED,
	)  # fmt: skip
	other = {"customer": "contact", "contact": "customer"}[field]
	rows: dict[tuple[str, str], list] = {}
	for name in (old, new):
		for row in frappe.get_all(
			INVITATION, filters={field: name}, fields=["name", "event", other, "status"]
		):
			rows.setdefault((row.event, row[other] or ""), []).append(row)
	doubled = {key: pair for key, pair in rows.items() if len(pair) > 1}
	for event in sorted({event for event, _other in doubled}):
		row = locked(event)
		for pair in (pair for (of, _other), pair in doubled.items() if of == event):
			less = max(pair, key=lambda one: best.index(one.status))
			ending.take_back(INVITATION, less.name, why)
			frappe.db.delete(INVITATION, {"name": less.name})
		store(row, room_of(row), [])


def events_of(customer: str) -> list[str]:
	"""The events a customer has invitations to."""
	return sorted(set(frappe.get_all(INVITATION, filters={"customer": customer}, pluck="event")))
