"""How it was, and what a message to a guest says."""

import html as html_of
import re
from datetime import datetime
from functools import partial

import frappe
import pytest
from frappe.utils import add_days, getdate

from keep_customers.care import todos
from keep_customers.erp.language import day_in_words, moment_in_words
from keep_customers.events import feedback, pages
from keep_customers.events.words import of_invitation
from keep_customers.messaging import by_hand, messages
from tests.site.events.pages.evening import (
	EVENT,
	GIVE,
	INVITATION,
	SUGGESTION,
	dressed,
	invited,
	query,
	suggested,
)
from tests.site.guests import page
from tests.site.mail import text_of
from tests.site.story import ANNA, MIA, PREFIX

# Afterwards


def test_who_was_there_says_once_how_it_was_and_what_they_would_like_next(guest, evening, firm):
	olga = invited(evening, firm, "Accepted")
	token = query(feedback.link(olga.name))["token"]
	wine, closed = suggested("Wine Tasting"), suggested("Casino", "Not Feasible")
	early = page(guest, "care-feedback", token=token)
	assert early.status_code == 200 and "has not begun yet" in early.text and "<form" not in early.text
	assert moment_in_words(evening.starts_on, "en") in early.text
	assert guest.call(GIVE, token=token, rating="5").status_code == 410
	frappe.db.set_value(INVITATION, olga.name, "status", "Attended")
	frappe.db.commit()
	asked = page(guest, "care-feedback", token=token)
	assert asked.status_code == 200 and "Grill Night" in asked.text and "Mia" in asked.text
	assert "Wine Tasting" in asked.text and "Casino" not in asked.text and dressed(asked.text)
	nothing = guest.call(GIVE, token=token)
	assert nothing.status_code == 400 and "at least one of the questions" in nothing.text
	assert guest.call(GIVE, token=token, rating="6").status_code == 400
	for words in ("Great", "Bad"):
		said = guest.http.post(
			f"{guest.base}/api/method/{GIVE}",
			data={
				"token": token, "rating": "4", "person_rating": "5", "words": words, "wish": "A day at the races",
				"votes": [wine, closed, "nonsense"],
			},
			timeout=60,
		)  # fmt: skip
		assert said.status_code == 200 and "Thank You" in said.text
	assert "We have your answer" in page(guest, "care-feedback", token=token).text
	frappe.db.rollback()
	[row] = frappe.get_all("Customer Feedback", filters={"customer": firm}, fields=["*"])
	assert (row.kind, row.reference_name, row.contact) == ("Event", olga.name, olga.contact)
	assert (row.rating, row.person_rating, row.rated_user, row.words) == (0.8, 1.0, MIA, "Great")
	assert row.channel == "Web Page"
	assert {one: frappe.db.get_value(SUGGESTION, one, "votes") for one in (wine, closed)} == {
		wine: 1,
		closed: 0,
	}
	wish = frappe.get_all(
		SUGGESTION, filters={"customer": firm}, fields=["title", "words", "status", "votes"]
	)
	assert len(wish) == 1 and wish[0].status == "New" and "races" in f"{wish[0].title} {wish[0].words}"


def test_feedback_by_phone_about_an_event_is_that_of_a_guest(evening, firm, story):
	works = story.customer("Works")
	invited(evening, firm, "Attended")
	said = {
		"doctype": "Customer Feedback",
		"kind": "Event",
		"reference_doctype": EVENT,
		"reference_name": evening.name,
	}
	frappe.get_doc({**said, "customer": firm, "rating": 1}).insert()
	with pytest.raises(frappe.ValidationError, match="document of this customer"):
		frappe.get_doc({**said, "customer": works, "rating": 1}).insert()


def test_a_link_that_went_out_long_before_is_good_after_the_event(evening, firm, story):
	"""With the invitation, say, to which it belongs as well."""
	story.settings(word_days=7)
	olga = invited(evening, firm, "Accepted")
	expires = datetime.fromtimestamp(int(query(feedback.link(olga.name))["token"].split(".")[1]))
	assert 10 + 7 - 1 <= (expires - datetime.now()).days <= 11 + 7
	frappe.db.set_value(EVENT, evening.name, {"starts_on": add_days(None, -3), "ends_on": None})
	frappe.db.commit()
	expires = datetime.fromtimestamp(int(query(feedback.link(olga.name))["token"].split(".")[1]))
	assert 6 <= (expires - datetime.now()).days <= 7, "counted from when it is made"


# In a message


def test_a_message_to_a_guest_has_the_event_and_the_links_and_goes_to_nobody_else(
	guest, evening, firm, story
):
	olga = invited(evening, firm)
	message = frappe.get_doc(
		{
			"doctype": "Care Message", "title": f"{PREFIX} Invitation", "kind": "Other", "language": "en", "enabled": 1, "channel": "Email",
			"subject": "{{ event_theme }}",
			"message": "Dear {{ person }},\n{{ event_day }} | {{ event_time }} | {{ event_place }} | {{ event_reply_until }}\n"
			"{{ event_reply_link }}\n{{ event_feedback_link }}.",
		}
	).insert()  # fmt: skip
	said = messages.render(
		message.name, firm, words=partial(of_invitation, olga.name), person=olga.guest_name
	)
	assert said["subject"] == evening.theme and olga.guest_name in said["text"]
	assert day_in_words(evening.starts_on, "en") in said["text"] and "6:00" in said["text"]
	assert "Riverside 1 Keep Town" in said["text"]
	reply, rate = re.findall(r"http\S+", said["text"])
	assert pages.read(query(reply)["token"])[0].name == olga.name
	assert f"/{pages.PAGE}?" in reply and "/care-feedback?" in rate
	# All other messages have nothing there.
	bare_text = messages.render(message.name, firm)["text"]
	assert "http" not in bare_text and "Riverside" not in bare_text

	story.rule(message_kind="Other", channel="Email")
	[rule] = frappe.get_all("Care Rule", filters={"name": ("like", f"{PREFIX}%")}, pluck="name")
	follow_up = frappe.get_doc(
		{
			"doctype": "Follow Up", "customer": firm, "care_rule": rule, "occurrence": olga.name, "status": "Assigned",
			"priority": "Medium", "reason": "Invite", "channel": "Email", "due_date": getdate(), "planned_on": getdate(),
			"reference_doctype": INVITATION, "reference_name": olga.name, "assigned_to": ANNA,
		}
	).insert()  # fmt: skip
	todo = todos.create([follow_up], ANNA, getdate())
	follow_up.db_set("todo", todo)
	frappe.set_user(ANNA)
	offered = by_hand.message_for_todo(todo)
	assert offered["subject"] == evening.theme
	ways = {way["channel"]: way["to"] for way in offered["ways"]}
	assert ways["Email"] == "olga@firm.example", "not the customer's main contact"
	by_hand.send_for_todo(todo, "Email", offered["text"], offered["subject"])
	frappe.set_user("Administrator")
	[queued] = frappe.get_all(
		"Email Queue", {"reference_doctype": "Customer", "reference_name": firm}, ["name", "message"]
	)
	assert frappe.get_all("Email Queue Recipient", {"parent": queued.name}, pluck="recipient") == [
		"olga@firm.example"
	]
	_message, html = text_of(queued)
	links = [html_of.unescape(link) for link in re.findall(r'href="([^"]*token=[^"]*)"', html)]
	assert len(links) == 2 and not any(link.endswith(".") for link in links)
	assert pages.read(query(links[0])["token"])
