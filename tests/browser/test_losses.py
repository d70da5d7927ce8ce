"""A loss on a phone: the night asks, the rep says why and plans, the customer buys again."""

from datetime import timedelta

import frappe
import pytest
from frappe.utils import getdate

from keep_customers.retention import actions
from tests.browser.for_everybody import barriers
from tests.browser.test_my_day import PHONE
from tests.site.retention.conftest import losses  # noqa: F401
from tests.site.story import ANNA, BEN


@pytest.fixture
def review(story, losses):  # noqa: F811
	"""Of a firm that is lost since yesterday."""
	story.today = getdate() - timedelta(days=2)
	losses.lost_on = getdate() - timedelta(days=1)
	losses.ask(losses_from=1000)
	[found] = losses.lose("Gone")
	frappe.db.commit()
	return found


def test_a_loss_from_the_question_to_won_back(story, losses, review, desk):  # noqa: F811
	with desk(ANNA) as anna:
		page = anna.page
		page.set_viewport_size(PHONE)
		[question] = losses.questions(review)
		anna.open("Form", "ToDo", question.name)
		anna.see("leave?")
		anna.settled()
		anna.shot("loss-question-phone")
		page.get_by_role("button", name="Open Loss Review").click()
		anna.see("Bought 5 times, on average 20 days apart")
		anna.settled()
		anna.shot("loss-open-phone")
		assert page.evaluate("() => document.documentElement.scrollWidth") <= PHONE["width"]
		assert not barriers(page, ".kl")

		anna.press("Say Why")
		dialog = page.locator(".modal.show")
		dialog.locator("[data-fieldname=cause] input").fill("Price")
		page.locator(".awesomplete [role=option] >> text=Price >> visible=true").first.click()
		dialog.locator("[data-fieldname=evidence] textarea").fill("Mr Li said so on the phone.")
		anna.shot("loss-why-phone")
		dialog.get_by_role("button", name="Save").click()
		anna.see("Mr Li said so on the phone.")

		anna.press("Plan Win-Back")
		dialog = page.locator(".modal.show")
		dialog.locator("[data-fieldname=step] input").fill("Show the new price list")
		dialog.get_by_role("button", name="Plan It").click()
		anna.see("Show the new price list")
		anna.settled()
		anna.shot("loss-plan-phone")
		frappe.db.rollback()  # see what the browser did
		[step] = frappe.get_all("Follow Up", {"reference_name": review.name}, ["due_date", "short"])
		assert (step.due_date, step.short) == (getdate() + timedelta(days=3), "Show the new price list")

		losses.buys(review.customer, 1, 800)
		losses.night(2)
		frappe.db.commit()
		page.evaluate("() => cur_frm.reload_doc()")
		anna.see("Won back on")
		anna.settled()
		anna.all_is_within_reach("loss-won-back")
		anna.open("query-report", "Losses")
		anna.see("Won Back")
		anna.shot("losses")
	frappe.db.rollback()
	review.reload()
	assert (review.status, review.cause, review.revenue_since) == ("Won Back", "Price", 800)


def test_who_says_why_second_sees_what_the_first_has_said_before_it_is_replaced(review, desk):
	with desk(ANNA) as anna:
		page = anna.page
		page.evaluate("() => frappe.realtime.off('doc_update')")  # which may come late, or never
		anna.open("Form", "Loss Review", review.name)
		anna.settled()
		anna.press("Say Why")
		dialog = page.locator(".modal.show")
		dialog.locator("[data-fieldname=cause] input").fill("Price")
		page.locator(".awesomplete [role=option] >> text=Price >> visible=true").first.click()
		dialog.locator("[data-fieldname=evidence] textarea").fill("Mr Li said so.")
		frappe.get_doc("User", BEN).add_roles("Sales Manager")
		frappe.set_user(BEN)
		actions.explain(review.name, "Service or Complaint", "Three complaints.")
		frappe.set_user("Administrator")
		frappe.db.commit()
		dialog.get_by_role("button", name="Save").click()
		page.locator(".modal.show .keep-meanwhile:has-text('Meanwhile Ben has changed')").wait_for()
		frappe.db.rollback()
		assert frappe.db.get_value("Loss Review", review.name, "evidence") == "Three complaints."
		assert dialog.locator("[data-fieldname=evidence] textarea").input_value() == "Mr Li said so."
		dialog.get_by_role("button", name="Save").click()
		page.wait_for_function("() => !document.querySelector('.modal.show')")
		anna.settled()
	frappe.db.rollback()
	assert frappe.db.get_value("Loss Review", review.name, "evidence") == "Mr Li said so."
