"""Customers complain, see how far it is, and have the last word, without logging in or with; intruders get nothing.

Over real HTTP, as a phone's browser and as a program would come.
"""

import email as mails
import hmac
import re

import frappe
import pytest
from frappe.permissions import add_user_permission
from frappe.utils import now_datetime
from frappe.utils.password import get_encryption_key

from keep_customers.care import visits
from keep_customers.complaints import feedback
from keep_customers.complaints import page as complaint_page
from keep_customers.engine import complaints as engine
from keep_customers.erp import signed
from keep_customers.messaging import delivery, unsubscribe, visit_feedback
from tests.site.guests import SCRIPT, bare, page
from tests.site.mail import contact, mailbox  # noqa: F401 (a fixture for every test)
from tests.site.story import ANNA, BEN, COMPANY, MIA, PASSWORD, PREFIX, TERRITORY
from tests.site.test_visits import approved
from tests.site.web import Browser

OLGA, PAVEL = "olga@firm.example", "pavel@works.example"
POST = "keep_customers.complaints.page.post"
CONFIRM = "keep_customers.complaints.feedback.confirm"
GIVE = "keep_customers.messaging.visit_feedback.give"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64
CASE = "Complaint Case"


@pytest.fixture
def guest(story, server):
	"""A browser without a user, of an address nobody has posted from before."""
	frappe.cache.delete_keys("rl:")
	story.settings(complaint_page=1, word_days=14, feedback_after_visits=0)
	frappe.db.commit()
	return Browser(server)


@pytest.fixture
def firm(story):
	"""Anna's customer, whose buyer is Olga."""
	name = story.customer("Firm")
	story.file(name, dedicated_rep=ANNA)
	contact(name, first_name=f"{PREFIX} Olga", last_name="Kern", email=OLGA, mobile="+49 170 12")
	frappe.db.commit()
	return name


def complaint(customer, **values):
	case = frappe.get_doc(
		{
			"doctype": CASE,
			"customer": customer,
			"subject": "The drill smokes",
			"description": "It smokes.\nAnd it smells.",
			"channel": "Phone",
			**values,
		}
		# Only somebody from outside brings one of a customer who is not known yet.
	).insert(ignore_permissions=not customer)
	frappe.db.commit()
	return case


def offered(customer, **values):
	"""A case in which a solution was offered."""
	case = complaint(customer, **values)
	case.take_step("Listened", "INTERNAL: they are right")
	offer(case)
	return case


def offer(case):
	frappe.set_user("Administrator")
	case = frappe.get_doc(CASE, case.name)
	case.take_step("Solution Offered", "INTERNAL: a new drill", reason="INTERNAL: all in one call")
	frappe.db.commit()
	return case


def token_of(case):
	return re.search("token=([^&]+)", feedback.link(frappe.get_doc(CASE, case.name)))[1].replace("%2F", "/")


def now(case):
	"""The case as the database has it after what the server did."""
	frappe.db.rollback()
	return frappe.get_doc(CASE, case.name)


def answers(case):
	return frappe.get_all(
		"Customer Feedback", filters={"reference_name": case.name}, fields=["*"], order_by="round asc"
	)


def complain(browser, files=(), **said):
	said = {"description": "The drill smokes", "email": OLGA, **said}
	return browser.http.post(
		f"{browser.base}/api/method/{POST}",
		data=said,
		files=[("attachments", file) for file in files] or [("website", (None, ""))],
		headers={"Accept": "text/html"},
		timeout=120,
	)


def cases():
	frappe.db.rollback()
	return frappe.get_all(CASE, fields=["*"], order_by="creation asc")


# The customer's word


def test_asked_by_mail_the_customer_says_yes_and_the_case_is_closed(guest, firm):
	case = offered(firm, contact_email="stranger@example.com")
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
		assert again.status_code == 200 and "We have your answer already" in again.text
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
	assert "We have your answer already" in guest.call(CONFIRM, token=second, solved="Yes").text
	assert now(case).word == "No" and len(answers(case)) == 2
	with pytest.raises(frappe.ValidationError, match="A solution was given"):
		feedback.ask(case.name)


