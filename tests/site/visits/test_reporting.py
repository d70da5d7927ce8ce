"""What is noted on the way, reported afterwards, and changed in between."""

from datetime import timedelta

import frappe
import pytest
from frappe.utils import get_datetime, getdate, now_datetime

from keep_customers.visits import stops
from tests.site.story import ANNA, MIA, PREFIX
from tests.site.visits.plans import approved, as_anna, draft, follow_up, touches

# On the way


def test_a_daily_note_is_a_word_to_the_superior_that_does_not_say_what_it_says(story, firms):
	plan = approved(firms)
	plan.append("day_notes", {"date": getdate(), "note": "Their owner is ill"})
	plan.save()
	logs = {"document_name": plan.name, "for_user": MIA}
	[log] = frappe.get_all("Notification Log", logs, ["subject", "type", "from_user"])
	assert "ill" not in log.subject and plan.name in log.subject
	assert (log.type, log.from_user) == ("Alert", ANNA)
	# Saving again is no new word.
	plan = as_anna(plan)
	plan.market = "Quiet"
	plan.save()
	assert frappe.db.count("Notification Log", logs) == 1


def test_what_was_approved_stays_as_it_is(story, firms):
	for change in (
		lambda plan: plan.stops.pop(),
		lambda plan: plan.append("stops", {"customer": firms[0]}),
		lambda plan: plan.set("purpose", "Holidays"),
		lambda plan: plan.set("status", "Reported"),
		lambda plan: plan.stops[0].set("follow_up", None),
	):
		plan = approved(firms)
		change(plan)
		with pytest.raises((frappe.ValidationError, frappe.UpdateAfterSubmitError)):
			plan.save()
		frappe.db.rollback()


# The report


def test_the_report_becomes_contacts_and_nothing_twice(story, firms):
	firm, works = firms
	plan = approved(firms, travel_cost=40, other_cost=10)
	with pytest.raises(frappe.ValidationError, match=r"Row 1.*not visited"):
		stops.file_report(plan.name)
	assert not frappe.get_all("Customer Touch")
	step = getdate() + timedelta(days=30)
	plan.stops[0].update(
		{
			"visited": 1, "report": "Wants two more", "satisfaction": 0.8, "cost": 25, "must_see_site": 1,
			"next_step": "Send the offer", "next_step_date": step,
		}
	)  # fmt: skip
	plan.stops[1].not_visited_reason = "Snow"
	plan.update({"goals": "One of two", "market": "Growing"})
	plan.save()
	assert as_anna(plan).total_cost == 75
	assert stops.file_report(plan.name) == {"contacts": 1, "moved": 0, "cancelled": 1}
	plan = as_anna(plan)
	assert plan.status == "Reported" and plan.reported_on
	[touch] = touches(firm)
	assert (touch.rep, touch.channel, touch.result, touch.notes, touch.satisfaction) == (
		ANNA, "Visit", "Reached", "Wants two more", 0.8,
	)  # fmt: skip
	row = follow_up(plan.stops[0])
	assert (plan.stops[0].touch, touch.follow_up, row.touch, row.status) == (
		touch.name,
		row.name,
		touch.name,
		"Done",
	)
	assert frappe.db.get_value("ToDo", row.todo, "status") == "Closed"
	row = follow_up(plan.stops[1])
	assert (row.status, row.hold_reason) == ("Cancelled", "Not visited")
	assert frappe.db.get_value("ToDo", row.todo, "status") == "Cancelled" and not touches(works)
	[planned] = story.follow_ups(firm, reference_doctype="Customer Touch")
	assert (planned.due_date, planned.status) == (step, "Planned")

	rows = frappe.db.count("Follow Up"), frappe.db.count("ToDo")
	first = plan.reported_on
	assert stops.file_report(plan.name) == {"contacts": 0, "moved": 0, "cancelled": 0}
	assert (len(touches(firm)), as_anna(plan).reported_on) == (1, first)
	assert (frappe.db.count("Follow Up"), frappe.db.count("ToDo")) == rows
	frappe.set_user("Administrator")
	# A contact recorded by mistake can be deleted although the plan mentions it.
	frappe.delete_doc("Customer Touch", touch.name)
	assert not as_anna(plan).stops[0].touch


def test_a_visit_that_is_moved_comes_on_its_day_and_is_reported_then(story, firms):
	plan = approved(firms[:1])
	day = getdate() + timedelta(days=5)
	plan.stops[0].moved_to = day
	plan.save()
	assert stops.file_report(plan.name)["moved"] == 1
	row = follow_up(as_anna(plan).stops[0])
	assert (row.status, row.due_date, frappe.db.get_value("ToDo", row.todo, "date")) == ("Assigned", day, day)
	# What she puts off again stays there, however often the report is filed.
	todo = frappe.get_doc("ToDo", row.todo)
	todo.update({"date": day + timedelta(days=2)}).save()
	assert stops.file_report(plan.name)["moved"] == 0
	assert todo.reload().date == day + timedelta(days=2)
	plan = as_anna(plan)
	plan.stops[0].visited = 1
	plan.save()
	assert get_datetime(plan.stops[0].visited_on) <= now_datetime()
	assert stops.file_report(plan.name)["contacts"] == 1
	assert follow_up(as_anna(plan).stops[0]).status == "Done"


