"""A guest answers an invitation on a phone, shows the code at the door and says afterwards how it was; intruders get nothing.

Over real HTTP, as a phone's browser and as a program would come.
"""

import base64
import html as html_of
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

import frappe
import pytest
import vobject
from frappe.permissions import add_user_permission
from frappe.twofactor import get_qr_svg_code
from frappe.utils import add_days, get_system_timezone, get_url, getdate, now_datetime

from keep_customers.care import todos
from keep_customers.erp import signed
from keep_customers.erp.language import day_in_words
from keep_customers.events import door as event_door
from keep_customers.events import feedback, pages
from keep_customers.events.words import of_invitation
from keep_customers.messaging import by_hand, messages, visit_feedback
from tests.site.guests import SCRIPT, bare, page
from tests.site.mail import contact, mailbox, text_of  # noqa: F401 (mailbox is a fixture for every test)
from tests.site.story import ANNA, BEN, COMPANY, MIA, PREFIX, TERRITORY
from tests.site.web import Browser

ANSWER = "keep_customers.events.pages.answer"
CALENDAR = "keep_customers.events.pages.calendar"
CHECK_IN, UNDO = "keep_customers.events.door.check_in", "keep_customers.events.door.undo"
GIVE = "keep_customers.events.feedback.give"
EVENT, INVITATION, SUGGESTION = "VIP Event", "VIP Invitation", "Event Suggestion"


@pytest.fixture
def guest(story, server):
	"""A browser without a user, of an address nobody has posted from before."""
	frappe.cache.delete_keys("rl:")
	frappe.db.commit()
	return Browser(server)


@pytest.fixture
def evening(story):
	"""An evening in ten days, to which people are being invited; Mia is the host."""
	day = getdate(add_days(None, 10))
	doc = frappe.get_doc(
		{
			"doctype": EVENT,
			"theme": f"{PREFIX} Grill Night",
			"kind": "Salon",
			"company": COMPANY,
			"host": MIA,
			"starts_on": f"{day} 18:00:00",
			"ends_on": f"{day} 22:30:00",
			"reply_until": add_days(day, -3),
			"place": "Riverside 1\nKeep Town",
			"capacity": 40,
			"max_companions": 2,
			"description": "<p>Come <b>hungry</b>.</p>",
		}
	).insert()
	doc.db_set("status", "Inviting")
	frappe.db.commit()
	return doc


@pytest.fixture
def firm(story):
	"""Anna's customer, whose buyer is Olga."""
	name = story.customer("Firm")
	story.file(name, dedicated_rep=ANNA)
	contact(name, first_name=f"{PREFIX} Pavel", email="pavel@firm.example")
	contact(name, first_name=f"{PREFIX} Olga", last_name="Kern", email="olga@firm.example")
	frappe.db.commit()
	return name


def invited(event, customer, status="Invited", **values):
	"""Somebody on the list of guests, as the event's buttons would have left them."""
	doc = frappe.get_doc(
		{
			"doctype": INVITATION,
			"event": event.name,
			"customer": customer,
			"guest_name": f"{PREFIX} Olga Kern",
			"contact": frappe.db.get_value("Contact", {"email_id": "olga@firm.example"}),
			**values,
		}
	).insert()
	doc.db_set({"status": status, "invited_on": now_datetime(), "companions": values.get("companions", 0)})
	frappe.db.commit()
	return doc


def today(event):
	"""The day of the event has come: nobody is checked in before."""
	frappe.db.set_value(EVENT, event.name, "starts_on", now_datetime())
	frappe.db.commit()


def token_of(invitation):
	frappe.db.rollback()
	return query(pages.invitation_link(invitation.name))["token"]


def query(link):
	return dict(re.findall(r"[?&](\w+)=([^&]+)", link))


def now(doc):
	"""The document as the database has it after what the server did."""
	frappe.db.rollback()
	return frappe.get_doc(doc.doctype, doc.name)


def dressed(html):
	"""Whether the page has kept the host's style, whose variables stand beside ours."""
	return re.search(r'rel="stylesheet" href="/[^"{]*\.css"', html)


def says(browser, token, **said):
	return browser.call(ANSWER, token=token, **{"coming": "Yes", **said})


def shown(browser, token, **more):
	return page(browser, pages.PAGE, token=token, **more)


# The guest


def test_a_guest_reads_answers_and_changes_their_mind(guest, evening, firm):
	olga = invited(evening, firm)
	token = token_of(olga)
	first = shown(guest, token)
	assert first.status_code == 200 and dressed(first.text)
	assert "Grill Night" in first.text and "Riverside 1" in first.text
	assert "Come <b>hungry</b>." in first.text and "Olga Kern" in first.text
	# The hour is that of the site, and the page says so.
	day = getdate(evening.starts_on)
	assert f"{day.day}, {day.year}" in first.text and "6:00" in first.text and "10:30" in first.text
	start = datetime.combine(day, datetime.min.time()).replace(
		hour=18, tzinfo=ZoneInfo(get_system_timezone())
	)
	assert html_of.escape(pages.get_timezone_name(start, locale="en")) in first.text
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
	door = get_url(pages.door_path(token))
	assert code == get_qr_svg_code(door).decode() and b"<svg" in base64.b64decode(code)

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
		refused = says(guest, token, **said)
		assert refused.status_code == 400 and "go back" in refused.text, said
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
	assert shown(guest, good).status_code == 200
	frappe.db.set_value(INVITATION, olga.name, "status", "Accepted")
	frappe.delete_doc(INVITATION, other.name, force=True)
	frappe.db.commit()
	assert shown(guest, signed.token(purpose, other.name, 9)).status_code == 410


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


