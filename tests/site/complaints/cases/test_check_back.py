"""The call afterwards: did it stay solved?"""

from datetime import datetime, timedelta

import frappe
from frappe.utils import getdate

from tests.site.complaints.cases.case import CASE, complaint, solved, stored
from tests.site.story import ANNA, PREFIX


def test_the_call_afterwards_is_a_promise_and_its_todo_ends_the_case(story, firm, clock):
	clock.now = frappe.utils.now_datetime() - timedelta(days=9)
	case = solved(firm)
	frappe.set_user("Administrator")
	story.history(firm, [(60, 500), (30, 500)])
	story.today = getdate()
	# Neither the cap nor a full list keeps it back.
	story.settings(rep_capacity=1, contact_cap=1, contact_cap_days=60)
	story.completed_yesterday()
	story.today = _working_day()
	frappe.get_doc(
		{
			"doctype": "Customer Touch", "customer": firm, "date": f"{getdate()} 00:00:01", "rep": ANNA,
			"channel": "Phone", "result": "Reached",
		}
	).insert()  # fmt: skip
	story.night()
	[call] = frappe.get_all("Follow Up", filters={"reference_name": case.name}, fields=["*"])
	assert (call.status, call.assigned_to) == ("Assigned", ANNA), call.hold_reason
	todo = frappe.get_doc("ToDo", call.todo)
	assert (todo.reference_type, todo.reference_name) == ("Customer", firm)
	frappe.set_user(ANNA)
	todo.status = "Closed"
	todo.save()
	frappe.set_user("Administrator")
	assert stored(case, "step", "status") == ("Followed Up", "Closed")
	assert frappe.get_doc(CASE, case.name).steps[-1].done_by == ANNA
	todo.reload()
	todo.status = "Open"
	todo.save()
	todo.status = "Closed"
	todo.save()
	assert len(frappe.get_doc(CASE, case.name).steps) == 9


def _working_day():
	day = getdate()
	while day.weekday() > 4:
		day += timedelta(days=1)
	return day


def test_a_call_that_reached_nobody_ends_nothing(story, firm):
	case = solved(firm)
	[call] = frappe.get_all("Follow Up", filters={"reference_name": case.name}, pluck="name")
	touch = {
		"doctype": "Customer Touch", "customer": firm, "rep": ANNA, "channel": "Phone", "follow_up": call,
	}  # fmt: skip
	frappe.get_doc({**touch, "date": "2026-03-11 09:00:00", "result": "Not Reached"}).insert()
	assert stored(case, "step") == "Confirmed"
	frappe.get_doc({**touch, "date": "2026-03-12 09:00:00", "result": "Reached"}).insert()
	assert stored(case, "step") == "Followed Up"


def test_no_call_where_the_settings_say_so(story, firm):
	story.settings(check_back_days=0)
	assert not frappe.get_all("Follow Up", filters={"reference_name": solved(firm).name})


def test_a_care_rule_acts_on_closed_complaints(story, firm, clock):
	clock.now = datetime(2026, 3, 3, 10)
	case = solved(firm)
	complaint(firm, subject="Another, still open")
	frappe.db.commit()
	story.rule("Make up", trigger="Complaint Closed", min_amount=0, due_in_days=30, channel="Visit")
	story.completed_yesterday()
	story.night()
	story.night()
	[follow_up] = story.follow_ups(firm, care_rule=f"{PREFIX} Make up")
	assert (follow_up.reference_name, follow_up.occurrence, follow_up.channel) == (
		case.name,
		case.name,
		"Visit",
	)
	assert follow_up.planned_on == getdate("2026-03-03")
