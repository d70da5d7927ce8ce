"""What an event's form shows of its guests: who was asked and how, what they said, and what stands in the way."""

import frappe
from frappe import _
from frappe.email.doctype.email_account.email_account import EmailAccount
from frappe.query_builder.functions import Count
from frappe.utils import cint, get_datetime, getdate, now_datetime

from keep_customers.access.lacking import lack
from keep_customers.access.lookups import named
from keep_customers.engine import events as engine
from keep_customers.erp.api import typed
from keep_customers.erp.language import moment_shown
from keep_customers.events import called_off, told
from keep_customers.events.door import may_open
from keep_customers.events.next_wave import no_mailbox
from keep_customers.events.telling import ways_to_ask
from keep_customers.events.terms import EVENT, INVITATION
from keep_customers.events.waves import nights_run, no_nights

MOST = 200
# In the order in which the form shows them.
GROUPS = (
	engine.ACCEPTED, engine.ATTENDED, engine.WAITING, engine.INVITED, engine.UNASKED, engine.DECLINED, engine.NO_SHOW,
	engine.CANCELLED,
)  # fmt: skip
FIELDS = [
	"name", "customer", "customer_name", "guest_name", "status", "companions", "remark", "invited_on", "replied_on", "opened_on",
]  # fmt: skip


@frappe.whitelist(methods=["GET", "POST"])
@typed
def shown(event: str) -> dict:
	"""
	:returns: ``guests`` (the first 200 of the customers the user may read: name, customer, customer_name, guest_name, status,
		companions, remark, told, answered and opened, in words or None), ``unseen`` (how
		many others there are), ``counts`` (status -> how many of all), ``problems`` (as
		:func:`keep_customers.access.lacking.lack` says them), ``says`` (sentences, of an event that was called off), ``door`` (whether the user may stand at the door today), ``host`` (by name, None for none)
	:raises frappe.PermissionError: if the user may not read the event
	"""
	doc = named(EVENT, event)
	counts = _counts(doc.name)
	may_see = frappe.has_permission(INVITATION, "read")
	guests = _guests(doc.name) if may_see else []
	return {
		"guests": guests,
		"unseen": sum(counts.values()) - len(guests),
		"counts": counts,
		"problems": _problems(doc, counts) if frappe.has_permission(EVENT, "write", doc=doc) else [],
		"door": may_open(doc) and _has_come(doc),
		"says": called_off.says(doc) if doc.status == engine.CALLED_OFF else [],
		"host": doc.host and (frappe.db.get_value("User", doc.host, "full_name") or doc.host),
	}


def _counts(event: str) -> dict[str, int]:
	invitation = frappe.qb.DocType(INVITATION)
	query = frappe.qb.from_(invitation).where(invitation.event == event).groupby(invitation.status)
	return dict(query.select(invitation.status, Count("*")).run())


def _guests(event: str) -> list[dict]:
	rows = frappe.get_list(INVITATION, filters={"event": event}, fields=FIELDS, limit=0)
	rows.sort(key=lambda row: (GROUPS.index(row.status), (row.guest_name or "").casefold(), row.name))
	rows = rows[:MOST]
	last = told.last([row.name for row in rows])
	return [
		{
			**{field: row[field] for field in FIELDS if not field.endswith("_on")},
			"told": told.in_words(last.get(row.name)),
			"answered": _("Answered on {0}").format(moment_shown(row.replied_on)) if row.replied_on else None,
			"opened": opened(row, last.get(row.name)),
		}
		for row in rows
	]


def opened(row, last) -> str | None:
	"""Whether the guest has seen the invitation, in words; None if nobody knows.

	:param row: with opened_on
	:param last: of the invitation, as :func:`keep_customers.events.told.last` gives it
	"""
	if row.opened_on:
		return _("Opened on {0}").format(moment_shown(row.opened_on))
	return _("Read", context="Follow Up") if last and last.send_status == told.READ else None


def _has_come(event) -> bool:
	"""Whether the day of an event that takes guests is there."""
	takes = event.status in (engine.INVITING, engine.HELD)
	return takes and bool(event.starts_on) and getdate(event.starts_on) <= getdate()


def _problems(event, counts: dict[str, int]) -> list[dict]:
	"""What keeps guests from being invited or from answering, of an event that is still to come."""
	if event.status not in (engine.PLANNED, engine.INVITING) or not event.starts_on:
		return []
	unasked, pending = counts.get(engine.UNASKED, 0), counts.get(engine.INVITED, 0)
	if get_datetime(event.starts_on) <= now_datetime():
		if event.status == engine.INVITING:
			return []
		text = _("The day is over, and nobody was invited. Correct the day, or call the event off.")
		return [lack(text, field="starts_on")]
	found = []
	if not nights_run():
		found.append(lack(no_nights(), route=["Form", "Keep Customers Settings"]))
	waits = (unasked or pending) and not EmailAccount.find_outgoing(match_by_doctype="Customer")
	if waits and _anybody_by_email(event.name):
		found.append(lack(no_mailbox(), route=["List", "Email Account"]))
	if pending and event.reply_until and getdate(event.reply_until) < getdate():
		text = _(
			"Not answered: {0}, and the last day to reply is over. Note what they say, or choose a later day."
		)
		found.append(lack(text.format(pending), field="reply_until"))
	waiting = cint(event.waiting)
	if cint(event.capacity) and cint(event.accepted) >= cint(event.capacity) and (waiting or unasked):
		text = _(
			"The room is full. Persons who wait: {0}; guests not asked yet: {1}. Raise the capacity, or leave it so."
		)
		found.append(lack(text.format(waiting, unasked), field="capacity"))
	return found


def _anybody_by_email(event: str) -> bool:
	"""Whether a guest who is still to be asked, or has not answered, is written to."""
	rows = frappe.get_all(
		INVITATION,
		{"event": event, "status": ("in", (engine.UNASKED, engine.INVITED))},
		["customer", "contact"],
	)
	return "Email" in ways_to_ask([(row.customer, row.contact or None) for row in rows]).values()
