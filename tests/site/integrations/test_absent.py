"""Without the neighbours nothing is imported, nothing fails and nothing is shown; one that is broken costs what it says.

What other apps say by our hooks is tried here with functions of this file.
"""

import ast
import sys
from pathlib import Path

import frappe
import pytest

import keep_customers
from keep_customers import integrations
from keep_customers.care import contacts_seen, open_complaints, rep_help
from keep_customers.erp import neighbours
from keep_customers.integrations import frappe_crm, helpdesk, telephony, whatsapp
from keep_customers.messaging import by_hand, delivery
from keep_customers.setup.custom_fields import custom_fields
from tests.site.integrations.conftest import set_aside
from tests.site.integrations.test_telephony import as_
from tests.site.story import ANNA, PREFIX

APPS = {one.APP for one in (frappe_crm, helpdesk, telephony, whatsapp)}


@pytest.fixture(autouse=True)
def nobody(monkeypatch):
	"""As where none of them is installed; tables may be left of one that was."""
	monkeypatch.setattr(
		neighbours, "installed", lambda: [app for app in frappe.get_installed_apps() if app not in APPS]
	)


@pytest.fixture
def hooked(monkeypatch):
	"""Another app says something by a hook, with a function of this file; the host takes it from an installed app only."""
	get_hooks = frappe.get_hooks

	def hook(name, function):
		monkeypatch.setattr(integrations, function.__name__, function, raising=False)
		path = f"{integrations.__name__}.{function.__name__}"
		monkeypatch.setattr(
			frappe,
			"get_hooks",
			lambda *a, **kw: [*get_hooks(*a, **kw), path] if a == (name,) else get_hooks(*a, **kw),
		)
		return path

	return hook


def touch(customer):
	return frappe.get_doc(
		{"doctype": "Customer Touch", "customer": customer, "channel": "Phone", "result": "Reached"}
	).insert()


def test_none_of_their_code_is_imported():
	for file in Path(keep_customers.__file__).parent.rglob("*.py"):
		for node in ast.walk(ast.parse(file.read_text())):
			names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
			names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
			assert not {name.split(".")[0] for name in names} & APPS, file
	assert not {name.split(".")[0] for name in sys.modules} & (APPS - {*frappe.get_installed_apps()})
	assert integrations.__doc__


def test_none_of_their_doctypes_has_a_field_of_ours_or_is_needed_by_one():
	needed = {*frappe_crm.NEEDS, *helpdesk.NEEDS, *telephony.NEEDS, *telephony.TO_DIAL, *whatsapp.TO_SEND}
	assert {"CRM Deal", "HD Ticket", "TP Call Log", "WhatsApp Message"} <= needed
	assert not needed & set(custom_fields())
	ours = frappe.get_all("DocType", {"module": "Keep Customers"}, pluck="name")
	links = frappe.get_all("DocField", {"parent": ("in", ours), "fieldtype": "Link"}, pluck="options")
	assert links and not needed & set(links)


def test_nothing_fails_and_nothing_is_offered(story, firm, todo):
	assert [*frappe_crm.contacts(None), *telephony.contacts(None), *whatsapp.contacts(None)] == []
	assert helpdesk.open_tickets([firm]) == frappe_crm.open_tasks([firm]) == []
	assert "WhatsApp" not in delivery.other_channels()
	assert "WhatsApp" not in {way["channel"] for way in as_(ANNA, by_hand.message_for_todo, todo)["ways"]}
	assert as_(ANNA, rep_help.for_todo, todo)["can_call"] is False
	run = story.night(frappe.utils.add_days(story.today, 1))
	assert run.status == "Completed" and set_aside(run) == {}
	assert neighbours.broken() == {}


def of_an_app(customers):
	"""Visits that another app knows of: here they are Comments."""
	visit = frappe.qb.DocType("Comment")
	query = frappe.qb.from_(visit).where(visit.comment_type == "Info")
	yield query, visit.creation, visit.reference_doctype, visit.reference_name


def of_a_broken_app(customers):
	visit = frappe.qb.DocType("Comment")
	yield frappe.qb.from_(visit), visit.creation, visit.reference_doctype, visit.visited_name


def things_of_an_app(customers):
	return [
		{
			"doctype": "Comment",
			"name": "1",
			"customer": one,
			"status": "Open",
			"day": "2026-03-01",
			"about": "<b>x</b>",
		}
		for one in customers
	]


def tasks_of_an_app(customers):
	return [(one, ANNA, "2026-03-09") for one in customers]


def test_another_app_says_what_is_a_contact(story, firm, hooked):
	hooked("keep_customers_contacts", of_an_app)
	frappe.get_doc(
		{
			"doctype": "Comment",
			"comment_type": "Info",
			"reference_doctype": "Customer",
			"reference_name": firm,
		}
	).insert().db_set("creation", f"{story.days_ago(3)} 10:00:00")
	assert contacts_seen.latest(story.today) == {firm: story.days_ago(3)}


def test_another_app_says_what_is_open(story, firm, hooked):
	hooked("keep_customers_open_things", things_of_an_app)
	[row] = open_complaints.open_complaints([firm])
	assert (row["doctype"], str(row["day"]), row["about"]) == ("Comment", "2026-03-01", "x")


def test_another_app_says_what_it_asks_for(story, firm, hooked):
	hooked("keep_customers_asked_elsewhere", tasks_of_an_app)
	story.rule()
	story.invoice(firm, 3000, story.days_ago(2))
	story.completed_yesterday()
	story.night()
	assert [row.hold_reason for row in story.follow_ups(firm)] == ["Task elsewhere"]


def test_a_broken_app_takes_nothing_with_it(story, firm, hooked):
	"""Neither what is written in the same transaction, nor what others say; the night names it, once."""
	path = hooked("keep_customers_contacts", of_a_broken_app)
	frappe.get_doc(
		{
			"doctype": "Event", "subject": f"{PREFIX} Tea", "event_type": "Private", "starts_on": f"{story.days_ago(3)} 10:00:00",
			"event_participants": [{"reference_doctype": "Customer", "reference_docname": firm}],
		}
	).insert()  # fmt: skip
	name = touch(firm).name
	assert contacts_seen.latest(story.today) == {firm: story.days_ago(3)}
	frappe.db.commit()
	assert frappe.db.exists("Customer Touch", name)
	story.completed_yesterday()
	story.rule()
	story.invoice(firm, 3000, story.days_ago(2))
	story.settings(contact_cap=0)
	run = story.night()
	assert run.status == "Completed With Errors" and [*set_aside(run)] == [path]
	assert story.errors(run).count("visited_name") >= 1
	assert len(story.todos(ANNA)) == 1


def test_an_app_that_cannot_even_be_imported_is_named(story, firm, monkeypatch):
	get_hooks = frappe.get_hooks
	gone = "gone_app.contacts.tell"
	monkeypatch.setattr(
		frappe,
		"get_hooks",
		lambda *a, **kw: [gone] if a == ("keep_customers_contacts",) else get_hooks(*a, **kw),
	)
	story.completed_yesterday()
	run = story.night()
	assert run.status == "Completed With Errors" and [*set_aside(run)] == [gone]
