"""Olga was Firm's oldest contact and has left, as the file says; Ivan decides there now."""

import frappe
import pytest

from keep_customers.complaints import feedback, mail, page, portal, whose
from keep_customers.events import audience
from keep_customers.messaging import messages, recipients, sending, visit_feedback
from keep_customers.people import consent, contacts, reached, unsubscribed
from tests.site.complaints.guests.conftest import website_users  # noqa: F401
from tests.site.complaints.guests.said import CASE, portal_user
from tests.site.events.gathering import event, invitations, listed
from tests.site.host import GENUINE
from tests.site.mail import contact, mailbox  # noqa: F401
from tests.site.messaging.sending.thanks import emails
from tests.site.story import ANNA, BEN, once

OLGA, IVAN, PAVEL = (f"{name}@firm.example" for name in ("olga", "ivan", "pavel"))
MOBILE = "+49 170 12"


@pytest.fixture
def firm(story):
	return _firm(story)


@once(after=1)
def _firm(story):
	name = story.customer("Firm")
	olga = contact(name, first_name="Olga", last_name="Kern", email=OLGA, mobile=MOBILE, is_primary_contact=1)
	doc = frappe.get_doc("Customer", name)
	doc.customer_primary_contact = olga.name
	doc.save()
	frappe.db.set_value("Customer", name, {"email_id": OLGA, "mobile_no": MOBILE})
	people = [
		{"full_name": "Olga Kern", "relation": "Buyer", "contact": olga.name, "left_on": story.days_ago(9)},
		{"full_name": "Ivan", "decides": 1, "email": IVAN, "phone": "+49 171 34"},
	]
	story.file(name, dedicated_rep=ANNA, people=people, ask_for=olga.name)
	return name


def olgas(firm):
	return frappe.db.get_value("Contact", {"email_id": OLGA})


def back_again(firm):
	frappe.db.set_value("Customer File Person", {"parent": firm, "contact": olgas(firm)}, "left_on", None)


def test_of_whom_mail_comes_back_the_rep_is_asked_where_they_are(story, firm):
	olga = frappe.get_doc("Contact", olgas(firm))
	for reps in ([], [BEN]):
		if reps:
			# Whatever the order in which they were linked.
			new = story.customer("New")
			story.file(new, dedicated_rep=BEN)
			olga.links = []
			for name in (new, firm):
				olga.append("links", {"link_doctype": "Customer", "link_name": name})
			olga.save()
		frappe.get_doc(
			{
				"doctype": "Email Queue", "sender": "us@firm.example", "message": "Dear Olga", "status": "Sent",
				"message_id": f"{len(reps)}@us.example", "recipients": [{"recipient": OLGA, "status": "Sent"}],
			}
		).insert()  # fmt: skip
		unsubscribed.came_back(f"{len(reps)}@us.example", {OLGA})
		asked = {"reference_type": "Contact", "reference_name": olga.name, "status": "Open"}
		assert frappe.get_all("ToDo", asked, pluck="allocated_to") == reps


def test_what_is_for_the_customer_goes_to_who_is_there(story, firm):
	assert contacts.primary_contact(firm) is None and contacts.contacts_of(firm) == [olgas(firm)]
	assert recipients.addresses(firm) == {"email": IVAN, "mobile": "+49 171 34", "phone": "+49 171 34"}
	assert reached.asked_for(firm) is None, "Ask For names who has left"
	assert messages.variables(firm, "en")["name"] == firm, "the message greets nobody who is gone"
	pavel = contact(firm, first_name="Pavel", email=PAVEL)
	assert contacts.primary_contacts([firm]) == {firm: pavel.name} and reached.asked_for(firm) == pavel.name
	assert recipients.addresses(firm)["email"] == PAVEL
	assert recipients.addresses(firm)["phone"] == "+49 171 34", (
		"Pavel's is not known, and hers was on the customer"
	)
	back_again(firm)
	assert contacts.primary_contact(firm) == olgas(firm) and reached.asked_for(firm) == olgas(firm)
	assert recipients.addresses(firm) == {"email": OLGA, "mobile": MOBILE, "phone": MOBILE}


def test_her_mail_on_the_customer_stays_where_somebody_else_has_it_too(story, firm):
	people = frappe.get_doc("Customer File", firm)
	people.people[1].email = OLGA.upper()
	people.save()
	assert recipients.addresses(firm)["email"] == OLGA, "by now it is Ivan's as well"


@pytest.mark.skipif(GENUINE, reason="ERPNext fetches a customer's address from its primary contact")
def test_what_was_entered_on_the_customer_itself_stays(story):
	works = story.customer("Works")
	doc = frappe.get_doc("Customer", works)
	doc.email_id = "office@works.example"
	doc.save()
	frappe.db.delete("Contact", {"email_id": "office@works.example"})
	maria = contact(works, first_name="Maria", email="office@works.example")
	left = {"full_name": "Maria", "contact": maria.name, "left_on": story.days_ago(2)}
	story.file(works, people=[left])
	assert recipients.addresses(works)["email"] == "office@works.example"


