"""A rep sends a message from a ToDo."""

import re
from html import unescape

import frappe
import pytest
from frappe.permissions import add_user_permission
from requests.exceptions import ConnectionError, ReadTimeout
from urllib3.exceptions import NewConnectionError

from keep_customers.messaging import sending
from keep_customers.messaging.by_hand import message_for_todo, send_for_todo
from keep_customers.messaging.messages import preview
from keep_customers.people import desk
from tests.site.mail import text_of
from tests.site.messaging.sending.thanks import ADDRESS, answer, emails, state, thanked, withdraw
from tests.site.story import ANNA, BEN, EVE, PREFIX


def by_hand(story, channel="Email", **rule):
	firm = thanked(story, consent=None, channel=channel, send_automatically=0, **rule)
	[todo] = story.todos(ANNA)
	return firm, todo.name


def test_a_rep_finds_the_message_and_the_ways_to_send_it(story, gateway):
	firm, todo = by_hand(story)
	frappe.set_user(ANNA)
	found = message_for_todo(todo)
	assert (found["customer"], found["channel"]) == (firm, "Email") and "Olga" in found["text"]
	ways = {way["channel"]: way for way in found["ways"]}
	mail, phone, sms = (ways[name]["link"] for name in ("Email", "Phone", "SMS"))
	assert mail.startswith(f"mailto:{ADDRESS}?subject=") and "%0D%0A" in mail and " " not in mail
	assert phone == "tel:+4917012" and sms.startswith("sms:+4917012?body=")
	assert ways["SMS"]["can_send"] and not ways["Phone"]["can_send"]
	frappe.set_user("Administrator")
	withdraw(firm, "SMS")
	frappe.set_user(ANNA)
	sms = next(way for way in message_for_todo(todo)["ways"] if way["channel"] == "SMS")
	assert sms["refused"] and not sms["link"] and not sms["to"] and not sms["can_send"]


def test_a_letter_is_printed_with_the_letter_head_and_the_address(story):
	firm, todo = by_hand(story, channel="Letter")
	if frappe.get_meta("Company").has_field("default_letter_head"):
		frappe.db.set_value("Company", {"name": ("!=", "")}, "default_letter_head", None)
	head = frappe.get_doc(
		{
			"doctype": "Letter Head", "letter_head_name": f"{PREFIX} Head", "source": "HTML", "is_default": 1,
			"content": "<b>Ours</b>{{ doc.nothing or '' }}", "footer": "<i>Bank</i>",
		}
	).insert()  # fmt: skip
	frappe.db.set_value(
		"Customer", firm, "primary_address", "Elm &amp; Oak 1<br>\n12345 Town<br>\n<br>Germany<br>"
	)
	frappe.set_user(ANNA)
	found = message_for_todo(todo)
	assert "Olga" in found["text"]
	assert found["letter"] == {
		"address": ["Elm & Oak 1", "12345 Town", "Germany"], "header": "<b>Ours</b>", "footer": "<i>Bank</i>",
	}  # fmt: skip
	# As the one that ERPNext 16 ships, it may show what a letter has not.
	frappe.db.set_value(
		"Letter Head",
		head.name,
		"content",
		"{{ doc.name }}|{{ doc.get('doctype') }}|{{ doc.company_address }}",
	)
	assert "None" not in message_for_todo(todo)["letter"]["header"]
	frappe.db.set_value("Letter Head", head.name, "content", "{{ doc.items_of_an_invoice[0].rate }}")
	frappe.clear_messages()
	assert message_for_todo(todo)["letter"]["header"] == "" and not frappe.local.message_log
	frappe.set_user("Administrator")
	withdraw(firm, "Letter")
	frappe.set_user(ANNA)
	found = message_for_todo(todo)
	assert (
		found["letter"] is None and found["ways"][-1]["channel"] == "Letter" and found["ways"][-1]["refused"]
	)


def test_without_a_primary_address_a_letter_has_the_main_one_and_nothing_else_is_a_letter(story):
	firm, todo = by_hand(story, channel="Letter")
	frappe.db.set_value("Letter Head", {"is_default": 1}, "disabled", 1)
	frappe.get_doc(
		{
			"doctype": "Address", "address_title": firm, "address_type": "Billing", "address_line1": "Elm 1", "city": "Town",
			"country": frappe.db.get_value("Country", {"name": ("!=", "")}), "pincode": "12345",
			"links": [{"link_doctype": "Customer", "link_name": firm}],
		}
	).insert()  # fmt: skip
	frappe.db.set_value("Customer", firm, "primary_address", None)
	frappe.set_user(ANNA)
	assert message_for_todo(todo)["letter"]["address"][:3] == ["Elm 1", "12345", "Town"]
	frappe.set_user("Administrator")
	frappe.db.set_value("Follow Up", {"customer": firm}, "channel", "Phone")
	frappe.set_user(ANNA)
	assert message_for_todo(todo)["letter"] is None


