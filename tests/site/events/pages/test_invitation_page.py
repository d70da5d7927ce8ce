"""A guest answers an invitation on a phone; forged links and script get nothing.

Over real HTTP, as a phone's browser and as a program would come.
"""

import base64
import html as html_of
import re
from datetime import datetime
from zoneinfo import ZoneInfo

import frappe
import vobject
from frappe.twofactor import get_qr_svg_code
from frappe.utils import add_days, add_to_date, get_system_timezone, get_url, getdate, now_datetime

from keep_customers.erp import signed
from keep_customers.erp.language import with_clock
from keep_customers.events import door as event_door
from keep_customers.events import feedback, pages
from keep_customers.messaging import visit_feedback
from tests.site.events.pages.evening import (
	ANSWER,
	CALENDAR,
	EVENT,
	GIVE,
	INVITATION,
	SUGGESTION,
	dressed,
	invited,
	now,
	query,
	says,
	shown,
	suggested,
	token_of,
)
from tests.site.guests import SCRIPT, bare, guest_server, page
from tests.site.story import MIA
from tests.site.web import Browser

# The guest


def test_a_guest_reads_answers_and_changes_their_mind(guest, evening, firm):
	olga = invited(evening, firm)
	token = token_of(olga)
	first = shown(guest, token)
	assert first.status_code == 200 and dressed(first.text)
	assert "Grill Night" in first.text and "Riverside 1" in first.text
	assert "Come <b>hungry</b>." in first.text and "Olga Kern" in first.text
	assert "openstreetmap.org/search?query=Riverside+1+Keep+Town" in first.text
	# The hour is that of the site, and the page says so.
	day = getdate(evening.starts_on)
	assert f"{day.day}, {day.year}" in first.text and "6:00" in first.text and "10:30" in first.text
	assert with_clock("", "en") in first.text and "Coordinated" not in first.text
	assert [value in first.text for value in ('value="2"', 'value="3"')] == [True, False], (
		"2 companions at most"
	)
	assert (now(olga).status, olga.replied_on) == ("Invited", None), "opening the link is no answer"
	assert "svg+xml" not in first.text and guest.call(CALENDAR, "GET", token=token).status_code == 410

	coming = says(guest, token, companions="2", remark="No onions, please")
	assert (
		coming.status_code == 200 and "You are coming" in coming.text and "no onions" in coming.text.lower()
	)
	olga = now(olga)
	assert (olga.status, olga.companions, olga.remark) == (
		"Accepted",
		2,
		"No onions, please",
	) and olga.replied_on
	code = re.search(r"data:image/svg\+xml;base64,([\w+/=]+)", coming.text)[1]
	# A site without a name of its own answers by the one it was asked by.
	doors = (get_url(pages.door_path(token)), guest.base + pages.door_path(token))
	assert code in [get_qr_svg_code(door).decode() for door in doors] and b"<svg" in base64.b64decode(code)

	assert "You have told us that you cannot come" in says(guest, token, coming="No").text
	olga = now(olga)
	assert (olga.status, olga.companions) == ("Declined", 0)
	assert "You are coming" in says(guest, token, companions="1").text
	assert (now(olga).status, now(olga).companions) == ("Accepted", 1)


def test_the_calendar_file_has_the_evening(guest, evening, firm):
	frappe.db.set_value(EVENT, evening.name, "theme", "Grill, smoke; fire\nBEGIN:VALARM")
	olga = invited(evening, firm, "Accepted")
	token = token_of(olga)
	link = html_of.unescape(
		re.search(r'href="(/api/method/[^"]*calendar[^"]*)"', shown(guest, token).text)[1]
	)
	answer = guest.http.get(f"{guest.base}{link}", timeout=60)
	assert answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/calendar")
	assert "event.ics" in answer.headers["Content-Disposition"]
	[entry] = vobject.readOne(answer.content.decode()).vevent_list
	zone = ZoneInfo(get_system_timezone())
	day = getdate(evening.starts_on)
	assert entry.dtstart.value == datetime(day.year, day.month, day.day, 18, 0, tzinfo=zone)
	assert entry.dtend.value == datetime(day.year, day.month, day.day, 22, 30, tzinfo=zone)
	assert entry.summary.value == "Grill, smoke; fire\nBEGIN:VALARM" and "valarm" not in entry.contents
	assert entry.location.value == "Riverside 1 Keep Town" and "hungry" in entry.description.value
	assert re.search(r"DTSTART:\d{8}T\d{6}Z", answer.text), "in UTC, so every phone shows its own time"


def test_who_finds_all_places_taken_waits_and_moves_up(guest, evening, firm, story):
	frappe.db.set_value(EVENT, evening.name, "capacity", 2)
	first, second = invited(evening, firm), invited(evening, story.customer("Works"), contact=None)
	assert "You are coming" in says(guest, token_of(first), companions="1").text
	waits = says(guest, token_of(second))
	assert "You are on the waiting list" in waits.text and "svg+xml" not in waits.text
	assert guest.call(CALENDAR, "GET", token=token_of(second)).status_code == 410
	says(guest, token_of(first), coming="No")
	assert now(second).status == "Accepted" and "You are coming" in shown(guest, token_of(second)).text