def test_a_contact_recorded_on_closing_the_todo_is_not_recorded_again(story, firms):
	from keep_customers.care.todos import record_touch

	plan = approved(firms[:1])
	row = follow_up(plan.stops[0])
	touch = record_touch(row.todo, "Reached", notes="Short")
	todo = frappe.get_doc("ToDo", row.todo)
	todo.status = "Closed"
	todo.save()
	# In the evening Anna writes down what one tap did not say.
	plan, step = as_anna(plan), getdate() + timedelta(days=3)
	said = {"satisfaction": 0.8, "next_step": "Send the offer", "next_step_date": step}
	plan.stops[0].update({"visited": 1, "report": "Short, as they build.", **said})
	plan.save()
	assert stops.file_report(plan.name)["contacts"] == 0
	[noted] = touches(firms[0])
	assert as_anna(plan).stops[0].touch == touch == noted.name
	assert {field: noted[field] for field in said} == said and noted.notes == "Short, as they build."
	[planned] = story.follow_ups(firms[0], reference_doctype="Customer Touch")
	assert (planned.short, planned.due_date) == ("Send the offer", step)


def test_a_draft_has_no_report(story, firms):
	plan = draft(firms)
	with pytest.raises(frappe.ValidationError, match="Only an approved plan"):
		stops.file_report(plan.name)


# Changes of mind


def test_a_cancelled_plan_takes_its_visits_back_and_the_amended_one_asks_anew(story, firms):
	plan = approved(firms)
	plan.stops[0].visited = 1
	plan.save()
	plan.stops[1].moved_to = getdate() + timedelta(days=3)
	plan.save()
	stops.file_report(plan.name)
	frappe.set_user(ANNA)
	with pytest.raises(frappe.PermissionError):
		as_anna(plan).cancel()
	frappe.set_user(MIA)
	plan = frappe.get_doc("Visit Plan", plan.name)
	plan.cancel()
	assert frappe.db.get_value("Visit Plan", plan.name, "status") == "Cancelled"
	done, open_one = (follow_up(stop) for stop in plan.stops)
	assert done.status == "Done"
	assert (open_one.status, open_one.hold_reason) == ("Cancelled", "Visit plan cancelled")
	assert frappe.db.get_value("ToDo", open_one.todo, "status") == "Cancelled"

	amended = frappe.copy_doc(frappe.get_doc("Visit Plan", plan.name))
	amended.update({"amended_from": plan.name, "docstatus": 0})
	amended.insert()
	assert (amended.status, amended.approved_by, amended.reported_on) == ("Draft", None, None)
	amended.submit()
	# What took place is not asked for again.
	still = frappe.get_doc("Visit Plan", amended.name).stops
	assert still[0].touch and not still[0].follow_up
	assert follow_up(still[1]).status == "Assigned"
	visits_of_firm = [row.status for row in story.follow_ups(firms[0], reference_doctype="Visit Plan")]
	assert visits_of_firm == ["Done"]


def test_customers_are_renamed_merged_and_deleted_while_a_visit_is_planned(story, firms):
	firm, works = firms
	plan = approved(firms)
	frappe.set_user("Administrator")
	# What the framework has noted during an earlier test; a request starts without.
	frappe.local.dynamic_link_map = None
	new = f"{PREFIX} Renamed"
	frappe.rename_doc("Customer", firm, new)
	frappe.db.set_value("Customer", new, "customer_name", new)
	stop = frappe.get_doc("Visit Plan", plan.name).stops[0]
	assert (stop.customer, follow_up(stop).customer) == (new, new)

	third = story.customer("Third")
	frappe.rename_doc("Customer", new, third, merge=True)
	plan = as_anna(plan)
	assert (plan.stops[0].customer, plan.stops[0].customer_name) == (third, third)
	plan.stops[0].visited = 1
	plan.save()
	plan.stops[1].not_visited_reason = "Moved away"
	plan.save()
	stops.file_report(plan.name)
	assert len(touches(third)) == 1

	frappe.set_user("Administrator")
	frappe.delete_doc("Customer", works)
	assert [stop.customer for stop in frappe.get_doc("Visit Plan", plan.name).stops] == [third]
	assert not frappe.get_all("Version", {"ref_doctype": "Visit Plan", "data": ("like", f"%{works}%")})
	as_anna(plan).check_permission("write")


def test_a_computer_whose_clock_is_a_little_ahead_can_report_a_visit(story, firms):
	plan = approved(firms)
	plan.stops[0].update({"visited": 1, "visited_on": now_datetime() + timedelta(minutes=5)})
	plan.save()
	assert get_datetime(plan.stops[0].visited_on) <= now_datetime()
	plan.stops[1].update({"visited": 1, "visited_on": now_datetime() + timedelta(minutes=15)})
	with pytest.raises(frappe.ValidationError, match="after it happened"):
		plan.save()
