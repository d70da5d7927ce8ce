"""What is due as a visit anyway is offered to a plan, and becomes one contact with its stop."""

from datetime import timedelta

import frappe
import pytest
from frappe.exceptions import FrappeTypeError
from frappe.permissions import add_user_permission
from frappe.utils import add_to_date, getdate

from keep_customers.access.read_back import read_back
from keep_customers.care import results
from keep_customers.visits import contacts, due, stops
from tests.site.story import ANNA, BEN, MIA, TERRITORY
from tests.site.visits.plans import approved, as_anna, day, draft, follow_up, noted, on_list, touches

KEY = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def rule(story, firms):
	yield story.rule("Visit", channel="Visit")
	frappe.set_user("Administrator")


def offered(user=ANNA, rep=ANNA, **values):
	frappe.set_user(user)
	found = due.to_take_in(rep, str(day(0)), str(day(2)), **values)
	frappe.set_user("Administrator")
	return found["rows"]


def test_it_is_offered_by_day_with_why_and_whether_it_is_on_the_list(story, firms, rule):
	firm, works = firms
	late, soon = story.customer("Mill"), story.customer("Yard", territory=TERRITORY)
	birthday = day(2).replace(year=1984)  # which has every day of a year
	story.file(late, dedicated_rep=ANNA)
	story.file(
		soon, dedicated_rep=ANNA, people=[{"full_name": "Ms Chen", "birthday": birthday, "decides": 1}]
	)
	on_list(rule, late, -3)
	on_list(rule, firm, 9)
	noted(rule, works, 1)
	# A birthday in two days: nobody has noted it yet.
	later = story.rule("Birthday", trigger="Birthday", whose="Decision Makers", channel="Visit")
	rows = offered()
	assert [(row["customer"], row["due"], row["on_list"], row["in_time"]) for row in rows] == [
		(late, day(-3), True, True),
		(works, day(1), False, True),
		(soon, day(2), False, True),
		(firm, day(9), True, False),
	]
	assert rows[0]["why"] == "No contact for long" and rows[2]["why"].startswith("Birthday on")
	# What a rule tries out, and what is not a visit, is not.
	later.db_set("control_share", 10)
	on_list(story.rule("Call"), story.customer("Called"), 0)
	noted(rule, story.customer("Tried"), 1, arm="Cared For")
	assert [row["customer"] for row in offered()] == [late, works, firm]
	assert [row["customer"] for row in offered(territory=TERRITORY)] == [late, works, firm]
	assert not offered(territory="Nowhere")


def test_what_is_in_a_plan_or_refused_or_another_s_is_not_offered(story, firms, rule):
	firm, works = firms
	yard = story.customer("Yard")
	on_list(rule, firm, 1)
	on_list(rule, works, 1)
	on_list(rule, yard, 1, user=BEN)
	draft([firm])
	assert [row["customer"] for row in offered()] == [works]
	assert [row["customer"] for row in offered(MIA, BEN)] == [yard]
	with pytest.raises(frappe.PermissionError):
		offered(ANNA, BEN)
	frappe.set_user("Administrator")
	file = frappe.get_doc("Customer File", works)
	file.append("consents", {"channel": "Visit", "consent": "Refused", "date": getdate()})
	file.save()
	assert not offered()
	add_user_permission("Customer", firm, MIA)
	assert not offered(MIA, BEN)
	frappe.set_user(ANNA)
	with pytest.raises(FrappeTypeError, match="YYYY-MM-DD"):
		due.to_take_in(ANNA, "soon", str(day(1)))


def test_the_stop_is_one_contact_with_what_is_on_the_list(story, firms, rule):
	firm, works = firms
	there, waits = on_list(rule, firm, -1), noted(rule, works, 1)
	other = on_list(rule, firm, 4)
	plan = draft(firms)
	said = "2 of the visits are due anyway; each stays one contact."
	assert said in read_back({"doctype": "Visit Plan", "name": plan.name})["says"]
	assert (
		said in read_back({**plan.as_dict(no_nulls=True), "__islocal": 1, "name": "new-visit-plan-1"})["says"]
	)
	# Who is to approve it reads it, too.
	plan.db_set("status", "Waiting for Approval")
	frappe.set_user(MIA)
	assert said in read_back({"doctype": "Visit Plan", "name": plan.name})["says"]
	frappe.get_doc("Visit Plan", plan.name).submit()
	plan = as_anna(plan)
	first, second = (follow_up(stop) for stop in plan.stops)
	for row in (there, waits, other):
		row.reload()
	assert first.todo == there.todo == other.todo and second.todo == waits.todo
	assert {row.status for row in (there, waits, other)} == {"Assigned"}
	assert {row.due_date for row in (first, there, other)} == {plan.to_date}
	todo = frappe.get_doc("ToDo", first.todo)
	assert (todo.status, todo.date, todo.keep_follow_up) == ("Open", plan.to_date, first.name)
	assert plan.name in todo.description and "are there; No contact for long" in todo.description
	assert "are there; No contact for long" in todo.keep_why
	assert frappe.db.count("ToDo", {"reference_name": firm, "status": "Open"}) == 1
	assert frappe.db.count("ToDo", {"reference_name": works, "status": "Open"}) == 1
	# One visit, one contact, however it is told.
	plan.stops[0].update({"visited": 1, "report": "Wants two more"})
	plan.stops[1].not_visited_reason = "Snow"
	plan.save()
	assert stops.file_report(plan.name) == {"contacts": 1, "moved": 0, "cancelled": 1}
	[touch] = touches(firm)
	for row in (there, other, first):
		row.reload()
		assert (row.status, row.touch) == ("Done", touch.name)
	assert frappe.db.get_value("ToDo", first.todo, "status") == "Closed"
	# Who was not visited is still to be visited.
	waits.reload()
	todo = frappe.get_doc("ToDo", waits.todo)
	assert (waits.status, todo.status, todo.keep_follow_up) == ("Assigned", "Open", waits.name)
	assert plan.name not in todo.description
	assert not contacts.to_visit(plan.name)  # it is no stop of this plan any more


