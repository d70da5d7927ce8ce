"""After a visit the customer is asked how it was."""

import frappe
import pytest
from frappe.utils import now_datetime

from keep_customers.complaints import feedback
from keep_customers.erp import signed
from keep_customers.messaging import visit_feedback
from keep_customers.people import ledger
from keep_customers.people.reached import key
from keep_customers.visits import stops
from tests.site.complaints.guests.said import CASE, CONFIRM, GIVE, OLGA, PAVEL, offered, token_of
from tests.site.guests import page
from tests.site.mail import contact
from tests.site.story import ANNA, PREFIX
from tests.site.visits.plans import approved


def test_after_a_visit_the_customer_is_asked_and_the_answer_counts_once(guest, firm, story):
	touch = frappe.get_doc(
		{"doctype": "Customer Touch", "customer": firm, "rep": ANNA, "channel": "Visit", "result": "Reached", "notes": "INTERNAL"}
	).insert()  # fmt: skip
	visit_feedback.after_visit(touch.name)
	about = {"reference_doctype": "Customer Touch", "reference_name": touch.name}
	assert not frappe.db.exists("Email Queue", about), "the settings do not ask"
	story.settings(feedback_after_visits=1)
	call = frappe.copy_doc(touch).update({"channel": "Phone"}).insert()
	visit_feedback.after_visit(call.name)
	visit_feedback.after_visit(touch.name)
	assert frappe.get_all("Email Queue", pluck="reference_name") == [touch.name], (
		"nobody was there for a call"
	)
	olga = frappe.db.get_value("Contact", {"email_id": OLGA})
	pavel = contact(firm, first_name=f"{PREFIX} Pavel", email=PAVEL).name
	frappe.db.set_value("Customer", firm, "customer_primary_contact", pavel)
	token = signed.token(visit_feedback.VISIT[1], touch.name, 9)
	frappe.db.commit()
	shown = page(guest, "care-feedback", token=token)
	assert shown.status_code == 200 and "Anna" in shown.text and "INTERNAL" not in shown.text
	assert guest.call(GIVE, token=token).status_code == 400, "nothing was said"
	assert guest.call(GIVE, token=token_of(offered(firm))).status_code == 410
	for words in ("Useful", "Not useful"):
		assert guest.call(GIVE, token=token, rating="5", person_rating="2", words=words).status_code == 200
	frappe.db.rollback()
	[row] = frappe.get_all("Customer Feedback", filters={"reference_name": touch.name}, fields=["*"])
	assert (row.kind, row.rating, row.person_rating, row.rated_user, row.words) == (
		"Visit",
		1,
		0.4,
		ANNA,
		"Useful",
	)
	assert row.contact == olga, "who was asked, whoever is the main contact by now"
	assert "We have your answer" in page(guest, "care-feedback", token=token).text
	assert page(guest, "care-feedback", token=token + "x").status_code == 410
	# Olga is with two customers, and then with the other one alone: no link about the first one is hers any more.
	complained = token_of(offered(firm, contact=olga))
	for stay, expected in ((True, 200), (False, 410)):
		moved = frappe.get_doc("Contact", olga)
		if stay:
			moved.append("links", {"link_doctype": "Customer", "link_name": story.customer("Elsewhere")})
		else:
			moved.remove(moved.links[0])
		moved.save()
		frappe.db.commit()
		for name, link in (("care-feedback", token), ("complaint-answer", complained)):
			assert page(guest, name, token=link).status_code == expected, name
	assert guest.call(CONFIRM, token=complained, solved="Yes").status_code == 410
	assert guest.call(GIVE, token=token, rating="1").status_code == 410


def test_the_report_of_a_visit_asks_each_customer_once(guest, firm, story):
	story.settings(feedback_after_visits=1, feedback_pause_hours=24)
	# Whom a rep was told to ask for, and not who gets the bills.
	pavel = contact(firm, first_name=f"{PREFIX} Pavel", email=PAVEL, is_primary_contact=0).name
	frappe.db.set_value("Customer File", firm, "ask_for", pavel)
	works = story.customer("Works")
	story.file(works, dedicated_rep=ANNA)
	plan = approved([firm, works])
	plan.stops[0].update({"visited": 1, "visited_on": now_datetime(), "report": "INTERNAL"})
	plan.stops[1].update({"visited": 1, "visited_on": now_datetime(), "report": "No contact to ask"})
	plan.save()
	assert stops.file_report(plan.name)["contacts"] == 2
	stops.file_report(plan.name)
	[queued] = frappe.get_all(
		"Email Queue", {"reference_doctype": "Customer Touch"}, ["name", "reference_name", "message"]
	)
	assert frappe.get_all("Email Queue Recipient", {"parent": queued.name}, pluck="recipient") == [PAVEL]
	assert frappe.db.get_value("Customer Touch", queued.reference_name, "customer") == firm
	assert "INTERNAL" not in queued.message
	frappe.set_user("Administrator")
	assert "Olga" in feedback.ask(offered(firm).name), "nobody has asked her"
	with pytest.raises(frappe.ValidationError, match="Pavel was asked on"):
		feedback.ask(offered(firm, contact=pavel).name)


def test_who_wants_no_emails_is_not_asked_after_a_visit(guest, firm, story):
	story.settings(feedback_after_visits=1)
	contact = frappe.get_value("Contact", {"email_id": OLGA})
	ledger.say_no(firm, "Email", ledger.TOLD, [key("Contact", contact)])
	touch = frappe.get_doc(
		{"doctype": "Customer Touch", "customer": firm, "rep": ANNA, "channel": "Visit", "result": "Reached"}
	).insert()
	visit_feedback.after_visit(touch.name)
	assert not frappe.db.exists("Email Queue", {"reference_name": touch.name})


def test_feedback_by_hand_fits_its_customer_and_does_not_pretend(guest, firm, story):
	case = offered(story.customer("Other"))

	def row(**values):
		return frappe.get_doc({"doctype": "Customer Feedback", "customer": firm, "rating": 0.6, **values})

	for values, complaint_ in (
		({"rating": 3}, "such as 0.8 for four of five"),
		({"person_rating": 0.5}, "person who is rated"),
		({"given_on": "2099-01-01"}, "check the date"),
		({"channel": "Web Page"}, "themselves"),
		({"reference_doctype": CASE, "reference_name": case.name}, "document of this customer"),
		({"reference_doctype": "User", "reference_name": ANNA}, "document of this customer"),
	):
		with pytest.raises(frappe.ValidationError, match=complaint_):
			row(**values).insert()
	own = offered(firm)
	row(kind="Complaint", reference_doctype=CASE, reference_name=own.name, round=1).insert()
	assert not feedback.answered(own.name, 1), "a rep's row does not take the customer's word away"
