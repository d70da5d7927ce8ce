"""What an admin makes mandatory with Customize Form is asked of who has the form before them."""

from uuid import uuid4

import frappe
import pytest
from frappe.custom.doctype.property_setter.property_setter import make_property_setter
from frappe.utils import getdate

from keep_customers.care import referrals, results
from keep_customers.events import wishes
from keep_customers.messaging import feedback
from tests.site.care.asked import as_user, asked_for, only_todo
from tests.site.story import ANNA

TOUCH = "Customer Touch"


def mandatory(doctype, *fields):
	for field in fields:
		make_property_setter(doctype, field, "reqd", 1, "Check")
	frappe.clear_cache(doctype=doctype)


def tapped(story, firm, result="Reached", **said):
	todo = only_todo(story, firm).name
	as_user(ANNA)
	try:
		return results.record(todo, result, str(uuid4()), **said)
	finally:
		as_user("Administrator")


def test_one_tap_asks_for_nothing_that_it_has_no_place_for(now):
	mandatory(TOUCH, "competitor", "demand_date")
	mandatory("ToDo", "color")
	one, other, third = asked_for(now, ("One", "Other", "Third"))  # the night's ToDos are there
	touch = tapped(now, one, notes="Happy")["touch"]
	assert only_todo(now, one).status == "Closed"
	assert tapped(now, other, "Not Reached")["status"] == "Open"
	assert tapped(now, third, "Not Useful", because="No Need Now")["status"] == "Cancelled"
	with pytest.raises(frappe.MandatoryError):
		frappe.get_doc(TOUCH, touch).save()
	with pytest.raises(frappe.MandatoryError):
		frappe.get_doc({"doctype": TOUCH, "customer": one, "channel": "Phone", "result": "Reached"}).insert()


def test_one_tap_asks_for_what_was_said_where_that_is_mandatory(now):
	mandatory(TOUCH, "notes", "competitor")
	[firm] = asked_for(now)
	with pytest.raises(frappe.MandatoryError):
		tapped(now, firm)
	assert only_todo(now, firm).status == "Open" and not frappe.db.exists(TOUCH, {"customer": firm})
	tapped(now, firm, notes="Happy")
	assert only_todo(now, firm).status == "Closed"


def test_what_customers_say_and_what_follows_by_itself_is_written_down(story):
	firm, friend = story.customer("Firm"), story.customer("Friend")
	mandatory(feedback.DOCTYPE, "rated_user")
	mandatory("Event Suggestion", "kind")
	mandatory("Referral", "remarks", "reward_given_on")
	name = feedback.insert({"customer": firm, "kind": "General", "rating": 0.8, "words": "Fine"}, True)
	assert frappe.db.get_value(feedback.DOCTYPE, name, "words") == "Fine"
	wish = wishes.suggest(firm, "A wine tasting")
	wishes.vote(wish, friend)
	assert frappe.db.count("Event Suggestion Vote", {"parent": wish}) == 2
	assert referrals.record(firm, referred_customer=friend)
	with pytest.raises(frappe.MandatoryError):
		frappe.get_doc(
			{"doctype": "Referral", "referrer": friend, "referred_customer": firm, "date": getdate()}
		).insert()
	with pytest.raises(frappe.MandatoryError, match="Referral"):
		referrals.record(None, referred_customer=friend)
