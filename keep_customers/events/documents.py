"""What the documents VIP Event and VIP Invitation check, and the steps an event takes."""

import frappe
from frappe import _
from frappe.utils import cint, flt, get_datetime, getdate, now_datetime

from keep_customers.access.lookups import named
from keep_customers.engine import events as engine
from keep_customers.erp.api import typed
from keep_customers.events import moving, wishes
from keep_customers.events.audience import contact_names
from keep_customers.events.room import cost_per_head, locked, room_of, settle, store
from keep_customers.events.telling import CALL_OFF, take_back_all, tell
from keep_customers.events.terms import CALLED_OFF, EVENT, INVITATION, OF_EVENT, OF_INVITATION, OVER, refuse
from keep_customers.people import contacts
from keep_customers.worth import currencies


@frappe.whitelist(methods=["POST"])
@typed
def set_status(
	event: str, status: str, everybody_came: bool = False, absent: str = "", came: str = ""
) -> None:
	"""What the event's buttons do; to invite see :func:`keep_customers.events.waves.invite`.

	:param everybody_came: for Held: who said yes and was not checked in came all the same
	:param absent: the VIP Invitations of those who did not, with spaces between them
	:param came: likewise, of those who came and were not checked in, although others were
	:raises frappe.PermissionError: if the user may not write the event
	:raises frappe.ValidationError: with what to do instead, if it cannot become that
	"""
	doc = named(EVENT, event, "write", for_update=True)
	row = locked(event)
	room = room_of(row)
	statuses, besides = [guest.status for guest in room.guests], set(came.split())
	try:
		engine.may_become(
			doc.status,
			status,
			get_datetime(doc.starts_on) if doc.starts_on else None,
			now_datetime(),
			checked_in=statuses.count(engine.ATTENDED)
			+ cint(everybody_came)
			+ sum(guest.key in besides for guest in room.guests),
			expected=statuses.count(engine.ACCEPTED),
		)
	except engine.Refused as refused:
		refuse(refused)
	doc.flags.becomes = status
	doc.save()
	row.status = status
	if status == engine.HELD:
		take_back_all(event, OVER)
		store(row, room, engine.after(room, bool(cint(everybody_came)), set(absent.split()), besides))
	elif status == engine.CALLED_OFF:
		_call_off(row, room)


def _call_off(row, room: engine.Room) -> None:
	take_back_all(row.name, CALLED_OFF, of_rules=True)
	told = [g.key for g in room.guests if g.status in (engine.INVITED, engine.ACCEPTED, engine.WAITING)]
	gone = [g for g in room.guests if g.key in set(told) or g.status == engine.UNASKED]
	if told and get_datetime(row.starts_on) > now_datetime():
		tell(row, told, CALL_OFF)
	store(row, room, [engine.Guest(g.key, engine.CANCELLED, g.companions) for g in gone])


def validate(doc) -> None:
	"""
	:raises frappe.ValidationError: with what to do, if days, places or guests of an event do not fit
	"""
	before = doc.get_doc_before_save()
	for field in OF_EVENT:
		# A suggestion that is accepted says so in the new event.
		if before or not (field == "suggestion" and doc.flags.from_suggestion):
			doc.set(field, before.get(field) if before else None)
	doc.status = doc.flags.becomes or engine.with_its_day(
		before.status if before else engine.IDEA, bool(doc.starts_on)
	)
	for field in ("capacity", "max_companions", "budget", "actual_cost"):
		if flt(doc.get(field)) < 0:
			frappe.throw(_("{0} cannot be negative.").format(_(doc.meta.get_label(field))))
	if not doc.starts_on and doc.status not in (engine.IDEA, engine.CALLED_OFF):
		refuse(engine.Refused("no day"))
	moving.keep_reply_time(doc, before)
	if doc.ends_on and (not doc.starts_on or get_datetime(doc.ends_on) < get_datetime(doc.starts_on)):
		frappe.throw(_("The event ends before it starts. Please check the times."))
	if doc.reply_until and doc.starts_on and getdate(doc.reply_until) > getdate(doc.starts_on):
		frappe.throw(_("Guests reply before the event starts. Please choose an earlier day."))
	if cint(doc.capacity) and cint(doc.max_companions) >= cint(doc.capacity):
		frappe.throw(_("One guest would fill the whole room. Please allow fewer companions."))
	moving.note_move(doc, before)
	doc.currency = _currency(doc, before)
	doc.cost_per_head = cost_per_head(doc.actual_cost, {"attended": cint(doc.attended)})
	_validate_guests(doc)
	if before and cint(doc.capacity) and cint(doc.capacity) < cint(before.capacity or doc.capacity + 1):
		_validate_room(doc)