def test_a_word_told_to_a_rep_uses_up_the_link(guest, firm):
	case = offered(firm)
	token = token_of(case)
	case.hear("Yes", 1, 1, "Fine")
	frappe.db.commit()
	[row] = answers(case)
	assert (row.channel, row.solved, row.words) == ("Phone", "Yes", "Fine")
	assert "We have your answer already" in guest.call(CONFIRM, token=token, solved="No").text
	assert now(case).status == engine.CLOSED and len(answers(case)) == 1


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
		refused = guest.call(CONFIRM, token=token, **said)
		assert refused.status_code == 400 and "go back" in refused.text
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


# After a visit


def test_after_a_visit_the_customer_is_asked_and_the_answer_counts_once(guest, firm, story):
	touch = frappe.get_doc(
		{"doctype": "Customer Touch", "customer": firm, "rep": ANNA, "channel": "Visit", "result": "Reached", "notes": "INTERNAL"}
	).insert()  # fmt: skip
	visit_feedback.after_visit(touch.name)
	about = {"reference_doctype": "Customer Touch", "reference_name": touch.name}
	assert not frappe.db.exists("Email Queue", about), "the settings do not ask"
	story.settings(feedback_after_visits=1)
	visit_feedback.after_visit(touch.name)
	assert frappe.db.count("Email Queue", about) == 1
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
	assert "We have your answer already" in page(guest, "care-feedback", token=token).text
	assert page(guest, "care-feedback", token=token + "x").status_code == 410


def test_the_report_of_a_visit_asks_each_customer_once(guest, firm, story):
	story.settings(feedback_after_visits=1)
	works = story.customer("Works")
	story.file(works, dedicated_rep=ANNA)
	plan = approved([firm, works])
	plan.stops[0].update({"visited": 1, "visited_on": now_datetime(), "report": "INTERNAL"})
	plan.stops[1].update({"visited": 1, "visited_on": now_datetime(), "report": "No contact to ask"})
	plan.save()
	assert visits.file_report(plan.name)["contacts"] == 2
	visits.file_report(plan.name)
	[queued] = frappe.get_all(
		"Email Queue", {"reference_doctype": "Customer Touch"}, ["reference_name", "message"]
	)
	assert frappe.db.get_value("Customer Touch", queued.reference_name, "customer") == firm
	assert "INTERNAL" not in queued.message


def test_who_wants_no_emails_is_not_asked_after_a_visit(guest, firm, story):
	story.settings(feedback_after_visits=1)
	unsubscribe.refuse(firm, "Email")
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
		({"rating": 3}, "between 0 and 1"),
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


# The public page


def test_the_public_page_makes_a_case_with_the_customer_for_who_knows_number_and_address(guest, firm, story):
	shown = page(guest, "complain")
	assert shown.status_code == 200 and 'enctype="multipart/form-data"' in shown.text
	invoice = story.invoice(firm, 100)
	frappe.db.commit()
	known = complain(
		guest,
		number=f" {invoice.name} ",
		email=OLGA.upper(),
		full_name="Olga",
		files=[("smoke.png", PNG), ("C:\\x\\bill.pdf", b"%PDF-1.4 hello")],
	)
	unknown = complain(guest, number="ACC-SINV-1900-1", email=OLGA)
	stranger = complain(guest, number=invoice.name, email="eve@example.com")
	assert {one.status_code for one in (known, unknown, stranger)} == {200}
	assert len({bare(one.text) for one in (known, unknown, stranger)}) == 1
	first, second, third = cases()
	assert (first.customer, first.sales_invoice, first.channel, first.responsible) == (
		firm, invoice.name, "Web Page", ANNA,
	)  # fmt: skip
	assert (first.contact_name, first.description, first.status) == ("Olga", "The drill smokes", engine.OPEN)
	assert first.contact == frappe.db.get_value("Contact", {"email_id": OLGA})
	for case, number in ((second, "ACC-SINV-1900-1"), (third, invoice.name)):
		assert not (case.customer or case.sales_invoice or case.contact) and case.stated_number == number
	files = frappe.get_all("File", filters={"attached_to_name": first.name}, fields=["*"])
	assert sorted(file.file_name for file in files) == ["bill.pdf", "smoke.png"]
	assert all(file.is_private for file in files)
	for file in files:
		assert guest.http.get(f"{guest.base}{file.file_url}", timeout=60).status_code == 403


