"""The door of a VIP event: who of the host's team sees the guests there, and checks them in on a phone.

A guest is checked in by somebody who may write the event, or hosts it, and may read the guest's customer.
"""

from collections.abc import Callable

import frappe
from frappe import _
from frappe.utils import add_days, cint, get_datetime, getdate, now_datetime

from keep_customers.erp import guest_pages
from keep_customers.erp.api import typed
from keep_customers.erp.language import day_in_words, moment_in_words, time_in_words
from keep_customers.events import replies
from keep_customers.events.pages import NOT_INVITED
from keep_customers.events.terms import EVENT, INVITATION

PAGE = "event-check-in"
# Those who said they come stand first.
ORDER = ("Accepted", "Attended", "Waiting List", "Invited", "No Show", "Declined")


# Who may


def may_open(event) -> bool:
	"""Whether the user of this session is of the event's team."""
	if frappe.session.user == "Guest":
		return False
	return event.host == frappe.session.user or bool(frappe.has_permission(EVENT, "write", doc=event))


def may_check_in(invitation, event) -> bool:
	return may_open(event) and bool(frappe.has_permission(INVITATION, "read", doc=invitation))


def why_log_in() -> str:
	return _("Only the event's team checks guests in. Please log in with your own user.")


def not_of_the_team() -> tuple[str, str]:
	"""Title and text for everybody else, as for an event that does not exist."""
	return (
		_("You Are Not of This Event's Team"),
		_("Ask its host to check the guest in, or to make you one of those who may change the event."),
	)


# What the team sees


def own_events() -> list[dict]:
	"""The events of these days at whose door the user may stand: name, theme, day; the next one first."""
	now = now_datetime()
	rows = frappe.get_all(
		EVENT,
		filters={
			"status": ("in", ("Planned", "Inviting", "Held")),
			"starts_on": ("between", (add_days(now, -2), add_days(now, 2))),
		},
		pluck="name",
		order_by="starts_on asc, name asc",
	)
	language = frappe.local.lang
	return [
		{"name": event.name, "theme": event.theme, "day": day_in_words(event.starts_on, language)}
		for event in (frappe.get_doc(EVENT, name) for name in rows)
		if may_open(event)
	]


def open_event(name: str | None):
	"""The event, for who is of its team; None for everybody else, as for an event that does not exist."""
	if not name or not frappe.db.exists(EVENT, name):
		return None
	event = frappe.get_doc(EVENT, name)
	return event if may_open(event) else None


def guest_list(event) -> dict:
	"""All that the list at the door shows.

	:returns: guests (as :func:`shown`, who comes first), persons_in and persons_expected (companions included), unseen:
		how many guests are of customers that the user may not read
	"""
	filters = {"event": event.name, "status": ("not in", NOT_INVITED)}
	fields = ["name", "guest_name", "customer_name", "companions", "remark", "status", "checked_in_on"]
	# The host may be anybody of the house, such as who cooks.
	may_see = frappe.has_permission(INVITATION, "read")
	rows = frappe.get_list(INVITATION, filters=filters, fields=fields) if may_see else []
	rows.sort(key=lambda row: (ORDER.index(row.status) // 2, (row.guest_name or "").casefold(), row.name))
	# Who did not say that they come is neither expected nor a shortfall.
	parties = [row for row in rows if row.status in ("Accepted", "Attended")]
	return {
		"guests": [shown(row, event) for row in rows],
		"persons_in": sum(1 + cint(row.companions) for row in parties if row.status == "Attended"),
		"persons_expected": sum(1 + cint(row.companions) for row in parties),
		"unseen": frappe.db.count(INVITATION, filters) - len(rows),
	}


def opens(event) -> str | None:
	"""The day on which the door opens, in words; None if it has come."""
	if not event.starts_on or getdate(event.starts_on) <= getdate():
		return None
	return day_in_words(event.starts_on, frappe.local.lang)


def shown(invitation, event) -> dict:
	"""
	:returns: name, guest_name, customer_name, companions, most (companions to choose from at the door), remark, status (in
		words, None if they said that they come), since (when they were checked in, in words, or None), opens (the day of
		the event in words if it has not come yet, else None)
	"""
	coming = invitation.status in ("Accepted", "Attended")
	return {
		"name": invitation.name,
		"guest_name": invitation.guest_name or invitation.customer_name,
		"customer_name": invitation.customer_name,
		"companions": cint(invitation.companions),
		"most": max(cint(invitation.companions), cint(event.max_companions)),
		"remark": invitation.remark,
		"status": None if coming else _(invitation.status, context=INVITATION),
		"since": _since(invitation.checked_in_on) if invitation.status == "Attended" else None,
		"opens": opens(event),
	}


def _since(moment) -> str:
	moment, language = get_datetime(moment) if moment else now_datetime(), frappe.local.lang
	if moment.date() != now_datetime().date():
		return moment_in_words(moment, language)
	return time_in_words(moment, language)


# What the team does


@frappe.whitelist(methods=["POST"])
@typed
def check_in(invitation: str, companions: str | None = None) -> None:
	"""What the list's and the QR code's button calls; a guest who is in already stays so.

	:param companions: how many came along, by default as many as were announced
	:raises frappe.PermissionError: if the user is not of the event's team, or may not read the guest's customer
	"""
	_at_the_door(
		invitation, lambda name: replies.check_in(name, None if companions is None else cint(companions))
	)


@frappe.whitelist(methods=["POST"])
@typed
def undo(invitation: str) -> None:
	"""Take a check-in back; errors as of :func:`check_in`."""
	_at_the_door(invitation, replies.undo_check_in)


def _at_the_door(name: str, what: Callable[[str], None]) -> None:
	doc = frappe.get_doc(INVITATION, name) if frappe.db.exists(INVITATION, name) else None
	event = frappe.get_doc(EVENT, doc.event) if doc else None
	if not event or not may_check_in(doc, event):
		title, text = not_of_the_team()
		frappe.throw(text, frappe.PermissionError, title)
	try:
		what(doc.name)
	except frappe.ValidationError as error:
		frappe.db.rollback()
		frappe.clear_last_message()
		frappe.form_dict["event"] = event.name
		return guest_pages.again(PAGE, {"": str(error)})
	guest_pages.show(PAGE, event=event.name, done=doc.name)
