"""Everybody reads and uses our pages: in their language, with a screen reader, in the dark."""

import frappe
from frappe.utils import getdate

from tests.browser.english import APP, in_english
from tests.browser.for_everybody import barriers
from tests.site.care.asked import only_todo
from tests.site.mail import contact
from tests.site.story import ANNA
from tests.unit.test_translations import theirs

ELEMENTS = "() => document.querySelectorAll('*').length"


def speak(user, language):
	frappe.db.set_value("User", user, "language", language)
	frappe.clear_cache(user=user)
	frappe.db.commit()


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
		elements = page.evaluate(ELEMENTS)
		page.evaluate("ours => $(ours).append('<p><img src=x><input></p>')", ours)
		assert len(barriers(page, ours)) >= 2, "a picture without words, a field without a name"
		assert page.evaluate(ELEMENTS) == elements + 3, "nothing that was hidden is lost"
