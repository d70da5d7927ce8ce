"""Frappe Helpdesk: tickets among what a customer waits for, and complaints that are taken over from them.

Without the genuine app its doctypes are made here as it publishes them (published.py).
"""

import frappe
import pytest

from keep_customers.care import open_complaints, panel
from keep_customers.complaints import documents, feedback
from keep_customers.integrations import helpdesk
from tests.site.integrations.conftest import as_, contact, set_aside
from tests.site.integrations.published import is_genuine
from tests.site.story import ANNA, BEN, MIA, PREFIX

APP = "helpdesk"
PATH = "keep_customers.integrations.helpdesk.open_tickets"


@pytest.fixture
def desk(story, firm):
	"""Statuses as they are shipped, the firm as Helpdesk knows it; Mia is an agent."""
	if is_genuine("helpdesk"):
		frappe.get_doc({"doctype": "HD Agent", "user": MIA, "agent_name": "Mia"}).insert()
	for order, (name, category) in enumerate(
		(("Open", "Open"), ("Replied", "Paused"), ("Resolved", "Resolved"), ("Closed", "Resolved"))
	):
		if frappe.db.exists("HD Ticket Status", name):
			continue
		one = {"label_agent": name, "category": category, "order": order, "enabled": 1}
		frappe.get_doc({"doctype": "HD Ticket Status", **one}).insert()
	frappe.get_doc({"doctype": "HD Customer", "customer_name": "The Firm", "erpnext_customer": firm}).insert()
	return "The Firm"


def ticket(customer=None, status="Open", **values):
	doc = frappe.get_doc(
		{
			"doctype": "HD Ticket", "subject": "It <b>broke</b>", "description": "<p>On the first day.</p><p>Twice.</p>",
			"customer": customer, "status": "Open", "status_category": "Open", "opening_date": "2026-03-01", **values,
		}
	).insert()  # fmt: skip
	if status != "Open":  # the app opens each new one, and writes it once more
		doc.reload()
		category = {"Replied": "Paused"}.get(status, "Resolved")
		doc.update({"status": status, "status_category": category}).save()
	return doc


def things(firm, user="Administrator"):
	return as_(user, open_complaints.open_complaints, [firm])


def now(one):
	return frappe.db.get_value("HD Ticket", one.name, ["status", "status_category"])


def taken_over(one, user=MIA):
	case = as_(user, documents.new_case, "HD Ticket", str(one.name))
	as_(user, case.insert)
	return case


def settle(case, how="Yes"):
	case.reload()
	case.take_step("Solution Offered", note="A new one", reason="quick")
	case.hear(how)


def test_open_tickets_are_among_what_a_customer_waits_for(story, firm, desk):
	first, second = ticket(desk), ticket(contact=contact(firm), status="Replied", opening_date="2026-03-02")
	ticket(desk, status="Resolved")
	ticket(desk, status="Closed")
	frappe.get_doc({"doctype": "HD Customer", "customer_name": "Another"}).insert()
	ticket("Another")
	rows = things(firm)
	assert [(row.doctype, row.name, row.status, row.about) for row in rows] == [
		("HD Ticket", first.name, "Open", "It broke"),
		("HD Ticket", second.name, "Replied", "It broke"),
	]
	assert panel.customer_care(firm)["complaints"] == rows


def test_what_it_is_about_is_told_to_who_may_read_it(story, firm, desk):
	ticket(desk)
	assert [row.about for row in things(firm, ANNA)] == [None]
	assert [row.about for row in things(firm, MIA)] == ["It broke"]


def test_the_ticket_of_a_contact_nobody_confirmed_is_not_the_customers(story, firm, desk):
	stranger = contact(firm)
	frappe.db.delete("Contact Confirmation", {"contact": stranger})
	one = ticket(contact=stranger)
	assert things(firm) == []
	assert documents.new_case("HD Ticket", str(one.name)).customer is None


def test_a_complaint_is_taken_over_and_gives_its_state_back(story, firm, desk):
	one = ticket(desk, raised_by="olga@firm.example")
	case = taken_over(one)
	assert (case.customer, case.subject, case.description, case.contact_email) == (
		firm,
		"It <b>broke</b>",
		"On the first day.\nTwice.",
		"olga@firm.example",
	)
	assert (case.taken_from_type, case.taken_from) == ("HD Ticket", str(one.name))
	assert now(one) == ("Open", "Open")
	settle(case)
	assert now(one) == ("Resolved", "Resolved")
	[comment] = frappe.get_all("HD Ticket Comment", {"reference_ticket": one.name}, pluck="content")
	assert case.name in comment


