"""Everybody reads and uses our pages: in their language, with a screen reader, in the dark."""

import frappe
import pytest
from frappe.utils import getdate

from keep_customers.events import feedback as event_feedback
from keep_customers.events import pages as event_pages
from keep_customers.messaging import unsubscribe
from tests.browser.english import APP, in_english
from tests.browser.for_everybody import barriers
from tests.site.care.asked import only_todo
from tests.site.complaints.guests.conftest import firm, website_users  # noqa: F401
from tests.site.complaints.guests.said import offered, portal_user, token_of
from tests.site.events.pages.conftest import evening  # noqa: F401
from tests.site.events.pages.evening import invited, query, suggested
from tests.site.mail import contact
from tests.site.story import ANNA, PASSWORD
from tests.unit.test_translations import theirs

CHINESE = ("zh", "zh-TW")


def complaints(page):
	"""Fail with what keeps somebody out, and which page it was on."""
	return [(page.url, one) for one in barriers(page, ".page_content")]


def speak(user, language):
	frappe.db.set_value("User", user, "language", language)
	frappe.clear_cache(user=user)
	frappe.db.commit()


@pytest.fixture
def guest_pages(story, firm, evening):  # noqa: F811
	"""The addresses of the pages that guests are led to."""
	story.settings(complaint_page=1, word_days=14)
	case = offered(firm)
	coming = invited(evening, firm)
	works = story.customer("Works")
	there = invited(evening, works, "Attended", contact=contact(works, email="pavel@works.example").name)
	suggested("A day at the races")
	frappe.db.commit()
	return {
		"complaint": "/complain",
		"answer": f"/complaint-answer?token={token_of(case)}",
		"invitation": f"/{event_pages.PAGE}?token={query(event_pages.invitation_link(coming.name))['token']}",
		"feedback": f"/{event_feedback.PAGE}?token={query(event_feedback.link(there.name))['token']}",
		"gone": f"/{unsubscribe.PAGE}?token=gone",
		"cases": "/complaints",
		"case": f"/complaints/{case.name}",
	}


def test_guests_read_and_use_every_page(server, chromium, firm, guest_pages):  # noqa: F811
	olga = portal_user(firm)
	page = chromium.new_context(viewport={"width": 390, "height": 844}, locale="en-GB").new_page()
	page.request.post(f"{server.url}/api/method/login", form={"usr": olga, "pwd": PASSWORD})
	for name, path in guest_pages.items():
		page.goto(server.url + path)
		assert not complaints(page), name
		for language in CHINESE:
			page.goto(f"{server.url}{path}{'&' if '?' in path else '?'}_lang={language}")
			assert not in_english(page, frozenset(theirs(language))), (name, language)
	page.context.close()


def test_a_rep_reads_the_day_and_the_todo_in_their_language_and_in_the_dark(story, desk):
	# What is due is written in the language of who is to do it.
	speak(ANNA, "zh")
	name = story.customer("First")
	story.history(name, [(40, 100), (3, 3000)])
	story.file(name, dedicated_rep=ANNA, people=[{"full_name": "Otto", "decides": 1}])
	contact(name, mobile="+49 170 5550")
	story.rule(talking_points="Wie läuft die Säge?")
	story.completed_yesterday()
	story.night()
	todo = only_todo(story, name)
	todo.update({"date": getdate()}).save()
	frappe.db.commit()
	with desk(ANNA) as anna:
		page = anna.page
		for route, ours in ((["my-day"], ".kd-page"), (["Form", "ToDo", todo.name], ".keep-contact")):
			anna.open(*route)
			page.locator(f"{ours} [href^='tel:'] >> visible=true").first.wait_for()
			assert not in_english(page, APP | theirs("zh")), route
			for theme in ("light", "dark"):
				page.evaluate("theme => document.documentElement.setAttribute('data-theme', theme)", theme)
				page.wait_for_timeout(300)
				anna.shot(f"{route[-1]}-{theme}")
				assert not barriers(page, ours), (route, theme)