# The door


def guest_server(browser):
	return frappe._dict(url=browser.base)


def test_the_code_checks_in_for_the_team_and_shows_the_guest_their_own_invitation(guest, evening, firm):
	olga = invited(evening, firm, "Accepted", companions=1, remark="No onions")
	token = token_of(olga)
	own = shown(guest, token, door="1")
	assert own.status_code == 200 and "You are coming" in own.text and CHECK_IN not in own.text
	assert "/login?redirect-to=%2Fevent-invitation%3Fdoor%3D1%26token%3D" in own.text
	assert guest.call(CHECK_IN, invitation=olga.name).status_code == 403
	assert page(guest, event_door.PAGE, event=evening.name).status_code in (301, 302, 403)

	today(evening)
	mia = Browser(guest_server(guest), MIA)
	at_door = shown(mia, token, door="1")
	assert CHECK_IN in at_door.text and "Olga Kern" in at_door.text and "No onions" in at_door.text
	assert now(olga).status == "Accepted", "scanning is not yet checking in"
	assert dressed(at_door.text)
	assert re.search('name="csrf_token" value="[0-9a-f]{20,}"', at_door.text)
	assert CHECK_IN not in shown(mia, token).text, "the link itself shows anybody the invitation"
	done = mia.call(CHECK_IN, invitation=olga.name, companions="1")
	assert done.status_code == 200 and "is in." in done.text and "2 of 2 people are in." in done.text
	olga = now(olga)
	assert (olga.status, olga.checked_in_by) == ("Attended", MIA) and olga.checked_in_on
	second = shown(mia, token, door="1")
	assert "Already in since" in second.text and CHECK_IN not in second.text
	assert mia.call(CHECK_IN, invitation=olga.name).status_code == 200
	assert now(olga).checked_in_on == olga.checked_in_on, "the first time counts"
	assert "You are with us" in shown(guest, token).text

	undone = mia.call(UNDO, invitation=olga.name)
	assert "is not in any more" in undone.text and "0 of 2 people are in." in undone.text
	olga = now(olga)
	assert (olga.status, olga.checked_in_on, olga.checked_in_by) == ("Accepted", None, None)
	assert "1 of 1 people are in." in mia.call(CHECK_IN, invitation=olga.name, companions="0").text
	assert now(olga).companions == 0, "who came alone is counted alone"


def test_before_the_day_nobody_is_checked_in(guest, evening, firm):
	olga = invited(evening, firm, "Accepted")
	refused = Browser(guest_server(guest), MIA).call(CHECK_IN, invitation=olga.name)
	assert refused.status_code == 400 and "on the day of the event" in refused.text
	assert now(olga).status == "Accepted"


def test_the_list_has_everybody_who_was_asked_and_a_search(guest, evening, firm, story):
	invited(evening, firm, "Accepted")
	invited(evening, story.customer("Works"), "Declined", contact=None, guest_name=f"{PREFIX} Zoe")
	invited(evening, story.customer("Later"), "Planned", contact=None, guest_name=f"{PREFIX} Not Asked")
	mia = Browser(guest_server(guest), MIA)
	listed = page(mia, event_door.PAGE, event=evening.name).text
	assert listed.index("Olga Kern") < listed.index("Zoe") and "Not Asked" not in listed
	assert dressed(listed)
	assert 'id="find"' in listed and "toLowerCase" in listed and "Declined" in listed
	assert "0 of 1 people are in." in listed
	assert evening.name not in page(mia, event_door.PAGE).text, "it is in ten days"
	today(evening)
	assert evening.name in page(mia, event_door.PAGE).text
	assert evening.name not in page(Browser(guest_server(guest), BEN), event_door.PAGE).text


def test_a_rep_of_another_region_neither_sees_the_list_nor_checks_in(guest, evening, firm, story):
	olga = invited(evening, firm, "Accepted", remark="No onions")
	token = token_of(olga)
	elsewhere = frappe.get_all("Territory", filters={"name": ("!=", TERRITORY), "is_group": 0}, pluck="name")[
		0
	]
	for user in (BEN, MIA):
		add_user_permission("Territory", elsewhere, user)
	frappe.db.commit()
	ben = Browser(guest_server(guest), BEN)
	assert page(ben, event_door.PAGE, event=evening.name).status_code == 404
	assert page(ben, event_door.PAGE, event="VIP-1900-00001").status_code == 404
	# Mia hosts the evening, and Olga's customer is another region's all the same.
	mia = Browser(guest_server(guest), MIA)
	listed = page(mia, event_door.PAGE, event=evening.name, done=olga.name)
	assert listed.status_code == 200 and "Olga" not in listed.text and "onions" not in listed.text
	assert "1 more guests belong to customers that you may not see" in listed.text
	for browser in (ben, mia):
		assert CHECK_IN not in shown(browser, token, door="1").text
		for method in (CHECK_IN, UNDO):
			assert browser.call(method, invitation=olga.name).status_code == 403
		assert browser.call(CHECK_IN, invitation="no-such-one").status_code in (403, 404)
	assert now(olga).status == "Accepted"


