"""What becomes of a loss by itself: back, with what it brings; never away; and lost after all."""

from datetime import timedelta

import frappe
from frappe.utils import getdate

from keep_customers.retention import actions
from tests.site.care.asked import as_user
from tests.site.care.reported import touch
from tests.site.story import ANNA, BEN, rate


def test_who_buys_again_is_won_back_with_what_it_brings_and_who_had_spoken_to_it(story, losses):
	[review] = losses.lose()
	for rep, ago in ((BEN, -2), (ANNA, -9), (BEN, -30)):
		touch(story, review.customer, rep, ago)
	losses.buys(review.customer, 10, 800)
	losses.night(11)
	review.reload()
	assert (review.status, review.won_back_on) == ("Won Back", losses.lost_on + timedelta(days=10))
	assert (review.won_back_by, review.revenue_since) == (ANNA, 800)
	assert not losses.questions(review) and len(losses.questions(review, "Cancelled")) == 1
	told = frappe.get_all(
		"Notification Log", {"for_user": ANNA, "document_name": review.name}, pluck="subject"
	)
	assert any("won back" in one for one in told)
	# What it brings is added up for a year; returns are taken off.
	second = losses.buys(review.customer, 40, 300)
	story.credit(second, 100, on=losses.lost_on + timedelta(days=50))
	losses.night(60)
	assert losses.review(review.customer).revenue_since == 1000
	losses.buys(review.customer, 380, 999)
	losses.night(381)
	assert losses.review(review.customer).revenue_since == 1000
	assert len(losses.reviews(status="Won Back")) == 1


def test_of_many_who_are_back_at_once_one_line_says_how_many(story, losses):
	story.settings(loss_reviews_per_rep=4)
	reviews = losses.lose("One", "Two", "Three", "Four")
	for review in reviews:
		losses.buys(review.customer, 10)
	frappe.db.delete("Notification Log", {"for_user": ANNA})
	losses.night(11)
	assert {one.status for one in losses.reviews()} == {"Won Back"}
	[told] = frappe.get_all("Notification Log", {"for_user": ANNA}, ["subject", "link", "document_type"])
	assert (told.document_type, told.subject[:20]) == ("Loss Review", "4 of your Loss Revie")
	assert "/loss-review?responsible=" in told.link


def test_who_was_given_up_and_buys_again_is_won_back_all_the_same(story, losses):
	[review] = losses.lose()
	actions.explain(review.name, "Price", "They said so on the phone.")
	actions.give_up(review.name, "Nothing to be done.")
	losses.buys(review.customer, 3)
	losses.night(4)
	review.reload()
	assert (review.status, review.result_note) == ("Won Back", "Nothing to be done.")


def test_an_invoice_that_comes_late_shows_that_it_had_never_left(story, losses):
	[review] = losses.lose()
	losses.buys(review.customer, -5)
	losses.night(1)
	review.reload()
	assert (review.status, review.won_back_on) == ("No Loss", None)
	assert "entered later" in review.result_note
	# It is one customer more who can be lost.
	days = 1
	while story.value(review.customer).status != "Lost":
		days += 20
		losses.night(days)
	assert [one.status for one in losses.reviews()] == ["No Loss", "Open"]


def test_a_debit_note_before_the_loss_is_no_purchase_that_came_late(story, losses):
	firm = losses.firm()
	[last] = frappe.get_all(
		"Sales Invoice", {"customer": firm}, pluck="name", order_by="posting_date desc", limit=1
	)
	story.invoice(firm, 50, on=story.days_ago(20), is_debit_note=1, return_against=last)
	losses.begin()
	losses.night()
	losses.buys(firm, 10, 800)
	losses.night(11)
	review = losses.review(firm)
	assert (review.status, review.won_back_on) == ("Won Back", losses.lost_on + timedelta(days=10))
	assert review.revenue_since == 800, "the freight is of before"


def test_an_invoice_written_anew_before_the_loss_is_no_purchase_that_came_late(story, losses):
	firm = losses.firm(silent=109, times=4)
	wrong = story.invoice(firm, 500, on=story.days_ago(89))
	story.credit(wrong, 500, on=story.days_ago(86))
	story.invoice(firm, 480, on=story.days_ago(85))
	losses.begin()
	assert story.value(firm).last_purchase == story.days_ago(89)
	losses.night()
	assert losses.review(firm).revenue_before == 4 * 500 + 480
	losses.buys(firm, 10, 800)
	losses.night(11)
	review = losses.review(firm)
	assert (review.status, review.revenue_since) == ("Won Back", 800)


