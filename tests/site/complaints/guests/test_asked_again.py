"""Nobody is asked twelve times whether it is solved: a case and a person have a pause, until they answer."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import frappe
import pytest
from frappe.utils import now_datetime
from requests.exceptions import ConnectionError, ReadTimeout
from urllib3.exceptions import NewConnectionError

from keep_customers.complaints import feedback
from keep_customers.erp.language import moment_shown
from keep_customers.messaging import delivery, visit_feedback
from keep_customers.messaging.feedback import insert as said
from tests.site.complaints.guests.said import CASE, CONFIRM, OLGA, PAVEL, now, offer, offered, token_of
from tests.site.guests import guest_server, page
from tests.site.mail import contact
from tests.site.story import ANNA, MIA, PREFIX
from tests.site.web import Browser

ASK = "keep_customers.complaints.feedback.ask"


@pytest.fixture(autouse=True)
def a_day(guest, story):
	story.settings(feedback_pause_hours=24, feedback_after_visits=1)
	frappe.db.commit()


def mails():
	return frappe.db.count("Email Queue")


def asked_ago(case, hours):
	frappe.db.set_value(
		CASE, case.name, "word_asked_on", now_datetime() - timedelta(hours=hours), update_modified=False
	)


def visited(customer):
	touch = frappe.get_doc(
		{
			"doctype": "Customer Touch",
			"customer": customer,
			"rep": ANNA,
			"channel": "Visit",
			"result": "Reached",
		}
	).insert()
	visit_feedback.after_visit(touch.name)
	return touch


def test_twelve_clicks_are_one_mail(firm):
	case = offered(firm)
	feedback.ask(case.name)
	for n in range(11):
		with pytest.raises(frappe.ValidationError, match="was asked on") as refused:
			feedback.ask(case.name, ("Email", "SMS")[n % 2])
	asked_on = frappe.db.get_value(CASE, case.name, "word_asked_on")
	for moment in (asked_on, asked_on + timedelta(hours=24)):
		assert moment_shown(moment) in str(refused.value), "when it was, and when it is possible again"
	assert mails() == 1
	frappe.set_user(MIA)
	with pytest.raises(frappe.ValidationError, match="the link is still good"):
		feedback.ask(case.name)
	asked_ago(case, 25)
	feedback.ask(case.name)
	assert mails() == 2


def test_two_clicks_at_once_are_one_mail(guest, firm):
	case = offered(firm)
	browsers = [Browser(guest_server(guest), ANNA) for _time in range(2)]

	def click(browser):
		for _time in range(20):
			said = browser.call(ASK, case=case.name)
			if said.status_code in (200, 417):  # SQLite lets one of two writers go, who comes again
				return said.status_code
		return said.text

	with ThreadPoolExecutor(2) as pool:
		assert sorted(pool.map(click, browsers)) == [200, 417]
	frappe.db.rollback()
	assert mails() == 1


def test_a_person_is_asked_once_whatever_it_is_about(firm, story):
	first, second = offered(firm), offered(firm)
	works = story.customer("Works")
	contact(works, first_name=f"{PREFIX} Olga at Works", email=OLGA.upper())
	contact(firm, first_name=f"{PREFIX} Pavel", email=PAVEL, is_primary_contact=0)
	elsewhere = offered(works)
	feedback.ask(first.name)
	for case in (second, elsewhere):
		with pytest.raises(frappe.ValidationError, match="was asked on"):
			feedback.ask(case.name)
	visited(firm)
	assert mails() == 1
	# A colleague of hers has not been asked, about this one.
	second.reload()
	second.contact = frappe.db.get_value("Contact", {"email_id": PAVEL})
	second.save()
	assert "Pavel" in feedback.ask(second.name)
	first.reload()
	first.contact = second.contact
	first.save()
	with pytest.raises(frappe.ValidationError, match="was asked on"):
		feedback.ask(first.name)  # the case has been asked about, whoever is its contact now


def test_who_has_answered_can_be_asked_about_what_comes_next(guest, firm):
	case = offered(firm)
	feedback.ask(case.name)
	frappe.db.commit()
	guest.call(CONFIRM, token=token_of(case), solved="No")
	case = now(case)
	case.take_step("Listened")
	case = offer(case)
	assert feedback.ask(case.name), "a second chance, the same day"
	with pytest.raises(frappe.ValidationError, match="was asked on"):
		feedback.ask(case.name)


def test_two_visits_of_a_day_ask_once_until_there_is_an_answer(guest, firm):
	first = visited(firm)
	visited(firm)
	assert mails() == 1 and frappe.db.get_value("Customer Touch", first.name, "feedback_asked_on")
	case = offered(firm)
	with pytest.raises(frappe.ValidationError, match="was asked on"):
		feedback.ask(case.name)
	said(
		{
			"customer": firm, "kind": "Visit", "rating": 1,
			"reference_doctype": "Customer Touch", "reference_name": first.name,
		},
		by_customer=True,
	)  # fmt: skip
	assert feedback.ask(case.name)


def test_a_text_that_was_not_sent_is_no_question(firm, monkeypatch):
	case = offered(firm)
	with pytest.raises(frappe.ValidationError, match="gateway"):
		feedback.ask(case.name, "SMS")
	monkeypatch.setattr(delivery, "sms_works", lambda: True)
	monkeypatch.setattr(delivery, "send_sms", lambda *_args, **_more: None)
	assert feedback.ask(case.name, "SMS")
	with pytest.raises(frappe.ValidationError, match="was asked on"):
		feedback.ask(case.name, "Email")


@pytest.mark.parametrize(
	("error", "told"),
	[
		(ReadTimeout("no answer"), "may have arrived"),
		(ConnectionError(NewConnectionError(None, "nobody there")), "could not be sent"),
	],
)
def test_a_gateway_that_fails_is_told_in_words(firm, monkeypatch, error, told):
	def broken(*_args, **_more):
		raise error

	case = offered(firm)
	monkeypatch.setattr(delivery, "sms_works", lambda: True)
	monkeypatch.setattr(delivery, "send_sms", broken)
	with pytest.raises(frappe.ValidationError, match=told):
		feedback.ask(case.name, "SMS")
	assert not frappe.db.get_value(CASE, case.name, "word_asked_on")


def test_the_pause_of_the_settings(guest, firm, story):
	case = offered(firm)
	story.settings(feedback_pause_hours=2)
	feedback.ask(case.name)
	asked_ago(case, 1.9)
	with pytest.raises(frappe.ValidationError, match="was asked on"):
		feedback.ask(case.name)
	asked_ago(case, 2.1)
	feedback.ask(case.name)
	story.settings(feedback_pause_hours=0)
	feedback.ask(case.name)
	assert mails() == 3
	# What a customer opens themselves asks nobody: the link is on their page whenever they look.
	frappe.db.commit()
	assert page(guest, feedback.COMPLAINT[0], token=token_of(case)).status_code == 200
