"""Which events somebody has before them, for *My Day*."""

from datetime import date

import frappe

MOST = 5


def events(user: str, day: date) -> dict[str, list]:
	"""
	:returns: events: what the user is host of and is still to come: dicts with name, theme, status, starts_on, place, reply_until,
		invited, accepted, capacity
	"""
	if not frappe.has_permission("VIP Event", "read"):
		return {"events": []}
	rows = frappe.get_list(
		"VIP Event",
		filters={
			"host": user,
			"status": ("in", ("Idea", "Planned", "Inviting")),
			"starts_on": (">=", day),
		},
		fields=[
			"name", "theme", "status", "starts_on", "place", "reply_until", "invited", "accepted", "capacity",
		],
		order_by="starts_on asc, name asc",
		limit=MOST,
	)  # fmt: skip
	return {"events": rows}
