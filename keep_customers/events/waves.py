"""Invitations in waves, to those worth most first; reminders, and the waves the calendar brings."""

from dataclasses import replace
from datetime import date, datetime, time
from functools import partial

import frappe
from frappe import _
from frappe.utils import add_days, cint, flt, get_datetime, getdate, now_datetime

from keep_customers.access.lookups import named
from keep_customers.care import followups
from keep_customers.care.notices import not_excluded
from keep_customers.engine import events as engine
from keep_customers.erp.api import typed
from keep_customers.erp.aside import Aside
from keep_customers.erp.tables import chunks
from keep_customers.events.replies import why_no_reply
from keep_customers.events.room import count, locked, room_of
from keep_customers.events.telling import ASK, REMIND, tell, ways_to_ask
from keep_customers.events.terms import EVENT, INVITATION, refuse
from keep_customers.worth.values import of_today


@frappe.whitelist(methods=["POST"])
@typed
def invite(event: str) -> dict:
	"""Send the next wave: as many invitations as there are free places, to those worth most. Called again it goes on.

	:returns: ``asked`` (how many guests), ``left`` (planned and not asked), ``pending`` (asked and not answered), ``waiting``
		(persons on the waiting list)
	:raises frappe.PermissionError: if the user may not write the event
	:raises frappe.ValidationError: if nobody can be invited now
	"""
	named(EVENT, event, "write")
	if not nights_run():
		frappe.throw(no_nights())
	return send_wave(event)


def nights_run() -> bool:
	"""Whether what is asked of reps becomes ToDos, and of guests e-mails."""
	settings = frappe.get_cached_doc("Keep Customers Settings")
	return bool(settings.enabled) and followups.a_night_is_over()


def no_nights() -> str:
	return _(
		"Invitations become ToDos and e-mails once the nights run. Please switch them on in Keep Customers Settings and run the first one."
	)


def send_wave(event: str) -> dict:
	"""As :func:`invite`, without asking for permission."""
	row = locked(event)
	try:
		may_ask(row)
	except engine.Refused as refused:
		refuse(refused)
	room = room_of(row)
	wave = engine.wave(in_order(row, room)[0])
	if wave:
		number = cint(row.wave) + 1
		changed = {"status": engine.INVITING, "wave": number}
		frappe.db.set_value(EVENT, event, changed, update_modified=row.status != engine.INVITING)
		row.update(changed)
		asked = {"status": engine.INVITED, "wave": number, "invited_on": now_datetime()}
		for part in chunks([guest.key for guest in wave], 1000):
			frappe.db.set_value(INVITATION, {"name": ("in", part)}, asked)
		tell(row, [guest.key for guest in wave], ASK)
		room = room.with_(wave)
		count(event, room)
	statuses = [guest.status for guest in room.guests]
	return {
		"asked": len(wave),
		"left": statuses.count(engine.UNASKED),
		"pending": statuses.count(engine.INVITED),
		"waiting": sum(guest.persons for guest in room.guests if guest.status == engine.WAITING),
	}


def may_ask(row) -> None:
	"""
	:raises engine.Refused: if it is not the time to ask anybody to the event
	"""
	if row.status != engine.INVITING:
		starts_on = get_datetime(row.starts_on) if row.starts_on else None
		engine.may_become(row.status, engine.INVITING, starts_on, now_datetime())
	elif why := why_no_reply(row):
		raise engine.Refused(why)


def in_order(row, room: engine.Room) -> tuple[engine.Room, dict[str, str]]:
	"""The room with its guests in the order in which they are asked, without those not asked yet who may not be asked any more,
	being disabled or unwilling; and invitation -> how who is not asked yet is asked."""
	channels = _may_be_asked(row.name)
	order = {name: index for index, name in enumerate(channels)}
	guests = [guest for guest in room.guests if guest.status != engine.UNASKED or guest.key in order]
	guests.sort(key=lambda guest: order.get(guest.key, -1))
	return replace(room, guests=tuple(guests)), channels


def _may_be_asked(event: str) -> dict[str, str]:
	"""Invitation -> channel, of those not sent yet whose customers may be contacted; in the order of the waves."""
	invitation, customer, value = (
		frappe.qb.DocType(name) for name in (INVITATION, "Customer", "Customer Value")
	)
	rows = (
		frappe.qb.from_(invitation)
		.inner_join(customer)
		.on(customer.name == invitation.customer)
		.left_join(value)
		.on(value.name == invitation.customer)
		.select(
			invitation.name,
			invitation.customer,
			invitation.contact,
			customer.customer_group,
			*(of_today(value, field).as_(field) for field in ("current_value", "value_at_risk")),
		)
		.where((invitation.event == event) & (invitation.status == engine.UNASKED) & (customer.disabled == 0))
	).run(as_dict=True)
	rows = not_excluded(rows)
	listed = set(frappe.get_all("VIP Event Guest", filters={"parent": event}, pluck="customer"))
	by_risk = frappe.db.get_value(EVENT, event, "invite_by") == "Value at Risk"
	worth = "value_at_risk" if by_risk else "current_value"
	rows.sort(key=lambda row: (row.customer not in listed, -flt(row[worth]), row.customer, row.name))
	channels = ways_to_ask([(row.customer, row.contact) for row in rows])
	return {row.name: way for row in rows if (way := channels[row.customer, row.contact or None])}


def remind(today: date, aside: Aside) -> None:
	"""Ask once more those who have not answered, some days before the last day to reply; each guest once."""
	days = frappe.db.get_single_value("Keep Customers Settings", "event_reminder_days")
	if not cint(days):
		return
	for event in frappe.get_all(
		EVENT,
		filters={"status": engine.INVITING, "reply_until": ("between", (today, add_days(today, cint(days))))},
		pluck="name",
		order_by="reply_until asc",
	):
		aside.one(EVENT, event, partial(_remind, event, today))


def _remind(event: str, today: date) -> None:
	row = locked(event)
	not_reminded = {"event": event, "reminded_on": ("is", "not set")}
	# Whoever was asked today has not had the time.
	names = frappe.get_all(
		INVITATION,
		filters={
			**not_reminded,
			"status": engine.INVITED,
			"invited_on": ("<", datetime.combine(today, time())),
		},
		pluck="name",
	)
	names += frappe.get_all(
		INVITATION,
		filters={
			**not_reminded,
			"status": engine.ACCEPTED,
			"ask_again": 1,
			"modified": ("<", datetime.combine(today, time())),
		},
		pluck="name",
	)
	if names:
		frappe.db.set_value(INVITATION, {"name": ("in", names)}, "reminded_on", now_datetime())
		tell(row, names, REMIND)


def next_waves(today: date, aside: Aside) -> None:
	"""Send what places have become free for, where the event says so."""
	for event in frappe.get_all(
		EVENT,
		filters={"status": engine.INVITING, "auto_waves": 1, "starts_on": (">", now_datetime())},
		fields=["name", "reply_until"],
		order_by="starts_on asc",
	):
		if not event.reply_until or getdate(event.reply_until) >= today:
			aside.one(EVENT, event.name, partial(send_wave, event.name))
