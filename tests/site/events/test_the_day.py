"""The day of an event, and the days after it."""

import frappe
import pytest
from frappe.utils import add_days, getdate

from keep_customers.care import followups
from keep_customers.events import audience, documents, door, panel, replies, telling, waves
from tests.site.events.gathering import INVITATION, at, event, firms, invitation, listed, past, statuses
from tests.site.story import EVE, MIA, PREFIX


def held(story, came=1):
	names = firms(story, *(500 - 100 * index for index in range(came + 1)))
	doc = event("Inviting", guests=listed(names), capacity=0)
	audience.plan(doc.name)
	for name in names:
		replies.reply(invitation(doc, name), "Yes", 1)
	past(doc)
	return doc, names


def test_the_door_counts_who_is_there_and_who_is_not(now):
	doc, names = held(now)
	frappe.set_user(MIA)
	with pytest.raises(frappe.ValidationError, match="Nobody was checked in"):
		documents.set_status(doc.name, "Held")
	first = invitation(doc, names[0])
	assert replies.record(first, "Check In") == "Attended"
	since = frappe.db.get_value(INVITATION, first, ["checked_in_on", "checked_in_by"])
	replies.record(first, "Check In")
	assert frappe.db.get_value(INVITATION, first, ["checked_in_on", "checked_in_by"]) == since
	assert since[1] == MIA
	assert replies.record(first, "Undo Check In") == "Accepted" and at(doc).attended == 0
	replies.record(first, "Check In")
	documents.set_status(doc.name, "Held")
	assert statuses(doc) == {"0": "Attended", "1": "No Show"}
	doc = at(doc)
	assert (doc.attended, doc.no_shows, doc.accepted) == (2, 1, 4)
	doc.actual_cost = 300
	doc.save()
	assert doc.cost_per_head == 150


def test_nobody_is_checked_in_before_the_day(now):
	[firm] = firms(now, 500)
	doc = event("Inviting", guests=listed([firm]))
	audience.plan(doc.name)
	with pytest.raises(frappe.ValidationError, match="on the day"):
		replies.check_in(invitation(doc, firm))


def test_where_nobody_stood_at_the_door_everybody_came(now):
	doc, _names = held(now)
	documents.set_status(doc.name, "Held", everybody_came=True)
	assert set(statuses(doc).values()) == {"Attended"} and at(doc).attended == 4


def test_guests_are_thanked_and_who_was_missed_is_called_by_rule(now):
	doc, names = held(now)
	now.rule("Thanks", trigger="Event: Attended", min_amount=0, due_in_days=2)
	now.rule("Missed", trigger="Event: No Show", min_amount=0, due_in_days=3)
	replies.check_in(invitation(doc, names[0]))
	planning_of_today(now)
	assert not now.follow_ups(care_rule=("like", f"{PREFIX}%")), "it may still go on"
	documents.set_status(doc.name, "Held")
	planning_of_today(now)
	planning_of_today(now)
	rows = {row.customer: row for row in now.follow_ups(care_rule=("like", f"{PREFIX}%"))}
	assert {name: row.care_rule for name, row in rows.items()} == {
		names[0]: f"{PREFIX} Thanks",
		names[1]: f"{PREFIX} Missed",
	}
	assert rows[names[0]].reference_name == invitation(doc, names[0])
	assert rows[names[0]].due_date == getdate(add_days(getdate(), 2))


def test_nobody_is_thanked_for_an_event_that_was_not_held_after_all(now):
	doc, names = held(now)
	now.rule("Thanks", trigger="Event: Attended", min_amount=0, due_in_days=2)
	now.rule("Missed", trigger="Event: No Show", min_amount=0, due_in_days=3)
	replies.check_in(invitation(doc, names[0]))
	documents.set_status(doc.name, "Held")
	now.settings(contact_cap=0)
	now.night()
	of_rules = {"care_rule": ("like", f"{PREFIX}%")}
	open_ones = now.follow_ups(**of_rules)
	assert [row.status for row in open_ones] == ["Assigned"] * 2
	documents.set_status(doc.name, "Cancelled")
	rows = now.follow_ups(**of_rules)
	assert {(row.status, row.hold_reason) for row in rows} == {("Cancelled", "Event called off")}
	assert {frappe.db.get_value("ToDo", row.todo, "status") for row in open_ones} == {"Cancelled"}
	now.night(getdate(add_days(getdate(), 1)))
	assert len(now.follow_ups(**of_rules)) == 2


