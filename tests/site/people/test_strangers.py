"""A user of the website who links a contact of their own to somebody's customer gets nothing of it."""

import frappe
import pytest
from frappe.permissions import add_user_permission

from keep_customers.complaints import feedback
from keep_customers.engine import complaints as engine
from keep_customers.messaging import recipients
from keep_customers.people import contacts
from tests.site.complaints.guests.said import OLGA, PAVEL, cases, complain, complaint, now, offered
from tests.site.complaints.guests.test_by_email import receive
from tests.site.guests import guest_server, page
from tests.site.mail import contact
from tests.site.people.links import CONFIRM, REFUSE, own_contact, report
from tests.site.story import ANNA, BEN, PREFIX, TERRITORY
from tests.site.web import Browser

ASK = "keep_customers.complaints.feedback.ask"


def recipients_of(case):
	frappe.db.rollback()
	emails = frappe.get_all("Email Queue", filters={"reference_name": case.name}, pluck="name")
	return frappe.get_all(
		"Email Queue Recipient", filters={"parent": ("in", emails or [""])}, pluck="recipient"
	)


def test_a_stranger_sees_no_complaints_and_is_written_to_about_none(guest, firm, olga, pavel, anna, story):
	case = offered(firm)
	foreign = own_contact(pavel, firm)
	assert "drill" not in page(pavel, "complaints").text
	assert page(pavel, f"complaints/{case.name}").status_code == 404
	assert contacts.customers_of(PAVEL) == set() and contacts.customers_of_address(PAVEL) == {}
	assert contacts.contacts_of(firm) == [olga] and contacts.primary_contacts([firm]) == {firm: olga}
	assert contacts.contact_or_main(firm, foreign) == olga and contacts.reached_at(foreign, firm) is None
	assert anna.call(ASK, case=case.name).json()["message"] == f"{PREFIX} Olga Kern"
	assert recipients_of(case) == [OLGA]


def test_where_nobody_else_is_known_a_stranger_is_not_asked_instead(guest, pavel, story):
	works = story.customer("Works")
	frappe.db.commit()
	case = offered(works)
	own_contact(pavel, works)
	assert contacts.primary_contact(works) is None and contacts.primary_contacts([works]) == {}
	assert recipients.addresses(works) == {"email": None, "mobile": None, "phone": None}
	with pytest.raises(frappe.ValidationError, match="has no contact"):
		feedback.ask(case.name)


def test_a_stranger_is_neither_suggested_nor_taken(guest, firm, olga, pavel, anna, story):
	foreign = own_contact(pavel, firm)
	query = "keep_customers.people.contacts.contact_query"
	for browser, there in ((anna, True), (pavel, False)):
		found = browser.call(
			"frappe.desk.search.search_link",
			doctype="Contact",
			txt="",
			query=query,
			filters={"customer": firm},
		).text
		assert (olga in found) == there and "Pavel" not in found
	with pytest.raises(frappe.ValidationError, match="nobody has confirmed it yet"):
		complaint(firm, contact=foreign)
	event = frappe.get_doc({"doctype": "VIP Event", "title": f"{PREFIX} Evening"})
	event.append("guests", {"customer": firm, "contact": foreign})
	with pytest.raises(frappe.ValidationError, match="nobody has confirmed it yet"):
		event.insert()
	said = {"doctype": "Customer Feedback", "customer": firm, "contact": foreign, "rating": 1}
	with pytest.raises(frappe.ValidationError, match="nobody has confirmed it yet"):
		frappe.get_doc(said).insert()


def test_the_public_page_and_the_mailbox_do_not_take_a_stranger_for_the_customer(guest, firm, pavel, story):
	invoice = story.invoice(firm, 100)
	frappe.db.commit()
	own_contact(pavel, firm)
	complain(guest, number=invoice.name, email=PAVEL)
	[case] = cases()
	assert not case.customer and not case.contact
	mail = receive(story, "Smoke!", "It smokes.", sender=PAVEL)
	assert not frappe.db.get_value("Complaint Case", mail.reference_name, "customer")


def test_a_strangers_mail_is_no_answer_but_the_responsible_hears_of_it(guest, firm, pavel, story):
	first = receive(story, "Smoke!", "The drill smokes.")
	case = frappe.get_doc("Complaint Case", first.reference_name)
	case.wait("Which drill?")
	frappe.db.commit()
	own_contact(pavel, firm)
	receive(story, "Re: Smoke!", "Send it to me.", sender=PAVEL, In_Reply_To=first.message_id)
	assert now(case).status == engine.WAITING
	told = {
		"for_user": ANNA,
		"document_name": case.name,
		"subject": ("like", "%not known to be the customer%"),
	}
	assert frappe.db.count("Notification Log", told) == 1
	# Whoever else speaks for the customer may answer, however they write their address.
	contact(firm, first_name=f"{PREFIX} Paula", email="Paula@Firm.example")
	frappe.db.commit()
	receive(story, "Re: Smoke!", "The blue one.", sender="paula@firm.EXAMPLE", In_Reply_To=first.message_id)
	assert now(case).status == engine.OPEN


