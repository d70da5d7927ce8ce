"""A rep's contacts on a phone: from the list to the customer's number, the result, and the next one, with taps counted."""

import frappe

from tests.site.mail import contact
from tests.site.story import ANNA, BEN

PHONE = {"width": 390, "height": 844}


def contacts_of_anna(story, count=3):
	"""The best of twenty ranked customers, on Anna's list."""
	names = [story.customer(f"Firm {number:02}") for number in range(20)]
	for number, name in enumerate(names):
		story.history(name, [(back, 100 * (20 - number)) for back in (100, 80, 60, 40, 20)])
	for number, name in enumerate(names[:count]):
		story.file(name, dedicated_rep=ANNA)
		contact(
			name, first_name=f"Li{number}", email=f"li{number}@firm.example", mobile=f"+4917000{number:03}"
		)
	story.rule(
		"Cadence",
		trigger="Tier Cadence",
		switched_on=story.days_ago(400),
		tiers=[{"tier": tier} for tier in ("Platinum", "Gold")],
		talking_points="How does the saw run?",
	)
	story.completed_yesterday()
	story.night()
	frappe.db.commit()
	return names[:count]


class Thumb:
	"""Counts what is tapped."""

	def __init__(self, page):
		self.page, self.taps = page, 0

	def tap(self, selector):
		self.page.locator(f"{selector} >> visible=true").first.click()
		self.taps += 1


def in_sight(page, selector):
	"""Whether all of it lies within the first screen."""
	box = page.locator(f"{selector} >> visible=true").first.bounding_box()
	height = page.viewport_size["height"]
	return bool(box) and box["y"] >= 0 and box["y"] + box["height"] <= height


def test_a_contact_takes_a_thumb_and_few_taps(story, desk):
	contacts_of_anna(story)
	assert len(story.todos(ANNA)) == 3
	with desk(ANNA) as anna:
		page = anna.page
		page.set_default_timeout(30_000)
		page.set_viewport_size(PHONE)
		anna.open("Workspaces", "Keep Customers").see("My ToDos")
		# A browser has no telephone: what it would have dialled is noted.
		page.evaluate(
			"""() => document.addEventListener("click", event => {
				const link = event.target.closest("a[href^='tel:']");
				if (!link) return;
				event.preventDefault();
				window.keep_dialled = link.href;
			}, true)"""
		)
		thumb = Thumb(page)
		thumb.tap(".shortcut-widget-box:has-text('My ToDos')")
		page.locator(".keep-care .keep-why >> visible=true").first.wait_for()
		page.wait_for_timeout(1500)
		anna.shot("todos-on-a-phone")
		assert page.evaluate("() => document.documentElement.scrollWidth") <= 390
		thumb.tap(".keep-call")
		page.wait_for_function("() => window.keep_dialled")
		assert page.evaluate("() => window.keep_dialled").startswith("tel:+4917000")
		assert thumb.taps <= 2, "from the first page to the telephone"
		page.locator(".keep-contact [data-call] >> visible=true").wait_for()
		anna.settled()
		anna.shot("contact-on-a-phone")
		for selector in (
			".keep-who",
			"[data-call]",
			".keep-why-now",
			"[data-result='Reached']",
			"[data-result='Not Useful']",
		):
			assert in_sight(page, selector), selector
		assert page.evaluate("() => document.documentElement.scrollWidth") <= 390
		thumb.taps = 0
		thumb.tap("[data-result='Reached']")
		page.locator(".keep-said >> visible=true").wait_for()
		anna.settled()
		anna.shot("told-on-a-phone")
		thumb.tap("[data-next]")
		page.locator("[data-result='Not Reached'] >> visible=true").wait_for()
		assert thumb.taps == 2, "the result, and the next one is there"
		anna.settled()
		page.fill(".keep-contact [name=next_step]", "Send the offer")
		thumb.tap("[data-result='Agreed']")
		anna.see("Send the offer: on")
		anna.settled()
		thumb.tap("[data-next]")
		thumb.tap("[data-result='Not Reached']")
		anna.see("it comes back on")
		anna.settled()
		anna.shot("last-on-a-phone")
	frappe.db.rollback()  # see what the browser did
	touches = frappe.get_all("Customer Touch", fields=["result", "next_step"], order_by="creation")
	assert [(one.result, one.next_step) for one in touches] == [
		("Reached", None), ("Reached", "Send the offer"), ("Not Reached", None),
	]  # fmt: skip
	assert [one.status for one in story.todos(ANNA)].count("Open") == 1


def test_the_list_on_a_desktop_and_as_before_for_who_has_no_contacts(story, desk):
	contacts_of_anna(story)
	with desk(ANNA) as anna:
		anna.page.set_default_timeout(30_000)
		anna.open("List", "ToDo")
		anna.page.locator(".keep-care .keep-why >> visible=true").first.wait_for()
		anna.page.wait_for_timeout(1500)
		anna.page.set_viewport_size({"width": 1400, "height": 900})
		anna.shot("todos-on-a-desktop")
		anna.page.locator(".list-row-checkbox >> visible=true").first.click()
		anna.page.locator(".actions-btn-group button >> visible=true").first.click()
		anna.page.locator(".actions-btn-group .dropdown-item").get_by_text("Later", exact=True).click()
		anna.page.get_by_role("button", name="Put Off").click()
		anna.see("Put off: 1")
		anna.settled()
		anna.page.locator(".list-subject a >> visible=true").first.click()
		anna.page.locator(".keep-contact [data-call] >> visible=true").wait_for()
		anna.settled()
		anna.shot("contact-on-a-desktop")
		assert in_sight(anna.page, "[data-result='Reached']")
	frappe.get_doc({"doctype": "ToDo", "description": "Tidy up", "allocated_to": BEN}).insert()
	firm = story.customer("Blunt & Sons")
	story.file(firm, dedicated_rep=BEN)
	case = story.case(firm, "Saw <b>is blunt")
	frappe.db.commit()
	with desk(BEN) as ben:
		ben.open("List", "ToDo").see("Tidy up").see("Saw <b>is blunt")
		row = ben.page.locator(".list-subject >> visible=true", has_text="is blunt").inner_text()
		assert firm in row and f"answer the complaint {case.name}" in row, (
			"whose, what, and what is to be done"
		)
		assert not ben.page.locator(".keep-care").count()
		ben.shot("todos-without-contacts")
