"""When somebody goes to see a customer, for its form."""

from datetime import date

import frappe

from keep_customers.erp.users import full_names
from keep_customers.visits.approval import REPORTED
from keep_customers.visits.contacts import still_planned

MOST = 5


def visits(customer: str, day: date) -> dict[str, list]:
	"""Hook ``keep_customers_at_a_glance``.

	:returns: visits: the stops of plans that are not over and have no report yet, the next one first: dicts with plan, status, day,
		rep, rep_name, goal
	"""
	if not frappe.has_permission("Visit Plan", "read"):
		return {"visits": []}
	# The list asks whether every customer in the plan is theirs to read.
	plans = {
		plan.name: plan
		for plan in frappe.get_list(
			"Visit Plan",
			filters=[
				["Visit Plan Stop", "customer", "=", customer],
				["Visit Plan", "docstatus", "<", 2],
				["Visit Plan", "status", "!=", REPORTED],
				["Visit Plan", "to_date", ">=", day],
			],
			fields=["name", "status", "rep", "from_date"],
			order_by="from_date asc, name asc",
			limit=MOST,
		)
	}
	stops = frappe.get_all(
		"Visit Plan Stop",
		filters={
			"parent": ("in", list(plans) or [""]), "parenttype": "Visit Plan", "customer": customer, "visited": 0,
			"touch": ("is", "not set"),
		},
		fields=["parent as plan", "appointment", "goal", "follow_up"],
		order_by="idx asc",
	)  # fmt: skip
	names = full_names(plan.rep for plan in plans.values())
	rows = [
		{
			"plan": stop.plan,
			"status": plans[stop.plan].status,
			"day": stop.appointment or plans[stop.plan].from_date,
			"rep": plans[stop.plan].rep,
			"rep_name": names.get(plans[stop.plan].rep),
			"goal": stop.goal,
		}
		for stop in still_planned(stops)
	]
	return {"visits": sorted(rows, key=lambda row: str(row["day"]))}
