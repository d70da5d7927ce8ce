"""The customer has the last word about a case, by a link and without logging in; guesses get nothing.

Over real HTTP, as a phone's browser and as a program would come.
"""

import email as mails
import hmac
import re

import frappe
import pytest
from frappe.permissions import add_user_permission
from frappe.utils.password import get_encryption_key

from keep_customers.complaints import feedback, portal
from keep_customers.engine import complaints as engine
from keep_customers.erp import signed
from keep_customers.messaging import delivery, unsubscribe
from tests.site.complaints.guests.said import (
	CASE,
	CONFIRM,
	OLGA,
	PAVEL,
	answers,
	complaint,
	now,
	offer,
	offered,
	token_of,
)
from tests.site.guests import bare, page
from tests.site.mail import contact
from tests.site.story import ANNA, BEN, COMPANY, MIA, PREFIX


def test_asked_by_mail_the_customer_says_yes_and_the_case_is_closed(guest, firm, story):
	frappe.db.set_single_value("Global Defaults", "default_company", None)
	case = offered(firm, contact_email="stranger@example.com", sales_invoice=story.invoice(firm, 100).name)
	assert feedback.ask(case.name, "Email") == f"{PREFIX} Olga Kern"
	[queued] = frappe.get_all(
		"Email Queue", filters={"reference_name": case.name}, fields=["name", "message"]
	)
	assert frappe.get_all("Email Queue Recipient", filters={"parent": queued.name}, pluck="recipient") == [
		OLGA
	]
	body = mails.message_from_string(queued.message)
	html = next(part for part in body.walk() if part.get_content_type() == "text/html")
	html = html.get_payload(decode=True).decode()
	link = frappe.utils.strip_html(re.search(r'href="([^"]*complaint-answer[^"]*)"', html)[1]).replace(
		"&amp;", "&"
	)
	assert "INTERNAL" not in html and "unsubscribe?" not in html.lower()
	assert frappe.db.get_value(CASE, case.name, "word_asked_on")
	frappe.db.commit()

	token = re.search("token=([^&]+)", link)[1].replace("%2F", "/")
	shown = page(guest, feedback.COMPLAINT[0], token=token)
	assert shown.status_code == 200 and "The drill smokes" in shown.text
	assert "INTERNAL" not in shown.text and "And it smells" not in shown.text
	assert COMPANY in shown.text, "who has sold it, whichever company is the site's"
	assert now(case).status == engine.GIVEN, "opening the link is no answer"

	said = guest.call(CONFIRM, token=token, solved="Yes", rating="4", person_rating="5", words="Thanks, Anna")
	assert said.status_code == 200 and "Thank You" in said.text
	case = now(case)
	assert (case.status, case.word, case.closed_by) == (engine.CLOSED, "Yes", "Guest")
	assert (case.solution_rating, case.person_rating, case.rated_user) == (0.8, 1.0, ANNA)
	[row] = answers(case)
	assert (row.customer, row.kind, row.channel, row.solved) == (firm, "Complaint", "Web Page", "Yes")
	assert (row.rating, row.person_rating, row.rated_user, row.words) == (0.8, 1.0, ANNA, "Thanks, Anna")
	assert row.contact == frappe.db.get_value("Contact", {"email_id": OLGA})


