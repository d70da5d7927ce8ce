"""The customer's no: by the link in an e-mail, without logging in."""

import re
from concurrent.futures import ThreadPoolExecutor
from email import message_from_bytes

import frappe
import pytest
from frappe.email.doctype.email_queue.email_queue import SendMailContext
from frappe.utils import getdate

from keep_customers.messaging import sending, unsubscribe
from keep_customers.privacy import ageing, forgetting
from keep_customers.privacy import person as privacy_person
from tests.site.mail import text_of
from tests.site.messaging.sending.thanks import ADDRESS, emails, thanked
from tests.site.people.consent.firm import pavel_of, reached_at, records, second_address, told, word
from tests.site.story import PREFIX
from tests.site.web import Browser, Server


@pytest.fixture
def server(story):
	server = Server()
	yield server
	server.stop()


def page(browser, token):
	return browser.http.get(
		f"{browser.base}/{unsubscribe.PAGE}",
		params={"token": token},
		headers={"Accept": "text/html"},
		timeout=60,
	)


def test_the_link_in_an_email_lets_a_customer_say_no_without_logging_in(story, server):
	firm = thanked(story)
	sending.send_due(story.today)
	[queued] = emails(firm)
	_message, html = text_of(queued)
	token = re.search(r"token=([^\"&]+)", html)[1]
	frappe.db.delete("Customer File", {"name": firm})
	frappe.db.delete("Customer File Consent", {"parent": firm})
	frappe.db.delete("Consent Record", {"customer": firm})
	frappe.db.commit()
	guest = Browser(server)

	shown = page(guest, token)
	assert shown.status_code == 200 and "<button" in shown.text and firm not in shown.text
	frappe.db.rollback()
	assert not records(), "opening the link is not pressing the button"

	for _press in range(2):
		answered = guest.call("keep_customers.messaging.unsubscribe.confirm", token=token)
		assert answered.status_code == 200, answered.text
		assert firm not in answered.text and ADDRESS not in answered.text
	frappe.db.rollback()
	assert word(firm) == "refused" and not frappe.db.exists("Customer File", firm)
	[row] = records()
	assert (row.words, row.source, row.on_date) == ("Unsubscribe link", "Unsubscribe Link", getdate())
	assert row.address == ADDRESS and row.person == frappe.db.get_value("Contact", {"email_id": ADDRESS})
	assert (
		guest.call("keep_customers.messaging.unsubscribe.confirm", verb="GET", token=token).status_code == 403
	)


def test_forged_and_expired_links_get_one_answer_that_tells_nothing(story, server):
	firm = thanked(story)
	name = story.follow_ups(firm)[0].name
	good = unsubscribe.token(name)
	follow_up, expires, signature = good.split(".")
	frappe.db.commit()
	guest = Browser(server)
	tokens = [
		"", "x", "a.b.c", f"{follow_up}.{expires}.{'0' * 64}", f"{follow_up}.{int(expires) + 9}.{signature}",
		f"{name[:-1]}x.{expires}.{signature}", unsubscribe.token(name, days=-1), unsubscribe.token("nobody"),
		good + ".x", "é.1.é", f"{follow_up}.٣.{signature}",
	]  # fmt: skip
	answers = {
		(answer.status_code, re.sub(r"[0-9a-f]{32,}", "", answer.text))
		for answer in (
			guest.call("keep_customers.messaging.unsubscribe.confirm", token=token) for token in tokens
		)
	}
	assert len(answers) == 1 and next(iter(answers))[0] == 410
	pages = {re.sub(r'value="[^"]*"', "", page(guest, token).text) for token in (*tokens[1:4], good)}
	assert len(pages) == 1
	assert "<script>alert" not in page(guest, '"><script>alert(1)</script>').text
	frappe.db.rollback()
	assert word(firm) == "agreed"
	assert unsubscribe.read(good) == name


def test_a_link_goes_with_a_customer_that_is_renamed(story):
	firm = thanked(story)
	token = unsubscribe.token(story.follow_ups(firm)[0].name)
	renamed = f"{PREFIX} Renamed"
	frappe.rename_doc("Customer", firm, renamed)
	frappe.db.commit()
	unsubscribe.confirm(token)
	assert word(renamed) == "refused"


def sent(story, name="Firm"):
	"""The token in the message that has been sent to Olga."""
	firm = thanked(story, name)
	sending.send_due(story.today)
	return firm, unsubscribe.token(story.follow_ups(firm)[0].name)


def test_a_no_is_that_of_who_got_the_message_at_all_addresses_and_nobody_elses(story):
	firm, token = sent(story)
	olga = frappe.get_doc("Contact", {"email_id": ADDRESS})
	second_address(olga, "olga@home.example")
	pavel = pavel_of(firm)
	told(firm, "Email", "Given", pavel)
	frappe.db.commit()
	unsubscribe.confirm(token)
	assert (word(firm), word(firm, olga), word(firm, pavel)) == ("refused", "refused", "agreed")
	other = story.customer("Other")
	reached_at(other, "Olga@Home.example")
	assert word(other) == "refused", "her second address gets no mail either"
	assert word(firm, olga, "Phone") == ""


@pytest.mark.parametrize("what", ["she has another address now", "somebody else is asked now"])
def test_a_no_is_about_where_it_was_sent_whatever_has_changed_since(story, what):
	firm, token = sent(story)
	olga = frappe.get_doc("Contact", {"email_id": ADDRESS})
	pavel = pavel_of(firm)
	told(firm, "Email", "Given", pavel)
	if what.startswith("she"):
		olga.email_ids = []
		olga.append("email_ids", {"email_id": "olga@new.example", "is_primary": 1})
		olga.save()
	else:
		frappe.db.set_value("Customer", firm, "customer_primary_contact", pavel.name)
	frappe.db.delete("Email Queue", {"reference_name": firm})
	frappe.db.commit()
	unsubscribe.confirm(token)
	assert (word(firm, olga), word(firm, pavel)) == ("refused", "agreed")
	other = story.customer("Other")
	reached_at(other, ADDRESS)
	assert word(other) == "refused"