def test_told_on_the_way_it_is_one_contact_too(story, firms, rule):
	there = on_list(rule, firms[0], 1)
	plan = approved(firms[:1])
	results.record(there.todo, "Reached", KEY, notes="Wants two more")
	[touch] = touches(firms[0])
	assert touch.channel == "Visit"
	plan = as_anna(plan)
	assert (plan.stops[0].visited, plan.stops[0].report) == (1, "Wants two more")
	assert stops.file_report(plan.name)["contacts"] == 0
	assert len(touches(firms[0])) == 1 and as_anna(plan).stops[0].touch == touch.name
	assert there.reload().status == "Done"


def test_at_the_wrong_moment_what_is_planned_is_put_off_with_what_was_due_anyway(story, firms, rule):
	there = on_list(rule, firms[0], 1)
	plan = approved(firms[:1])
	results.record(there.todo, "Not Useful", KEY, because="Wrong Moment")
	stop = follow_up(plan.stops[0])
	todo = frappe.get_doc("ToDo", stop.todo)
	assert (stop.status, there.reload().status, todo.status) == ("Assigned", "Assigned", "Open")
	assert stop.due_date == there.due_date == todo.date > plan.to_date
	assert not there.not_useful and frappe.db.count("Follow Up", {"customer": firms[0]}) == 2


def test_a_plan_that_is_cancelled_leaves_what_was_due_anyway(story, firms, rule):
	there = on_list(rule, firms[0], 1)
	plan = approved(firms[:1])
	frappe.set_user(MIA)
	plan = frappe.get_doc("Visit Plan", plan.name)
	plan.cancel()
	todo = frappe.get_doc("ToDo", there.todo)
	assert (there.reload().status, todo.status, todo.keep_follow_up) == ("Assigned", "Open", there.name)
	assert plan.name not in todo.description and "No contact for long" in todo.description


def test_what_went_along_with_a_visit_that_does_not_take_place_is_due_when_it_was(story, firms, rule):
	"""And is taken in by the amended plan of later days, also where it is worthless after its own."""
	firm, works = firms
	warned, waits = on_list(rule, firm, 9, expires=1), noted(rule, works, 7)
	plan = approved(firms)
	assert {warned.reload().due_date, waits.reload().due_date} == {plan.to_date}
	frappe.set_user(MIA)
	frappe.get_doc("Visit Plan", plan.name).cancel()
	for row, ahead in ((warned, 9), (waits, 7)):
		assert (row.reload().due_date, row.status) == (day(ahead), "Assigned")
		assert frappe.db.get_value("ToDo", row.todo, "date") == day(ahead)
	amended = frappe.copy_doc(frappe.get_doc("Visit Plan", plan.name))
	amended.update(
		{"amended_from": plan.name, "docstatus": 0, "from_date": day(5), "to_date": day(6)}
	).insert()
	amended.submit()
	plan = as_anna(amended)
	assert [follow_up(stop).todo for stop in plan.stops] == [warned.reload().todo, waits.reload().todo]
	# Not visited, the notice is good for three days more.
	for stop in plan.stops:
		stop.not_visited_reason = "Snow"
	plan.save()
	stops.file_report(plan.name)
	assert (warned.reload().due_date, warned.status) == (day(9), "Assigned")
	assert frappe.db.get_value("ToDo", warned.todo, ["date", "status"]) == (day(9), "Open")


def test_a_day_that_the_rep_has_chosen_stays(story, firms, rule):
	there = on_list(rule, firms[0], 9)
	plan = approved(firms[:1])
	todo = frappe.get_doc("ToDo", there.todo)
	todo.date = day(4)
	todo.save()
	frappe.set_user(MIA)
	frappe.get_doc("Visit Plan", plan.name).cancel()
	assert there.reload().due_date == frappe.db.get_value("ToDo", there.todo, "date") == day(4)