@pytest.mark.parametrize("by", ["Administrator", MIA])
def test_who_entered_a_ticket_is_not_the_customer(story, firm, desk, by):
	case = taken_over(ticket(desk, raised_by=by))
	assert case.customer == firm and not case.contact_email and case.channel != "Email"


def test_who_is_not_satisfied_has_an_open_ticket_again(story, firm, desk):
	one = ticket(desk)
	case = taken_over(one)
	settle(case, "No")
	assert now(one) == ("Open", "Open")
	settle(case, "Yes")
	assert now(one) == ("Resolved", "Resolved") and case.status == "Closed"
	# As if nobody had answered: then a later word opens it.
	case.db_set({"closed_unanswered": 1, "word": ""})
	case.reopen()
	assert now(one) == ("Open", "Open")


def test_the_customers_own_word_resolves_it_too(story, firm, desk):
	"""Who says yes by the link in an e-mail is nobody here."""
	one = ticket(desk)
	case = taken_over(one)
	case.reload()
	case.take_step("Solution Offered", note="A new one", reason="quick")
	as_("Guest", feedback._hear, frappe.get_doc("Complaint Case", case.name), 1, "Yes", 1.0, 1.0, "")
	assert now(one) == ("Resolved", "Resolved")


def test_who_may_not_write_the_ticket_takes_nothing_over(story, firm, desk):
	one = ticket(desk)
	for user in (ANNA, BEN):
		with pytest.raises(frappe.PermissionError):
			as_(user, documents.new_case, "HD Ticket", str(one.name))

	def forged():
		frappe.get_doc(
			{
				"doctype": "Complaint Case", "customer": firm, "subject": f"{PREFIX} x", "description": "x",
				"taken_from_type": "HD Ticket", "taken_from": str(one.name),
			}
		).insert()  # fmt: skip

	with pytest.raises(frappe.PermissionError):
		as_(ANNA, forged)
	assert not frappe.db.exists("Complaint Case", {"taken_from": str(one.name)})


def test_a_ticket_is_one_case_and_of_its_own_customer(story, firm, desk):
	one = ticket(desk)
	case = documents.new_case("HD Ticket", str(one.name))
	case.customer = story.customer("Other")
	with pytest.raises(frappe.ValidationError, match="another customer"):
		case.insert()
	taken_over(one)
	with pytest.raises(frappe.ValidationError, match="There is one already"):
		taken_over(one)


def test_a_case_says_later_of_no_other_ticket_that_it_is_its_own(story, firm, desk):
	one, other = ticket(desk), ticket(desk)
	case = taken_over(one)
	case.taken_from = str(other.name)
	case.save()
	assert case.taken_from == str(one.name)


def test_a_case_made_without_one_names_none(story, firm, desk):
	case = story.case(firm, taken_from_type="ToDo", taken_from="x")
	assert not case.taken_from and not case.taken_from_type


def test_of_a_ticket_that_was_merged_the_other_one_hears(story, firm, desk):
	one, other, last = ticket(desk), ticket(desk), ticket(desk)
	case = taken_over(one)
	for source, target in ((one, other), (other, last)):
		source.reload()
		source.update(
			{"status": "Closed", "status_category": "Resolved", "is_merged": 1, "merged_with": target.name}
		)
		source.save()
	settle(case, "No")
	assert now(one)[0] == now(other)[0] == "Closed" and now(last)[0] == "Open"
	settle(case, "Yes")
	assert now(last) == ("Resolved", "Resolved") and now(one)[0] == now(other)[0] == "Closed"
	# Two that name each other are nobody's.
	last.reload()
	last.update({"is_merged": 1, "merged_with": one.name, "status": "Open", "status_category": "Open"}).save()
	case.reload()
	case.db_set({"closed_unanswered": 1, "word": ""})
	case.reopen()
	assert now(one)[0] == now(other)[0] == "Closed"


def test_a_broken_app_costs_its_tickets_and_no_case(story, firm, desk, monkeypatch):
	one = ticket(desk)
	case = taken_over(one)
	monkeypatch.setitem(helpdesk.NEEDS, "HD Ticket", ("gone",))
	assert [row.doctype for row in things(firm)] == ["Complaint Case"]
	settle(case)
	assert case.word == "Yes" and now(one) == ("Open", "Open")
	run = story.night()
	assert run.status.startswith("Completed") and PATH not in set_aside(
		run
	)  # a night does not ask for tickets