@pytest.mark.parametrize("doctype", ["Delivery Note", "Sales Order"])
def test_other_numbers_are_known_too(guest, firm, doctype):
	frappe.get_doc(
		{
			"doctype": doctype, "name": f"{PREFIX}-1", "customer": firm, "company": COMPANY, "currency": "EUR",
			"conversion_rate": 1, "docstatus": 1,
		}
	).db_insert()  # fmt: skip
	frappe.db.commit()
	complain(guest, number=f"{PREFIX}-1")
	[case] = cases()
	assert case.customer == firm and case.stated_number == f"{PREFIX}-1"
	assert case.delivery_note == (f"{PREFIX}-1" if doctype == "Delivery Note" else None)


def test_the_page_that_is_off_does_not_exist(guest, story):
	story.settings(complaint_page=0)
	frappe.db.commit()
	assert page(guest, "complain").status_code == 404
	assert complain(guest).status_code == 404
	assert not cases()


def test_many_posts_from_one_address_make_a_handful(guest, firm):
	"""The host's limiter counts by address: after the fifth it refuses the sixtieth as it would the ten-thousandth."""
	codes = [complain(guest, description=f"Again {n}").status_code for n in range(60)]
	assert codes == [200] * complaint_page.MOST_AN_HOUR + [429] * (60 - complaint_page.MOST_AN_HOUR)
	assert len(cases()) == complaint_page.MOST_AN_HOUR == 5
	last = complain(guest)
	assert "try again in an hour" in last.text and "Traceback" not in last.text


def test_a_file_that_is_too_large_is_refused_and_nothing_is_stored(guest, firm):
	files = frappe.db.count("File")
	thirty = complain(guest, files=[("big.png", PNG + b"\0" * (30 * 1024 * 1024))])
	assert thirty.status_code in (400, 413)
	six = complain(guest, files=[("ok.png", PNG), ("big.png", PNG + b"\0" * (6 * 1024 * 1024))])
	assert six.status_code == 400 and "at most 5 MB" in six.text
	assert not cases() and frappe.db.count("File") == files


def test_too_many_files_and_other_kinds_are_refused(guest, firm):
	svg = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
	for files, complaint_ in (
		([(f"{n}.png", PNG) for n in range(4)], "at most 3 files"),
		([("page.png", b"<html><script>alert(1)</script>")], "PDF files only"),
		([("picture.svg", svg)], "PDF files only"),
	):
		refused = complain(guest, files=files)
		assert refused.status_code == 400 and complaint_ in refused.text
	assert not cases()


def test_what_is_missing_is_asked_for(guest, firm):
	assert "what happened" in complain(guest, description=" ").text
	for address in ("olga", "", f"{OLGA}, {PAVEL}", f"Olga <{OLGA}>"):
		assert "e-mail address" in complain(guest, email=address).text
	assert not cases()


def test_a_program_that_fills_in_everything_is_thanked_and_forgotten(guest, firm):
	person = complain(guest)
	program = complain(guest, website="http://example.com")
	assert program.status_code == 200 and bare(program.text) == bare(person.text)
	assert len(cases()) == 1


def test_what_was_sent_along_goes_with_its_customer(guest, firm, story):
	frappe.get_doc(
		{
			"doctype": "Delivery Note", "name": f"{PREFIX}-1", "customer": firm, "company": COMPANY, "currency": "EUR",
			"conversion_rate": 1, "docstatus": 1,
		}
	).db_insert()  # fmt: skip
	frappe.db.commit()
	complain(guest, number=f"{PREFIX}-1", files=[("smoke.png", PNG)])
	[case] = cases()
	about = {"attached_to_doctype": CASE, "attached_to_name": case.name}
	assert frappe.db.count("File", about) == 1
	frappe.delete_doc("Customer", firm, force=True)
	assert not frappe.db.exists(CASE, case.name) and not frappe.db.count("File", about)


# Script in every field


