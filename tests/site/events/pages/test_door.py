"""The code a guest shows at the door checks in for the team, and for nobody else."""

import re

import frappe
from frappe.permissions import add_user_permission

from keep_customers.erp.language import day_in_words
from keep_customers.events import door as event_door
from tests.site.events.pages.evening import CHECK_IN, UNDO, dressed, invited, now, shown, today, token_of
from tests.site.guests import guest_server, page
from tests.site.story import BEN, MIA, PREFIX, TERRITORY
from tests.site.web import Browser


def test_the_code_checks_in_for_the_team_and_shows_the_guest_their_own_invitation(guest, evening, firm):
	olga = invited(evening, firm, "Accepted", companions=1, remark="No onions")
	token = token_of(olga)
	own = shown(guest, token, door="1")
	assert own.status_code == 200 and "You are coming" in own.text and CHECK_IN not in own.text
	assert "/login?redirect-to=%2Fevent-invitation%3Fdoor%3D1%26token%3D" in own.text
	assert guest.call(CHECK_IN, invitation=olga.name).status_code == 403
	login = page(guest, event_door.PAGE, event=evening.name)
	assert login.status_code == 403 and "/login?redirect-to=%2Fevent-check-in%3Fevent%3D" in login.text

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
	mia = Browser(guest_server(guest), MIA)
	listed = page(mia, event_door.PAGE, event=evening.name).text
	assert f"on the day of the event, {day_in_words(evening.starts_on, 'en')}" in listed
	assert "Olga Kern" in listed and CHECK_IN not in listed
	assert CHECK_IN not in shown(mia, token_of(olga), door="1").text
	refused = mia.call(CHECK_IN, invitation=olga.name)
	assert refused.status_code == 400 and "on the day of the event" in refused.text
	assert "Olga Kern" in refused.text and "Status: 400" not in refused.text, (
		"on the list, not on a page of its own"
	)
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
	assert "Guests of customers that you may not see: 1" in listed.text
	for browser in (ben, mia):
		assert CHECK_IN not in shown(browser, token, door="1").text
		for method in (CHECK_IN, UNDO):
			assert browser.call(method, invitation=olga.name).status_code == 403
		assert browser.call(CHECK_IN, invitation="no-such-one").status_code in (403, 404)
	assert now(olga).status == "Accepted"
