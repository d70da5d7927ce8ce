"""*Duplicate*: a copy has what was said of the one, and nothing that has happened to it."""

from datetime import timedelta

import frappe
from frappe.utils import getdate

from tests.site.deleted import back
from tests.site.mail import contact
from tests.site.story import ANNA, PREFIX
from tests.site.visits.plans import draft


def copied(doc, **values):
	"""As the form copies it, and as its user saves it."""
	return frappe.copy_doc(doc, ignore_no_copy=False).update(values)


def test_a_copy_of_a_policy_moves_nobody(story):
	firm = story.customer("Firm")
	story.history(firm, [(40, 3000)])
	policy = story.policy()
	story.night()
	tier = frappe.db.get_value("Customer Value", firm, ["tier", "policy"])
	copy = copied(policy, policy_name=f"{PREFIX} Aaa", priority=0, high_share=60, top_share=50).insert()
	assert not copy.enabled and not copy.last_review
	story.night()
	assert frappe.db.get_value("Customer Value", firm, ["tier", "policy"]) == tier


def test_a_copy_of_a_contact_answers_no_follow_up(story):
	firm, other = story.customer("Firm"), story.customer("Other")
	story.file(firm, dedicated_rep=ANNA)
	story.rule("Call")
	story.completed_yesterday()
	story.history(firm, [(2, 3000)])
	story.night()
	[row] = story.follow_ups(firm)
	touch = frappe.get_doc(
		{
			"doctype": "Customer Touch",
			"customer": firm,
			"result": "Reached",
			"follow_up": row.name,
			"todo": row.todo,
		}
	).insert()
	copy = copied(touch, customer=other).insert()
	assert not copy.follow_up and not copy.todo
	again = copied(touch).insert()
	assert story.follow_ups(firm)[0].touch == touch.name != again.name


def test_a_copy_of_a_referral_is_a_new_one(story):
	one, friend, other = (story.customer(name) for name in ("One", "Friend", "Other"))
	referral = frappe.get_doc(
		{
			"doctype": "Referral", "referrer": one, "referred_customer": friend, "date": getdate() - timedelta(days=90),
			"status": "Won", "reward": "Wine", "reward_given_on": getdate(), "reward_cost": 40,
		}
	).insert()  # fmt: skip
	copy = copied(referral, referred_customer=other).insert()
	assert (copy.status, getdate(copy.date), copy.reward, copy.reward_given_on) == (
		"New",
		getdate(),
		None,
		None,
	)
	assert not copy.reward_cost
	# What was deleted by mistake is no new one.
	again = back(referral)
	assert (again.status, again.date, again.customer_since, again.reward_cost) == (
		"Won", referral.date, referral.customer_since, 40,
	)  # fmt: skip


def test_a_copy_of_a_file_says_yes_and_no_for_nobody_else(story):
	one, other = story.customer("One"), story.customer("Other")
	file = story.file(
		one, dedicated_rep=ANNA, usage="Rails", stop_email=1, pinned_tier="Gold", pinned_until=getdate() + timedelta(days=9),
		pin_reason="The founder", consents=[{"channel": "SMS", "consent": "Given", "date": getdate()}],
	)  # fmt: skip
	copy = copied(file, customer=other).insert()
	assert copy.usage == "Rails" and copy.dedicated_rep == ANNA
	assert not (copy.stop_email or copy.pinned_tier or copy.pin_reason or copy.consents)
	assert not frappe.db.exists("Consent Record", {"customer": other})


def test_a_copy_of_a_visit_plan_has_no_appointment_and_cost_nothing(story):
	firm = story.customer("Firm")
	stop = {
		"customer": firm, "goal": "Look", "appointment": f"{getdate()} 10:00:00", "appointment_made": 1, "cost": 20,
		"must_see_site": 1,
	}  # fmt: skip
	plan = draft([], stops=[stop], travel_cost=100)
	frappe.set_user(ANNA)
	copy = copied(
		plan, from_date=getdate() + timedelta(days=30), to_date=getdate() + timedelta(days=31)
	).insert()
	assert (copy.stops[0].goal, copy.stops[0].appointment, copy.total_cost) == ("Look", None, 0)
	assert not (copy.stops[0].appointment_made or copy.stops[0].must_see_site)


def test_what_a_customer_said_comes_back_as_their_word(story):
	firm = story.customer("Firm")
	olga = contact(firm, first_name="Olga", email="olga@firm.example")
	said = frappe.get_doc(
		{
			"doctype": "Customer Feedback", "customer": firm, "contact": olga.name, "channel": "Web Page", "kind": "General",
			"rating": 0.2, "words": "Nobody called",
		}
	)  # fmt: skip
	said.flags.by_app = said.flags.by_customer = True
	said.insert()
	again = back(said)
	assert (again.said_by, again.channel, again.words) == (said.said_by, "Web Page", "Nobody called")