def test_a_visit_that_a_report_has_moved_is_taken_in_by_the_next_plan(story, firms):
	firm = firms[0]
	first = approved([firm])
	assert not offered(), "it is planned"
	frappe.set_user(ANNA)
	first.stops[0].moved_to = day(2)
	first.save()
	stops.file_report(first.name)
	assert [(row["customer"], row["due"], row["on_list"]) for row in offered()] == [(firm, day(2), True)]
	second = approved([firm], from_date=day(2), to_date=day(3))
	old, new = follow_up(first.stops[0]), follow_up(second.stops[0])
	assert old.todo == new.todo and frappe.db.count("ToDo", {"reference_name": firm, "status": "Open"}) == 1
	# One visit is told once, and both plans have it.
	results.record(new.todo, "Reached", KEY, notes="Wants two more")
	assert [plan.stops[0].visited for plan in (as_anna(first), as_anna(second))] == [1, 1]
	assert len(touches(firm)) == 1


def test_how_many_stops_are_a_days_work_is_a_setting(story, firms):
	def room():
		frappe.set_user(ANNA)
		found = due.to_take_in(ANNA, str(day(0)), str(day(0)))["room"]
		frappe.set_user("Administrator")
		return found

	assert room() == 5
	for visits, expected in ((12, 12), (0, 5), (None, 5)):
		story.settings(visits_a_day=visits)
		assert room() == expected


def test_nothing_is_moved_from_its_day_or_comes_too_late(story, firms, rule):
	firm, works = firms
	birthday = story.rule("Birthday", trigger="Birthday", channel="Visit")
	dated = on_list(birthday, firm, 1, expires=1)
	warned = on_list(rule, works, 0, expires=1)
	called = on_list(story.rule("Call"), works, 1)
	# The birthday is the day of its stop; the appointment is too late for what expires today.
	plan = approved(
		firms,
		to_date=day(3),
		stops=[{"customer": firm}, {"customer": works, "appointment": add_to_date(day(2), hours=9)}],
	)
	first, second = (follow_up(stop) for stop in plan.stops)
	assert (first.todo, first.due_date) == (dated.reload().todo, day(1))
	assert frappe.db.get_value("ToDo", first.todo, "date") == day(1)
	assert second.todo not in (warned.reload().todo, called.reload().todo)
	assert second.due_date == day(2)
	# The report moves the visit: the greeting has a ToDo of its own for its day.
	plan.stops[0].moved_to = day(3)
	plan.stops[1].not_visited_reason = "Snow"
	plan.save()
	assert stops.file_report(plan.name) == {"contacts": 0, "moved": 1, "cancelled": 1}
	assert (first.reload().due_date, dated.reload().due_date, dated.status) == (day(3), day(1), "Assigned")
	assert (
		first.todo != dated.todo and frappe.db.get_value("ToDo", first.todo, "keep_follow_up") == first.name
	)
	assert [frappe.db.get_value("ToDo", row.todo, "date") for row in (first, dated)] == [day(3), day(1)]
	# By telephone or video nobody is visited.
	for method in ("Phone", "Video"):
		frappe.set_user("Administrator")
		visit = on_list(rule, works, 2)
		plan = approved([works], method=method)
		assert follow_up(plan.stops[0]).todo != visit.reload().todo, method
		visit.db_set("status", "Cancelled")


def test_what_rules_ask_for_after_the_plan_was_approved_is_the_same_contact(story, firms):
	firm, works = firms
	story.settings(contact_cap=0)
	story.completed_yesterday()
	monday = getdate()
	while monday.weekday():
		monday += timedelta(days=1)
	begin, end = monday + timedelta(days=2), monday + timedelta(days=3)
	late, far = story.customer("Mill"), story.customer("Far")
	calls = approved([far], from_date=begin, to_date=end, method="Video")
	frappe.set_user("Administrator")
	plan = approved([*firms, late], from_date=begin, to_date=end)
	frappe.set_user("Administrator")
	rule = story.rule("Best", trigger="Year's Best", top_n=1, channel="Visit", due_in_days=9)
	in_time = noted(rule, firm, 0, planned_on=monday, due_date=begin, expires=0)
	too_late = noted(rule, works, 0, planned_on=monday, due_date=monday)
	first, second, third = (follow_up(stop) for stop in plan.stops)
	frappe.db.set_value("ToDo", third.todo, "date", monday - timedelta(days=1))
	for one in (late, far):
		story.file(one, dedicated_rep=ANNA)
	beside = noted(rule, late, 0, planned_on=monday, due_date=end)
	seen = noted(rule, far, 0, planned_on=monday, due_date=end)
	story.night(monday)
	in_time.reload()
	assert (in_time.status, in_time.todo, in_time.due_date) == ("Assigned", first.todo, end)
	todo = frappe.get_doc("ToDo", first.todo)
	assert (todo.status, todo.date, todo.keep_follow_up) == ("Open", end, first.name)
	assert plan.name in todo.description and "are there; No contact for long" in todo.description
	assert "are there; No contact for long" in todo.keep_why
	# The journey begins after it is due; a visit that is late may only not be reported yet.
	# By video nobody is there.
	for row, stop in ((too_late, second), (beside, third), (seen, follow_up(calls.stops[0]))):
		assert row.reload().status == "Assigned" and row.todo != stop.todo
	plan = as_anna(plan)
	results.record(first.todo, "Reached", KEY)
	assert len(touches(firm)) == 1 and in_time.reload().status == "Done"
