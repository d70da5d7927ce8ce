"""The stops of an approved plan, one after the other on the way."""

from uuid import uuid4

import frappe
from frappe.utils import getdate

from keep_customers.care import results
from keep_customers.visits import contacts, stops
from tests.site.story import MIA

from .plans import approved, as_anna, draft, touches


def test_the_stops_of_today_come_first_and_what_came_of_them_is_in_the_report(story, firms):
	firm, works = firms
	plan = approved(
		firms,
		stops=[
			{"customer": firm, "goal": "Know what they need"},
			{"customer": works, "goal": "Two more", "appointment": f"{getdate()} 23:00:00"},
		],
	)
	first, second = contacts.to_visit(plan.name)
	assert (first["customer"], first["goal"], second["customer"]) == (works, "Two more", firm)
	results.record(
		first["todo"],
		"Reached",
		str(uuid4()),
		notes="Wants two more",
		next_step="Offer",
		next_step_date=str(getdate()),
	)
	[left] = contacts.to_visit(plan.name)
	assert left["customer"] == firm
	stop = as_anna(plan).stops[1]
	assert (stop.visited, stop.report, stop.next_step) == (1, "Wants two more", "Offer")
	results.record(left["todo"], "Not Reached", str(uuid4()))
	assert not as_anna(plan).stops[0].visited
	plan = as_anna(plan)
	plan.stops[0].not_visited_reason = "Nobody there"
	plan.save()
	assert stops.file_report(plan.name) == {"contacts": 0, "moved": 0, "cancelled": 1}
	assert len(touches(works)) == 1 and as_anna(plan).stops[1].touch


def test_a_draft_and_somebody_elses_plan_have_nothing_to_visit(story, firms):
	assert contacts.to_visit(draft(firms).name) == []
	plan = approved(firms[:1])
	frappe.set_user(MIA)
	assert contacts.to_visit(plan.name) == []
