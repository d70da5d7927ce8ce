"""A rep's morning on a telephone: three contacts one after the other, one of them where there is no connection."""

from contextlib import contextmanager

import frappe
from frappe.utils import add_days, getdate

from tests.site.care.asked import only_todo
from tests.site.mail import contact
from tests.site.story import ANNA, PREFIX

PHONE = {"width": 390, "height": 844}
# What is offered for four seconds is there as long as a busy machine needs to press it; it is sent as soon as ever.
PATIENT = "() => { const wait = window.setTimeout; window.setTimeout = (act, ms, ...more) => wait(act, ms === 4000 ? 120000 : ms, ...more); }"
ALL_SENT = "() => !Object.keys(localStorage).some(key => key.includes('my_day'))"


def three_contacts(story):
	"""Three customers whom Anna is to call by today; returns their ToDos, the first one first."""
	firms = [story.customer(name) for name in ("First", "Second", "Third")]
	for number, name in enumerate(firms):
		story.history(name, [(40, 100), (3, 3000)])
		story.file(name, dedicated_rep=ANNA, people=[{"full_name": f"Otto <b>{number}</b>", "decides": 1}])
		contact(name, mobile=f"+49 170 555{number}")
	story.rule(talking_points="How does the saw run?")
	story.completed_yesterday()
	story.night()
	todos = [only_todo(story, name) for name in firms]
	for at_risk, todo in zip((300, 200, 100), todos, strict=True):
		todo.update({"date": getdate(), "priority": "Medium", "keep_value_at_risk": at_risk}).save()
	frappe.db.commit()
	return todos


@contextmanager
def without_connection(desk):
	desk.page.context.set_offline(True)
	yield
	desk.page.context.set_offline(False)


def test_a_morning_on_a_telephone_with_and_without_connection(story, desk):
	first, second, third = three_contacts(story)
	rival = frappe.get_doc({"doctype": "Competitor", "competitor_name": f"{PREFIX} Rival"}).insert().name
	frappe.db.set_value("User", ANNA, "keep_my_day", 1)
	frappe.db.commit()
	with desk(ANNA) as anna:
		page = anna.page
		page.set_default_timeout(20_000)
		page.set_viewport_size(PHONE)
		page.goto(f"{anna.url}/app")  # where she lands is what she has chosen

		def shows(todo):
			page.locator(f".kd-card[data-todo='{todo.name}'] .kd-ways a[href^='tel:']").wait_for()

		def press(name):
			page.locator(".kd-card").get_by_role("button", name=name, exact=True).click()

		# From here one tap calls: the number is on the first screen, and so is what came of it.
		shows(first)
		anna.shot("my-day-phone")
		for within in (".kd-ways a[href^='tel:']", "[data-result=reached]", "[data-result=not_useful]"):
			box = page.locator(within).bounding_box()
			assert box["y"] + box["height"] <= PHONE["height"] and box["x"] + box["width"] <= PHONE["width"]
		assert page.evaluate("() => document.documentElement.scrollWidth") <= PHONE["width"]
		assert page.locator(".kd-ways a[href^='tel:']").get_attribute("href") == "tel:+491705550"
		assert "How does the saw run?" in page.locator(".kd-say").inner_text()
		assert "Otto <b>0</b>" in page.locator(".kd-say").inner_text()
		page.locator(".kd-card [data-field=notes]").fill("All well.")
		# A recommendation takes a name and a number; she stays where she is.
		press("Recommendation")
		for field, value in (("first_name", "Rosa Kern"), ("mobile_no", "+49 171 77")):
			page.locator(f".modal.show input[data-fieldname={field}]").fill(value)
			page.keyboard.press("Tab")  # the host hears of it, and draws what follows from it
			page.wait_for_timeout(300)
		anna.shot("my-day-recommendation")
		page.locator(".modal.show .btn-modal-primary").click()
		anna.see("The recommendation is recorded")
		page.wait_for_function("() => !$('.modal:visible').length")
		press("Complaint")
		page.wait_for_function("() => cur_dialog && cur_dialog.display && cur_dialog.doc.customer")
		anna.settled()
		assert page.evaluate("() => cur_dialog.get_value('customer')") == first.reference_name
		page.evaluate("() => cur_dialog.hide()")
		page.wait_for_function("() => !$('.modal:visible').length")
		# What they also said is folded away, and opens by the keyboard.
		summary = page.locator(".keep-also summary")
		assert not page.locator(".keep-also [name=demand_amount]").is_visible()
		summary.focus()
		page.keyboard.press("Enter")
		page.keyboard.press("Tab")
		page.locator(".keep-also [name=demand_amount]").fill("5000")
		page.locator(".keep-also [name=competitor]").select_option(rival)
		assert page.evaluate("() => document.documentElement.scrollWidth") <= PHONE["width"]
		press("Reached")
		anna.see("When does the customer need it?")
		anna.shot("my-day-they-also-said")
		page.locator(".keep-also [name=demand_date]").fill(str(add_days(getdate(), 30)))
		page.evaluate(PATIENT)
		press("Reached")
		page.get_by_role("button", name="Undo").click()
		shows(first)
		assert page.locator(".keep-also [name=competitor]").input_value() == rival, "nothing is typed twice"
		press("Reached")
		shows(second)
		with without_connection(anna):
			press("Agreed …")
			page.locator("[data-field=next_step]").fill("Send the offer")
			press("In a Week")
			press("Save and Go On")
			shows(third)  # its number was fetched before
			anna.see("No connection").shot("my-day-without-connection")
			page.wait_for_timeout(4500)  # no longer to be taken back, and not to be sent
			assert (
				len(page.evaluate("() => Object.keys(localStorage).filter(key => key.includes('my_day'))"))
				== 1
			)
		page.wait_for_function(ALL_SENT, timeout=30_000)
		press("Not Reached")
		anna.see("All done for today").see("Undo")
		page.get_by_role("button", name="Undo").click()
		shows(third)
		press("Not Reached")
		# Who looks at another app in between has sent it.
		page.evaluate("() => window.dispatchEvent(new Event('pagehide'))")
		page.wait_for_function(ALL_SENT, timeout=30_000)
		page.get_by_role("button", name="Undo").click()
		anna.see("It was sent already")
		anna.shot("my-day-done")
		page.set_viewport_size({"width": 1400, "height": 900})
		anna.shot("my-day-done-desk")
	frappe.db.rollback()  # see what the browser did
	for todo in (first, second, third):
		todo.reload()
	assert (first.status, second.status, third.status) == ("Closed", "Closed", "Open")
	touches = frappe.get_all(
		"Customer Touch",
		fields=["todo", "result", "notes", "next_step", "competitor", "demand_amount", "demand_date"],
		order_by="creation",
	)
	assert [(one.todo, one.result) for one in touches] == [
		(first.name, "Reached"), (second.name, "Reached"), (third.name, "Not Reached"),
	]  # fmt: skip
	assert (touches[0].notes, touches[1].next_step) == ("All well.", "Send the offer")
	assert (touches[0].competitor, touches[0].demand_amount) == (rival, 5000)
	assert touches[0].demand_date == add_days(getdate(), 30)
	[lead] = frappe.get_all("Lead", {"keep_referred_by": first.reference_name}, ["mobile_no", "keep_grade"])
	assert (lead.mobile_no, lead.keep_grade) == ("+49 171 77", "A")
	assert frappe.get_all("Referral", pluck="referrer") == [first.reference_name]