@pytest.mark.parametrize("what", ["words have aged", "she was forgotten", "it is not known any more"])
def test_a_no_is_nobody_elses_when_words_are_gone(story, what):
	firm, token = sent(story)
	olga = frappe.get_doc("Contact", {"email_id": ADDRESS})
	second_address(olga, "olga@home.example")
	pavel = pavel_of(firm)
	told(firm, "Email", "Given", pavel)
	name = story.follow_ups(firm)[0].name
	if what.startswith("words"):
		story.settings(kept_for=[{"kind": "Follow-Ups", "months": 1}])
		frappe.db.set_value("Follow Up", name, {"status": "Done", "due_date": "2020-01-01"})
		assert ageing.run() == {"Follow-Ups": 1}
		assert ageing.run() == {"Follow-Ups": 0}
	elif what.startswith("she"):
		forgetting.run(
			forgetting.begin(privacy_person.of_contact(olga.name), forgetting.Wish(never_again=False))
		)
	else:
		# As it was emptied before fingerprints stayed.
		frappe.db.set_value("Follow Up", name, {"sent_to": None, "sent_to_person": None})
	frappe.db.set_value("Customer", firm, "customer_primary_contact", pavel.name)
	frappe.db.delete("Email Queue Recipient", {"recipient": ADDRESS})
	frappe.db.delete("Email Queue", {"reference_name": firm})
	frappe.db.commit()
	understood = unsubscribe.press(token)
	assert word(firm, pavel) == "agreed"
	if what.startswith("it"):
		assert not understood, "they are asked to answer the mail instead"
		return
	assert understood
	for address in [ADDRESS, "olga@home.example"][: 2 if what.startswith("words") else 1]:
		other = story.customer(f"Other {address}")
		reached_at(other, address)
		assert word(other) == "refused"


def test_of_two_who_share_a_mailbox_it_was_the_one_it_was_for(story):
	firm, token = sent(story)
	olga = frappe.get_doc("Contact", {"email_id": ADDRESS})
	pavel = pavel_of(firm, email=ADDRESS)
	second_address(pavel, "pavel@home.example", primary=True)
	told(firm, "Email", "Given", pavel)
	frappe.db.commit()
	unsubscribe.confirm(token)
	assert (word(firm, olga), word(firm, pavel)) == ("refused", "agreed")


def test_ten_presses_at_the_same_moment_are_one_no_and_get_one_answer(story, server):
	firm, token = sent(story)
	frappe.db.commit()
	phones = [Browser(server) for _press in range(10)]
	for number, phone in enumerate(phones):
		phone.http.headers["X-Forwarded-For"] = f"10.1.0.{number}"

	def press(phone):
		return phone.call("keep_customers.messaging.unsubscribe.confirm", token=token)

	with ThreadPoolExecutor(10) as pool:
		answers = list(pool.map(press, phones))
	told_ = {re.sub(r"[0-9a-f]{32,}", "", answer.text) for answer in answers}
	assert {answer.status_code for answer in answers} == {200} and len(told_) == 1
	frappe.db.rollback()
	assert len(records(source="Unsubscribe Link")) == 1 and word(firm) == "refused"


def test_a_mail_program_says_no_with_one_click_and_only_by_post(story, server):
	firm = thanked(story)
	sending.send_due(story.today)
	[queued] = emails(firm)
	# As it leaves: the host writes it anew then.
	frappe.call(frappe.get_hooks("before_job")[-1])
	raw = SendMailContext(frappe.get_doc("Email Queue", queued.name)).include_attachments(queued.message)
	message = message_from_bytes(raw)
	assert message.get_all("Auto-Submitted") == ["auto-generated"]
	assert message.get_all("List-Unsubscribe-Post") == ["List-Unsubscribe=One-Click"]
	[link] = message.get_all("List-Unsubscribe")
	address = re.fullmatch(r"<https?://[^/]+(/.*)>", link)[1]
	frappe.db.commit()
	guest = Browser(server)

	assert guest.http.get(guest.base + address, timeout=60).status_code == 200
	assert guest.http.post(guest.base + address, data={"x": "y"}, timeout=60).status_code == 200
	frappe.db.rollback()
	assert word(firm) == "agreed"
	for _press in range(2):
		done = guest.http.post(guest.base + address, data={"List-Unsubscribe": "One-Click"}, timeout=60)
		assert done.status_code == 200 and firm not in done.text and ADDRESS not in done.text
	frappe.db.rollback()
	assert word(firm) == "refused" and len(records(source="Unsubscribe Link")) == 1


def test_a_provider_presses_for_many_from_one_address_but_nobody_tries_out_links(story, server):
	firm = thanked(story)
	good = unsubscribe.token(story.follow_ups(firm)[0].name)
	frappe.cache.delete_keys("rl:")
	frappe.db.commit()
	guest, method = Browser(server), "keep_customers.messaging.unsubscribe.confirm"
	codes = [guest.call(method, token="x").status_code for _try in range(unsubscribe.MOST_AN_HOUR + 1)]
	assert codes == [410] * unsubscribe.MOST_AN_HOUR + [429]
	assert guest.call(method, token=good).status_code == 200
