"""A contact that was not useful: why, what follows of it, and what the follow-ups remember."""

from datetime import timedelta
from uuid import uuid4

import frappe
import pytest
from frappe.utils import getdate

from keep_customers.care import at_hand, followups, my_day, not_useful, rep_help, results
from keep_customers.care.last_contacts import last_contacts
from tests.site.care.asked import as_user, asked_for
from tests.site.mail import contact
from tests.site.story import ANNA, BEN, PREFIX

SILENCE = {"trigger": "Silence", "silent_days": 3, "min_amount": 0}


def todo_of(story, firm):
	return frappe.get_doc("ToDo", story.follow_ups(firm, todo=("is", "set"))[0].todo)


def useless(story, firm, because, user=ANNA, **more):
	todo = todo_of(story, firm).name
	as_user(user)
	try:
		return results.record(todo, "Not Useful", str(uuid4()), because=because, **more)["said"]
	finally:
		as_user("Administrator")


def both(story, firm):
	"""(what was not useful, what asks again)"""
	rows = story.follow_ups(firm)
	return (
		next(row for row in rows if row.not_useful),
		next((row for row in rows if row.status == "Planned"), None),
	)


def on_a_working_day(days):
	day = getdate() + timedelta(days=days)
	while day.weekday() > 4:
		day += timedelta(days=1)
	return day


def test_no_need_now_is_asked_again_in_eight_weeks_and_ends_with_the_next_purchase(now):
	[firm] = asked_for(now, **SILENCE)
	before = now.follow_ups(firm)[0]
	said = useless(now, firm, "No Need Now", notes="Full stock")
	first, again = both(now, firm)
	assert (first.status, first.not_useful, first.not_useful_words) == (
		"Cancelled",
		"No Need Now",
		"Full stock",
	)
	assert (first.not_useful_on, first.not_useful_by) == (getdate(), ANNA)
	day = on_a_working_day(56)
	assert again.planned_on == day and again.due_date - day == before.due_date - before.planned_on
	assert again.short == f"Asked again: {before.short}" and not again.not_useful
	assert frappe.utils.formatdate(day) in said
	now.invoice(firm, 10, getdate())
	assert frappe.db.get_value("Follow Up", again.name, ["status", "hold_reason"]) == (
		"Cancelled",
		"Bought again",
	)


def test_what_has_its_day_is_not_asked_again_and_another_moment_is_in_two_weeks(now):
	one, other = asked_for(now, ("Firm", "Other"))
	assert "not asked again" in useless(now, one, "No Need Now")
	assert both(now, one)[1] is None, "nobody is called in two months about a purchase of today"
	useless(now, other, "Wrong Moment")
	assert both(now, other)[1].planned_on == on_a_working_day(14)


def test_in_contact_already_counts_as_a_contact(now):
	[firm] = asked_for(now)
	assert firm not in last_contacts(getdate(), [firm])
	useless(now, firm, "Already in Contact")
	assert last_contacts(getdate(), [firm])[firm] == getdate().toordinal()
	assert followups.contacts_within([firm], getdate() - timedelta(days=7), getdate())[firm] == 1
	assert not frappe.db.exists("Customer Touch", {"customer": firm}), "nobody makes up a conversation"


def test_another_person_is_asked_for_from_now_on(now):
	[firm] = asked_for(now)
	contact(firm, first_name="Wang", email="wang@firm.example", mobile="+491700001")
	li = contact(firm, first_name="Li", email="li@firm.example", mobile="+491700002").name
	todo = todo_of(now, firm).name
	as_user(ANNA)
	help = rep_help.for_todo(todo)
	assert (help["reach"]["person"], [one["name"] for one in help["others"]]) == ("Wang", ["Li"])
	as_user("Administrator")
	with pytest.raises(frappe.ValidationError, match="nobody of this customer"):
		useless(now, firm, "Wrong Person", person="Administrator")
	said = useless(now, firm, "Wrong Person", person=li)
	assert said.startswith("Noted: Li is asked for from now on, first on")
	assert frappe.db.get_value("Customer File", firm, "ask_for") == li
	again = both(now, firm)[1]
	assert again.planned_on == on_a_working_day(1)
	as_user(ANNA)
	assert at_hand.at_hand(again)["person"] == "Li"


def test_who_knows_nobody_else_is_asked_to_find_out(now):
	[firm] = asked_for(now)
	assert "find out whom to ask for: you" in useless(now, firm, "Wrong Person")
	[mend] = now.todos(ANNA, keep_follow_up=("is", "not set"))
	assert (mend.reference_type, mend.reference_name) == ("Customer", firm)
	assert both(now, firm)[1].planned_on == on_a_working_day(7)