def test_a_customer_without_a_file_is_written_to_like_any_other(story):
	firm, todo = by_hand(story)
	frappe.delete_doc("Customer File", firm, force=True)
	frappe.db.commit()
	frappe.set_user(ANNA)
	found = message_for_todo(todo)
	assert "Olga" in found["text"] and {way["channel"] for way in found["ways"]} >= {"Email", "Phone"}
	[thanks, *_] = frappe.get_all("Care Message", {"kind": "Thank You", "language": "en"}, pluck="name")
	assert "Olga" in preview(thanks, firm)["text"]
	assert send_for_todo(todo, "Email", "Dear Olga", "Hello") == "Sending"
	frappe.set_user("Administrator")
	[queued] = emails(firm)
	message, _html = text_of(queued)
	assert message["Reply-To"] == ANNA, "answers go to the rep"


def test_of_a_person_whose_file_is_gone_nothing_is_told_and_nothing_breaks(story):
	firm, todo = by_hand(story)
	reference = {"reference_doctype": "Customer File Person", "reference_name": "gone"}
	frappe.db.set_value("Follow Up", {"customer": firm}, reference)
	frappe.delete_doc("Customer File", firm, force=True)
	frappe.db.commit()
	frappe.set_user(ANNA)
	found = message_for_todo(todo)
	assert found["customer"] == firm and found["text"] == ""


def test_who_may_not_read_the_file_is_not_told_who_is_in_it(story):
	firm, todo = by_hand(story)
	file = frappe.get_doc("Customer File", firm)
	file.append("people", {"full_name": "Emil", "relation": "Child", "email": "emil@home.example"})
	file.save()
	reference = {"reference_doctype": "Customer File Person", "reference_name": file.people[0].name}
	frappe.db.set_value("Follow Up", {"customer": firm}, reference)
	frappe.set_user(ANNA)
	assert "Emil" in (told := frappe.as_json(message_for_todo(todo))) and "emil@home" in told
	frappe.set_user("Administrator")
	add_user_permission("Customer File", story.file(story.customer("Other")).name, ANNA)
	frappe.set_user(ANNA)
	told = frappe.as_json(message_for_todo(todo))
	assert "Emil" not in told and "emil@home" not in told and firm in told
	# He wants no letters, which find him without an address that is known.
	frappe.set_user("Administrator")
	desk.tell(firm, "Letter", False, "Customer File Person", file.people[0].name)
	frappe.db.set_value("Follow Up", {"customer": firm}, "channel", "Letter")
	frappe.set_user(ANNA)
	found = message_for_todo(todo)
	assert found["letter"] is None and "Emil" not in frappe.as_json(found)


def test_a_rep_sends_an_email_and_sees_what_became_of_it(story):
	firm, todo = by_hand(story)
	frappe.set_user(ANNA)
	said = send_for_todo(todo, "Email", "Dear Olga,\n<b>1 < 2</b>", "Hello\nBcc: eve@example.com")
	assert said == "Sending"
	with pytest.raises(frappe.ValidationError, match="just now"):
		send_for_todo(todo, "Email", "Dear Olga", "Hello")
	frappe.set_user("Administrator")
	[queued] = emails(firm)
	message, html = text_of(queued)
	assert message["Subject"] == "Hello Bcc: eve@example.com" and not message["Bcc"]
	assert "Dear Olga,<br>&lt;b&gt;1 &lt; 2&lt;/b&gt;" in html and "care-unsubscribe" not in html
	answer(firm, "Sent")
	assert sending.send_due(story.today) == {"Sent": 1}
	assert state(story, firm) == ("Assigned", "Sent", ""), "closing the ToDo is the rep's"


def test_an_email_by_hand_that_fails_is_told_to_the_rep_whether_the_todo_is_open_or_closed(story):
	firm, todo = by_hand(story)
	send_for_todo(todo, "Email", "Dear Olga", "Hello")
	answer(firm, "Error", "no such box")
	assert sending.send_due(story.today) == {"Failed": 1}
	assert frappe.db.exists("Comment", {"reference_name": todo, "content": ("like", "%could not be sent%")})
	assert sending.send_due(story.today) == {}, "what was written by hand is not sent again without the hand"

	frappe.db.set_value("Follow Up", {"customer": firm}, "modified", "2026-01-01")
	send_for_todo(todo, "Email", "Dear Olga", "Hello")
	doc = frappe.get_doc("ToDo", todo)
	doc.status = "Closed"
	doc.save()
	answer(firm, "Error", "no such box")
	assert sending.send_due(story.today) == {"Handed Over": 1}
	[again] = [row for row in story.todos(ANNA) if row.status == "Open"]
	assert again.name != todo and state(story, firm)[:2] == ("Assigned", "Failed")


