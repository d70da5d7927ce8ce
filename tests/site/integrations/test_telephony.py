"""Frappe's Telephony: a call from a ToDo is the contact, other calls count; nobody writes one for somebody else.

Without the genuine app its doctypes are made here as it publishes them (published.py); its method that dials is replaced, as
it needs an account at Exotel.
"""

import sys
from types import ModuleType

import frappe
import pytest
from requests.exceptions import ConnectionError

from keep_customers.care import calls, contacts_seen, rep_help, todos
from keep_customers.integrations import telephony
from tests.site.host import refused_by_the_database
from tests.site.integrations.conftest import NUMBER, as_, contact, set_aside
from tests.site.integrations.published import is_genuine
from tests.site.story import ANNA, BEN, EVE, PREFIX

APP = "telephony"
PATH = "keep_customers.integrations.telephony.contacts"


@pytest.fixture
def exotel(story, monkeypatch):
	"""Anna's account at the provider; what was dialled."""
	dialled = []

	def make_a_call(to_number, link_doctype=None, link_docname=None):
		dialled.append(to_number)
		links = [{"link_doctype": link_doctype, "link_name": link_docname}]
		doc = call("Ringing", to_number, caller=frappe.session.user, links=links)
		return {"CallSid": doc.name, "Status": "in-progress"}

	handler = "telephony.exotel.handler"
	if not is_genuine(telephony.APP):
		for name in ("telephony", "telephony.exotel", handler):
			monkeypatch.setitem(sys.modules, name, ModuleType(name))
	monkeypatch.setattr(frappe.get_module(handler), "make_a_call", make_a_call, raising=False)
	frappe.get_doc(
		{"doctype": "TP Telephony Agent", "user": ANNA, "mobile_no": "0170", "exotel_number": "0800"}
	).insert()
	frappe.db.set_single_value("TP Exotel Settings", "enabled", 1)
	return dialled


def call(status, to=NUMBER, links=(), **values):
	"""A call as the app's webhooks write it: nobody is logged in, and nobody is asked for permission."""
	doc = frappe.get_doc(
		{
			"doctype": "TP Call Log", "id": f"{PREFIX} {frappe.generate_hash(length=8)}", "from": "+4930999", "to": to,
			"status": status, "type": "Outgoing", "telephony_medium": "Exotel", "links": list(links), **values,
		}
	)  # fmt: skip
	return doc.insert(ignore_permissions=True)


def becomes(name, status, **values):
	"""What the provider tells later, as nobody."""

	def told():
		doc = frappe.get_doc("TP Call Log", name)
		doc.update({"status": status, **values})
		doc.save(ignore_permissions=True)

	as_("Guest", told)


def touches(firm):
	fields = ["name", "rep", "channel", "result", "notes", "todo", "date"]
	return frappe.get_all("Customer Touch", {"customer": firm}, fields)


def the_call():
	return frappe.get_all("TP Call Log", pluck="name")[0]


def test_a_call_from_a_todo_is_the_contact(story, firm, todo, exotel):
	assert as_(ANNA, rep_help.for_todo, todo)["can_call"]
	as_(ANNA, calls.call_for_todo, todo)
	assert exotel == [NUMBER]
	assert touches(firm) == []  # it rings
	for _time in range(3):
		becomes(the_call(), "Completed", duration=60)
	[touch] = touches(firm)
	assert (touch.rep, touch.channel, touch.result, touch.todo) == (ANNA, "Phone", "Reached", todo)
	[follow_up] = story.follow_ups(firm)
	assert (follow_up.status, follow_up.touch) == ("Done", touch.name)
	assert frappe.db.get_value("ToDo", todo, "status") == "Open"  # she still says what was said
	said = as_(ANNA, todos.record_touch, todo, "Left a Message", notes="She is in Rome.")
	[touch] = touches(firm)
	assert (touch.name, touch.result, touch.notes) == (said, "Left a Message", "She is in Rome.")


def test_who_is_not_reached_had_no_contact(story, firm, todo, exotel):
	as_(ANNA, calls.call_for_todo, todo)
	becomes(the_call(), "No Answer")
	assert touches(firm) == []
	[follow_up] = story.follow_ups(firm)
	assert follow_up.status in ("Assigned", "Late")
	assert as_(ANNA, todos.follow_up_of, todo)["result"] == "Not Reached"
	becomes(the_call(), "Completed")  # they were, after all
	assert len(touches(firm)) == 1


def test_a_call_before_a_visit_is_no_visit(story, firm, todo, exotel):
	frappe.db.set_value("Follow Up", {"todo": todo}, "channel", "Visit")
	as_(ANNA, calls.call_for_todo, todo)
	becomes(the_call(), "Completed")
	[touch] = touches(firm)
	[follow_up] = story.follow_ups(firm)
	assert (touch.channel, touch.todo, follow_up.touch) == ("Phone", todo, None)
	assert follow_up.status in ("Assigned", "Late")
	as_(ANNA, todos.record_touch, todo, "Reached")
	[follow_up] = story.follow_ups(firm)
	assert (
		follow_up.status == "Done"
		and frappe.db.get_value("Customer Touch", follow_up.touch, "channel") == "Visit"
	)


def test_an_old_call_is_not_a_second_contact(story, firm, todo, exotel):
	as_(ANNA, calls.call_for_todo, todo)
	becomes(the_call(), "Completed")
	frappe.db.set_value("Follow Up", {"todo": todo}, {"touch": None, "status": "Assigned", "call_result": ""})
	becomes(the_call(), "Completed", duration=61)
	assert len(touches(firm)) == 1