def test_script_is_shown_as_text_everywhere(guest, firm, story):
	files = [(f"{SCRIPT}.png", PNG)]
	complain(guest, number=SCRIPT, full_name=SCRIPT, description=SCRIPT, files=files)
	refused = complain(guest, email=SCRIPT)
	[case] = cases()
	[name] = frappe.get_all("File", filters={"attached_to_name": case.name}, pluck="file_name")
	assert "<" not in name and name.endswith(".png")

	portal = portal_user(firm)
	case = frappe.get_doc(CASE, case.name)
	case.customer = firm
	case.save()
	case.take_step("Listened", SCRIPT)
	case = offer(case)
	# As it would stand there past the host's own cleaning.
	frappe.db.set_value(CASE, case.name, {"subject": SCRIPT, "description": SCRIPT, "contact_name": SCRIPT})
	frappe.db.set_value("User", ANNA, "full_name", SCRIPT)
	feedback.ask(case.name)
	touch = frappe.get_doc(
		{"doctype": "Customer Touch", "customer": firm, "rep": ANNA, "channel": "Visit", "result": "Reached"}
	).insert()
	frappe.db.commit()
	token, visit = token_of(case), signed.token(visit_feedback.VISIT[1], touch.name, 9)
	olga = Browser(guest_server(guest), portal)
	shown = [
		refused.text,
		page(guest, "complaint-answer", token=token).text,
		page(guest, "complaint-answer", token=SCRIPT).text,
		page(guest, "care-feedback", token=visit).text,
		page(guest, "care-feedback", token=SCRIPT, _lang=SCRIPT).text,
		page(olga, "complaints").text,
		page(olga, f"complaints/{case.name}").text,
		page(olga, f"complaints/{SCRIPT}").text,
		guest.call(CONFIRM, token=token, solved=SCRIPT, words=SCRIPT).text,
		guest.call(CONFIRM, token=token, solved="No", words=SCRIPT).text,
		guest.call(GIVE, token=visit, rating="1", words=SCRIPT).text,
	]
	frappe.db.rollback()
	for message in frappe.get_all("Email Queue", filters={"reference_name": case.name}, pluck="message"):
		for part in mails.message_from_string(message).walk():
			if part.get_content_type() == "text/html":
				shown.append(part.get_payload(decode=True).decode())
	shown += frappe.get_all("ToDo", filters={"reference_name": case.name}, pluck="description")
	shown += frappe.get_all("Notification Log", filters={"document_name": case.name}, pluck="subject")
	assert len(shown) >= 13
	for html in shown:
		assert "<script>alert" not in html and "<img src=x" not in html
	# It is not that nothing was shown.
	assert "&lt;script&gt;alert(1)" in shown[1] and "&lt;script&gt;alert(1)" in shown[6]
	for row in frappe.get_all("Customer Feedback", filters={"customer": firm}, pluck="words"):
		assert "<script>" not in row
	frappe.db.set_value("User", ANNA, "full_name", "Anna")
	frappe.db.commit()


# The portal


def guest_server(browser):
	return frappe._dict(url=browser.base)


def portal_user(customer, address=OLGA, by="contact"):
	"""A website user who speaks for the customer."""
	if not frappe.db.exists("User", address):
		user = frappe.get_doc(
			{
				"doctype": "User", "email": address, "first_name": f"{PREFIX} Olga", "user_type": "Website User",
				"send_welcome_email": 0, "new_password": PASSWORD, "roles": [{"role": "Customer"}],
			}
		)  # fmt: skip
		user.flags.no_welcome_mail = user.flags.ignore_password_policy = True
		user.insert()
	if by == "contact":
		frappe.db.set_value("Contact", {"email_id": address}, "user", address)
	else:
		doc = frappe.get_doc("Customer", customer)
		doc.append("portal_users", {"user": address})
		doc.save()
	frappe.db.commit()
	return address


@pytest.fixture(autouse=True)
def website_users(story):
	yield
	frappe.set_user("Administrator")
	frappe.db.rollback()
	for address in (OLGA, PAVEL):
		frappe.db.set_value("Contact", {"user": address}, "user", None)
		if frappe.db.exists("User", address):
			frappe.delete_doc("User", address, force=True)
	frappe.db.commit()