def test_what_is_refused_stays_in_sight_until_it_is_changed(story, desk):
	first, _second, _third = three_contacts(story)
	rival = frappe.get_doc({"doctype": "Competitor", "competitor_name": f"{PREFIX} Rival"}).insert().name
	frappe.db.commit()
	with desk(ANNA) as anna:
		page = anna.page
		page.set_default_timeout(20_000)
		page.set_viewport_size({"width": 1280, "height": 700})
		page.goto(f"{anna.url}/app/my-day")
		page.locator(f".kd-card[data-todo='{first.name}'] .kd-ways a[href^='tel:']").wait_for()
		page.locator(".kd-card [data-field=notes]").fill("Looks elsewhere.")
		page.locator(".keep-also summary").click()
		page.locator(".keep-also [name=competitor]").select_option(rival)
		assert (
			page.locator(".keep-also [name=competitor]").evaluate("e => getComputedStyle(e).appearance")
			!= "none"
		), "one sees that it is chosen from a list"
		frappe.delete_doc("Competitor", rival)
		frappe.db.commit()
		page.locator(".kd-card [data-result=reached]").click()
		change = page.locator("[data-change]")
		change.wait_for()
		anna.problems.clear()
		page.locator(".kd-home").scroll_into_view_if_needed()
		seen = "e => { const { top, bottom } = e.getBoundingClientRect(); return top > 0 && bottom < innerHeight }"
		assert change.evaluate(seen)
		anna.shot("my-day-refused")
		change.click()
		assert page.locator(".kd-card [data-field=notes]").input_value() == "Looks elsewhere."
		page.locator(".keep-also [name=competitor]").select_option("")
		page.locator(".kd-card [data-result=reached]").click()
		page.wait_for_function(ALL_SENT)
	frappe.db.rollback()
	first.reload()
	assert first.status == "Closed"


def test_at_a_desk_the_keys_will_do(story, desk):
	first, second, _third = three_contacts(story)
	frappe.db.set_value("Follow Up", {"todo": first.name}, "came_first", "Helps More")
	case = story.case(first.reference_name, "Saw is blunt")
	frappe.get_doc({"doctype": "ToDo", "description": "Buy paper", "allocated_to": ANNA}).insert()
	assert frappe.db.exists("ToDo", {"reference_name": case.name, "allocated_to": ANNA, "status": "Open"})
	frappe.db.commit()
	with desk(ANNA) as anna:
		page = anna.page
		page.set_default_timeout(20_000)
		page.goto(f"{anna.url}/app/my-day")
		card = ".kd-card[data-todo='{}'] .kd-ways a[href^='tel:']"
		page.locator(card.format(first.name)).wait_for()
		assert "have changed more than others" in page.locator(".kd-why").inner_text()
		anna.see("Saw is blunt").see("Buy paper")
		assert case.name not in page.locator(".kd-rest").inner_text(), "it stands above with its subject"
		anna.shot("my-day-desk")
		page.keyboard.press("j")
		page.locator(card.format(second.name)).wait_for()
		page.keyboard.press("k")
		page.locator(card.format(first.name)).wait_for()
		page.keyboard.press("1")
		page.locator(card.format(second.name)).wait_for()
		page.keyboard.press("Shift+?")
		anna.see("Next contact")
		page.locator(".modal.show .btn-modal-close").click()
		page.wait_for_function("() => !$('.modal:visible').length")
		page.keyboard.press("Enter")
		page.wait_for_function("name => cur_frm && cur_frm.doc.name == name", arg=second.name)
		page.wait_for_function(ALL_SENT)  # whatever page she is on
	frappe.db.rollback()
	first.reload()
	assert first.status == "Closed"
