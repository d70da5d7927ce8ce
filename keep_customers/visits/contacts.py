"""The stops of an approved Visit Plan as contacts: whom the rep goes to now, and what the report knows already."""

import frappe
from frappe import _
from frappe.utils import cint, getdate

from keep_customers.access.lookups import named
from keep_customers.care import followups
from keep_customers.erp.api import refuse, typed

# Three talks and three musts, in the order of the form.
CHECKS = (
	"talk_product_in_market", "talk_market_and_competitors", "talk_problems_and_solutions",
	"must_see_market", "must_see_site", "must_meet_person_in_charge",
)  # fmt: skip
PREPARED = ("people_to_meet", "market_notes", "recent_sales")
NOTED = ("visited", "visited_on", "report", "next_step", "next_step_date")


@frappe.whitelist()
@typed
def to_visit(plan: str) -> list[dict]:
	"""The stops that the user of this session still has to see, today's first, then by appointment.

	:returns: dicts with stop, todo, customer, customer_name, appointment, goal, place, people_to_meet, market_notes, recent_sales,
		and checks: what to talk about and to be sure of -> 1 where it is done
	:raises frappe.PermissionError: if the user may not read the plan
	"""
	doc = named("Visit Plan", plan)
	stops = {stop.follow_up: stop for stop in doc.stops if stop.follow_up and not stop.visited}
	if not stops or not doc.docstatus.is_submitted():
		return []
	follow_up, todo = frappe.qb.DocType("Follow Up"), frappe.qb.DocType("ToDo")
	rows = (
		frappe.qb.from_(follow_up)
		.inner_join(todo)
		.on(todo.name == follow_up.todo)
		.select(follow_up.name, follow_up.todo)
		.where(follow_up.name.isin(list(stops)) & follow_up.status.isin(followups.OPEN))
		.where(todo.status == "Open")
		.where(todo.allocated_to == frappe.session.user)
	).run()
	found = [_stop(stops[name], todo) for name, todo in rows]
	return sorted(found, key=_turn)


def still_planned(stops: list) -> list:
	"""Those of some stops to which somebody still means to go; the customer may not want it any more, or the rep may see no use in it.

	:param stops: rows with follow_up
	"""
	names = [stop.follow_up for stop in stops if stop.follow_up]
	if not names:
		return stops
	over = set(frappe.get_all("Follow Up", {"name": ("in", names), "status": "Cancelled"}, pluck="name"))
	return [stop for stop in stops if stop.follow_up not in over]


def _stop(stop, todo: str) -> dict:
	return {
		"stop": stop.name,
		"todo": todo,
		"customer": stop.customer,
		"customer_name": stop.customer_name or stop.customer,
		"appointment": stop.appointment,
		"goal": stop.goal,
		"place": stop.place,
		**{field: stop.get(field) for field in PREPARED},
		"checks": {field: cint(stop.get(field)) for field in CHECKS},
	}


def _turn(stop: dict) -> tuple:
	day = stop["appointment"] and getdate(stop["appointment"])
	return (day != getdate(), not day, str(stop["appointment"] or ""), stop["customer_name"])


@frappe.whitelist(methods=["POST"])
@typed
def check(plan: str, stop: str, point: str, yes: bool) -> None:
	"""Tick what was talked about or seen at a stop, with one tap on the way.

	:param point: one of :data:`CHECKS`
	:raises frappe.PermissionError: if the user may not write the plan
	:raises frappe.ValidationError: if it is not approved, or has no such stop
	"""
	doc = named("Visit Plan", plan, "write", for_update=True)
	if point not in CHECKS:
		refuse("'point' is none of what is checked at a stop.")
	if not doc.docstatus.is_submitted() or stop not in {one.name for one in doc.stops}:
		frappe.throw(_("This stop is not on an approved plan any more. Please open the plan again."))
	# Past the document's life: whoever has the plan open goes on writing in it.
	frappe.db.set_value("Visit Plan Stop", stop, point, cint(yes), update_modified=False)
	frappe.clear_document_cache("Visit Plan", plan)


def note_visit(follow_up: str) -> None:
	"""A stop's contact was recorded on its ToDo: the report has it already, and the rep adds what is missing."""
	stop = frappe.db.get_value(
		"Visit Plan Stop",
		{"follow_up": follow_up, "visited": 0},
		["name", "report", "next_step", "next_step_date"],
		as_dict=True,
	)
	touch = stop and frappe.db.get_value("Follow Up", follow_up, "touch")
	if not touch:
		return
	contact = frappe.db.get_value(
		"Customer Touch", touch, ["result", "date", "notes", "next_step", "next_step_date"], as_dict=True
	)
	if contact.result != "Reached":
		return
	agreed = contact if contact.next_step else stop
	values = {
		"visited": 1,
		"visited_on": contact.date,
		"report": stop.report or contact.notes,
		"next_step": agreed.next_step,
		"next_step_date": agreed.next_step_date,
	}
	frappe.db.set_value("Visit Plan Stop", stop.name, values)


def keep_noted(plan) -> None:
	"""The form may be older than a contact that was recorded on the ToDo of one of its stops: that one stays in the report."""
	before = {stop.name: stop for stop in plan.get_doc_before_save().stops}
	for stop in plan.stops:
		was = before.get(stop.name)
		if not was or not was.visited or stop.visited or not stop.follow_up:
			continue
		if frappe.db.get_value("Follow Up", stop.follow_up, "touch"):
			stop.update({field: stop.get(field) or was.get(field) for field in NOTED})
