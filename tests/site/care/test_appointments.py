"""An event of the calendar that is a contact: what is known before it, and what came of it in one tap."""

from datetime import timedelta
from uuid import uuid4

import frappe
import pytest
from frappe.permissions import add_user_permission
from frappe.utils import get_datetime, getdate

from keep_customers.care import appointments
from keep_customers.care import todos as care_todos
from tests.site.mail import contact
from tests.site.story import ANNA, BEN, PREFIX

from .asked import as_user, asked_for, only_todo


def event(kind, name, owner=ANNA, **values):
	as_user(owner)
	made = frappe.get_doc(
		{
			"doctype": "Event", "subject": f"{PREFIX} Tea", "event_category": "Call", "event_type": "Public",
			"starts_on": f"{getdate()} 10:00:00", "ends_on": f"{getdate()} 11:00:00", "send_reminder": 0,
			"event_participants": [{"reference_doctype": kind, "reference_docname": name}], **values,
		}
	).insert()  # fmt: skip
	as_user("Administrator")
	return made


def known(made, user=ANNA):
	as_user(user)
	try:
		return appointments.for_event(made.name)
	finally:
		as_user("Administrator")


def told(made, result, user=ANNA, key=None, **said):
	as_user(user)
	try:
		return appointments.record(made.name, result, key or str(uuid4()), **said)
	finally:
		as_user("Administrator")
		made.reload()


def touches(firm):
	return frappe.get_all(
		"Customer Touch",
		{"customer": firm},
		["result", "channel", "notes", "next_step", "todo"],
		order_by="creation",
	)


def test_an_event_with_a_contact_of_the_customer_is_told_like_any_contact(story):
	firm = story.customer("Firm")
	story.file(firm, taste="Tea without sugar")
	person = contact(firm, first_name="Olga", mobile="+49 170 1")
	made = event("Contact", person.name)
	help = known(made)
	assert (help["customer"], help["reach"]["phone"], help["due"]) == (firm, "+49 170 1", getdate())
	assert help["to_say"] and help["again"]["day"] > getdate()
	key, day = str(uuid4()), str(getdate() + timedelta(days=9))
	answer = told(made, "Agreed", key=key, notes="All well", next_step="Send the offer", next_step_date=day)
	assert "Send the offer" in answer["said"] and made.status == "Closed"
	assert told(made, "Agreed", key=key, next_step="Send the offer", next_step_date=day)["said"].endswith(
		"already."
	)
	[touch] = touches(firm)
	assert (touch.result, touch.channel, touch.notes) == ("Reached", "Phone", "All well")
	assert [str(one.due_date) for one in story.follow_ups(firm)] == [day]


@pytest.mark.parametrize("result, because", [("Reached", None), ("Not Useful", "Other")])
def test_what_they_also_said_at_an_event_is_noted(story, result, because):
	firm = story.customer("Firm")
	made, key = event("Customer", firm), str(uuid4())
	frappe.db.commit()
	with pytest.raises(frappe.ValidationError, match="When does the customer need it"):
		told(made, result, because=because, notes="Tea", demand_amount=50.0)
	frappe.db.rollback()  # as the host does with a request that fails
	made.reload()
	assert made.status == "Open"
	for _twice in range(2):
		told(made, result, key=key, because=because, notes="Tea", price_remark="Dear", satisfaction=0.6)
	[touch] = frappe.get_all("Customer Touch", {"customer": firm}, ["result", "price_remark", "satisfaction"])
	assert (touch.result, touch.price_remark, touch.satisfaction) == ("Reached", "Dear", 0.6)
	assert made.status == ("Cancelled" if because else "Closed")


def test_who_was_not_reached_has_the_event_again_and_what_is_not_needed_is_cancelled(story):
	firm = story.customer("Firm")
	made = event("Customer", firm)
	told(made, "Not Reached")
	assert made.status == "Open" and getdate(made.starts_on) >= getdate() + timedelta(days=2)
	assert get_datetime(made.ends_on) - get_datetime(made.starts_on) == timedelta(hours=1)
	with pytest.raises(frappe.ValidationError, match="why"):
		told(made, "Not Needed")
	told(made, "Not Needed", notes="They moved")
	assert made.status == "Cancelled" and [one.result for one in touches(firm)] == ["Not Reached"]


def test_it_is_the_same_contact_as_the_care_todo_about_the_customer(story):
	[firm] = asked_for(story)
	made, todo = event("Customer", firm), only_todo(story, firm)
	# What was promised for a day that is still to come is more urgent, and not what the event is.
	later = frappe.copy_doc(frappe.get_doc("Follow Up", todo.keep_follow_up))
	day = getdate() + timedelta(days=3)
	later.update({"care_rule": None, "reference_doctype": None, "reference_name": None, "todo": None})
	later.update({"due_date": day}).insert()
	later.db_set({"reference_doctype": "Customer Touch", "todo": care_todos.create([later], ANNA, day)})
	frappe.db.set_value("ToDo", later.todo, "keep_turn", 2_000_000_000)
	assert known(made)["reasons"][0].reference_doctype == "Sales Invoice"
	told(made, "Reached")
	todo.reload()
	assert (todo.status, made.status) == ("Closed", "Closed")
	assert [one.todo for one in touches(firm)] == [todo.name]
	assert frappe.db.get_value("ToDo", later.todo, "status") == "Open"


@pytest.mark.parametrize("result", ["Not Reached", "Not Needed"])
def test_sent_again_it_is_not_said_of_another_todo_of_the_customer(story, result):
	[firm] = asked_for(story)
	first, made = only_todo(story, firm), event("Customer", firm)
	copy = frappe.copy_doc(frappe.get_doc("Follow Up", first.keep_follow_up))
	copy.update({"occurrence": "Another", "todo": None}).insert()
	copy.db_set("todo", care_todos.create([copy], ANNA, getdate() + timedelta(days=1)))
	key = str(uuid4())
	told(made, result, key=key, notes="They moved")
	again = told(made, result, key=key, notes="They moved")
	assert again["said"].endswith("already.")
	assert frappe.db.get_value("ToDo", copy.todo, ["status", "date"]) == (
		"Open",
		getdate() + timedelta(days=1),
	)


def test_who_may_not_read_the_customer_is_told_nothing(story):
	firm = story.customer("Firm")
	made = event("Customer", firm)
	add_user_permission("Customer", story.customer("Other"), BEN, ignore_permissions=True)
	assert known(made, BEN) is None and known(event("User", ANNA)) is None
	with pytest.raises(frappe.PermissionError):
		told(made, "Reached", BEN)
	assert not touches(firm)


def test_one_contact_of_a_series_leaves_the_others_in_the_calendar(story):
	firm = story.customer("Firm")
	weekly = {"repeat_this_event": 1, "repeat_on": "Weekly", frappe.utils.get_weekday().lower(): 1}
	made = event("Customer", firm, **weekly)
	begins = get_datetime(made.starts_on)
	assert known(made)["again_if_not"] is None, "it comes next week"
	assert "comes back" not in told(made, "Not Reached")["said"]
	told(made, "Reached", notes="All well")
	told(made, "Not Useful", because="Wrong Moment")
	assert (made.status, made.starts_on) == ("Open", begins)
	assert [one.result for one in touches(firm)] == ["Not Reached", "Reached"]
