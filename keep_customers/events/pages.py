"""The invitation a guest finds behind a signed link: what, when, where, the answer, the calendar file, the way in.

The link is its holder's, so the page tells what the invitation says and nothing else. Opening it changes nothing. The QR
code on it leads back to it; for somebody of the host's team it is the way to check the guest in (``events/door.py``).
"""

from datetime import datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import frappe
import vobject
from dateutil.tz import UTC
from frappe import _
from frappe.core.utils import html2text
from frappe.twofactor import get_qr_svg_code
from frappe.utils import (
	cint,
	cstr,
	get_datetime,
	get_system_timezone,
	get_url,
	getdate,
	now_datetime,
	sanitize_html,
)

from keep_customers.erp import guest_pages, limits, signed
from keep_customers.erp.api import typed
from keep_customers.erp.language import day_in_words, span_in_words, with_clock
from keep_customers.erp.texts import as_typed
from keep_customers.events import replies
from keep_customers.events.terms import EVENT, INVITATION, TooManyCompanions
from keep_customers.messaging import messages
from keep_customers.people.contacts import has_moved

PAGE, PURPOSE = "event-invitation", "invitation"
CALENDAR, CALENDAR_FILE = "keep_customers.events.pages.calendar", "event.ics"
# An event that is put off by some weeks keeps its links.
DAYS_AFTER = 30
# Guests of one house, or of one evening, come from one address.
MOST_AN_HOUR = 120
LONGEST_REMARK = 1000
NOT_INVITED = ("Planned", "Cancelled")
MAP = "https://www.openstreetmap.org/search"


# The link


def invitation_link(name: str, language: str | None = None) -> str:
	"""The address of a guest's own page; it expires some weeks after the event.

	:param name: of the VIP Invitation
	:param language: of the page, by default the customer's
	"""
	event, customer = frappe.db.get_value(INVITATION, name, ["event", "customer"])
	days = days_until_end(frappe.get_cached_doc(EVENT, event)) + DAYS_AFTER
	return signed.link(PAGE, PURPOSE, name, days, language or messages.languages(customer)[0])


def days_until_end(event) -> float:
	"""Negative once it is over; 0 as long as its day is not known."""
	end = event.ends_on or event.starts_on
	return (get_datetime(end) - now_datetime()).total_seconds() / signed.DAY if end else 0


def read(token: str):
	"""(the invitation, its event) of a token; None if the token is not valid, there is no such invitation any more, or
	its guest is another customer's by now."""
	name = signed.read(PURPOSE, token)
	status = frappe.db.get_value(INVITATION, name, "status") if name else None
	if not status:
		return None
	invitation = frappe.get_doc(INVITATION, name)
	if has_moved(invitation.contact, invitation.customer):
		return None
	event = frappe.get_doc(EVENT, invitation.event)
	# Of an event that is called off its guests hear here, too.
	if status in NOT_INVITED and event.status != "Cancelled":
		return None
	return invitation, event


# What the page shows


def state(invitation, event) -> str:
	"""What holds for the guest: called off, or the invitation's status in one word of the page."""
	if event.status == "Cancelled":
		return "called off"
	return {
		"Accepted": "coming",
		"Waiting List": "waiting",
		"Declined": "declined",
		"Attended": "attended",
		"No Show": "missed",
	}.get(invitation.status, "asked")


def shown(token: str, invitation, event) -> dict:
	"""All that the guest sees.

	:returns: state, ask_again (had said yes to another day), guest_name, theme, when, place, map (its address), description
		(safe HTML), host, may_answer, over (whether the event has begun), ended (see :func:`has_ended`), until (in words, or None), companions,
		max_companions, remark, calendar (its address) and qr_code (SVG, in base 64), both None unless the guest is coming
	"""
	language = frappe.local.lang
	now = state(invitation, event)
	coming = now == "coming"
	return {
		"state": now,
		"guest_name": invitation.guest_name or invitation.customer_name,
		"theme": event.theme,
		"when": when(event, language),
		"place": event.place,
		"map": f"{MAP}?" + urlencode({"query": " ".join(event.place.split())}) if event.place else None,
		"description": sanitize_html(cstr(event.description), always_sanitize=True),
		"host": frappe.db.get_value("User", event.host, "full_name") if event.host else None,
		"ask_again": bool(invitation.ask_again),
		"may_answer": replies.may_reply(invitation, event),
		"over": bool(event.starts_on) and get_datetime(event.starts_on) <= now_datetime(),
		"ended": has_ended(event),
		"until": day_in_words(event.reply_until, language) if event.reply_until else None,
		"companions": invitation.companions or 0,
		"max_companions": event.max_companions or 0,
		"remark": invitation.remark,
		"calendar": _calendar_link(token, language) if coming else None,
		"qr_code": get_qr_svg_code(get_url(door_path(token))).decode() if coming else None,
	}