def test_a_no_reopens_it_once_and_the_second_no_stays_for_the_manager(guest, firm):
	case = offered(firm)
	first = token_of(case)
	said = guest.call(CONFIRM, token=first, solved="No", words="It still smokes")
	assert said.status_code == 200 and "sorry" in said.text
	case = now(case)
	assert (case.status, case.word, case.second_chance) == (engine.REOPENED, "No", 1)
	# Nothing more can be said with the first link, not even after the new solution.
	for _time in range(2):
		again = guest.call(CONFIRM, token=first, solved="Yes")
		assert again.status_code == 200 and "We are sorry" in again.text and "<form" not in again.text
		assert now(case).word == "No" and len(answers(case)) == 1
		case = now(case)
		if case.status == engine.REOPENED:
			case.take_step("Listened")
			case = offer(case)
	second = token_of(case)
	assert second != first
	assert "Is it solved?" in page(guest, feedback.COMPLAINT[0], token=second).text
	assert guest.call(CONFIRM, token=second, solved="No", rating="1").status_code == 200
	case = now(case)
	assert (case.status, case.word) == (engine.GIVEN, "No") and not case.closed_on
	told = frappe.get_all("Notification Log", {"document_name": case.name, "for_user": MIA}, pluck="subject")
	assert any("second chance" in text for text in told) and any(
		"still not satisfied" in text for text in told
	)
	assert [(row.round, row.solved) for row in answers(case)] == [(1, "No"), (2, "No")]
	assert "We are sorry" in guest.call(CONFIRM, token=second, solved="Yes").text
	assert now(case).word == "No" and len(answers(case)) == 2
	with pytest.raises(frappe.ValidationError, match="A solution was given"):
		feedback.ask(case.name)


def test_a_no_after_a_manager_closed_it_is_kept_and_told_to_who_is_responsible(guest, firm):
	case = offered(firm)
	token = token_of(case)
	case.close("They do not answer")
	frappe.db.delete("ToDo", {"reference_name": case.name})
	frappe.db.commit()
	guest.call(CONFIRM, token=token, solved="No", words="I was on holiday")
	case = now(case)
	assert (case.status, case.word or "") == (engine.CLOSED, "")
	[row] = answers(case)
	assert (row.solved, row.words) == ("No", "I was on holiday")
	todo = frappe.get_all(
		"ToDo", filters={"reference_name": case.name, "allocated_to": ANNA}, pluck="description"
	)
	assert len(todo) == 1 and "holiday" not in todo[0]


@pytest.mark.parametrize(("solved", "status"), [("No", engine.REOPENED), ("Yes", engine.CLOSED)])
def test_who_answers_after_the_case_was_closed_for_silence_is_heard(guest, firm, solved, status):
	case = offered(firm)
	token = token_of(case)
	case.flags.unanswered = True
	case.close("No answer")
	frappe.db.commit()
	assert portal.shown(now(case))["answer"]
	guest.call(CONFIRM, token=token, solved=solved)
	case = now(case)
	assert (case.status, case.word, case.closed_unanswered) == (status, solved, 0)


def test_forged_expired_and_guessed_links_get_one_answer(guest, firm, story):
	case = offered(firm)
	good = token_of(case)
	subject, expires, signature = good.rsplit(".", 2)
	other = offered(story.customer("Other"))
	purpose = feedback.COMPLAINT[1]
	tokens = [
		"", "x", "a.b.c", case.name, f"{subject}.{expires}.{'0' * 64}", f"{subject}.{int(expires) + 9}.{signature}",
		f"{other.name}/1.{expires}.{signature}", f"{case.name}/2.{expires}.{signature}",
		signed.token(purpose, subject, days=-1), signed.token("unsubscribe", subject, 9), unsubscribe.token(subject),
		signed.token("visit", subject, 9), signed.token(purpose, "CC-1900-00001/1", 9), good + ".x",
		f"{subject}.{'9' * 5000}.{signature}", f"{subject}.{expires}.é",
	]  # fmt: skip
	gone = {
		(answer.status_code, bare(answer.text))
		for answer in (guest.call(CONFIRM, token=token, solved="Yes") for token in tokens)
	}
	assert len(gone) == 1 and next(iter(gone))[0] == 410
	gone = {
		(shown.status_code, bare(shown.text))
		for shown in (page(guest, "complaint-answer", token=one) for one in tokens[:14])
	}
	assert len(gone) == 1 and next(iter(gone))[0] == 410 and "The drill smokes" not in next(iter(gone))[1]
	assert now(case).status == now(other).status == engine.GIVEN and not answers(case)
	assert page(guest, "complaint-answer", token=good).status_code == 200
	assert guest.call(CONFIRM, verb="GET", token=good, solved="Yes").status_code in (403, 405)
	assert now(case).status == engine.GIVEN


