"""Which complaints are in somebody's hands, for *My Day*."""

from datetime import date

import frappe
from frappe.utils import get_datetime, now_datetime

MOST = 20
ALL = 500  # that somebody has open


def cases(user: str, day: date) -> dict[str, list]:
	"""
	:returns: complaints: the open cases the user is responsible for, the most urgent first: dicts with name, customer_name,
		subject, status, severity, due (the next moment the customer waits for, or None), late
	"""
	if not frappe.has_permission("Complaint Case", "read"):
		return {"complaints": []}
	rows = frappe.get_list(
		"Complaint Case",
		filters={"responsible": user, "status": ("!=", "Closed")},
		fields=[
			"name", "customer_name", "subject", "status", "severity", "answer_due", "answered_on", "promised_on",
			"solve_due", "solved_on",
		],
		order_by="solve_due asc, name asc",
		limit=ALL,
	)  # fmt: skip
	now = now_datetime()
	for row in rows:
		waits_for = [
			None if row.pop("answered_on") else row.answer_due,
			None if row.solved_on else row.promised_on or row.solve_due,
		]
		for field in ("answer_due", "promised_on", "solve_due", "solved_on"):
			row.pop(field)
		row.due = min((get_datetime(when) for when in waits_for if when), default=None)
		# Nobody of us is late while the customer's answer is waited for.
		row.late = bool(row.due and row.due < now and row.status != "Waiting for Customer")
	rows.sort(key=lambda row: (row.due is None, str(row.due), row.name))
	# Not before: what is solved and waits for the customer's word was due the earliest of all.
	return {"complaints": rows[:MOST]}
