"""A rep's hands and a slow line: what is pressed once too often, typed while the rest arrives, or answered too late."""

from contextlib import contextmanager

import frappe
from frappe.utils import add_days, getdate

from tests.site.story import ANNA, MIA

from .test_my_day import three_contacts
from .test_rep_help import ranked_customers

KEPT = "() => Object.entries(localStorage).filter(([key]) => key.includes('my_day')).flatMap(([, kept]) => JSON.parse(kept)).length"
RECORD = "**/api/method/keep_customers.care.results.record"


def card(todo, within=""):
	return f".kd-card[data-todo='{todo.name}'] {within}"


@contextmanager
def my_day(desk):
	with desk(ANNA) as anna:
		anna.page.set_default_timeout(30_000)
		anna.page.goto(f"{anna.url}/app/my-day")
		yield anna, anna.page


@contextmanager
def held_back(page, address, most=9):
	"""What is asked of an address is answered at the end, so many of the first questions."""
	waiting, over = [], []

	def hold(route):
		if over or len(waiting) >= most:
			route.continue_()
		else:
			waiting.append(route)

	page.route(address, hold)
	yield
	over.append(True)
	for one in waiting:
		one.continue_()


def test_what_is_pressed_twice_is_said_of_one_contact(story, desk):
	first, second, third = three_contacts(story)
	with my_day(desk) as (_anna, page):
		page.locator(card(first, "a[href^='tel:']")).wait_for()
		page.locator("[data-result=reached]").dblclick()
		page.locator(card(second)).wait_for()
		page.wait_for_timeout(300)
		assert page.evaluate(KEPT) == 1 and page.locator(card(second)).count()
		for _held_down in range(4):
			page.keyboard.down("2")
		page.keyboard.up("2")
		page.locator(card(third)).wait_for()
		assert page.evaluate(KEPT) == 2
		page.wait_for_function(f"() => ({KEPT})() === 0")
	frappe.db.rollback()
	rows = frappe.get_all("Customer Touch", fields=["todo", "result"], order_by="creation")
	assert [(row.todo, row.result) for row in rows] == [
		(first.name, "Reached"),
		(second.name, "Not Reached"),
	]


def test_what_is_typed_stays_under_the_hands_of_who_types(story, desk):
	first, second, _third = three_contacts(story)
	with desk(ANNA) as anna:
		page = anna.page
		page.set_default_timeout(30_000)
		with held_back(page, "**/keep_customers.care.rep_help.for_todo*"):
			page.goto(f"{anna.url}/app/my-day")
			page.locator(card(first)).wait_for()
			page.get_by_role("button", name="Agreed …").click()
			page.keyboard.type("Offer ")
		page.locator(card(first, "a[href^='tel:']")).wait_for()
		page.keyboard.type("123")
		assert page.locator("[data-field=next_step]").input_value() == "Offer 123"
		# A Chinese word is ended by Enter.
		page.evaluate(
			"""() => document.activeElement.dispatchEvent(
				new KeyboardEvent("keydown", { key: "Enter", isComposing: true, bubbles: true }))"""
		)
		assert page.locator(card(first)).count()
		page.locator("[data-field=next_step_date]").fill(str(add_days(getdate(), -1)))
		page.locator("[data-do=agreed]").click()
		assert page.locator(card(first)).count(), "nothing is agreed for a day that is over"
		page.locator("[data-field=next_step_date]").fill(str(add_days(getdate(), 3)))
		page.locator("[data-field=next_step]").press("Enter")
		page.locator(card(second)).wait_for()
		page.wait_for_function(f"() => ({KEPT})() === 0")
	frappe.db.rollback()
	assert frappe.get_all("Customer Touch", pluck="next_step") == ["Offer 123"]