def test_links_in_emails_sent_before_still_work(story):
	text = "keep_customers unsubscribe abc 9999999999"
	signature = hmac.new(get_encryption_key().encode(), text.encode(), "sha256").hexdigest()
	assert unsubscribe.read(f"abc.9999999999.{signature}") == "abc"


def test_an_answer_that_is_none_changes_nothing(guest, firm):
	case = offered(firm)
	token = token_of(case)
	for said in (
		{},
		{"solved": "Maybe"},
		{"solved": "Yes", "rating": "9"},
		{"solved": "Yes", "person_rating": "-1"},
	):
		refused = guest.call(CONFIRM, token=token, words="Nice people", **said)
		assert refused.status_code == 400 and "what you wrote is still there" in refused.text
		assert 'class="fault"' in refused.text and "Nice people" in refused.text
	assert now(case).status == engine.GIVEN and not answers(case)
	guest.call(CONFIRM, token=token, solved="Yes")
	assert now(case).status == engine.CLOSED, "the link was not used up by that"


def test_guessing_has_an_end(guest, firm):
	case = offered(firm)
	frappe.db.commit()
	codes = [guest.call(CONFIRM, token=f"guess{n}", solved="Yes").status_code for n in range(32)]
	assert codes == [410] * 30 + [429] * 2
	assert guest.call(CONFIRM, token=token_of(case), solved="Yes").status_code == 429
	assert now(case).status == engine.GIVEN


def test_who_may_ask_and_when(guest, firm, story, monkeypatch):
	sent = []
	story.settings(feedback_pause_hours=0)
	monkeypatch.setattr(delivery, "send_sms", lambda to, text, **_more: sent.append((to, text)))
	early = complaint(firm)
	with pytest.raises(frappe.ValidationError, match="offer a solution"):
		feedback.ask(early.name)
	case = offered(firm)
	with pytest.raises(frappe.ValidationError, match="gateway"):
		feedback.ask(case.name, "SMS")
	monkeypatch.setattr(delivery, "sms_works", lambda: True)
	feedback.ask(case.name, "SMS")
	[(to, text)] = sent
	assert to == ["+49 170 12"] and "/complaint-answer?token=" in text
	with pytest.raises(frappe.ValidationError, match="SMS"):
		feedback.ask(case.name, "Pigeon")
	alone = offered(story.customer("Alone"), contact_email="x@example.com")
	with pytest.raises(frappe.ValidationError, match="no contact"):
		feedback.ask(alone.name)
	foreign = contact(story.customer("Works"), first_name=f"{PREFIX} Pavel", email=PAVEL)
	frappe.db.set_value(CASE, case.name, "contact", foreign.name)
	assert "Olga" in feedback.ask(case.name), "nobody of another customer is asked"

	add_user_permission("Customer", alone.customer, BEN)
	frappe.set_user(BEN)
	with pytest.raises(frappe.PermissionError):
		feedback.ask(case.name)


def test_the_question_is_in_the_customers_language(guest, firm):
	frappe.db.set_value("Customer", firm, "language", "zh")
	case = offered(firm)
	feedback.ask(case.name)
	frappe.db.commit()
	[message] = frappe.get_all("Email Queue", filters={"reference_name": case.name}, pluck="message")
	subject = mails.message_from_string(message)["Subject"]
	subject = str(mails.header.make_header(mails.header.decode_header(subject)))
	assert subject == frappe._("Your complaint: is it solved?", "zh") != "Your complaint: is it solved?"
	token = token_of(case)
	assert frappe._("Is it solved?", "zh") in page(guest, "complaint-answer", token=token, _lang="zh").text
