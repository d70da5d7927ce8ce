"""Guests on a phone: every page in each of its states is light, readable for everybody, and answered without scripts."""

import io
import os
import re

import frappe
import pytest
from frappe.utils import add_days, getdate, now_datetime
from PIL import Image

from keep_customers.engine import complaints as engine
from keep_customers.erp import signed
from keep_customers.events import door, feedback, pages
from keep_customers.messaging import purchase_feedback, unsubscribe, visit_feedback
from tests.browser.english import in_english
from tests.browser.for_everybody import barriers
from tests.site.complaints.guests.conftest import firm, website_users  # noqa: F401
from tests.site.complaints.guests.said import CASE, offered, portal_user, token_of
from tests.site.events.pages.conftest import evening  # noqa: F401
from tests.site.events.pages.evening import invited, suggested
from tests.site.mail import contact
from tests.site.story import ANNA, COMPANY, MIA, PASSWORD, PREFIX
from tests.unit.test_translations import theirs

PHONE = {"viewport": {"width": 390, "height": 844}, "locale": "en-GB"}
HEAVIEST = 100_000  # bytes, with all that a page loads, as the server sends it without compressing
OVERFLOWS = "() => document.documentElement.scrollWidth > innerWidth"


class Phone:
	"""A guest's phone, which weighs what it is sent."""

	def __init__(self, chromium, url, **more):
		self.context = chromium.new_context(**PHONE, **more)
		self.page, self.url, self.loaded = self.context.new_page(), url, []
		self.page.set_default_timeout(60_000)
		self.page.on("requestfinished", lambda one: self.loaded.append(one))

	def open(self, path):
		self.loaded.clear()
		self.page.goto(path if path.startswith("http") else self.url + path)
		return self.page

	def login(self, user):
		"""From then on they read their own language, which is Chinese."""
		frappe.db.set_value("User", user, "language", "zh")
		frappe.clear_cache(user=user)
		frappe.db.commit()
		self.page.request.post(f"{self.url}/api/method/login", form={"usr": user, "pwd": PASSWORD})

	def weight(self):
		return sum(one.sizes()["responseBodySize"] for one in self.loaded)

	def kinds(self):
		return {one.resource_type for one in self.loaded}

	def press(self, name):
		self.page.get_by_role("button", name=name).click()
		return self.page

	def says(self, *texts):
		"""Once the answer is there: each of the texts, once."""
		for text in texts:
			self.page.get_by_text(text).wait_for()

	def shot(self, name):
		if folder := os.environ.get("KEEP_TEST_SHOTS"):
			self.page.screenshot(path=f"{folder}/guest-{name}.png", full_page=True)


@pytest.fixture
def phone(server, chromium):
	opened = []

	def take(**more):
		opened.append(Phone(chromium, server.url, **more))
		return opened[-1]

	yield take
	for one in opened:
		one.context.close()


@pytest.fixture
def company(story):
	"""The company's own phone and address."""
	frappe.db.set_single_value("Global Defaults", "default_company", COMPANY)
	frappe.db.set_value("Company", COMPANY, {"phone_no": "+49 30 5550", "email": "hello@keep.example"})
	story.settings(complaint_page=1, word_days=14)
	frappe.cache.delete_keys("rl:")
	frappe.db.commit()


def path(link):
	"""Of a link, as the site under test has it, in whatever language."""
	return re.sub(r"^https?://[^/]+|&_lang=\w+", "", link)


def picture():
	"""What a phone's camera makes, in a small way: many pixels that do not repeat."""
	file = io.BytesIO()
	Image.frombytes("RGB", (2000, 1500), os.urandom(2000 * 1500 * 3)).save(file, "JPEG", quality=80)
	return {"name": "smoke.jpg", "mimeType": "image/jpeg", "buffer": file.getvalue()}


@pytest.fixture
def addresses(story, company, firm, evening):  # noqa: F811
	"""State -> address of the pages that guests are led to."""
	case, done = offered(firm), offered(firm, subject="The saw sings")
	rule = story.rule("Mails", channel="Email")
	touch = frappe.get_doc(
		{"doctype": "Customer Touch", "customer": firm, "rep": ANNA, "channel": "Visit", "result": "Reached"}
	).insert()
	bought = story.invoice(firm, 500).name
	mail = frappe.get_doc(
		{
			"doctype": "Follow Up", "customer": firm, "care_rule": rule.name, "occurrence": "1",
			"status": "Assigned", "priority": "Medium", "reason": "Mail", "channel": "Email", "due_date": getdate(),
			"planned_on": getdate(), "assigned_to": ANNA,
			"reference_doctype": "Sales Invoice", "reference_name": bought,
		}
	).insert()  # fmt: skip
	guests = {"asked": invited(evening, firm)}
	for status in ("Accepted", "Waiting List", "Declined"):
		works = story.customer(f"Works {status}")
		who = contact(works, email=f"{status[:3].lower()}@works.example").name
		guests[status] = invited(evening, works, status, contact=who)
	past = frappe.copy_doc(evening)
	past.update(
		{"theme": f"{PREFIX} Last Spring", "starts_on": add_days(now_datetime(), 1), "reply_until": None}
	)
	past.insert().db_set("status", "Inviting")
	there, late = invited(past, firm, "Attended"), invited(past, story.customer("Late"), contact=None)
	past.db_set({"status": "Held", "starts_on": add_days(now_datetime(), -9), "ends_on": None})
	frappe.db.commit()
	suggested("A day at the races")
	frappe.db.commit()
	return {
		"complaint": "/complain",
		"answer": f"/complaint-answer?token={token_of(case)}",
		"answer-gone": "/complaint-answer?token=gone",
		**{f"invitation-{state}": path(pages.invitation_link(one.name)) for state, one in guests.items()},
		"invitation-over": path(pages.invitation_link(late.name)),
		"feedback-early": path(feedback.link(guests["Accepted"].name)),
		"feedback-event": path(feedback.link(there.name)),
		"feedback-visit": path(signed.link(*visit_feedback.VISIT, touch.name, 9)),
		"feedback-purchase": path(
			signed.link(*purchase_feedback.PURCHASE, purchase_feedback.subject(bought), 9)
		),
		"unsubscribe": path(unsubscribe.link(mail.name)),
		"for Olga": None,
		"cases": "/complaints",
		"case": f"/complaints/{done.name}",
		"for Mia": None,
		"door-before": f"/{door.PAGE}?event={evening.name}",
		"door-open": f"/{door.PAGE}?event={past.name}",
		"door-guest": path(pages.invitation_link(guests["asked"].name)) + "&door=1",
	}


