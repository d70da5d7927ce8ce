"""What an app tells of a message that it has sent for a follow-up, after it took it: that it arrived, was read, or did not."""

import frappe
from frappe import _

from keep_customers.care.followups import LEFT_THE_HOUSE, TO_CARRY_OUT
from keep_customers.messaging.sending import note_failure

DELIVERED, READ, FAILED = "Delivered", "Read", "Failed"
ORDER = LEFT_THE_HOUSE


def taken(follow_up: str, message_id: str) -> None:
	"""Note by which name the app knows the message, for :func:`told`; called from its function that sends."""
	frappe.db.set_value("Follow Up", follow_up, "message_id", message_id)


def told(message_id: str, state: str, why: str = "") -> None:
	"""Note what became of a message; as often and in whatever order it is told. What did not arrive becomes the rep's.

	:param state: :data:`DELIVERED`, :data:`READ` or :data:`FAILED`
	:param why: of a failure, for who looks after messages
	"""
	fields = [*TO_CARRY_OUT, "message_id"]
	row = frappe.db.get_value("Follow Up", {"message_id": message_id}, fields, as_dict=True, for_update=True)
	if not row or row.send_status not in ORDER:
		return
	if state == FAILED:
		note_failure(row, why or _("The messenger could not deliver it."), final=True)
	elif ORDER.index(state) > ORDER.index(row.send_status):
		frappe.db.set_value("Follow Up", row.name, "send_status", state)
