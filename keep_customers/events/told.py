"""How a guest was told, and how far it is: read from the follow-ups, as what waits for tonight was not sent."""

import frappe
from frappe import _
from frappe.utils import formatdate, get_fullname

from keep_customers.erp.language import moment_shown
from keep_customers.events.terms import INVITATION

FIELDS = (
	"reference_name", "occurrence", "status", "hold_reason", "channel", "assigned_to", "due_date", "done_on", "send_status",
	"sent_on", "send_error", "todo", "modified",
)  # fmt: skip
READ = "Read"


def last(names: list[str]) -> dict[str, dict]:
	"""Invitation -> its last follow-up, of the invitations that have one.

	:returns: dicts of :data:`FIELDS`
	"""
	if not names:
		return {}
	rows = frappe.get_all(
		"Follow Up",
		filters={
			"reference_doctype": INVITATION,
			"reference_name": ("in", names),
			"care_rule": ("is", "not set"),
		},
		fields=list(FIELDS),
		order_by="creation asc",
	)
	return {row.reference_name: row for row in rows}


def in_words(row) -> str | None:
	"""What became of a follow-up until now, in a sentence; None if there was nothing to tell any more.

	:param row: as :func:`last` gives it, or None
	"""
	if not row:
		return None
	channel = _(row.channel or "Phone", context="Follow Up")
	if row.status == "Planned":
		if row.hold_reason:
			why = _(row.hold_reason, context="Follow Up")
			return _("{0}: not told yet, waits for the night ({1})").format(channel, why)
		return _("{0}: not told yet; in a moment, else tonight").format(channel)
	if row.status in ("Skipped", "Cancelled"):
		# Who has answered by then is not told, and no reason is noted.
		return _("Not told: {0}").format(_(row.hold_reason, context="Follow Up")) if row.hold_reason else None
	if row.send_status and not (row.send_status == "Failed" and row.todo):
		return _of_message(row, channel)
	rep = get_fullname(row.assigned_to) if row.assigned_to else ""
	if row.status == "Done":
		return _("Told by {0} ({1}) on {2}").format(rep, channel, formatdate(row.done_on))
	if row.status == "Late":
		return _("{0} ({1}) was to tell them by {2}").format(rep, channel, formatdate(row.due_date))
	return _("{0} ({1}) has a ToDo to tell them, until {2}").format(rep, channel, formatdate(row.due_date))


def _of_message(row, channel: str) -> str:
	if row.send_status == "Queued":
		return _("{0}: leaves by day, within the hour").format(channel)
	if row.send_status == "Sending":
		return _("{0}: handed over, not known yet whether it was sent").format(channel)
	if row.send_status == "Failed":
		return _("{0}: could not be sent ({1}); it is tried again").format(channel, row.send_error or "–")
	if row.send_status == "Sent" or row.sent_on:
		return _("{0}: sent on {1}").format(channel, moment_shown(row.sent_on or row.modified))
	return _("{0}: sent").format(channel)