def test_every_page_is_light_and_for_everybody(phone, firm, addresses):  # noqa: F811
	olga = portal_user(firm)
	guest = phone()
	page = guest.page
	guest.open("/complain?_lang=ar")
	guest.shot("complaint-rtl")
	assert page.locator("html").get_attribute("dir") == "rtl"
	for name, address in addresses.items():
		if not address:
			guest.login(olga if name == "for Olga" else MIA)
			continue
		guest.open(address)
		assert guest.weight() < HEAVIEST and guest.kinds() <= {"document", "ping"}, (name, guest.weight())
		assert page.locator("h1").count() == 1 and COMPANY in page.locator("header").inner_text(), name
		assert page.locator("footer a").count() == 2, name
		for theme in ("light", "dark"):
			page.emulate_media(color_scheme=theme)
			guest.shot(f"{name}-{theme}")
			assert not barriers(page, "html"), (name, theme)
		page.add_style_tag(content="html { font-size: 200% }")
		assert not page.evaluate(OVERFLOWS), name
		page.goto(f"{page.url}{'&' if '?' in address else '?'}_lang=zh")
		assert not in_english(page, frozenset(theirs("zh"))), name
		page.evaluate("() => (document.documentElement.dir = 'rtl')")
		assert not page.evaluate(OVERFLOWS), name


def test_a_guest_answers_without_scripts(phone, addresses):
	guest = phone(java_script_enabled=False)
	page = guest.open("/complain")
	page.fill("#description", "The drill smokes")
	page.fill("#email", "olga@firm")
	guest.press("Send")
	page.locator("#email-fault").wait_for()
	assert page.locator("#description").input_value() == "The drill smokes"
	guest.shot("complaint-marked")
	page.fill("#email", "olga@firm.example")
	guest.press("Send")
	guest.says("We answer within 1 hour")
	frappe.db.rollback()
	[case] = frappe.get_all(CASE, {"channel": "Web Page"}, pluck="name")
	guest.says(case)
	guest.shot("complaint-thanks")

	guest.open(addresses["answer"])
	page.get_by_label("Yes, it is").check()
	guest.press("Send")
	guest.says("We are glad that it is solved.")
	name = addresses["answer"].split("token=")[1].split("/")[0]
	frappe.db.rollback()
	assert frappe.db.get_value(CASE, name, "status") == engine.CLOSED

	guest.open(addresses["invitation-asked"])
	page.get_by_label("Yes, I will come").check()
	page.select_option("#companions", "1")
	guest.press("Send My Answer")
	guest.says("You are coming")
	assert page.get_by_role("link", name="Add to My Calendar").count() == 1
	page.locator("summary").click()
	page.get_by_label("No, I cannot come").check()
	guest.press("Send My Answer")
	guest.says("You have told us that you cannot come")

	guest.open(addresses["feedback-event"])
	guest.press("Send")
	guest.says("at least one of the questions")
	page.locator("input[name=rating][value='5']").check()
	guest.press("Send")
	guest.says("We have your answer.")

	guest.open(addresses["unsubscribe"])
	guest.press("Yes, Stop Them")
	guest.says("You will not receive such e-mails any more.")
	guest.shot("unsubscribed")


def test_a_picture_is_made_smaller_before_it_is_sent(phone, company):
	guest = phone()
	page = guest.open("/complain")
	sent = picture()
	page.set_input_files("#attachments", [sent])
	page.get_by_text("Pictures made smaller").wait_for()
	assert (
		page.evaluate("() => document.querySelector('#attachments').files[0].size") < len(sent["buffer"]) / 2
	)
	page.fill("#description", "The drill smokes")
	page.fill("#email", "olga@firm.example")
	guest.shot("complaint-picture")
	guest.press("Send")
	page.get_by_text("We have received your complaint").wait_for()
	frappe.db.rollback()
	[case] = frappe.get_all(CASE, pluck="name")
	[file] = frappe.get_all("File", {"attached_to_name": case}, ["file_name", "file_size"])
	assert file.file_name.startswith("smoke") and file.file_size < len(sent["buffer"]) / 2


def answers(body, kind):
	return lambda route: route.fulfill(status=502, content_type=kind, body=body)


def test_an_answer_that_is_no_page_costs_nobody_what_they_wrote(phone, company):
	"""A server that is just being started anew, or will not have so much, answers with a page of its own, or with none."""
	guest = phone()
	page = guest.open("/complain")
	page.fill("#description", "The drill smokes")
	page.fill("#email", "olga@firm.example")
	everything = "**/api/method/**"
	for body, kind in (("<html><body><h1>502</h1></body></html>", "text/html"), ("{}", "application/json")):
		page.route(everything, answers(body, kind))
		guest.press("Send")
		page.locator("#broken").wait_for()
		assert page.locator("#description").input_value() == "The drill smokes"
		page.unroute(everything)
	guest.press("Send")
	page.get_by_text("We have received your complaint").wait_for()