def test_a_wrong_number_is_the_reps_to_mend_and_stands_in_no_todo(now):
	[firm] = asked_for(now)
	who = contact(firm, first_name="Li", email="li@firm.example", mobile="+491700002").name
	useless(now, firm, "Wrong Data", notes="It is her mother's, 0170 999")
	[mend] = frappe.get_all("ToDo", {"reference_type": "Contact", "reference_name": who}, ["*"])
	assert mend.allocated_to == ANNA and "Li" in mend.description
	assert "0002" not in mend.description and "999" not in mend.description


def test_a_promise_at_the_wrong_moment_is_put_off_and_not_forgotten(now):
	[firm] = asked_for(now)
	todo = todo_of(now, firm)
	# As what was promised is; the purchase it is of here would be over before.
	frappe.db.set_value("Follow Up", todo.keep_follow_up, {"care_rule": None, "expires": 0})
	useless(now, firm, "Wrong Moment")
	todo.reload()
	assert (todo.status, todo.date) == ("Open", on_a_working_day(14))
	[row] = now.follow_ups(firm)
	assert row.status == "Assigned" and not row.not_useful


def test_what_has_a_last_day_is_put_off_until_then_at_most(now):
	"""A storm does not wait, nor do the places at an event."""
	[firm, guest] = asked_for(now, ("Firm", "Guest"), **SILENCE)
	storm, asks = (frappe.get_doc("Follow Up", now.follow_ups(name)[0].name) for name in (firm, guest))
	for one in (storm, asks):
		one.db_set({"care_rule": None, "reference_doctype": "Care Notice", "reference_name": "CN-KEEP-TEST"})
	tomorrow, in_days = (getdate() + timedelta(days=days) for days in (1, 5))
	storm.db_set({"expires": 1, "due_date": tomorrow})
	useless(now, firm, "Wrong Moment")
	assert todo_of(now, firm).date == tomorrow
	event = frappe.get_doc(
		{"doctype": "VIP Event", "theme": f"{PREFIX} Garden", "starts_on": f"{in_days} 18:00:00", "reply_until": tomorrow}
	).insert()  # fmt: skip
	invitation = frappe.get_doc(
		{"doctype": "VIP Invitation", "event": event.name, "customer": guest}
	).insert()
	about = {"reference_doctype": "VIP Invitation", "reference_name": invitation.name}
	asks.db_set({**about, "occurrence": "Event Called Off", "expires": 0})
	useless(now, guest, "Wrong Moment")
	assert todo_of(now, guest).date == in_days
	asks.db_set("occurrence", "Event Invitation")
	useless(now, guest, "Wrong Moment")
	assert todo_of(now, guest).date == tomorrow
	results.record(todo_of(now, guest).name, "Not Reached", str(uuid4()))
	assert todo_of(now, guest).date == tomorrow
	event.db_set("reply_until", getdate() - timedelta(days=1))
	useless(now, guest, "Wrong Moment")
	assert todo_of(now, guest).date == getdate(), "at the latest now"


def test_it_was_useful_after_all(now):
	[firm] = asked_for(now, **SILENCE)
	todo = todo_of(now, firm)
	useless(now, firm, "No Need Now")
	todo.reload()
	todo.status = "Open"
	todo.save()
	rows = {row.status: row for row in now.follow_ups(firm)}
	assert set(rows) == {"Assigned", "Cancelled"}
	assert not rows["Assigned"].not_useful and not rows["Cancelled"].not_useful


def test_other_says_what_and_two_taps_are_one(now):
	[firm] = asked_for(now)
	with pytest.raises(frappe.ValidationError, match="few words"):
		useless(now, firm, "Other")
	with pytest.raises(frappe.ValidationError, match="why it is not useful"):
		useless(now, firm, "Because")
	useless(now, firm, "Other", notes="They closed for the season")
	assert useless(now, firm, "Other", notes="Again") == "This was noted already."
	assert both(now, firm)[0].not_useful_words == "They closed for the season"


def test_nobody_says_it_of_customers_that_are_not_theirs_to_read(now):
	one, other = asked_for(now, ("Firm", "Other"))
	frappe.permissions.add_user_permission("Customer", other, ANNA, ignore_permissions=True)
	with pytest.raises(frappe.PermissionError):
		useless(now, one, "Other", notes="Mine?")
	with pytest.raises(frappe.PermissionError):
		useless(now, other, "Other", user=BEN, notes="Mine?")
	as_user(ANNA)
	assert [row["customer"] for row in my_day.today()["contacts"]] == [other]
	with pytest.raises(frappe.PermissionError):
		frappe.get_doc("Follow Up", now.follow_ups(other)[0].name).update({"not_useful": "Other"}).save()
	as_user("Administrator")
	assert not now.follow_ups(one)[0].not_useful and PREFIX in one


def test_every_reason_is_an_option_of_the_follow_up():
	options = frappe.get_meta("Follow Up").get_field("not_useful").options.split("\n")
	assert ["", *not_useful.REASONS] == options