def test_what_an_older_version_left_open_of_an_event_called_off_ends_by_night(now):
	doc, names = held(now)
	now.rule("Thanks", trigger="Event: Attended", min_amount=0, due_in_days=2)
	replies.check_in(invitation(doc, names[0]))
	documents.set_status(doc.name, "Held")
	planning_of_today(now)
	doc.db_set("status", "Cancelled")
	now.night()
	[row] = now.follow_ups(care_rule=("like", f"{PREFIX}%"))
	assert (row.status, row.hold_reason) == ("Cancelled", "Event called off")


def planning_of_today(story):
	from keep_customers.care import rules

	for rule in rules.enabled(getdate()):
		followups.add(rules.due(rule, getdate()))


def test_a_called_off_event_takes_back_what_was_to_be_asked_and_tells_the_guests(now):
	names = firms(now, 500, 300, 200)
	doc = event("Planned", guests=listed(names))
	audience.plan(doc.name)
	waves.invite(doc.name)
	replies.reply(invitation(doc, names[1]), "No")
	documents.set_status(doc.name, "Cancelled")
	assert statuses(doc) == {"0": "Cancelled", "1": "Declined", "2": "Cancelled"}
	[asked] = now.follow_ups(names[0], occurrence=telling.ASK)
	assert (asked.status, asked.hold_reason) == ("Cancelled", "Event called off")
	told = {row.customer for row in now.follow_ups(occurrence=telling.CALL_OFF)}
	assert told == {names[0]}, "neither who declined nor who never heard of it"
	by, *who_knows, anew = panel.shown(doc.name)["says"]
	assert by.startswith("It was called off by Administrator on ") and "Plan It Anew" in anew
	assert who_knows == [
		"Guests who have been told: 0.",
		"One guest is still to be told; below stands by whom.",
	]
	[row] = now.follow_ups(occurrence=telling.CALL_OFF)
	for status, says in (
		("Done", ["Guests who have been told: 1."]),
		(
			"Skipped",
			["Guests who have been told: 0.", "One guest could not be told by us; please do it yourself."],
		),
	):
		frappe.db.set_value("Follow Up", row.name, "status", status)
		assert panel.shown(doc.name)["says"][1:-1] == says
	frappe.db.delete("Follow Up", {"name": row.name})
	assert panel.shown(doc.name)["says"][1:-1] == ["No guest had to be told."]
	# Who makes it anew begins with an idea of its own.
	copy = frappe.copy_doc(at(doc)).insert()
	assert (copy.status, copy.invited or 0, panel.shown(copy.name)["says"]) == ("Planned", 0, [])


def test_who_was_checked_in_by_mistake_is_what_they_were_before(now):
	names = firms(now, 500, 400, 300, 200)
	doc = event("Inviting", guests=listed(names), capacity=3, max_companions=1)
	audience.plan(doc.name)
	frappe.db.set_value(INVITATION, invitation(doc, names[3]), "status", "Invited")
	replies.reply(invitation(doc, names[0]), "Yes", 1)
	replies.reply(invitation(doc, names[1]), "No")
	past(doc)
	said = {"0": "Accepted", "1": "Declined", "2": "Planned", "3": "Invited"}
	for number, companions in ((0, 0), (1, None), (3, None)):
		name = invitation(doc, names[number])
		replies.check_in(name, companions)
		replies.check_in(name, companions)
		assert statuses(doc)[str(number)] == "Attended"
		replies.undo_check_in(name)
		assert statuses(doc) == said
	assert at(doc).accepted == 2, "the companion as well"
	replies.check_in(invitation(doc, names[0]))
	documents.set_status(doc.name, "Held")
	replies.check_in(invitation(doc, names[1]))
	for number, becomes in ((0, "No Show"), (1, "Declined")):
		replies.undo_check_in(invitation(doc, names[number]))
		assert statuses(doc)[str(number)] == becomes


def test_who_came_besides_is_named_and_nobody_else_is_taken_for_there(now):
	doc, names = held(now, came=2)
	replies.check_in(invitation(doc, names[0]))
	documents.set_status(doc.name, "Held", came=invitation(doc, names[1]))
	assert statuses(doc) == {"0": "Attended", "1": "Attended", "2": "No Show"}


def test_a_host_who_may_see_no_guests_has_a_door_all_the_same(now):
	[firm] = firms(now, 500)
	doc = event("Inviting", guests=listed([firm]), host=EVE)
	audience.plan(doc.name)
	replies.reply(invitation(doc, firm), "Yes")
	frappe.set_user(EVE)
	found = door.guest_list(door.open_event(doc.name))
	assert (found["guests"], found["unseen"]) == ([], 1)
