"""Frappe CRM: what happens about a customer's deals and leads counts as contact, and its tasks are not asked for twice.

Without the genuine app its doctypes are made here as it publishes them (published.py); in both cases with the fields it adds
where it works with ERPNext.
"""

from datetime import timedelta

import frappe
import pytest

from keep_customers.care import contacts_seen
from keep_customers.integrations import frappe_crm
from tests.site.care.test_contacts_seen import mail
from tests.site.integrations.conftest import contact, set_aside
from tests.site.story import ANNA, BEN

APP = "crm"
PATH = "keep_customers.integrations.frappe_crm.contacts"
OLGA = "olga@firm.example"


def new(doctype, day=None, **values):
	doc = frappe.get_doc({"doctype": doctype, **values}).insert()
	if day:
		doc.db_set({"creation": f"{day} 10:00:00", "modified": f"{day} 10:00:00"}, update_modified=False)
	return doc


def about(doc):
	return {"reference_doctype": doc.doctype, "reference_docname": doc.name}


def call_log(doc, day, status="Completed", **values):
	values = {"from": "1", "to": "2", "type": "Outgoing", "start_time": f"{day} 10:00:00", **values}
	return new(
		"CRM Call Log", id=frappe.generate_hash(), status=status, **(about(doc) if doc else {}), **values
	)


HAPPENS = {
	"a note": lambda deal, day: new("FCRM Note", day, title="x", **about(deal)),
	"a call": call_log,
	"a task that is done": lambda deal, day: new("CRM Task", day, title="x", status="Done", **about(deal)),
	"an e-mail": lambda deal, day: mail(day, (deal.doctype, deal.name)),
}
HAPPENS_NOT = {
	"a call nobody took": lambda deal, day: call_log(deal, day, "No Answer"),
	"a task to do": lambda deal, day: new("CRM Task", day, title="x", status="Todo", **about(deal)),
	"a task given up": lambda deal, day: new("CRM Task", day, title="x", status="Canceled", **about(deal)),
	"a machine's e-mail": lambda deal, day: mail(
		day, (deal.doctype, deal.name), communication_type="Automated Message"
	),
}


def of_contact(firm):
	return new("CRM Deal", contacts=[{"contact": contact(firm)}])


def lead_of_a_deal(firm):
	lead = new("CRM Lead", first_name="Olga", email="other@firm.example")
	new("CRM Deal", erpnext_customer=firm, lead=lead.name)
	return lead


def lead_by_email(firm):
	contact(firm, email=OLGA)
	return new("CRM Lead", first_name="Olga", email=OLGA)


def of_organization(name, **values):
	new("CRM Organization", organization_name=name)
	return new("CRM Deal", organization=name, **values)


def named_by_the_customer(firm):
	deal = new("CRM Deal")
	frappe.db.set_value("Customer", firm, "crm_deal", deal.name)
	return deal


WHOSE = {
	"the CRM's own link": lambda firm: new("CRM Deal", erpnext_customer=firm),
	"the customer's link": named_by_the_customer,
	"the organization's name": of_organization,
	"a contact of the deal": of_contact,
	"a lead that became a deal": lead_of_a_deal,
	"a lead with a contact's e-mail": lead_by_email,
}


@pytest.mark.parametrize("what", HAPPENS)
def test_what_happens_about_a_deal_is_a_contact(story, firm, what):
	deal, day = new("CRM Deal", erpnext_customer=firm), story.days_ago(3)
	HAPPENS[what](deal, day)
	assert contacts_seen.latest(story.today) == {firm: day}
	assert contacts_seen.within([firm], story.days_ago(7), story.today) == {firm: 1}


@pytest.mark.parametrize("what", HAPPENS_NOT)
def test_what_did_not_happen_is_none(story, firm, what):
	HAPPENS_NOT[what](new("CRM Deal", erpnext_customer=firm), story.days_ago(3))
	assert contacts_seen.latest(story.today) == {}


