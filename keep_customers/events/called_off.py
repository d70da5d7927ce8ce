"""What an event that was called off says: by whom it was, who of its guests knows, and what can be done now."""

import frappe
from frappe import _
from frappe.query_builder.functions import Count
from frappe.utils import get_fullname

from keep_customers.care.followups import PENDING
from keep_customers.engine import events as engine
from keep_customers.erp.language import counted, moment_shown
from keep_customers.events.telling import CALL_OFF
from keep_customers.events.terms import EVENT, INVITATION

HAS_ARRIVED = "Done"


def says(event) -> list[str]:
	"""
	:param event: a VIP Event that was called off
	:returns: sentences
	"""
	return [_by_whom(event), *_who_knows(event), _("Plan It Anew begins a copy of it.")]


def _by_whom(event) -> str:
	"""Of the change that is on record; none is of an event that an import brought."""
	changes = frappe.get_all(
		"Version",
		{"ref_doctype": EVENT, "docname": event.name, "data": ("like", f'%"{engine.CALLED_OFF}"%')},
		["owner", "creation"],
		order_by="creation desc",
		limit=1,
	)
	if not changes:
		return _("It was called off.")
	[change] = changes
	return _("It was called off by {0} on {1}.").format(
		get_fullname(change.owner), moment_shown(change.creation)
	)


def _who_knows(event) -> list[str]:
	by_status = _of_guests(event.name)
	if not by_status:
		return [_("No guest had to be told.")]
	said = [_("Guests who have been told: {0}.").format(by_status.get(HAS_ARRIVED, 0))]
	if waiting := sum(by_status.get(status, 0) for status in PENDING):
		said.append(
			counted(
				waiting,
				_("One guest is still to be told; below stands by whom."),
				_("{0} guests are still to be told; below stands by whom."),
			)
		)
	if unknown := sum(by_status.values()) - by_status.get(HAS_ARRIVED, 0) - waiting:
		said.append(
			counted(
				unknown,
				_("One guest could not be told by us; please do it yourself."),
				_("{0} guests could not be told by us; please do it yourself."),
			)
		)
	return said


def _of_guests(event: str) -> dict[str, int]:
	"""Status of the follow-ups that tell it -> how many."""
	invitation, follow_up = frappe.qb.DocType(INVITATION), frappe.qb.DocType("Follow Up")
	query = (
		frappe.qb.from_(follow_up)
		.inner_join(invitation)
		.on((follow_up.reference_doctype == INVITATION) & (follow_up.reference_name == invitation.name))
		.where((invitation.event == event) & (follow_up.occurrence == CALL_OFF))
		.where(follow_up.care_rule.isnull())
		.groupby(follow_up.status)
	)
	return dict(query.select(follow_up.status, Count("*")).run())
