"""What customers wish for is joined, counted, judged and held."""

import frappe
import pytest

from keep_customers.events import audience, replies, wishes
from tests.site.events.gathering import EVENT, INVITATION, SUGGESTION, event, firms, invitation, listed
from tests.site.story import ANNA, MIA, PREFIX


def test_what_customers_wish_for_is_joined_counted_judged_and_held(now, monkeypatch):
	first, second, third = firms(now, 500, 300, 200)
	frappe.set_user(ANNA)
	touch = frappe.get_doc(
		{
			"doctype": "Customer Touch",
			"customer": first,
			"channel": "Phone",
			"result": "Reached",
			"event_wish": f"{PREFIX} A boat trip!",
		}
	).insert()
	frappe.set_user("Administrator")
	[wish] = frappe.get_all(SUGGESTION, pluck="name")
	assert wishes.suggest(second, f"{PREFIX} a  BOAT trip") == wish, "the same in other letters"
	long = f"{PREFIX} " + "a day on the water, " * 20
	assert len({wishes.suggest(one, long) for one in (first, second)}) == 1, "however long it is"
	frappe.delete_doc(SUGGESTION, wishes.suggest(first, long), force=True)
	wishes.vote(wish, second)
	other = wishes.suggest(third, f"{PREFIX} Sailing")
	wishes.vote(other, second)
	assert frappe.db.get_value(SUGGESTION, wish, "votes") == 2 and wishes.open_suggestions() == []

	frappe.set_user(MIA)
	wishes.merge(other, wish)
	assert frappe.db.get_value(SUGGESTION, other, ["status", "duplicate_of", "votes"]) == (
		"Duplicate",
		wish,
		0,
	)
	assert frappe.db.get_value(SUGGESTION, wish, "votes") == 3, "no customer counts twice"
	frappe.set_user("Administrator")
	wishes.vote(other, third)
	assert frappe.db.get_value(SUGGESTION, wish, "votes") == 3

	frappe.set_user(MIA)
	with pytest.raises(frappe.ValidationError, match="fits the brand"):
		wishes.accept(wish)
	with pytest.raises(frappe.ValidationError, match="fits the brand"):
		wishes.judge(wish, 1)
	doc = frappe.get_doc(SUGGESTION, wish)
	doc.update(
		{
			"brand_fit": "Yes",
			"conflict_of_interest": "Yes",
			"expected_cost": 900,
			"status": "Accepted",
			"votes": 99,
		}
	)
	doc.save()
	assert (doc.status, doc.votes) == ("New", 3)
	with pytest.raises(frappe.ValidationError, match="not feasible"):
		wishes.judge(wish, 1)
	doc.conflict_of_interest = "No"
	doc.save()
	wishes.judge(wish, 1)
	assert [row.name for row in wishes.open_suggestions()] == [wish]
	# The event's company may have another currency.
	monkeypatch.setattr(wishes.currencies, "rate_of_month", lambda source, target, day: 2)
	made = wishes.accept(wish)
	assert wishes.accept(wish) == made
	new = frappe.get_doc(EVENT, made)
	assert (new.theme, new.budget, new.suggestion, new.status) == (touch.event_wish, 1800, wish, "Idea")
	with pytest.raises(frappe.ValidationError, match="settled"):
		wishes.merge(wish, other)


def test_a_wish_taken_back_from_a_contact_does_not_count(now):
	[firm] = firms(now, 500)
	touch = frappe.get_doc(
		{
			"doctype": "Customer Touch",
			"customer": firm,
			"channel": "Phone",
			"result": "Reached",
			"event_wish": f"{PREFIX} Golf",
		}
	).insert()
	touch.event_wish = f"{PREFIX} Chess"
	touch.save()
	assert frappe.get_all(SUGGESTION, pluck="title") == [f"{PREFIX} Chess"]
	touch.delete()
	assert not frappe.get_all(SUGGESTION)


def test_an_event_people_were_invited_to_stays_and_another_goes_with_what_it_was_made_of(now):
	[firm] = firms(now, 500)
	wish = wishes.suggest(firm, f"{PREFIX} A trip")
	frappe.db.set_value(SUGGESTION, wish, "status", "Feasible")
	made = wishes.accept(wish)
	frappe.get_doc({"doctype": INVITATION, "event": made, "customer": firm}).insert()
	frappe.delete_doc(EVENT, made)
	assert not frappe.get_all(INVITATION)
	assert frappe.db.get_value(SUGGESTION, wish, ["status", "event"]) == ("Feasible", None)
	doc = event("Inviting", guests=listed([firm]))
	audience.plan(doc.name)
	replies.reply(invitation(doc, firm), "Yes")
	with pytest.raises(frappe.ValidationError, match="call it off"):
		frappe.delete_doc(EVENT, doc.name)


def test_what_a_colleague_has_suggested_stays_whoever_takes_their_wish_back(now):
	[firm] = firms(now, 500)
	frappe.set_user(MIA)
	ours = frappe.get_doc({"doctype": SUGGESTION, "title": f"{PREFIX} Golf", "brand_fit": "Yes"}).insert()
	frappe.set_user("Administrator")
	touch = frappe.get_doc(
		{
			"doctype": "Customer Touch",
			"customer": firm,
			"channel": "Phone",
			"result": "Reached",
			"event_wish": f"{PREFIX} golf",
		}
	).insert()
	assert ours.reload().votes == 1
	touch.event_wish = ""
	touch.save()
	assert ours.reload().votes == 0 and ours.brand_fit == "Yes"


def test_a_wish_is_judged_although_what_it_was_said_in_is_gone(now):
	[firm] = firms(now, 500)
	said = frappe.get_doc(
		{"doctype": "Customer Feedback", "customer": firm, "kind": "Event", "words": "More"}
	)
	said.insert(ignore_permissions=True)
	wish = wishes.suggest(firm, f"{PREFIX} Trip", said.doctype, said.name)
	frappe.delete_doc(said.doctype, said.name)
	wishes.judge(wish, True, {"brand_fit": "Yes", "conflict_of_interest": "No"})
	assert frappe.db.get_value(SUGGESTION, wish, ["status", "votes"]) == ("Feasible", 1)