def _currency(doc, before) -> str:
	"""What its costs are in. It stays as it is while the company does, whatever the site reports in later."""
	if before and before.currency and before.company == doc.company:
		return before.currency
	if doc.company:
		return frappe.get_cached_value("Company", doc.company, "default_currency")
	return currencies.reporting_currency()


def _validate_room(doc) -> None:
	taken = room_of(locked(doc.name)).taken
	if taken > cint(doc.capacity):
		frappe.throw(
			_(
				"Persons who are coming already: {0}. Please cancel some of their invitations first, or leave more places."
			).format(taken)
		)


def _validate_guests(doc) -> None:
	before = doc.get_doc_before_save()
	stored = {row.name: (row.customer, row.contact or "") for row in (before or doc).guests}
	known, seen = set(stored.values()), set()
	for row in list(doc.guests):
		pair = (row.customer, row.contact or "")
		if pair in seen and before and stored.get(row.name) == pair:
			doc.remove(row)  # both are one customer, or one person, since they were merged
			continue
		if pair in seen:
			frappe.throw(_("Row {0}: this guest is there already.").format(row.idx))
		seen.add(pair)
		# Who was chosen before keeps the place, and hears nothing where they are not confirmed any more.
		new = doc.is_new() or pair not in known
		if new and row.contact and not contacts.is_contact_of(row.contact, row.customer):
			frappe.throw(
				_("Row {0}: {1} is no contact of this customer, or nobody has confirmed it yet.").format(
					row.idx, row.contact
				)
			)


def on_update(doc) -> None:
	"""More places: who waits moves up."""
	before = doc.get_doc_before_save()
	if before and any(
		cint(before.get(field)) != cint(doc.get(field)) for field in ("capacity", "small_may_pass")
	):
		settle(doc.name)
	if doc.flags.moved:
		moving.tell_of_move(doc.name)


def on_trash(doc) -> None:
	"""
	:raises frappe.ValidationError: if people were invited: who was asked, and came, stays on record
	"""
	if frappe.db.exists(INVITATION, {"event": doc.name, "status": ("!=", engine.UNASKED)}):
		frappe.throw(_("People were invited to this event. Please call it off instead."))
	frappe.db.delete(INVITATION, {"event": doc.name})
	wishes.event_is_gone(doc.name)


def validate_invitation(doc) -> None:
	"""
	:raises frappe.ValidationError: if the event takes no guests any more, or the contact is another customer's
	"""
	before = doc.get_doc_before_save()
	for field in OF_INVITATION:
		doc.set(field, before.get(field) if before else None)
	doc.status = doc.status or engine.UNASKED
	# A text, even an empty one: the unique index takes two rows with nothing for different ones.
	doc.contact = doc.contact or ""
	same = before and (before.contact, before.customer) == (doc.contact, doc.customer)
	if doc.contact and not same and not contacts.is_contact_of(doc.contact, doc.customer):
		frappe.throw(
			_("{0} is no contact of this customer, or nobody has confirmed it yet.").format(doc.contact)
		)
	if before and before.contact != doc.contact and doc.guest_name == before.guest_name:
		doc.guest_name = None  # somebody else is asked now
	if not doc.guest_name:
		doc.guest_name = contact_names({doc.contact}).get(doc.contact) or doc.customer_name
	if doc.is_new() and frappe.db.get_value(EVENT, doc.event, "status") not in (
		engine.IDEA,
		engine.PLANNED,
		engine.INVITING,
	):
		frappe.throw(_("This event is over or called off; nobody can be invited any more."))
	if frappe.db.exists(
		INVITATION,
		{
			"event": doc.event,
			"customer": doc.customer,
			"contact": doc.contact,
			"name": ("!=", doc.name or ""),
		},
	):
		frappe.throw(
			_("{0} has an invitation to this event already.").format(doc.guest_name),
			frappe.UniqueValidationError,
		)