def test_a_purchase_that_is_cancelled_brings_nobody_back(story, losses):
	[review] = losses.lose()
	actions.explain(review.name, "Price", "They said so on the phone.")
	bought = losses.buys(review.customer, 3)
	losses.night(4)
	assert losses.review(review.customer).status == "Won Back"
	bought.reload()
	bought.cancel()
	losses.night(5)
	review.reload()
	assert (review.status, review.won_back_on, review.revenue_since) == ("Explained", None, 0)
	assert len(losses.reviews()) == 1


def test_an_invoice_that_came_late_and_is_cancelled_was_none_and_they_are_asked_again(story, losses):
	[review] = losses.lose()
	late = losses.buys(review.customer, -5)
	losses.night(1)
	review.reload()
	assert (review.status, review.had_bought_on) == ("No Loss", losses.lost_on - timedelta(days=5))
	losses.night(2)
	assert losses.review(review.customer).modified == review.modified
	late.reload()
	late.cancel()
	losses.night(3)
	review.reload()
	assert (review.status, review.had_bought_on, review.result_note, review.closed_on) == (
		"Open", None, None, None,
	)  # fmt: skip
	assert [one.allocated_to for one in losses.questions(review)] == [ANNA]
	losses.night(4)
	assert len(losses.reviews()) == len(losses.questions(review)) == 1


def test_what_a_rep_says_is_no_loss_stays_none(story, losses):
	[review] = losses.lose()
	late = losses.buys(review.customer, -5)
	losses.night(1)
	actions.no_loss(review.name, story.customer("Other"), "The same shop.")
	late.reload()
	late.cancel()
	losses.night(3)
	review.reload()
	assert (review.status, review.result_note) == ("No Loss", "The same shop.")


def test_who_is_lost_after_all_is_asked_about(story, losses):
	"""Nobody had said why when the purchase came that does not count any more."""
	[review] = losses.lose()
	bought = losses.buys(review.customer, 3)
	losses.night(4)
	assert not losses.questions(review)
	bought.reload()
	bought.cancel()
	losses.night(5)
	assert losses.review(review.customer).status == "Open"
	assert [one.allocated_to for one in losses.questions(review)] == [ANNA]


def test_a_step_of_the_plan_ends_when_the_customer_is_back(story, losses):
	[review] = losses.lose()
	actions.explain(review.name, "Price", "They said so on the phone.")
	actions.plan(review.name, "Offer the smaller pack", str(getdate() + timedelta(days=3)), "Phone")
	losses.buys(review.customer, 3)
	losses.night(4)
	[step] = story.follow_ups(review.customer, reference_doctype="Loss Review")
	assert (step.status, step.hold_reason) == ("Cancelled", "Bought again")


def test_a_form_that_was_open_meanwhile_can_be_saved_and_takes_nothing_back(story, losses):
	[review] = losses.lose()
	losses.buys(review.customer, 3)
	losses.night(4)
	as_user(ANNA)
	try:
		review.evidence, review.status, review.revenue_since = "Mine", "Open", 0
		review.save()
	finally:
		as_user("Administrator")
	stored = losses.review(review.customer)
	assert (stored.status, stored.revenue_since, stored.evidence) == ("Won Back", 800, None)


def test_what_comes_back_is_told_in_the_currency_of_what_was_lost(story, losses):
	[review] = losses.lose()
	losses.buys(review.customer, 2, 800)
	losses.night(3)
	exchange = rate(8, getdate(losses.lost_on).replace(day=1), "EUR", "CNY")
	try:
		story.settings(reporting_currency="CNY")
		losses.buys(review.customer, 4, 100)
		losses.night(5)
		review.reload()
		assert story.value(review.customer).currency == "CNY"
		assert (review.currency, review.revenue_since) == ("EUR", 900)
	finally:
		exchange.delete()
		frappe.db.commit()


def test_who_buys_on_the_day_the_rep_calls_is_won_back(story, losses):
	[review] = losses.lose()
	losses.buys(review.customer, 0, 700)
	losses.night(1)
	review.reload()
	assert (review.status, review.won_back_on, review.revenue_since) == ("Won Back", losses.lost_on, 700)


def test_who_is_lost_again_and_comes_back_again_brings_it_once(story, losses):
	[review] = losses.lose()
	losses.buys(review.customer, 10, 800)
	days = 11
	losses.night(days)
	while story.value(review.customer).status != "Lost":
		days += 20
		losses.night(days)
	losses.buys(review.customer, days + 5, 300)
	losses.night(days + 6)
	assert [(one.status, one.revenue_since) for one in losses.reviews()] == [
		("Won Back", 800),
		("Won Back", 300),
	]