def test_only_the_server_takes_what_was_noted(story, desk):
	first, _second, _third = three_contacts(story)
	with my_day(desk) as (anna, page):
		page.locator(card(first, "a[href^='tel:']")).wait_for()
		page.route(
			RECORD, lambda route: route.fulfill(status=200, body="<html>Please pay for this WLAN</html>")
		)
		page.locator("[data-result=reached]").click()
		anna.see("Kept here and sent when it is back: 1")
		page.unroute(RECORD)
		# Logged out in another tab, whose page is a guest's.
		cookies = page.context.cookies()
		page.context.clear_cookies()
		page.evaluate("() => window.dispatchEvent(new Event('online'))")
		anna.see("Please log in again")
		assert page.evaluate(KEPT) == 1
		page.context.add_cookies(cookies)
		page.evaluate("() => window.dispatchEvent(new Event('online'))")
		page.wait_for_function(f"() => ({KEPT})() === 0")
		anna.problems.clear()
	frappe.db.rollback()
	assert frappe.get_all("Customer Touch", pluck="todo") == [first.name]


def test_who_comes_back_to_the_day_sees_it_as_it_is_now(story, desk):
	first, second, _third = three_contacts(story)
	with my_day(desk) as (anna, page):
		page.locator(card(first, "a[href^='tel:']")).wait_for()
		yesterday = f"{add_days(getdate(), -1)} 09:00:00"
		shown = page.evaluate(
			"day => [keep_customers.words.day(day), frappe.datetime.str_to_user(day.split(' ')[0])]",
			yesterday,
		)
		assert shown[0] == shown[1], "not today"
		page.locator("[data-result=not_reached]").click()
		page.locator(card(second, "a[href^='tel:']")).wait_for()
		page.wait_for_function(f"() => ({KEPT})() === 0")
		anna.open("List", "Note")
		# Two days later, and their number is another one.
		frappe.db.rollback()
		frappe.db.set_value("ToDo", first.name, "date", getdate())
		[contact] = frappe.get_all(
			"Dynamic Link", {"link_name": second.reference_name, "parenttype": "Contact"}, pluck="parent"
		)
		person = frappe.get_doc("Contact", contact)
		person.phone_nos[0].phone = "+49 170 999"
		person.save()
		frappe.db.commit()
		page.evaluate("() => { frappe.set_route('my-day') }")
		page.locator(card(second, "a[href='tel:+49170999']")).wait_for()
		page.locator(f".kd-contacts [data-at='{first.name}']").wait_for()
		# So does who has left it open overnight.
		frappe.db.set_value("ToDo", second.name, "status", "Closed")
		frappe.db.commit()
		page.evaluate("() => { frappe.pages['my-day'].keep_day.loaded_at -= 12 * 60 * 60_000 }")
		page.evaluate("() => document.dispatchEvent(new Event('visibilitychange'))")
		page.locator(card(second)).wait_for(state="detached")


def test_what_is_typed_on_a_todo_is_typed_once(story, desk):
	ranked_customers(story)
	[todo] = story.todos(ANNA)
	frappe.db.commit()
	with desk(ANNA) as anna:
		page = anna.page
		page.set_default_timeout(30_000)
		anna.open("Form", "ToDo", todo.name)
		page.locator(".keep-contact [name=words]").fill("Their saw is blunt.")
		page.evaluate("() => cur_frm.refresh()")
		anna.settled()
		assert page.locator(".keep-contact [name=words]").input_value() == "Their saw is blunt."
		page.locator(".keep-contact [data-more]").click()
		page.wait_for_function("() => cur_dialog && cur_dialog.display")
		assert page.evaluate("() => cur_dialog.get_value('notes')") == "Their saw is blunt."
		page.evaluate("() => cur_dialog.get_primary_btn().click()")
		page.wait_for_function(
			"() => !document.querySelector('.modal.show') && cur_frm.doc.status == 'Closed'"
		)
		anna.settled()
	frappe.db.rollback()
	assert frappe.get_all("Customer Touch", {"todo": todo.name}, pluck="notes") == ["Their saw is blunt."]


