"""The next wave before it is sent: how many it would ask, whom, when and how. Nothing is written."""

import frappe
from frappe import _
from frappe.email.doctype.email_account.email_account import EmailAccount
from frappe.utils import formatdate, get_fullname, getdate

from keep_customers.access.lookups import named
from keep_customers.care.assignment import Assignment
from keep_customers.engine import events as engine
from keep_customers.erp.api import typed
from keep_customers.erp.calendar import working_days
from keep_customers.erp.language import counted
from keep_customers.erp.leavers import set_fallback
from keep_customers.erp.permissions import readable_among
from keep_customers.erp.tables import chunks
from keep_customers.events.room import room_of
from keep_customers.events.terms import EVENT, FIELDS, INVITATION, why_not
from keep_customers.events.waves import in_order, may_ask, nights_run, no_nights

NAMES_SHOWN = 50


@frappe.whitelist(methods=["GET", "POST"])
@typed
def shown(event: str) -> dict:
	"""What sending the next wave would do now.

	:returns: ``asked`` (how many guests), ``guests`` (the first 50 of them whom the user may read: guest_name, customer_name, channel,
		and rep, who asks where no e-mail does), ``unseen`` (of how many customers the user may not read), ``by_email``, ``by_hand``,
		``without_rep`` (by hand, and nobody is found who asks), ``left`` (not asked after it), ``why_not`` (in words why nobody can be
		asked; None if somebody can), ``how`` (sentences: when and how it is sent), ``missing`` (sentences: what keeps it from arriving)
	:raises frappe.PermissionError: if the user may not write the event
	"""
	named(EVENT, event, "write")
	row = frappe.db.get_value(EVENT, event, FIELDS, as_dict=True)
	room = room_of(row, for_update=False)
	possible, channels = in_order(row, room)
	why = _why_not(row, room, possible)
	wave = [] if why else [guest.key for guest in engine.wave(possible)]
	guests = _guests(wave, channels)
	by_hand = [one for one in guests if one["channel"] != "Email"]
	left = sum(guest.status == engine.UNASKED for guest in room.guests) - len(wave)
	readable = readable_among({one["customer"] for one in guests})
	seen = [one for one in guests if one["customer"] in readable]
	return {
		"asked": len(wave),
		"guests": seen[:NAMES_SHOWN],
		"unseen": len(guests) - len(seen),
		"by_email": len(guests) - len(by_hand),
		"by_hand": len(by_hand),
		"left": left,
		"why_not": why,
		"how": _how(guests, by_hand),
		"missing": _missing(guests, by_hand),
	}


def _why_not(row, room: engine.Room, possible: engine.Room) -> str | None:
	if not nights_run():
		return no_nights()
	try:
		may_ask(row)
	except engine.Refused as refused:
		return why_not()[refused.why]
	why = engine.why_no_wave(possible)
	if why == "nobody left" and engine.why_no_wave(room) != "nobody left":
		why = "unwilling"
	return (
		why
		and {
			"nobody left": _("Everybody who was chosen has been asked. Choose more guests first."),
			"unwilling": _(
				"Who is left is disabled, excluded in the settings or does not want to be asked. Choose more guests first."
			),
			"line": _("Free places are kept for the waiting list. Raise the capacity to ask more guests."),
			"full": _("The room is full. Raise the capacity to ask more guests."),
			"answers": _(
				"Each guest who has not answered yet keeps one of the free places. Wait for their answers, or raise the capacity."
			),
		}[why]
	)


def _guests(names: list[str], channels: dict[str, str]) -> list[dict]:
	"""In the order of the names."""
	rows = {}
	for part in chunks(names, 1000):
		fields = ["name", "customer", "customer_name", "guest_name"]
		rows |= {
			row.name: row for row in frappe.get_all(INVITATION, filters={"name": ("in", part)}, fields=fields)
		}
	by_hand = {rows[name].customer for name in names if channels[name] != "Email"}
	assignment = Assignment(by_hand, frappe.get_cached_doc("Keep Customers Settings")) if by_hand else None
	found = []
	for name in names:
		row, channel = rows[name], channels[name]
		rep = assignment.user_for(row.customer) if channel != "Email" else None
		found.append({**row, "channel": channel, "rep": rep and get_fullname(rep)})
	return found


def _how(guests: list[dict], by_hand: list[dict]) -> list[str]:
	said = []
	if by_email := len(guests) - len(by_hand):
		said.append(_("By e-mail: {0}. E-mails leave by day, within the hour.").format(by_email))
	if by_hand:
		today = getdate()
		day = working_days(frappe.get_cached_doc("Keep Customers Settings")).on_or_after(today)
		said.append(
			_("By their reps: {0}. They get a ToDo at once.").format(len(by_hand))
			if day == today
			else _("By their reps: {0}. They get a ToDo on {1}, the next working day.").format(
				len(by_hand), formatdate(day)
			)
		)
	return said


def _missing(guests: list[dict], by_hand: list[dict]) -> list[str]:
	said = []
	if len(guests) > len(by_hand) and not EmailAccount.find_outgoing(match_by_doctype="Customer"):
		said.append(no_mailbox())
	if nobody := sum(not one["rep"] for one in by_hand):
		said.append(
			counted(
				nobody,
				_("One of them has no rep."),
				_("{0} of them have no rep."),
			)
			+ f" {set_fallback()}"
		)
	return said


def no_mailbox() -> str:
	return _(
		"No outgoing Email Account is set up: e-mails wait, and after three attempts the rep has a ToDo instead. Set one up, or copy each guest's link and send it yourself."
	)
