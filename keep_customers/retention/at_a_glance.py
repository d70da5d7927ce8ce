"""A customer's losses on its form: what is asked or planned now, and when it was lost and won back."""

from datetime import date

import frappe
from frappe import _

from keep_customers.care import timeline
from keep_customers.engine import losses as engine
from keep_customers.retention.reviews import DOCTYPE


def losses(customer: str, day: date) -> dict[str, list]:
	"""Hook ``keep_customers_at_a_glance``.

	:returns: losses: the reviews in which something is to be done: dicts with name, status, lost_on, cause
	"""
	if not frappe.has_permission(DOCTYPE, "read"):
		return {"losses": []}
	rows = frappe.get_list(
		DOCTYPE,
		filters={"customer": customer, "status": ("in", engine.WAITING)},
		fields=["name", "status", "lost_on", "cause"],
		order_by="lost_on desc",
	)
	return {"losses": rows}


def timeline_of(customer: str, limit: int) -> list[dict]:
	"""Hook ``keep_customers_timeline``: when it was lost, and when it bought again."""
	found = []
	for moment, what, text in (
		("lost_on", _("Lost", context="Customer Value"), "evidence"),
		("won_back_on", _("Won Back", context="Customer Value"), "cause"),
	):
		rows = timeline.documents(DOCTYPE, customer, moment, limit, ("cause", "evidence", "responsible"))
		found += [
			timeline.entry(
				row.moment,
				timeline.LOSS,
				[what, row.cause and _(row.cause, context="Loss Cause")],
				text=row.evidence if text == "evidence" else None,
				by=row.responsible,
				doctype=DOCTYPE,
				name=row.name,
			)
			for row in rows
		]
	return found