def test_an_answer_that_comes_late_is_shown_on_its_own_form(story, desk):
	firms = [story.customer(name) for name in ("First", "Second")]
	for name in firms:
		story.file(name, dedicated_rep=ANNA)
	story.invoice(firms[0], 250, story.days_ago(40))
	frappe.db.commit()
	with desk(ANNA) as anna:
		page = anna.page
		page.set_default_timeout(30_000)
		with held_back(page, "**/keep_customers.care.panel.deal_archive", most=1):
			page.evaluate("name => { frappe.set_route('Form', 'Customer File', name) }", firms[0])
			page.wait_for_function("name => cur_frm && cur_frm.doc.name == name", arg=firms[0])
			page.wait_for_timeout(1500)
			page.evaluate("name => { frappe.set_route('Form', 'Customer File', name) }", firms[1])
			page.wait_for_function("name => cur_frm && cur_frm.doc.name == name", arg=firms[1])
			page.wait_for_timeout(1500)
		anna.settled()
		bought = page.evaluate("() => cur_frm.get_field('purchases_html').$wrapper.text()")
		assert "Nothing bought yet" in bought
		# Where it is tomorrow already, nobody has said anything on that day as the site counts.
		page.evaluate(
			"() => { frappe.boot.time_zone = { system: 'Etc/GMT+12', user: 'Pacific/Kiritimati' } }"
		)
		page.evaluate("() => cur_frm.get_field('consent_html').$wrapper.find('button').click()")
		page.wait_for_function("() => cur_dialog && cur_dialog.display")
		on_date, today = page.evaluate(
			"() => [cur_dialog.get_value('on_date'), moment.tz('Etc/GMT+12').format('YYYY-MM-DD')]"
		)
		assert on_date == today


def test_what_was_agreed_is_not_lost_by_the_other_button_nor_by_a_refusal(story, desk):
	first, second, _third = three_contacts(story)
	with my_day(desk) as (anna, page):
		page.locator(card(first, "a[href^='tel:']")).wait_for()
		page.context.set_offline(True)
		page.locator("[data-result=agreed]").click()
		page.locator("[data-field=next_step]").fill("Offer 123")
		page.locator("[data-result=reached]").click()
		page.locator(card(second)).wait_for()
		# Somebody else's meanwhile.
		frappe.db.rollback()
		frappe.db.set_value("ToDo", first.name, "allocated_to", MIA)
		frappe.db.commit()
		page.context.set_offline(False)
		page.evaluate("() => window.dispatchEvent(new Event('online'))")
		page.locator(".kd-notices q").wait_for()
		assert "Offer 123" in page.locator(".kd-notices q").inner_text()
		anna.problems.clear()  # it was refused


def test_a_complaint_that_did_not_get_through_is_not_called_saved(story, desk):
	first, _second, _third = three_contacts(story)
	with my_day(desk) as (anna, page):
		page.locator(card(first, "a[href^='tel:']")).wait_for()
		page.locator(".kd-card").get_by_role("button", name="Complaint", exact=True).click()
		page.wait_for_function("() => cur_dialog && cur_dialog.display && cur_dialog.doc.customer")
		anna.settled()
		page.evaluate("() => cur_dialog.set_values({subject: 'Blunt', description: 'It saws no more'})")
		page.route("**/api/method/frappe.client.save", lambda route: route.abort())
		page.locator(".modal.show .btn-modal-primary").click()
		page.wait_for_function("() => window.cur_frm && cur_frm.doctype === 'Complaint Case'")
		page.wait_for_timeout(1500)  # the host says it half a second later
		assert page.evaluate("() => [cur_frm.doc.description, cur_frm.doc.__islocal]") == [
			"It saws no more",
			1,
		]
		assert "saved" not in page.evaluate("() => $('#alert-container').text()")
		anna.problems.clear()