def test_a_name_on_the_customer_that_nobody_who_may_wrote_there_proves_nothing(guest, pavel, story):
	"""ERPNext's point of sale lets every user write the primary contact and e-mail of a customer that has none."""
	works = story.customer("Works")
	frappe.db.commit()
	foreign = own_contact(pavel, works)
	frappe.db.set_value("Customer", works, {"customer_primary_contact": foreign, "email_id": PAVEL})
	# Anna saves the customer for another reason, as it was on her screen.
	frappe.set_user(ANNA)
	frappe.get_doc("Customer", works).save()
	frappe.set_user("Administrator")
	assert contacts.primary_contact(works) is None
	assert recipients.addresses(works) == {"email": None, "mobile": None, "phone": None}
	assert report(works) == [(foreign, works)]


def test_a_rep_confirms_and_from_then_on_the_contact_counts(guest, firm, olga, pavel, anna, story):
	works = story.customer("Works")
	frappe.db.commit()
	case, other = offered(firm), complaint(works, subject="The saw sings")
	elsewhere = frappe.get_all("Territory", filters={"name": ("!=", TERRITORY), "is_group": 0}, pluck="name")[
		0
	]
	add_user_permission("Territory", elsewhere, BEN)
	frappe.db.commit()
	foreign = own_contact(pavel, firm)
	ben = Browser(guest_server(guest), BEN)
	run = {"report_name": "Contacts to Confirm", "filters": {}}
	for browser, sees in ((anna, True), (ben, False)):
		answer = browser.call("frappe.desk.query_report.run", **run)
		assert answer.status_code == 200 and (PAVEL in answer.text) == sees
	assert pavel.call("frappe.desk.query_report.run", **run).status_code == 403
	assert (
		anna.call("keep_customers.care.panel.customer_care", customer=firm).json()["message"]["to_confirm"]
		== 1
	)
	for browser in (ben, pavel, guest):
		for method in (CONFIRM, REFUSE):
			assert browser.call(method, contact=foreign, customer=firm).status_code in (401, 403)
	assert "drill" not in page(pavel, "complaints").text

	assert anna.call(CONFIRM, contact=foreign, customer=works).status_code == 417, "it is not linked there"
	assert anna.call(CONFIRM, contact=foreign, customer=firm).status_code == 200
	assert anna.call(CONFIRM, contact=foreign, customer=firm).status_code == 200, "two clicks are one word"
	assert (
		"drill" in page(pavel, "complaints").text
		and page(pavel, f"complaints/{case.name}").status_code == 200
	)
	assert ben.resource("Contact Confirmation").json() == {"data": []}
	[row] = anna.resource(
		"Contact Confirmation", params={"filters": f'[["contact","=","{foreign}"]]'}
	).json()["data"]
	assert ben.resource("Contact Confirmation", row["name"]).status_code == 403
	assert anna.resource("Contact Confirmation", row["name"], "PUT", json={"how": "Made"}).status_code == 403
	frappe.db.rollback()
	assert contacts.customers_of_address(PAVEL) == {firm: foreign} and report() == []

	# What was confirmed for one customer says nothing about the next.
	links = [{"link_doctype": "Customer", "link_name": one} for one in (firm, works)]
	assert pavel.resource("Contact", foreign, "PUT", json={"links": links}).status_code == 200
	assert "saw" not in page(pavel, "complaints").text and "drill" in page(pavel, "complaints").text
	assert page(pavel, f"complaints/{other.name}").status_code == 404
	frappe.db.rollback()
	assert report() == [(foreign, works)]

	# Nor does what was taken off and linked again.
	assert pavel.resource("Contact", foreign, "PUT", json={"links": links[1:]}).status_code == 200
	assert pavel.resource("Contact", foreign, "PUT", json={"links": links}).status_code == 200
	assert "drill" not in page(pavel, "complaints").text


def test_who_is_refused_is_linked_no_more_and_keeps_the_contact(guest, firm, pavel, anna):
	foreign = own_contact(pavel, firm)
	assert anna.call(REFUSE, contact=foreign, customer=firm).status_code == 200
	frappe.db.rollback()
	assert report() == [] and frappe.get_doc("Contact", foreign).links == []
	assert pavel.resource("Contact", foreign).status_code == 200