@pytest.mark.parametrize("how", WHOSE)
def test_whose_deals_and_leads_are(story, firm, how):
	other = story.customer("Other")
	new("FCRM Note", story.days_ago(1), title="x", **about(new("CRM Deal", erpnext_customer=other)))
	new("FCRM Note", story.days_ago(3), title="x", **about(WHOSE[how](firm)))
	assert contacts_seen.latest(story.today) == {firm: story.days_ago(3), other: story.days_ago(1)}


def test_what_the_crm_knows_counts_before_a_name(story, firm):
	other = story.customer("Other")
	deal = of_organization(other, erpnext_customer=firm)
	new("FCRM Note", story.days_ago(3), title="x", **about(deal))
	assert contacts_seen.latest(story.today) == {firm: story.days_ago(3)}


def test_a_contact_nobody_confirmed_makes_no_deal_the_customers(story, firm):
	deal = of_contact(firm)
	lead = lead_by_email(firm)
	frappe.db.delete("Contact Confirmation", {"customer": firm})
	for one in (deal, lead):
		new("FCRM Note", story.days_ago(3), title="x", **about(one))
	assert contacts_seen.latest(story.today) == {}


def test_a_call_is_known_by_its_links(story, firm):
	links = [{"link_doctype": "Contact", "link_name": contact(firm)}]
	call_log(None, story.days_ago(3), links=links)
	assert contacts_seen.latest(story.today) == {firm: story.days_ago(3)}


@pytest.fixture
def due(story, firm):
	"""What Anna is to call the firm for tomorrow night; the first night is over."""
	story.rule()
	story.invoice(firm, 3000, story.days_ago(2))
	story.completed_yesterday()
	return firm


def task(firm, days, user=ANNA, status="Todo"):
	deal = new("CRM Deal", erpnext_customer=firm)
	day = frappe.utils.getdate("2026-03-09") + timedelta(days=days)  # from when the follow-up is due
	return new(
		"CRM Task", title="x", status=status, assigned_to=user, due_date=f"{day} 09:00:00", **about(deal)
	)


def test_what_the_rep_has_as_a_task_is_no_todo_too(story, due):
	one = task(due, 3)
	story.night()
	[row] = story.follow_ups(due)
	assert (str(row.due_date), row.status, row.hold_reason) == ("2026-03-09", "Planned", "Task elsewhere")
	assert story.todos(ANNA) == []
	one.reload()  # the app assigns it
	one.status = "Canceled"
	one.save()
	story.night(story.today + timedelta(days=1))
	assert len(story.todos(ANNA)) == 1


@pytest.mark.parametrize(
	"other", [{"days": 8}, {"days": -8}, {"days": 0, "user": BEN}, {"days": 0, "status": "Canceled"}]
)
def test_another_task_holds_nothing_back(story, due, other):
	task(due, **other)
	story.night()
	assert len(story.todos(ANNA)) == 1


def test_a_broken_app_costs_its_contacts_and_no_night(story, due, monkeypatch):
	task(due, 0)
	monkeypatch.setitem(frappe_crm.NEEDS, "CRM Task", ("deadline",))
	run = story.night()
	assert run.status == "Completed With Errors"
	gone = set_aside(run)
	assert (
		"deadline" in gone[PATH] and "deadline" in gone["keep_customers.integrations.frappe_crm.open_tasks"]
	)
	assert len(story.todos(ANNA)) == 1


def test_the_questions_are_as_many_for_a_hundred_customers_as_for_one(story, firm, monkeypatch):
	asked = []
	sql = frappe.db.sql

	def counted(*args, **kwargs):
		asked.append(args[0])
		return sql(*args, **kwargs)

	def number():
		asked.clear()
		contacts_seen.within(frappe.get_all("Customer", pluck="name"), story.days_ago(7), story.today)
		return len(asked)

	new("FCRM Note", story.days_ago(3), title="x", **about(new("CRM Deal", erpnext_customer=firm)))
	monkeypatch.setattr(frappe.db, "sql", counted)
	number()  # what is remembered of doctypes and columns
	one = number()
	for at in range(20):
		other = story.customer(f"Firm {at}")
		new("FCRM Note", story.days_ago(3), title="x", **about(new("CRM Deal", erpnext_customer=other)))
	assert number() == one
