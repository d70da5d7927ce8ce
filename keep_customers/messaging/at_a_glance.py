"""What was sent to a customer, and what it said, in its timeline."""

from frappe import _
from frappe.utils import flt

from keep_customers.care import timeline
from keep_customers.erp.said import reworded
from keep_customers.messaging.feedback import DOCTYPE, MOST_STARS

LEFT_US = ("Sent", "Delivered", "Read")


def timeline_of(customer: str, limit: int) -> list[dict]:
	"""Hook ``keep_customers_timeline``. A message that became a contact is in there as that."""
	sent = timeline.documents(
		"Follow Up", customer, "sent_on", limit, ("channel", "send_status", "short", "reason", "made_of", "assigned_to"),
		send_status=("in", LEFT_US), touch=("is", "not set"),
	)  # fmt: skip
	said = timeline.documents(DOCTYPE, customer, "given_on", limit, ("rating", "words", "kind"))
	return [
		timeline.entry(
			row.moment,
			timeline.KINDS[row.channel],
			[_(row.channel, context="Follow Up"), _(row.send_status, context="Follow Up")],
			text=reworded(row, "short") or reworded(row, "reason"),
			by=row.assigned_to,
			doctype="Follow Up",
			name=row.name,
		)
		for row in sent
	] + [
		timeline.entry(
			row.moment,
			timeline.FEEDBACK,
			[_("Customer Feedback"), _(row.kind, context=DOCTYPE), _stars(row.rating)],
			text=row.words,
			doctype=DOCTYPE,
			name=row.name,
		)
		for row in said
	]


def _stars(rating: float) -> str:
	return f"★ {flt(rating) * MOST_STARS:g} / {MOST_STARS}" if flt(rating) else ""