def test_an_answer_that_is_none_or_comes_too_late_changes_nothing(guest, evening, firm):
	olga = invited(evening, firm)
	token = token_of(olga)
	for said in (
		{"coming": ""}, {"coming": "Maybe"}, {"companions": "-1"}, {"companions": "x"}, {"companions": "3"},
		{"companions": "9" * 400}, {"companions": "²"},
	):  # fmt: skip
		refused = says(guest, token, **said, remark="No onions, please")
		assert refused.status_code == 400 and "Status: 400" not in refused.text, said
		assert 'role="alert"' in refused.text and 'class="fault"' in refused.text, said
		assert "No onions, please" in refused.text, "what was written is still there"
	assert now(olga).status == "Invited"
	frappe.db.set_value(EVENT, evening.name, "reply_until", getdate(add_days(None, -1)))
	frappe.db.commit()
	assert says(guest, token).status_code == 400
	assert now(olga).status == "Invited"
	late = shown(guest, token)
	assert "The time to answer on this page is over" in late.text and "<form" not in late.text


def test_of_an_event_that_is_called_off_the_page_says_so(guest, evening, firm):
	olga = invited(evening, firm, "Accepted")
	token = token_of(olga)
	frappe.db.set_value(EVENT, evening.name, "status", "Cancelled")
	frappe.db.set_value(INVITATION, olga.name, "status", "Cancelled")
	frappe.db.commit()
	answer = shown(guest, token)
	assert answer.status_code == 200 and "does not take place" in answer.text and "<form" not in answer.text
	assert says(guest, token, coming="No").status_code == 400 and now(olga).status == "Cancelled"


def test_once_it_is_over_the_page_says_so_whatever_was_answered(guest, evening, firm, story):
	"""Who came is thanked; nobody is told to wait, to come or to show a code."""
	states = ("Invited", "Accepted", "Waiting List", "Declined", "Attended", "No Show")
	tokens = {
		state: token_of(invited(evening, story.customer(f"Works {state}"), state, contact=None))
		for state in states
	}

	def said(begun, ends):
		frappe.db.set_value(EVENT, evening.name, {"starts_on": begun, "ends_on": ends})
		frappe.db.commit()
		return {state: shown(guest, token).text for state, token in tokens.items()}

	moment = now_datetime()
	during = said(add_to_date(moment, hours=-1), add_to_date(moment, hours=1))
	assert [state for state in states if "You are coming" in during[state]] == ["Accepted"]
	assert [state for state in states if "has begun already" in during[state]] == ["Invited", "Waiting List"]
	assert "waiting list" not in during["Waiting List"] and "You are with us" in during["Attended"]
	for begun, ends in (
		(add_to_date(moment, hours=-3), add_to_date(moment, hours=-1)),
		(add_days(moment, -1), None),
	):
		after = said(begun, ends)
		assert [state for state in states if "hope to see you at another one" in after[state]] == [
			"Invited", "Accepted", "Waiting List", "No Show",
		]  # fmt: skip
		assert "Thank you for having been with us" in after["Attended"]
		assert "You have told us that you cannot come" in after["Declined"]
		text = "".join(after.values())
		assert not re.search("svg\\+xml|waiting list|has begun already|<form", text)


def test_the_page_is_in_the_customers_language(guest, evening, firm):
	frappe.db.set_value("Customer", firm, "language", "zh")
	olga = invited(evening, firm)
	link = query(pages.invitation_link(olga.name))
	assert link["_lang"] == "zh"
	answer = shown(guest, token_of(olga), _lang="zh")
	day = getdate(evening.starts_on)
	assert f"{day.year}年{day.month}月{day.day}日" in answer.text
	assert "Will you come?" not in answer.text and frappe._("Will you come?", "zh") in answer.text
	kept = says(guest, link["token"], _lang="zh")
	assert frappe._("You are coming. We look forward to seeing you!", "zh") in kept.text


# Links