# Fifty at once

TAKEN = 302  # what the guest's button gets before the page with the answer


def test_fifty_replies_at_once_never_exceed_the_places_and_count_once(guest, evening, story):
	capacity = 40
	guests = [
		invited(evening, story.customer(f"Guest {n:02}"), contact=None, guest_name=f"{PREFIX} Guest {n:02}")
		for n in range(50)
	]
	parties = {one.name: n % 3 for n, one in enumerate(guests)}  # with none, one or two companions
	tokens = {one.name: token_of(one) for one in guests}

	def press(name):
		"""The guest's finger: twice, as it happens, and again after an error, which only SQLite has."""
		codes = []
		for _time in range(60):
			# The page it leads to is not waited for: one process would draw all of them, one after the other.
			said = {"token": tokens[name], "coming": "Yes", "companions": str(parties[name])}
			answer = phones[name].http.post(
				f"{phones[name].base}/api/method/{ANSWER}", data=said, timeout=120, allow_redirects=False
			)
			codes.append(answer.status_code)
			if codes.count(TAKEN) == 2:
				break
		return codes

	phones = {name: Browser(guest_server(guest)) for name in tokens}
	for n, phone in enumerate(phones.values()):
		phone.http.headers["X-Forwarded-For"] = f"10.0.0.{n}"
	# SQLite has one writer: what fifty do at once there is wait for each other.
	sqlite = frappe.db.db_type == "sqlite"
	with ThreadPoolExecutor(8 if sqlite else 50) as pool:
		pressed = list(pool.map(press, tokens))
	assert all(codes.count(TAKEN) == 2 for codes in pressed), pressed
	if not sqlite:
		assert all(codes == [TAKEN, TAKEN] for codes in pressed), pressed

	frappe.db.rollback()
	rows = frappe.get_all(INVITATION, filters={"event": evening.name}, fields=["*"])
	assert {row.status for row in rows} == {"Accepted", "Waiting List"} and len(rows) == 50
	assert all(row.companions == parties[row.name] for row in rows)
	coming = [row for row in rows if row.status == "Accepted"]
	persons = sum(1 + row.companions for row in coming)
	assert persons <= capacity
	waiting = sorted((row for row in rows if row.status == "Waiting List"), key=lambda row: row.waiting_since)
	assert len({row.waiting_since for row in waiting}) == len(waiting), "everybody has a place in the line"
	assert persons + 1 + waiting[0].companions > capacity, "nobody waits while there is room for them"

	# Two decline: the line moves up from its head, and nobody overtakes.
	for row in coming[:2]:
		assert says(guest, tokens[row.name], coming="No").status_code == 200
	frappe.db.rollback()
	after = {row.name: row for row in frappe.get_all(INVITATION, {"event": evening.name}, ["*"])}
	moved = [after[row.name].status == "Accepted" for row in waiting]
	assert moved[0] and moved == sorted(moved, reverse=True)
	taken = sum(1 + row.companions for row in after.values() if row.status == "Accepted")
	assert taken <= capacity


# Afterwards


def suggested(title, status="Feasible"):
	frappe.db.rollback()
	doc = frappe.get_doc({"doctype": SUGGESTION, "title": f"{PREFIX} {title}", "kind": "Salon"}).insert()
	doc.db_set({"status": status, "title": title})
	frappe.db.commit()
	return doc.name


def test_who_was_there_says_once_how_it_was_and_what_they_would_like_next(guest, evening, firm):
	olga = invited(evening, firm, "Accepted")
	token = query(feedback.link(olga.name))["token"]
	wine, closed = suggested("Wine Tasting"), suggested("Casino", "Not Feasible")
	assert page(guest, "care-feedback", token=token).status_code == 410, "not there yet"
	assert guest.call(GIVE, token=token, rating="5").status_code == 410
	frappe.db.set_value(INVITATION, olga.name, "status", "Attended")
	frappe.db.commit()
	asked = page(guest, "care-feedback", token=token)
	assert asked.status_code == 200 and "Grill Night" in asked.text and "Mia" in asked.text
	assert "Wine Tasting" in asked.text and "Casino" not in asked.text and dressed(asked.text)
	assert guest.call(GIVE, token=token).status_code == 400, "nothing was said"
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
	assert "We have your answer already" in page(guest, "care-feedback", token=token).text
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


# In a message


def test_a_message_to_a_guest_has_the_event_and_the_links_and_goes_to_nobody_else(
	guest, evening, firm, story
):
	olga = invited(evening, firm)
	message = frappe.get_doc(
		{
			"doctype": "Care Message", "title": f"{PREFIX} Invitation", "kind": "Other", "language": "en", "enabled": 1,
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
