"""A message says what it is about: the milestone that was passed, the purchase it thanks for."""

import frappe
import pytest
from frappe.utils import fmt_money

from keep_customers.care.followups import TO_CARRY_OUT
from keep_customers.messaging import delivery
from keep_customers.patches.v0_2 import milestones_and_moves
from tests.site.mail import contact
from tests.site.story import ANNA, PREFIX


def said(story, firm, kind):
	[row] = story.follow_ups(firm)
	return delivery.compose(
		frappe.db.get_value("Follow Up", row.name, list(TO_CARRY_OUT), as_dict=True), kind
	)["text"]


@pytest.fixture
def firm(story):
	name = story.customer("Firm")
	story.history(name, [(200, 19000), (3, 11500)])  # 30,500: three times 10,000
	story.file(name, dedicated_rep=ANNA, preferred_language="en")
	contact(name, first_name="Olga", email="olga@firm.example")
	return name


def test_a_milestone_says_which(story, firm):
	story.rule(
		trigger="Milestone", min_amount=10000, every_multiple=1, channel="Email", message_kind="Milestone"
	)
	story.completed_yesterday()
	story.night()
	text = f"{fmt_money(30000, currency='EUR')} of business together"
	assert text in said(story, firm, "Milestone")
	# One that waits since before the upgrade names it, too; what is done stays as it was.
	frappe.db.set_value("Follow Up", {"customer": firm}, "amount", 0)
	assert text not in said(story, firm, "Milestone")
	for _twice in range(2):
		milestones_and_moves.execute()
	assert text in said(story, firm, "Milestone")


def test_an_upgrade_gives_back_no_message_that_the_admin_has_deleted(story):
	gone = frappe.get_all("Care Message", {"kind": ("in", ("Birthday", "Event Moved"))}, ["name", "kind"])
	for one in gone:
		frappe.delete_doc("Care Message", one.name)
	milestones_and_moves.execute()
	back = frappe.get_all("Care Message", {"kind": ("in", ("Birthday", "Event Moved"))}, pluck="kind")
	assert set(back) == {"Event Moved"} < {one.kind for one in gone}, "what that version has brought"


def test_thanks_for_a_purchase_may_name_its_amount(story, firm):
	frappe.get_doc(
		{
			"doctype": "Care Message", "title": f"{PREFIX} Thanks", "enabled": 1, "kind": "Thank You", "language": "en",
			"channel": "Email", "subject": "Thank you", "message": "For {{ amount }}.",
		}
	).insert()  # fmt: skip
	frappe.db.set_value(
		"Care Message", {"kind": "Thank You", "name": ("!=", f"{PREFIX} Thanks")}, "enabled", 0
	)
	story.rule(min_amount=2000, channel="Email", message_kind="Thank You")
	story.completed_yesterday()
	story.night()
	assert said(story, firm, "Thank You") == f"For {fmt_money(11500, currency='EUR')}."


def test_a_greeting_names_no_amount(story, firm):
	story.rule(trigger="Year's Best", top_n=1, yearly_on="2020-03-04", channel="Email")
	story.completed_yesterday()
	story.night()
	assert story.follow_ups(firm)[0].amount == 0
	assert "of business together" not in said(story, firm, "Milestone")
