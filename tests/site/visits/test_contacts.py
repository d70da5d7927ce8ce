"""The stops of an approved plan, one after the other on the way."""

from uuid import uuid4

import frappe
import pytest
from frappe.exceptions import FrappeTypeError
from frappe.utils import getdate

from keep_customers.care import results
from keep_customers.visits import at_a_glance, contacts, my_day, stops
from tests.site.story import ANNA, BEN, MIA

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


def test_what_was_prepared_is_at_hand_and_talks_and_musts_are_one_tap(story, firms):
	plan = approved(
		firms[:1],
		stops=[
			{"customer": firms[0], "goal": "Know", "market_notes": "Two new shops", "people_to_meet": "Mr Li"}
		],
	)
	open_form = as_anna(plan)
	[stop] = contacts.to_visit(plan.name)
	assert (stop["market_notes"], stop["people_to_meet"]) == ("Two new shops", "Mr Li")
	assert stop["checks"] == dict.fromkeys(contacts.CHECKS, 0)
	contacts.check(plan.name, stop["stop"], "must_see_site", True)
	contacts.check(plan.name, stop["stop"], "talk_problems_and_solutions", True)
	contacts.check(plan.name, stop["stop"], "talk_problems_and_solutions", False)
	[stop] = contacts.to_visit(plan.name)
	assert [what for what, done in stop["checks"].items() if done] == ["must_see_site"]
	open_form.append("day_notes", {"date": getdate(), "note": "All well"})
	open_form.save()  # nobody is told that the plan has changed
	with pytest.raises(FrappeTypeError):
		contacts.check(plan.name, stop["stop"], "visited", True)
	with pytest.raises(frappe.ValidationError, match="open the plan again"):
		contacts.check(plan.name, "none", "must_see_site", True)
	frappe.set_user(BEN)
	with pytest.raises(frappe.PermissionError):
		contacts.check(plan.name, stop["stop"], "must_see_site", False)


def test_the_superior_hears_once_that_the_report_is_there(story, firms):
	plan = approved(firms[:1])
	superior = as_anna(plan).approved_by
	as_anna(plan)
	[stop] = contacts.to_visit(plan.name)
	results.record(stop["todo"], "Reached", str(uuid4()), notes="Wants two more")
	for _twice in range(2):
		as_anna(plan)
		stops.file_report(plan.name)
	about = {"document_name": plan.name, "for_user": superior, "subject": ("like", "%is back%")}
	assert frappe.db.count("Notification Log", about) == 1


def test_a_draft_and_somebody_elses_plan_have_nothing_to_visit(story, firms):
	assert contacts.to_visit(draft(firms).name) == []
	plan = approved(firms[:1])
	frappe.set_user(MIA)
	assert contacts.to_visit(plan.name) == []


def test_a_form_from_before_the_contact_takes_nothing_out_of_the_report(story, firms):
	plan = approved(firms[:1])
	older = as_anna(plan)
	[stop] = contacts.to_visit(plan.name)
	results.record(stop["todo"], "Reached", str(uuid4()), notes="Wants two more")
	older.append("day_notes", {"date": getdate(), "note": "All well"})
	older.save()
	[stop] = as_anna(plan).stops
	assert (stop.visited, stop.report, bool(stop.visited_on)) == (1, "Wants two more", True)
	assert stops.file_report(plan.name)["contacts"] == 0 and len(touches(firms[0])) == 1
	# A tick that was wrong, of a visit that nobody has recorded, is taken out again.
	plan = approved(firms[1:])
	plan.stops[0].visited = 1
	plan.save()
	plan.stops[0].visited = 0
	plan.save()
	assert not as_anna(plan).stops[0].visited


def test_a_contact_recorded_on_the_way_is_not_recorded_again_by_the_amended_plan(story, firms):
	plan = approved(firms[:1])
	[stop] = contacts.to_visit(plan.name)
	results.record(stop["todo"], "Reached", str(uuid4()), notes="Wants two more")
	frappe.set_user(MIA)
	plan = frappe.get_doc("Visit Plan", plan.name)
	plan.cancel()
	amended = frappe.copy_doc(frappe.get_doc("Visit Plan", plan.name))
	amended.update({"amended_from": plan.name, "docstatus": 0})
	amended.insert()
	amended.submit()
	as_anna(amended)
	assert contacts.to_visit(amended.name) == []
	assert stops.file_report(amended.name)["contacts"] == 0 and len(touches(firms[0])) == 1


def test_what_is_reported_is_before_nobody_any_more(story, firms):
	plan = approved(firms)
	assert len(my_day.visits(ANNA, getdate())["visits"]) == 2
	assert len(at_a_glance.visits(firms[0], getdate())["visits"]) == 1
	todo = frappe.db.get_value("Follow Up", plan.stops[1].follow_up, "todo")
	results.record(todo, "Not Useful", str(uuid4()), because="No Need Now")
	assert [one.customer for one in my_day.visits(ANNA, getdate())["visits"]] == firms[:1]
	assert at_a_glance.visits(firms[1], getdate()) == {"visits": []}
	plan.reload()
	plan.stops[0].not_visited_reason = "Snow"
	plan.stops[1].moved_to = plan.to_date
	plan.save()
	stops.file_report(plan.name)
	assert my_day.visits(ANNA, getdate()) == {"visits": []}
	assert at_a_glance.visits(firms[0], getdate()) == {"visits": []}
