"""What a message to a guest may say of the event, and what goes with it."""

import frappe
from frappe.utils import cstr

from keep_customers.engine.events import ACCEPTED
from keep_customers.erp.language import day_in_words
from keep_customers.events import feedback
from keep_customers.events.pages import CALENDAR_FILE, calendar_file, invitation_link, when
from keep_customers.events.telling import CALL_OFF, MOVED
from keep_customers.events.terms import EVENT, INVITATION


def of_invitation(invitation: str, language: str) -> dict[str, str]:
	"""The variables ``event_…`` of a Care Message that goes to a guest, in the message's language."""
	row = frappe.db.get_value(INVITATION, invitation, ["name", "event"], as_dict=True)
	if not row:
		return {}
	event = frappe.get_cached_doc(EVENT, row.event)
	return {
		"event_theme": event.theme,
		"event_day": day_in_words(event.starts_on, language) if event.starts_on else None,
		"event_time": when(event, language),
		"event_place": " ".join(cstr(event.place).split()),
		"event_reply_until": day_in_words(event.reply_until, language) if event.reply_until else None,
		"event_reply_link": invitation_link(row.name, language),
		"event_feedback_link": feedback.link(row.name, language),
	}


def files_of_invitation(invitation: str, occurrence: str) -> list[dict]:
	"""What puts the calendars of guests right: the moved entry for who has a place, and that there is none any more."""
	if occurrence not in (MOVED, CALL_OFF):
		return []
	row = frappe.db.get_value(INVITATION, invitation, ["name", "event", "status"], as_dict=True)
	event = row and frappe.get_cached_doc(EVENT, row.event)
	if not event or not event.starts_on or (occurrence == MOVED and row.status != ACCEPTED):
		return []
	return [{"fname": CALENDAR_FILE, "fcontent": calendar_file(row, event, occurrence == CALL_OFF)}]
