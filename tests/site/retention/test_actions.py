"""What a rep does with a review: why, a plan, an end; and what is refused."""

from datetime import timedelta

import frappe
import pytest
from frappe.utils import getdate

from keep_customers.retention import actions, panel
from tests.site.care.asked import as_user
from tests.site.story import ANNA, BEN, EVE, PREFIX


@pytest.fixture
def asked(losses):
	"""The review of a customer of Anna, who is at work."""
	[review] = losses.lose()
	as_user(ANNA)
	yield review
	as_user("Administrator")


def in_days(days):
	return str(getdate() + timedelta(days=days))


def test_say_why_answers_the_todo(asked, losses, competitor):
	actions.explain(asked.name, "Competitor's Offer", "  The buyer told me on the phone. ", competitor)
	asked.reload()
	assert (asked.status, asked.cause, asked.competitor) == ("Explained", "Competitor's Offer", competitor)
	assert (asked.evidence, asked.explained_by) == ("The buyer told me on the phone.", ANNA)
	assert not losses.questions(asked) and len(losses.questions(asked, "Closed")) == 1
	actions.explain(asked.name, "Price", "It was the price after all.")
	asked.reload()
	assert (asked.status, asked.cause, asked.competitor) == ("Explained", "Price", None)


def test_a_step_of_the_plan_is_a_follow_up_that_becomes_a_todo_of_whom_it_names(asked, story, losses):
	actions.explain(asked.name, "Price", "They said so.")
	actions.plan(asked.name, "Offer the smaller pack", in_days(3), "Visit", BEN)
	actions.plan(asked.name, "Ask whether it came", in_days(30), "Phone")
	assert losses.review(asked.customer).status == "Winning Back"
	first, second = panel.shown(asked.name)["plan"]
	assert (first.short, first.channel, first.who, first.pending) == (
		"Offer the smaller pack",
		"Visit",
		"Ben",
		True,
	)
	assert (second.short, second.who) == ("Ask whether it came", None)
	as_user("Administrator")
	story.night(next_working_day_from(3))
	step = frappe.get_doc("Follow Up", first.name)
	assert (step.status, step.assigned_to) == ("Assigned", BEN)
	todo = frappe.get_doc("ToDo", step.todo)
	assert "Offer the smaller pack" in todo.description and "Win back" in todo.description
	assert todo.allocated_to == BEN


def test_the_contact_cap_holds_for_a_step_of_the_plan(asked, story):
	actions.explain(asked.name, "Price", "They said so.")
	actions.plan(asked.name, "Call", in_days(3), "Phone")
	as_user("Administrator")
	talk = {"customer": asked.customer, "channel": "Phone", "result": "Reached", "rep": ANNA}
	frappe.get_doc({"doctype": "Customer Touch", **talk}).insert()
	story.night(next_working_day_from(3))
	[step] = story.follow_ups(asked.customer)
	assert (step.status, step.hold_reason) == ("Planned", "Contact cap")


def next_working_day_from(days):
	day = getdate() + timedelta(days=days)
	while day.weekday() > 4:
		day += timedelta(days=1)
	return day


def test_giving_up_takes_back_what_is_planned_and_can_be_taken_up_again(asked, story, losses):
	actions.explain(asked.name, "Price", "They said so.")
	actions.plan(asked.name, "Call", in_days(3), "Phone")
	actions.give_up(asked.name, "They signed for three years.")
	asked.reload()
	assert (asked.status, asked.result_note, asked.closed_on) == (
		"Given Up",
		"They signed for three years.",
		getdate(),
	)
	[step] = story.follow_ups(asked.customer)
	assert step.status == "Cancelled"
	actions.take_up_again(asked.name)
	asked.reload()
	assert (asked.status, asked.result_note, asked.closed_on) == ("Explained", None, None)


def test_who_only_moved_is_no_loss(asked, story, losses):
	as_user("Administrator")
	new = story.customer("Gone Ltd")
	as_user(ANNA)
	actions.no_loss(asked.name, new, "A new legal entity.")
	asked.reload()
	assert (asked.status, asked.moved_to, asked.result_note) == ("No Loss", new, "A new legal entity.")
	assert not losses.questions(asked)
	actions.take_up_again(asked.name)
	asked.reload()
	assert (asked.status, asked.moved_to) == ("Open", None)
	assert len(losses.questions(asked)) == 1, "it is asked again"


def refused(words, action, *args):
	with pytest.raises(frappe.ValidationError, match=words):
		action(*args)


def test_what_is_refused_says_what_to_do(asked):
	refused("why they left first", actions.plan, asked.name, "Call", in_days(3), "Phone")
	refused("why they left first", actions.give_up, asked.name, "No use.")
	refused("choose a cause", actions.explain, asked.name, "Of no kind", "Somebody said so.")
	refused("how you know", actions.explain, asked.name, "Price", "   ")
	refused("not over", actions.take_up_again, asked.name)
	refused("other customer", actions.no_loss, asked.name, asked.customer)
	actions.explain(asked.name, "Price", "They said so.")
	refused("what is to be done", actions.plan, asked.name, " ", in_days(3), "Phone")
	refused("later day", actions.plan, asked.name, "Call", in_days(-1), "Phone")
	refused("how they are contacted", actions.plan, asked.name, "Call", in_days(3), "Drum")
	refused("cannot look after", actions.plan, asked.name, "Call", in_days(3), "Phone", EVE)
	refused("say why", actions.give_up, asked.name, " ")


def test_a_cause_that_is_disabled_is_not_chosen(asked):
	frappe.db.set_value("Loss Cause", "Price", "disabled", 1)
	refused("choose a cause", actions.explain, asked.name, "Price", "They said so.")


def test_a_review_is_not_made_or_changed_past_its_buttons(asked):
	with pytest.raises(frappe.PermissionError):
		frappe.get_doc({"doctype": "Loss Review", "customer": asked.customer}).insert()
	asked.update({"status": "Given Up", "cause": "Price", "revenue_before": 1, "lost_on": "2020-01-01"})
	asked.save()
	asked.reload()
	assert (asked.status, asked.cause, asked.revenue_before) == ("Open", None, 2500)
	assert PREFIX in asked.customer


def test_a_review_goes_on_although_its_cause_was_deleted(story, losses):
	cause = frappe.get_doc({"doctype": "Loss Cause", "cause_name": f"{PREFIX} Fashion"}).insert().name
	[review] = losses.lose()
	actions.explain(review.name, cause, "They said so on the phone.")
	frappe.delete_doc("Loss Cause", cause)
	actions.give_up(review.name, "Nothing to be done.")
	review.reload()
	assert (review.status, review.cause) == ("Given Up", cause)
