"""Where a rep goes today, for *My Day*."""

from datetime import date

import frappe
from frappe.utils import getdate

from keep_customers.visits.approval import REPORTED
from keep_customers.visits.contacts import still_planned


def visits(user: str, day: date) -> dict[str, list]:
	"""
	:returns: visits: the stops of the user's approved plans that are for today and have no report yet, by appointment: dicts
		with plan, customer, customer_name, appointment, place, people_to_meet, goal
	"""
	if not frappe.has_permission("Visit Plan", "read"):
		return {"visits": []}
	# The list asks whether every customer in the plan is theirs to read.
	plans = frappe.get_list(
		"Visit Plan",
		filters={
			"rep": user, "docstatus": 1, "status": ("!=", REPORTED), "from_date": ("<=", day), "to_date": (">=", day),
		},
		pluck="name",
		order_by="name asc",
		limit=20,
	)  # fmt: skip
	stops = frappe.get_all(
		"Visit Plan Stop",
		filters={"parent": ("in", plans or [""]), "parenttype": "Visit Plan", "visited": 0, "touch": ("is", "not set")},
		fields=[
			"parent as plan", "customer", "customer_name", "appointment", "place", "people_to_meet", "goal", "follow_up",
		],
		order_by="idx asc",
	)  # fmt: skip
	today = still_planned(
		[stop for stop in stops if not stop.appointment or getdate(stop.appointment) == day]
	)
	for stop in today:
		del stop["follow_up"]
	return {"visits": sorted(today, key=lambda stop: (not stop.appointment, str(stop.appointment or "")))}