def test_who_may_not_have_the_todo_calls_nobody(story, firm, todo, exotel):
	for user in (BEN, EVE):
		with pytest.raises(frappe.PermissionError):
			as_(user, calls.call_for_todo, todo)
	assert exotel == []


def test_a_call_somebody_writes_is_no_contact_of_another(story, firm, todo, exotel):
	"""The app lets everybody who is logged in write calls, in whose name they like."""
	links = [{"link_doctype": "ToDo", "link_name": todo}]
	as_(EVE, call, "Completed", caller=ANNA, links=links)
	assert touches(firm) == []
	with refused_by_the_database(frappe.UniqueValidationError):
		for _time in range(2):  # a number of one's own is taken by nobody, but given up to nobody either
			doc = frappe.get_doc(
				{
					"doctype": "Customer Touch",
					"customer": firm,
					"channel": "Phone",
					"result": "Reached",
					"call_id": "x",
				}
			)
			doc.flags.keep_call = True
			doc.insert()
	forged = frappe.get_doc(
		{
			"doctype": "Customer Touch",
			"customer": firm,
			"channel": "Phone",
			"result": "Reached",
			"call_id": "y",
		}
	).insert()
	assert not forged.call_id


def test_who_lost_the_customer_meanwhile_makes_no_contact(story, firm, todo, exotel):
	as_(ANNA, calls.call_for_todo, todo)
	frappe.db.set_value("ToDo", todo, "allocated_to", BEN)
	frappe.db.set_value("ToDo", todo, "owner", "Administrator")
	frappe.db.set_value("ToDo", todo, "assigned_by", BEN)
	becomes(the_call(), "Completed")
	assert touches(firm) == []
	assert (
		frappe.db.get_value("TP Call Log", the_call(), "status") == "Completed"
	)  # the app's own work went through


def test_who_does_not_want_calls_is_not_called(story, firm, todo, exotel):
	as_("Administrator", rep_help.refuse_for_todo, todo)
	with pytest.raises(frappe.ValidationError, match="does not want"):
		as_(ANNA, calls.call_for_todo, todo)
	assert not as_(ANNA, rep_help.for_todo, todo)["can_call"]


def test_a_provider_that_is_not_there_is_told_in_words(story, firm, todo, exotel, monkeypatch):
	def broken(**_more):
		raise errors.pop()

	errors = [frappe.ValidationError("Mobile Number Missing"), ConnectionError("no way there")]
	monkeypatch.setattr(frappe.get_module("telephony.exotel.handler"), "make_a_call", broken)
	for told in ("could not be started", "Mobile Number Missing"):
		with pytest.raises(frappe.ValidationError, match=told):
			as_(ANNA, calls.call_for_todo, todo)
	assert not frappe.db.get_value("Follow Up", {"todo": todo}, "call_id")


def test_without_an_account_the_number_stays_a_link(story, firm, todo):
	assert not as_(ANNA, rep_help.for_todo, todo)["can_call"]
	with pytest.raises(frappe.ValidationError, match="No app that dials"):
		as_(ANNA, calls.call_for_todo, todo)


def test_answered_calls_are_contacts(story, firm):
	day = story.days_ago(3)
	links = [{"link_doctype": "Customer", "link_name": firm}]
	for status in telephony.ENDED:
		if status != "Completed":
			call(status, "0", links, start_time=f"{story.days_ago(1)} 10:00:00")
	assert contacts_seen.latest(story.today) == {}
	call("Completed", "0", links, start_time=f"{day} 10:00:00")
	assert contacts_seen.latest(story.today) == {firm: day}


def test_a_call_is_known_by_its_number(story, firm):
	"""However it is written, whichever of the two is the customer's, and only of somebody who counts."""
	day = f"{story.days_ago(3)} 10:00:00"
	call("Completed", "0049305550101", start_time=day)
	assert contacts_seen.latest(story.today) == {firm: story.days_ago(3)}
	later = {"start_time": f"{story.days_ago(2)} 10:00:00", "type": "Incoming", "from": NUMBER}
	call("Completed", "+4930999", **later)
	assert contacts_seen.latest(story.today) == {firm: story.days_ago(2)}


def test_a_number_of_two_customers_is_of_neither(story, firm):
	other = story.customer("Other")
	contact(other, NUMBER)
	doc = call("Completed", start_time=f"{story.days_ago(3)} 10:00:00")
	assert doc.links == [] and contacts_seen.latest(story.today) == {}


def test_a_stranger_s_number_makes_no_contact(story, firm):
	"""A contact that nobody of ours has confirmed."""
	frappe.db.delete("Contact Confirmation", {"customer": firm})
	call("Completed", start_time=f"{story.days_ago(3)} 10:00:00")
	assert contacts_seen.latest(story.today) == {}


def test_a_broken_app_costs_its_calls_and_no_night(story, firm, monkeypatch):
	links = [{"link_doctype": "Customer", "link_name": firm}]
	call("Completed", "0", links, start_time=f"{story.days_ago(3)} 10:00:00")
	story.rule()
	story.invoice(firm, 3000, story.days_ago(2))
	monkeypatch.setitem(telephony.NEEDS, "TP Call Log", ("status", "answered_by"))
	assert contacts_seen.latest(story.today) == {}
	story.completed_yesterday()
	run = story.night()
	assert run.status == "Completed With Errors"
	assert "answered_by" in set_aside(run)[PATH]
	assert len(story.todos(ANNA)) == 1