def test_what_a_rep_cannot_send_is_refused_with_a_reason(story, gateway):
	firm, todo = by_hand(story)
	frappe.set_user(ANNA)
	for channel, text, subject, complaint in (
		("Phone", "Hi", None, "cannot be sent from here"),
		("WeChat", "Hi", None, "cannot be sent from here"),
		("Email", "Hi", " ", "subject"),
		("SMS", " \n", None, "write what"),
	):
		with pytest.raises(frappe.ValidationError, match=complaint):
			send_for_todo(todo, channel, text, subject)
	gateway.broken = RuntimeError("503 <b>")
	with pytest.raises(frappe.ValidationError, match="could not be sent: 503 &lt;b&gt;"):
		send_for_todo(todo, "SMS", "Hi")
	gateway.given.clear()
	frappe.set_user("Administrator")
	withdraw(firm, "SMS")
	frappe.set_user(ANNA)
	with pytest.raises(frappe.ValidationError, match="does not want"):
		send_for_todo(todo, "SMS", "Hi")
	assert not gateway.given
	frappe.set_user("Administrator")
	frappe.db.set_value("Contact", {"first_name": "Olga"}, "email_id", None)
	with pytest.raises(frappe.ValidationError, match="No address"):
		send_for_todo(todo, "Email", "Hi", "Hello")


def test_nobody_sends_from_somebody_elses_todo_or_to_customers_they_may_not_read(story, gateway):
	firm, todo = by_hand(story, channel="SMS")
	forged = frappe.get_doc(
		{
			"doctype": "ToDo", "description": "Mine", "allocated_to": BEN, "reference_type": "Customer",
			"reference_name": firm, "keep_follow_up": story.follow_ups(firm)[0].name,
		}
	).insert()  # fmt: skip
	for user, name, error in (
		(BEN, todo, frappe.PermissionError),
		(EVE, todo, frappe.PermissionError),
		(BEN, forged.name, frappe.ValidationError),
	):
		frappe.set_user(user)
		with pytest.raises(error):
			message_for_todo(name)
		with pytest.raises(error):
			send_for_todo(name, "SMS", "Hi")
	frappe.set_user("Administrator")
	frappe.permissions.add_user_permission("Customer", story.customer("Other"), ANNA)
	frappe.set_user(ANNA)
	with pytest.raises(frappe.PermissionError):
		send_for_todo(todo, "SMS", "Hi")
	assert not gateway.given


@pytest.mark.parametrize(
	("error", "told"),
	[
		(ReadTimeout("no answer"), "may have arrived"),
		(ConnectionError(NewConnectionError(None, "nobody there")), "could not be sent"),
	],
)
def test_a_rep_is_told_where_a_message_may_have_arrived(story, gateway, error, told):
	_firm, todo = by_hand(story, channel="SMS")
	gateway.broken = error
	frappe.set_user(ANNA)
	with pytest.raises(frappe.ValidationError, match=told):
		send_for_todo(todo, "SMS", "Hi")


@pytest.mark.parametrize(
	("text", "link"),
	[
		("See https://shop.example/a?b=1&c=2.", "https://shop.example/a?b=1&c=2"),
		("请看https://shop.example/a，3月8日再见", "https://shop.example/a"),
		('It is "https://shop.example/a".', "https://shop.example/a"),
		("It is <https://shop.example/a>, or that.", "https://shop.example/a"),
		("It is (https://shop.example/a)", "https://shop.example/a"),
	],
)
def test_a_link_in_a_text_is_a_link_and_nothing_around_it_is(story, text, link):
	firm, todo = by_hand(story)
	frappe.set_user(ANNA)
	send_for_todo(todo, "Email", f"{text}\n<b>", "Hello")
	frappe.set_user("Administrator")
	[queued] = emails(firm)
	_message, html = text_of(queued)
	links = re.findall(r'<a [^>]*href="([^"]*shop[^"]*)"[^>]*>([^<]*)</a>', html)
	assert [tuple(map(unescape, one)) for one in links] == [(link, link)]
	assert text.split(link)[1] in unescape(html) and "&lt;b&gt;" in html