def when(event, language: str) -> str:
	"""Day and time as people write it in their language, and in whose time that is; empty if it is not fixed."""
	if not event.starts_on:
		return ""
	return with_clock(span_in_words(event.starts_on, event.ends_on, language), language)


def has_ended(event) -> bool:
	"""Whether nobody comes any more: the end has passed, or the whole day where no end is known."""
	if not event.starts_on:
		return False
	if event.ends_on:
		return get_datetime(event.ends_on) <= now_datetime()
	return getdate(event.starts_on) < getdate()


def door_path(token: str) -> str:
	"""Where the QR code leads: the guest's own page, on which the host's team can check in."""
	return "/{}?{}".format(PAGE, urlencode({"door": 1, "token": token}))


def _calendar_link(token: str, language: str) -> str:
	return "/api/method/{}?{}".format(CALENDAR, urlencode({"token": token, "_lang": language}))


def advice() -> str:
	return _("Please answer the message with which we invited you; we will tell you all about it.")


def not_valid() -> None:
	guest_pages.not_valid(advice())


# What the page does


@frappe.whitelist(allow_guest=True, methods=["POST"])
@typed(otherwise=not_valid)
@limits.limited(MOST_AN_HOUR)
def answer(token: str = "", coming: str = "", companions: str = "0", remark: str = "") -> None:
	"""What the page's buttons call: the guest comes or does not, and may change their mind.

	:param coming: Yes or No
	:param companions: how many come with them
	"""
	found = read(token)
	if not found:
		return not_valid()
	if coming not in ("Yes", "No"):
		return guest_pages.again(PAGE, {"coming": _("Please say whether you will come.")})
	if not (companions.isascii() and companions.isdigit()):
		return guest_pages.again(PAGE, {"companions": _("Please choose how many.")})
	try:
		replies.reply(found[0].name, coming, int(companions[:9]), as_typed(remark, LONGEST_REMARK))
	except frappe.ValidationError as error:
		# What was done before it was refused is taken back; the page says why.
		frappe.db.rollback()
		frappe.clear_last_message()
		field = "companions" if isinstance(error, TooManyCompanions) else ""
		return guest_pages.again(PAGE, {field: str(error)})
	guest_pages.show(PAGE, token=token)


@frappe.whitelist(allow_guest=True, methods=["GET"])
@typed(otherwise=not_valid)
@limits.limited(MOST_AN_HOUR)
def calendar(token: str = "") -> None:
	"""The event as a file for the calendar of a guest who is coming."""
	found = read(token)
	if not found or state(*found) != "coming" or not found[1].starts_on:
		return not_valid()
	frappe.local.response.update(
		type="download",
		filename=CALENDAR_FILE,
		content_type="text/calendar",
		filecontent=calendar_file(*found),
	)


def calendar_file(invitation, event, called_off: bool = False) -> str:
	"""An iCalendar (RFC 5545) with one event, its times in UTC, so that every phone shows its own.

	:param called_off: the file takes the event out of the calendar again (RFC 5546, 3.2.5)
	"""
	file = vobject.iCalendar()
	file.add("method").value = "CANCEL" if called_off else "PUBLISH"
	entry = file.add("vevent")
	entry.add("uid").value = f"{invitation.name}@{frappe.local.site}"
	# A calendar takes the entry for the one it has, and a higher number for a newer one.
	entry.add("sequence").value = str(cint(event.sequence) + called_off)
	if called_off:
		entry.add("status").value = "CANCELLED"
	entry.add("dtstamp").value = datetime.now(UTC)
	entry.add("dtstart").value = _utc(event.starts_on)
	if event.ends_on:
		entry.add("dtend").value = _utc(event.ends_on)
	entry.add("summary").value = cstr(event.theme)
	if event.place:
		entry.add("location").value = " ".join(event.place.split())
	if event.description:
		entry.add("description").value = html2text(event.description).strip()
	return file.serialize()


def _utc(moment) -> datetime:
	zone = ZoneInfo(get_system_timezone())
	# dateutil's: vobject knows no other as the Z of the format.
	return get_datetime(moment).replace(tzinfo=zone).astimezone(UTC)


# What a message may say of it