@pytest.mark.parametrize("by", ["contact", "portal user"])
def test_a_customer_who_is_logged_in_sees_their_own_cases_and_no_notes(guest, firm, story, by):
	works = story.customer("Works")
	contact(works, first_name=f"{PREFIX} Pavel", email=PAVEL)
	own = offered(firm, promised_on="2099-05-06 10:00:00", cause_text="INTERNAL: cheap parts")
	foreign = offered(works, subject="The saw sings", description="All day")
	unnamed = complaint(None, channel="Web Page", contact_email=OLGA, subject="Nobody's")
	olga = Browser(guest_server(guest), portal_user(firm, by=by))

	listed = page(olga, "complaints")
	assert listed.status_code == 200 and "The drill smokes" in listed.text
	assert (
		"The saw sings" not in listed.text and "Nobody" not in listed.text and "INTERNAL" not in listed.text
	)
	shown = page(olga, f"complaints/{own.name}")
	assert shown.status_code == 200 and "We have offered you a solution" in shown.text
	assert "And it smells" in shown.text and "2099" in shown.text and "/complaint-answer?token=" in shown.text
	assert "INTERNAL" not in shown.text
	for name in (foreign.name, unnamed.name, "CC-1900-00001"):
		assert page(olga, f"complaints/{name}").status_code == 404
		assert page(olga, "complaint", name=name).status_code == 404
	# Nor past the pages, not even their own: what is noted among ourselves stands in the document.
	for name in (own.name, foreign.name):
		assert olga.resource(CASE, name).status_code in (403, 404)
		assert "INTERNAL" not in page(olga, "printview", doctype=CASE, name=name).text
		for method in ("frappe.www.list.get", "frappe.www.list.get_list_data", "frappe.client.get_list"):
			assert "smokes" not in olga.call(method, doctype=CASE, fields=["*"]).text
	for method in ("take_step", "close", "hear"):
		run = {"dt": CASE, "dn": own.name, "method": method, "args": '{"word": "Yes", "step": "Explained"}'}
		tried = olga.http.post(f"{olga.base}/api/method/run_doc_method", data=run, timeout=60)
		assert tried.status_code == 403
	assert olga.call("keep_customers.complaints.feedback.ask", case=own.name).status_code == 403
	assert now(own).status == engine.GIVEN


def test_who_is_not_logged_in_or_speaks_for_nobody_sees_no_cases(guest, firm):
	case = offered(firm)
	for path in ("complaints", f"complaints/{case.name}"):
		answer = page(guest, path)
		assert answer.status_code in (301, 302, 403) and "drill" not in answer.text
	pavel = Browser(guest_server(guest), portal_user(firm, PAVEL, by="contact"))
	assert "drill" not in page(pavel, "complaints").text
	assert page(pavel, f"complaints/{case.name}").status_code == 404
	assert guest.resource(CASE, case.name).status_code in (401, 403)
	assert guest.resource("Customer Feedback").status_code in (401, 403)


# A rep of another region


def test_a_rep_of_another_region_gets_neither_cases_nor_files_nor_feedback(guest, firm, story):
	invoice = story.invoice(firm, 100)
	frappe.db.commit()
	complain(guest, number=invoice.name, files=[("smoke.png", PNG)])
	[case] = cases()
	[url] = frappe.get_all("File", filters={"attached_to_name": case.name}, pluck="file_url")
	doc = frappe.get_doc(CASE, case.name)
	doc.take_step("Listened", "INTERNAL")
	offer(doc)
	guest.call(CONFIRM, token=token_of(case), solved="No", words="Still smoking")
	frappe.db.rollback()
	[said] = frappe.get_all("Customer Feedback", pluck="name")
	elsewhere = frappe.get_all("Territory", filters={"name": ("!=", TERRITORY), "is_group": 0}, pluck="name")[
		0
	]
	add_user_permission("Territory", elsewhere, BEN)
	frappe.db.commit()

	anna, ben = (Browser(guest_server(guest), user) for user in (ANNA, BEN))
	for doctype, name in ((CASE, case.name), ("Customer Feedback", said)):
		assert anna.resource(doctype, name).status_code == 200
		assert ben.resource(doctype, name).status_code == 403
		assert ben.resource(doctype).json() == {"data": []}
		assert (
			ben.resource(doctype, name, "PUT", json={"subject": "Mine", "words": "Mine"}).status_code == 403
		)
	assert anna.http.get(f"{anna.base}{url}", timeout=60).status_code == 200
	assert ben.http.get(f"{ben.base}{url}", timeout=60).status_code == 403
	assert ben.call("keep_customers.complaints.feedback.ask", case=case.name).status_code == 403
	forged = {"customer": firm, "kind": "General", "rating": 1, "rated_user": BEN, "person_rating": 1}
	assert ben.resource("Customer Feedback", method="POST", json=forged).status_code == 403
	assert "INTERNAL" not in page(ben, "printview", doctype=CASE, name=case.name).text


