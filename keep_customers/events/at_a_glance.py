"""What a customer is and was invited to, for its form."""

from datetime import date

import frappe
from frappe import _

from keep_customers.care import timeline
from keep_customers.events.terms import EVENT, INVITATION

MOST = 5
NO_MORE = ("Declined", "Cancelled", "Attended", "No Show")


def invitations(customer: str, day: date) -> dict[str, list]:
	"""Hook ``keep_customers_at_a_glance``.

	:returns: invitations: to what is still to come, and is not declined: dicts with name, event, theme, starts_on, status, guest_name
	"""
	if not (frappe.has_permission(INVITATION, "read") and frappe.has_permission(EVENT, "read")):
		return {"invitations": []}
	rows = frappe.get_list(
		INVITATION,
		filters={"customer": customer, "status": ("not in", NO_MORE)},
		fields=["name", "event", "status", "guest_name"],
	)
	events = _events({row.event for row in rows}, starts_on=(">=", day), status=("!=", "Cancelled"))
	found = [row | events[row.event] for row in rows if row.event in events]
	return {"invitations": sorted(found, key=lambda row: (row["starts_on"], row["name"]))[:MOST]}


def timeline_of(customer: str, limit: int) -> list[dict]:
	"""Hook ``keep_customers_timeline``: when somebody was invited, has answered, and was there."""
	rows = [
		(row, what)
		for moment, what in (
			("invited_on", _("Invited", context="VIP Invitation")),
			("replied_on", _("Answered the invitation")),
			("checked_in_on", _("Attended", context="VIP Invitation")),
		)
		for row in timeline.documents(INVITATION, customer, moment, limit, ("event", "guest_name"))
	]
	events = _events({row.event for row, _what in rows}) if frappe.has_permission(EVENT, "read") else {}
	return [
		timeline.entry(
			row.moment, timeline.EVENT, [what, row.guest_name], text=events.get(row.event, {}).get("theme"), doctype=INVITATION,
			name=row.name,
		)
		for row, what in rows
	]  # fmt: skip


def _events(names: set[str], **filters) -> dict[str, dict]:
	rows = frappe.get_list(
		EVENT,
		filters={"name": ("in", sorted(names) or [""]), **filters},
		fields=["name", "theme", "starts_on"],
	)
	return {row.name: {"theme": row.theme, "starts_on": row.starts_on} for row in rows}