def test_thanks_by_themselves_go_to_who_decides(story, firm, mailbox):  # noqa: F811
	story.history(firm, [(40, 100), (1, 3000)])
	file = frappe.get_doc("Customer File", firm)
	file.append("consents", {"channel": "Email", "consent": "Given", "date": "2026-01-01"})
	file.save()
	assert consent.of_customers([firm], "Email")[firm].agreed
	story.rule(channel="Email", message_kind="Thank You", send_automatically=1)
	story.completed_yesterday()
	story.night()
	sending.send_due(story.today)
	[sent] = emails(firm)
	to = frappe.get_all("Email Queue Recipient", {"parent": sent.name}, pluck="recipient")
	assert to == [IVAN] and "Olga" not in sent.message


def test_events_complaints_and_visits_ask_who_is_there(story, firm, mailbox):  # noqa: F811
	story.settings(feedback_after_visits=1)
	assert not frappe.get_doc(CASE, story.case(firm).name).contact
	pavel = contact(firm, first_name="Pavel", email=PAVEL)
	case = story.case(firm)
	assert case.contact == pavel.name
	evening = event("Planned", guests=listed([firm]))
	assert audience.plan(evening.name) == 1
	[guest] = invitations(evening)
	assert (guest.contact, guest.guest_name) == (pavel.name, "Pavel")
	visit = {
		"doctype": "Customer Touch",
		"customer": firm,
		"rep": ANNA,
		"channel": "Visit",
		"result": "Reached",
	}
	touch = frappe.get_doc(visit).insert()
	visit_feedback.after_visit(touch.name)
	[question] = frappe.get_all("Email Queue", {"reference_name": touch.name}, pluck="name")
	assert frappe.get_all("Email Queue Recipient", {"parent": question}, pluck="recipient") == [PAVEL]
	case.db_set({"contact": olgas(firm), "status": "Solution Given"})
	assert feedback._whom(case).name == pavel.name, "what became of her complaint is asked of who is there"


def test_what_was_meant_for_her_reaches_nobody(story, firm):
	olga = olgas(firm)
	file = frappe.get_doc("Customer File", firm)
	nobody = {"email": None, "mobile": None, "phone": None}
	[guest] = reached.of_contacts([(firm, olga)]).values()
	about = {"customer": firm, "reference_doctype": reached.PERSON, "reference_name": file.people[0].name}
	[person] = reached.of([about])
	assert guest.addresses == person.addresses == nobody
	assert person.people[0].name == "Olga Kern", "a rep sees for whom it was"


def test_for_calls_the_main_contacts_landline_comes_before_anybody_elses_mobile(story):
	firm = story.customer("Firm")
	contact(firm, first_name="Boss", mobile="+49 171 34", is_primary_contact=1)
	olga = contact(firm, first_name="Olga", phone_nos=[{"phone": "+49 30 12", "is_primary_phone": 1}])
	ivan = {"full_name": "Ivan", "decides": 1, "phone": "+49 172 56"}
	file = story.file(firm, dedicated_rep=ANNA, people=[ivan], ask_for=olga.name)
	[main] = reached.main([firm]).values()
	person, number = main.by("Phone")
	assert (person.name, number) == ("Olga", "+49 30 12"), "the file says to ask for her"
	assert main.by("SMS")[1] == "+49 172 56", "nobody texts a landline"
	assert recipients.addresses(firm) == {"email": None, "mobile": "+49 172 56", "phone": "+49 30 12"}
	file.ask_for = None
	file.save()
	[main] = reached.main([firm]).values()
	assert main.by("Phone")[1] == "+49 171 34", "the boss is the primary contact"


def test_who_has_left_is_offered_last_and_it_is_said(story, firm):
	pavel = contact(firm, first_name="Pavel", email=PAVEL)
	maria = contact(firm, first_name="Maria", email="maria@firm.example", is_primary_contact=1)
	frappe.set_user(ANNA)

	def offered(txt="", start=0, page_len=10):
		found = contacts.contact_query("Contact", txt, "name", start, page_len, {"customer": firm})
		return [(row[0], row[3:]) for row in found]

	everybody = [(maria.name, ()), (pavel.name, ()), (olgas(firm), ("Has left",))]
	assert offered() == everybody
	assert offered(start=1, page_len=1) == everybody[1:2]
	assert offered("olga") == everybody[2:]


@pytest.mark.parametrize("by", ["contact", "portal user"])
def test_who_has_left_sees_its_complaints_no_more(story, firm, by):
	case = story.case(firm)
	user = portal_user(firm, OLGA, by="contact")
	if by == "portal user":
		user = portal_user(firm, OLGA, by=by)
	works = story.customer("Works")
	portal_user(works, OLGA, by="portal user")
	assert contacts.customers_of(user) == {works}
	assert portal.own_case(user, case.name) is None
	back_again(firm)
	assert contacts.customers_of(user) == {firm, works} and portal.own_case(user, case.name)


def test_who_has_left_is_not_taken_for_the_customer_but_proposed(story, firm):
	assert contacts.customers_of_address(OLGA) == {}
	invoice = story.invoice(firm, 100)
	assert page._known(invoice.name, OLGA) == {}
	case = story.case(firm)
	assert not mail._is_of_customer(case, OLGA), "she answers for it no more"
	unknown = frappe.get_doc(
		{"doctype": CASE, "subject": "x", "description": "x", "contact_email": OLGA, "channel": "Email"}
	).insert(ignore_permissions=True)
	assert [one["customer"] for one in whose.proposals(unknown)] == [firm], "a person decides"
	back_again(firm)
	assert contacts.customers_of_address(OLGA) == {firm: olgas(firm)}
	assert page._known(invoice.name, OLGA)["customer"] == firm