def test_forged_expired_and_guessed_links_get_one_answer(guest, evening, firm, story):
	olga, other = invited(evening, firm), invited(evening, story.customer("Other"), contact=None)
	unasked = invited(evening, story.customer("Unasked"), "Planned", contact=None)
	withdrawn = invited(evening, story.customer("Withdrawn"), "Cancelled", contact=None)
	good = token_of(olga)
	subject, expires, signature = good.rsplit(".", 2)
	assert subject == olga.name
	purpose = pages.PURPOSE
	tokens = [
		"", "x", "a.b.c", olga.name, f"{subject}.{expires}.{'0' * 64}", f"{subject}.{int(expires) + 9}.{signature}",
		f"{other.name}.{expires}.{signature}", signed.token(purpose, subject, days=-1), good + ".x",
		signed.token(feedback.PURPOSE, subject, 9), signed.token(visit_feedback.VISIT[1], subject, 9),
		signed.token("unsubscribe", subject, 9), signed.token(purpose, "no-such-one", 9),
		signed.token(purpose, evening.name, 9), token_of(unasked), token_of(withdrawn),
		f"{subject}.{'9' * 5000}.{signature}", f"{subject}.{expires}.é",
	]  # fmt: skip
	for ask in (
		lambda token: says(guest, token),
		lambda token: guest.call(CALENDAR, "GET", token=token),
		lambda token: shown(guest, token),
		lambda token: shown(guest, token, door="1"),
		lambda token: guest.call(GIVE, token=token, rating="5"),
		lambda token: page(guest, "care-feedback", token=token),
	):
		# A line of a request has its end; what is longer is posted.
		gone = {(a.status_code, bare(a.text)) for a in map(ask, (t for t in tokens if len(t) < 999))}
		assert len(gone) == 1 and next(iter(gone))[0] == 410 and "Grill" not in next(iter(gone))[1]
	assert says(guest, tokens[-2]).status_code == 410
	assert guest.call(ANSWER, "GET", token=good, coming="Yes").status_code in (403, 405)
	assert {now(one).status for one in (olga, other)} == {"Invited"}
	assert shown(guest, good).status_code == 200 and "sendBeacon" in shown(guest, good).text
	assert "<script" not in shown(guest, tokens[-2]).text, "nothing to see, nothing to tell the hosts"
	frappe.db.set_value(INVITATION, olga.name, "status", "Accepted")
	frappe.delete_doc(INVITATION, other.name, force=True)
	frappe.db.commit()
	assert shown(guest, signed.token(purpose, other.name, 9)).status_code == 410
	# She is another customer's by now.
	moved = frappe.get_doc("Contact", olga.contact)
	moved.links[0].link_name = story.customer("Elsewhere")
	moved.save()
	for status, ask, of in (
		("Accepted", says, purpose),
		("Attended", lambda guest, token: page(guest, "care-feedback", token=token), feedback.PURPOSE),
	):
		frappe.db.set_value(INVITATION, olga.name, "status", status)
		frappe.db.commit()
		assert ask(guest, signed.token(of, olga.name, 9)).status_code == 410


def test_a_link_lasts_until_some_weeks_after_the_event(evening, firm):
	olga = invited(evening, firm)
	expires = datetime.fromtimestamp(int(token_of(olga).split(".")[1]))
	after = (expires - datetime.now()).days
	assert 10 + pages.DAYS_AFTER - 1 <= after <= 11 + pages.DAYS_AFTER


def test_guessing_has_an_end(guest, evening, firm):
	olga = invited(evening, firm)
	most = pages.MOST_AN_HOUR
	codes = [says(guest, f"guess{n}").status_code for n in range(most + 2)]
	assert codes == [410] * most + [429] * 2
	assert says(guest, token_of(olga)).status_code == 429 and now(olga).status == "Invited"


def test_script_is_shown_as_text_everywhere(guest, evening, firm):
	olga = invited(evening, firm)
	token = token_of(olga)
	says(guest, token, companions="1", remark=SCRIPT)
	suggestion = suggested(SCRIPT)
	# As it would stand there past the host's own cleaning.
	frappe.db.set_value(
		EVENT, evening.name, {"theme": SCRIPT, "place": SCRIPT, "description": f"<p>Hungry?</p>{SCRIPT}"}
	)
	frappe.db.set_value(
		INVITATION, olga.name, {"guest_name": SCRIPT, "customer_name": SCRIPT, "remark": SCRIPT}
	)
	frappe.db.set_value("User", MIA, "full_name", SCRIPT)
	frappe.db.commit()
	mia = Browser(guest_server(guest), MIA)
	door = shown(mia, token, door="1").text
	listed = page(mia, event_door.PAGE, event=evening.name, done=olga.name).text
	texts = [
		shown(guest, token).text,
		shown(guest, token, door=SCRIPT).text,
		shown(guest, SCRIPT, _lang=SCRIPT).text,
		says(guest, token, coming=SCRIPT, remark=SCRIPT).text,
		says(guest, token, companions=SCRIPT).text,
		door,
		listed,
		page(mia, event_door.PAGE).text,
		page(mia, event_door.PAGE, event=SCRIPT).text,
	]
	frappe.db.set_value(INVITATION, olga.name, "status", "Attended")
	frappe.db.commit()
	said = signed.token(feedback.PURPOSE, olga.name, 9)
	texts += [
		page(guest, "care-feedback", token=said).text,
		guest.call(GIVE, token=said, rating="5", words=SCRIPT, wish=SCRIPT, votes=suggestion).text,
	]
	frappe.db.set_value("User", MIA, "full_name", "Mia")
	frappe.db.commit()
	for text in texts:
		assert "<script>alert" not in text and "<img src=x" not in text and "onerror=alert(1)>" not in text
	# It is not that nothing was shown.
	for text in (texts[0], door, listed, texts[9]):
		assert "&lt;script&gt;alert(1)" in text
	for doctype, field in (("Customer Feedback", "words"), (SUGGESTION, "title"), (SUGGESTION, "words")):
		for value in frappe.get_all(doctype, filters={"customer": firm}, pluck=field):
			assert "<script>" not in (value or "")