# By e-mail


def receive(story, subject, text, sender=OLGA, html=False, **headers):
	"""What the host makes of an e-mail that comes in at the complaints' mailbox."""
	from frappe.email.receive import InboundMail

	mail = mails.message.EmailMessage()
	mail["From"], mail["To"], mail["Subject"] = f"Olga Kern <{sender}>", "help@tools.example", subject
	mail["Message-ID"] = f"<{frappe.generate_hash(length=12)}@firm.example>"
	for header, value in headers.items():
		mail[header.replace("_", "-")] = value
	mail.set_content(text, subtype="html" if html else "plain")
	account = f"{PREFIX} Complaints"
	if not frappe.db.exists("Email Account", account):
		frappe.get_doc(
			{
				"doctype": "Email Account", "name": account, "email_account_name": account,
				"email_id": "help@tools.example", "enable_incoming": 1, "append_to": CASE, "awaiting_password": 1,
			}
		).db_insert()  # fmt: skip
	communication = InboundMail(mail.as_bytes(), frappe.get_doc("Email Account", account)).process()
	frappe.db.commit()
	return communication


def test_an_email_makes_a_case_of_its_senders_customer(guest, firm, story):
	first = receive(story, "Smoke!", "The drill smokes.\nPlease help.")
	case = frappe.get_doc(CASE, first.reference_name)
	assert (case.subject, case.channel, case.customer, case.responsible) == ("Smoke!", "Email", firm, ANNA)
	assert case.description == "The drill smokes.\nPlease help." and case.contact_email == OLGA
	assert case.contact == frappe.db.get_value("Contact", {"email_id": OLGA}) and case.answer_due

	stranger = receive(
		story, "Help", "<p>It <b>burns</b><script>alert(1)</script></p>", "x@example.com", html=True
	)
	case = frappe.get_doc(CASE, stranger.reference_name)
	assert not case.customer and "burns" in case.description and "<script" not in case.description


def test_an_answer_by_email_goes_to_its_case_and_ends_the_waiting(guest, firm, story):
	first = receive(story, "Smoke!", "The drill smokes.")
	case = frappe.get_doc(CASE, first.reference_name)
	case.wait("Which drill?")
	colleague = receive(story, f"Re: Smoke! (#{case.name})", "I ask them", sender=ANNA)
	assert colleague.reference_name == case.name and now(case).status == engine.WAITING
	reply = receive(story, "Re: Smoke!", "The blue one.", In_Reply_To=first.message_id)
	assert reply.reference_name == case.name
	case = now(case)
	assert case.status == engine.OPEN and case.description == "The drill smokes."
	assert all(row.resumed_on for row in case.pauses)
	assert len(cases()) == 1


def test_what_we_send_ends_no_waiting(guest, firm, story):
	case = complaint(firm)
	case.wait("Which drill?")
	frappe.db.commit()
	frappe.get_doc(
		{
			"doctype": "Communication", "communication_type": "Communication", "sent_or_received": "Sent",
			"subject": "Which drill?", "content": "Well?", "sender": ANNA, "recipients": OLGA,
			"reference_doctype": CASE, "reference_name": case.name,
		}
	).insert()  # fmt: skip
	frappe.db.commit()
	assert now(case).status == engine.WAITING
