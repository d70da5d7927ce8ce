"""What guests, reps and the team at the door do with an invitation.

Whoever calls these has asked for permission, or holds a signed link.
"""

import frappe
from frappe.utils import cint, cstr, get_datetime, getdate, now_datetime

from keep_customers.access.lookups import named
from keep_customers.care import ending
from keep_customers.engine import events as engine
from keep_customers.erp.api import typed
from keep_customers.events.room import locked, room_of, store
from keep_customers.events.telling import nothing_left_to_ask
from keep_customers.events.terms import CALLED_OFF, INVITATION, refuse


def may_reply(invitation, event) -> bool:
	"""Whether a guest may answer now, or change the answer."""
	answering = (engine.INVITED, engine.ACCEPTED, engine.WAITING, engine.DECLINED)
	return invitation.status in answering and not why_no_reply(event)


def why_no_reply(event, late: bool = False) -> str | None:
	if event.status != engine.INVITING:
		return "not open"
	if get_datetime(event.starts_on) <= now_datetime():
		return "over"
	if event.reply_until and getdate(event.reply_until) < getdate() and not late:
		return "too late to reply"


def reply(name: str, answer: str, companions: int = 0, remark: str | None = "", late: bool = False) -> str:
	"""Take a guest's answer down.

	:param answer: Yes or No
	:param remark: in the guest's own words; None leaves what is there
	:param late: whether the time to reply does not count, as for what a rep takes down
	:returns: the new status: Accepted, Waiting List or Declined
	:raises frappe.ValidationError: with what to do instead, if it cannot be answered like this
	"""
	row = locked(frappe.db.get_value(INVITATION, name, "event"))
	room = room_of(row)
	try:
		if why := why_no_reply(row, late):
			raise engine.Refused(why)
		guest = engine.reply(room, name, answer, companions, now_datetime())
	except engine.Refused as refused:
		refuse(refused)
	values = {} if remark is None else {"remark": remark}
	if room.find(name).status == engine.UNASKED:
		values["invited_on"] = now_datetime()  # by whoever took the answer down
	if guest != room.find(name):
		store(row, room, [guest], replied_on=now_datetime(), ask_again=0, **values)
		nothing_left_to_ask(name, comes=answer != engine.NO)
	elif frappe.db.get_value(INVITATION, name, "ask_again"):
		# The same answer, for another day.
		frappe.db.set_value(INVITATION, name, {"replied_on": now_datetime(), "ask_again": 0, **values})
		nothing_left_to_ask(name)
	elif values:
		frappe.db.set_value(INVITATION, name, values)
	return guest.status


def check_in(name: str, companions: int | None = None) -> None:
	"""A guest is at the door. The second time changes nothing.

	:param companions: how many came along, by default as many as were announced
	:raises frappe.ValidationError: if it is not the day, or there is no place for whom nobody expected
	"""
	row = locked(frappe.db.get_value(INVITATION, name, "event"))
	room = room_of(row)
	try:
		if row.status not in (engine.INVITING, engine.HELD):
			raise engine.Refused("not open")
		if getdate(row.starts_on) > getdate():
			raise engine.Refused("not the day")
		guest = engine.check_in(room, name, companions)
	except engine.Refused as refused:
		refuse(refused)
	before = room.find(name)
	values = {"checked_in_on": now_datetime(), "checked_in_by": frappe.session.user}
	if before.status != engine.ATTENDED:
		values["before_check_in"] = f"{before.companions} {before.status}"
	if guest != before:
		store(row, room, [guest], **values)


def undo_check_in(name: str) -> None:
	"""The guest is not here after all: what they had said holds again; who had said yes did not come, if the event is over."""
	row = locked(frappe.db.get_value(INVITATION, name, "event"))
	if row.status not in (engine.INVITING, engine.HELD):
		refuse(engine.Refused("not open"))
	room = room_of(row)
	companions, _space, status = cstr(frappe.db.get_value(INVITATION, name, "before_check_in")).partition(" ")
	was = engine.Guest(name, status, cint(companions)) if status else None
	guest = engine.leave(room, name, was)
	if row.status == engine.HELD and guest.status == engine.ACCEPTED:
		[guest] = engine.after(engine.Room(0, 0, (guest,)))
	store(row, room, [guest], checked_in_on=None, checked_in_by=None, before_check_in=None)


def cancel_invitation(name: str) -> None:
	"""Take an invitation back; whoever waits moves up."""
	row = locked(frappe.db.get_value(INVITATION, name, "event"))
	if row.status in (engine.HELD, *(status for status, to in engine.NEXT.items() if not to)):
		refuse(engine.Refused("over"))
	room = room_of(row)
	guest = engine.Guest(name, engine.CANCELLED)
	store(row, room, [guest])
	ending.take_back(INVITATION, name, CALLED_OFF)


def invite_after_all(name: str) -> None:
	"""An invitation that was taken back waits for the next wave again."""
	row = locked(frappe.db.get_value(INVITATION, name, "event"))
	room = room_of(row)
	try:
		if row.status not in (engine.IDEA, engine.PLANNED, engine.INVITING):
			raise engine.Refused("over")
		guest = engine.invite_after_all(room, name)
	except engine.Refused as refused:
		refuse(refused)
	# What became of the invitation that was taken back says nothing of the new one.
	store(row, room, [guest], ask_again=0, **dict.fromkeys(("reminded_on", "replied_on", "opened_on")))


@frappe.whitelist(methods=["POST"])
@typed
def record(invitation: str, what: str, companions: int = 0) -> str:
	"""What the buttons of an invitation do.

	:param what: Yes, No, Check In, Undo Check In, Cancel or Invite After All
	:param companions: who come along, for Yes
	:returns: the new status
	:raises frappe.PermissionError: if the user may not write the invitation
	"""
	named(INVITATION, invitation, "write")
	if what in (engine.YES, engine.NO):
		return reply(invitation, what, cint(companions), remark=None, late=True)
	actions = {
		"Check In": check_in,
		"Undo Check In": undo_check_in,
		"Cancel": cancel_invitation,
		"Invite After All": invite_after_all,
	}
	if what not in actions:
		refuse(engine.Refused("not next"))
	actions[what](invitation)
	return frappe.db.get_value(INVITATION, invitation, "status")
