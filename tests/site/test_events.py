"""An event from the idea to its result: who is asked and when, who has a place, who hears of it, what came of it."""

from datetime import timedelta

import frappe
import pytest
from frappe.permissions import add_user_permission
from frappe.utils import add_days, getdate, now_datetime

from keep_customers.care import followups, planning
from keep_customers.events import audience, documents, replies, results, telling, waves, wishes
from keep_customers.events import year as event_year
from keep_customers.jobs import events as job
from keep_customers.messaging import sending
from tests.site.mail import contact, mailbox, text_of  # noqa: F401 (a fixture for every test)
from tests.site.story import ANNA, BEN, COMPANY, EVE, MIA, PREFIX, _tree

EVENT, INVITATION, SUGGESTION = "VIP Event", "VIP Invitation", "Event Suggestion"


@pytest.fixture
def now(story, monkeypatch):
	"""Today is really today; the first night is behind the site, and what is enqueued is done at once."""
	story.today = getdate()
	story.settings(events_per_year=4, events_responsible=None, event_reminder_days=3, event_result_days=90)
	story.completed_yesterday()
	queued = []
	monkeypatch.setattr(frappe, "enqueue", lambda method, **values: queued.append((method, values)))
	story.queued = queued
	return story


def event(status=None, **values):
	day = add_days(getdate(), 20)
	doc = frappe.get_doc(
		{
			"doctype": EVENT,
			"theme": f"{PREFIX} Garden",
			"company": COMPANY,
			"starts_on": f"{day} 18:00:00",
			"reply_until": add_days(day, -5),
			"capacity": 2,
			"max_companions": 1,
			"host": MIA,
			**values,
		}
	).insert()
	if status:
		doc.db_set("status", status)
	return doc


def firms(story, *values, **file):
	"""Customers whose current values are as given, each with a contact; named by their order."""
	names = []
	for index, value in enumerate(values):
		name = story.customer(f"Firm {index}")
		story.history(name, [(400, 10), (30, value)])
		story.file(name, dedicated_rep=ANNA, **file)
		contact(name, first_name=f"Guest{index}", email=f"guest{index}@firm.example")
		names.append(name)
	return names


def listed(customers):
	return [{"customer": customer} for customer in customers]


def invitations(doc, **filters):
	return frappe.get_all(
		INVITATION,
		filters={"event": doc.name, **filters},
		fields=["name", "customer", "status", "wave", "companions", "contact", "guest_name", "reminded_on"],
		order_by="customer asc",
	)


def invitation(doc, customer):
	return frappe.db.get_value(INVITATION, {"event": doc.name, "customer": customer})


def statuses(doc):
	return {row.customer.rsplit(" ", 1)[1]: row.status for row in invitations(doc)}


def work(story):
	"""What the background would do by now."""
	for method, values in story.queued:
		if method == "keep_customers.care.planning.at_once":
			planning.at_once(values["reference_doctype"], values["reference_name"])
	story.queued.clear()


def at(doc):
	return frappe.get_doc(EVENT, doc.name)


def past(doc, days=1):
	"""The event was some days ago."""
	moment = now_datetime() - timedelta(days=days)
	frappe.db.set_value(EVENT, doc.name, {"starts_on": moment, "reply_until": None})


# From the idea to the invitations


def test_an_idea_becomes_an_event_step_by_step_and_what_cannot_be_says_why(now):
	frappe.set_user(MIA)
	doc = event(starts_on=None, reply_until=None)
	assert doc.status == "Idea" and doc.currency == "EUR"
	with pytest.raises(frappe.ValidationError, match="when the event starts"):
		documents.set_status(doc.name, "Planned")
	doc.starts_on = add_days(now_datetime(), 20)
	doc.save()
	with pytest.raises(frappe.ValidationError, match="not the next step"):
		documents.set_status(doc.name, "Closed")
	documents.set_status(doc.name, "Planned")
	with pytest.raises(frappe.ValidationError, match="not begun"):
		documents.set_status(doc.name, "Held")
	# No form takes a step.
	doc = at(doc)
	doc.update({"status": "Closed", "attended": 99})
	doc.save()
	assert (doc.status, doc.attended) == ("Planned", 0)
	documents.set_status(doc.name, "Cancelled")
	with pytest.raises(frappe.ValidationError, match="over or called off"):
		documents.set_status(doc.name, "Planned")


@pytest.mark.parametrize(
	("values", "words"),
	[
		({"ends_on": "2026-01-01 10:00:00"}, "ends before it starts"),
		({"reply_until": add_days(getdate(), 400)}, "earlier day"),
		({"capacity": -1}, "negative"),
		({"capacity": 2, "max_companions": 2}, "whole room"),
	],
)
def test_what_does_not_fit_together_is_refused(now, values, words):
	with pytest.raises(frappe.ValidationError, match=words):
		event(**values)


def test_who_is_worth_most_is_asked_first_as_many_as_there_are_places(now):
	names = firms(now, 500, 3000, 1000, 200)
	now.night()
	doc = event("Planned", guests=listed(names))
	assert audience.preview(doc.name) | {"names": None} == {
		"customers": 4,
		"refused": 0,
		"names": None,
		"free": 2,
	}
	assert (audience.plan(doc.name), audience.plan(doc.name)) == (4, 0), "planned once"
	assert {row.guest_name for row in invitations(doc)} == {f"Guest{index}" for index in range(4)}
	assert waves.invite(doc.name) == {"sent": 2, "left": 2, "pending": 2, "waiting": 0}
	assert statuses(doc) == {"0": "Planned", "1": "Invited", "2": "Invited", "3": "Planned"}
	assert at(doc).status == "Inviting" and (at(doc).wave, at(doc).invited) == (1, 2)
	# Two clicks are one wave.
	assert waves.invite(doc.name)["sent"] == 0 and at(doc).wave == 1
	replies.reply(invitation(doc, names[1]), "No")
	assert waves.invite(doc.name) == {"sent": 1, "left": 1, "pending": 2, "waiting": 0}
	assert statuses(doc)["0"] == "Invited"
	assert {row.customer: row.wave for row in invitations(doc)}[names[0]] == 2


def test_tiers_groups_and_territories_choose_and_exclusions_and_refusals_are_kept(now):
	names = firms(now, 500, 3000, 1000, 200, 100)
	_tree("Territory", f"{PREFIX} South")
	frappe.db.set_value("Customer", names[0], "territory", f"{PREFIX} South")
	frappe.db.set_value("Customer", names[1], "disabled", 1)
	now.settings(excluded_customers=[{"customer": names[2]}])
	refused = [
		{"channel": way, "consent": "Refused", "date": "2026-01-01"} for way in ("Email", *telling.BY_HAND)
	]
	file = frappe.get_doc("Customer File", names[3])
	file.set("consents", refused)
	file.save()
	doc = event("Planned", territory=frappe.db.get_value("Customer", names[4], "territory"))
	found = audience.preview(doc.name)
	assert (found["customers"], found["refused"]) == (1, 1) and found["names"] == [names[4]]
	doc.update({"territory": f"{PREFIX} South"})
	doc.save()
	assert audience.preview(doc.name)["names"] == [names[0]]
	doc.update({"territory": None})
	doc.save()
	with pytest.raises(frappe.ValidationError, match="whom to invite"):
		audience.plan(doc.name)


def test_a_person_is_invited_once_and_a_second_one_by_name(now):
	[firm] = firms(now, 500)
	partner = contact(firm, first_name="Partner", email="partner@firm.example")
	partner = getattr(partner, "name", partner)
	doc = event("Planned", guests=[{"customer": firm}, {"customer": firm, "contact": partner}])
	assert audience.plan(doc.name) == 2 and len({row.contact for row in invitations(doc)}) == 2
	with pytest.raises(frappe.UniqueValidationError):
		frappe.get_doc(
			{"doctype": INVITATION, "event": doc.name, "customer": firm, "contact": partner}
		).insert()
	with pytest.raises(frappe.ValidationError, match="there already"):
		doc.append("guests", {"customer": firm, "contact": partner})
		doc.save()


def test_without_nights_nobody_would_hear_of_an_invitation(now):
	doc = event("Planned", guests=listed(firms(now, 500)))
	audience.plan(doc.name)
	now.settings(enabled=0)
	with pytest.raises(frappe.ValidationError, match="nights"):
		waves.invite(doc.name)
	now.settings(enabled=1)
	assert statuses(doc) == {"0": "Planned"}


# How they hear of it


def given():
	return [{"channel": "Email", "consent": "Given", "date": "2026-01-01"}]


def test_who_agreed_gets_an_email_and_for_others_the_rep_has_a_todo(now, monkeypatch):
	monkeypatch.setattr(
		followups, "assigned_on", lambda day: {ANNA: 99}
	)  # Anna's day is full: that stops nobody
	agreed, other = firms(now, 500, 300)
	file = frappe.get_doc("Customer File", agreed)
	file.set("consents", given())
	file.save()
	doc = event("Planned", guests=listed([agreed, other]))
	audience.plan(doc.name)
	waves.invite(doc.name)
	work(now)
	[mail], [call] = now.follow_ups(agreed), now.follow_ups(other)
	assert (mail.channel, mail.send_status, mail.todo or "") == ("Email", "Queued", "")
	assert call.channel == "Phone" and call.reference_name == invitation(doc, other)
	if call.status == "Assigned":  # on a working day
		[todo] = now.todos(ANNA)
		assert todo.reference_name == other and "Guest1" not in todo.description
	assert sending.send_due(getdate()) == {"Sending": 1}
	[queued] = frappe.get_all("Email Queue", filters={"reference_name": agreed}, fields=["name", "message"])
	_message, html = text_of(queued)
	assert doc.theme in html and "/event-invitation?" in html
	to = frappe.get_all("Email Queue Recipient", filters={"parent": queued.name}, pluck="recipient")
	assert to == ["guest0@firm.example"]


def test_a_reply_settles_what_was_still_to_be_asked(now):
	[firm] = firms(now, 500)
	doc = event("Planned", guests=listed([firm]))
	audience.plan(doc.name)
	waves.invite(doc.name)
	work(now)
	replies.reply(invitation(doc, firm), "Yes", 1, "A window seat, please")
	[asked] = now.follow_ups(firm)
	assert asked.status == ("Done" if asked.todo else "Cancelled")
	assert not now.todos(ANNA, status="Open")
	assert frappe.db.get_value(INVITATION, invitation(doc, firm), "remark") == "A window seat, please"


def test_who_moves_up_is_told_and_so_is_the_rep(now):
	names = firms(now, 500, 300, 200)
	doc = event("Inviting", guests=listed(names), capacity=1, max_companions=0)
	audience.plan(doc.name)
	for name in names:
		replies.reply(invitation(doc, name), "Yes", late=True)
	assert statuses(doc) == {"0": "Accepted", "1": "Waiting List", "2": "Waiting List"}
	assert (at(doc).accepted, at(doc).waiting) == (1, 2)
	replies.reply(invitation(doc, names[0]), "No")
	assert statuses(doc) == {"0": "Declined", "1": "Accepted", "2": "Waiting List"}
	[told] = now.follow_ups(names[1], occurrence=telling.MOVE_UP)
	assert told.due_date == getdate() and not now.follow_ups(names[2], occurrence=telling.MOVE_UP)
	[note] = frappe.get_all(
		"Notification Log", filters={"document_type": INVITATION}, fields=["for_user", "document_name"]
	)
	assert (note.for_user, note.document_name) == (ANNA, invitation(doc, names[1]))
	# A cancelled invitation and a larger room move up, too.
	frappe.set_user(MIA)
	replies.record(invitation(doc, names[1]), "Cancel")
	assert statuses(doc)["2"] == "Accepted"


def test_a_larger_room_moves_up_in_order_and_a_smaller_one_than_who_comes_is_refused(now):
	names = firms(now, 500, 300, 200)
	doc = event("Inviting", guests=listed(names), capacity=1, max_companions=0)
	audience.plan(doc.name)
	for name in names:
		replies.reply(invitation(doc, name), "Yes")
	doc = at(doc)
	doc.capacity = 2
	doc.save()
	assert statuses(doc) == {"0": "Accepted", "1": "Accepted", "2": "Waiting List"}
	doc = at(doc)
	doc.capacity = 1
	with pytest.raises(frappe.ValidationError, match="2 persons are coming"):
		doc.save()
	doc.reload()
	doc.capacity = 0
	doc.save()
	assert statuses(doc)["2"] == "Accepted"


def test_a_reply_counts_once_and_until_its_last_day(now):
	[firm] = firms(now, 500)
	doc = event("Inviting", guests=listed([firm]))
	audience.plan(doc.name)
	name = invitation(doc, firm)
	assert [replies.reply(name, "Yes", 1) for _twice in range(2)] == ["Accepted"] * 2 and at(
		doc
	).accepted == 2
	with pytest.raises(frappe.ValidationError, match="fewer"):
		replies.reply(name, "Yes", 2)
	frappe.db.set_value(EVENT, doc.name, "reply_until", add_days(getdate(), -1))
	assert not replies.may_reply(frappe.get_doc(INVITATION, name), at(doc))
	with pytest.raises(frappe.ValidationError, match="time to reply is over"):
		replies.reply(name, "No")
	# On the phone a rep takes it down all the same.
	frappe.set_user(ANNA)
	assert replies.record(name, "No") == "Declined" and at(doc).accepted == 0
	frappe.set_user("Administrator")
	past(doc)
	with pytest.raises(frappe.ValidationError, match="over"):
		replies.record(name, "Yes")


def test_who_has_not_answered_is_reminded_once(now):
	names = firms(now, 500, 300)
	doc = event(
		"Planned",
		guests=listed(names),
		starts_on=add_days(now_datetime(), 5),
		reply_until=add_days(getdate(), 2),
	)
	audience.plan(doc.name)
	waves.invite(doc.name)
	job.run()
	assert not any(row.reminded_on for row in invitations(doc)), "they were asked today"
	frappe.db.set_value(INVITATION, {"event": doc.name}, "invited_on", add_days(now_datetime(), -3))
	replies.reply(invitation(doc, names[0]), "Yes")
	job.run()
	job.run()
	assert [bool(row.reminded_on) for row in invitations(doc)] == [False, True]
	assert len(now.follow_ups(occurrence=telling.REMIND)) == 1


def test_the_next_wave_goes_by_itself_where_the_event_says_so(now):
	names = firms(now, 500, 300, 200)
	doc = event("Planned", guests=listed(names), capacity=1, max_companions=0)
	audience.plan(doc.name)
	waves.invite(doc.name)
	replies.reply(invitation(doc, names[0]), "No")
	job.run()
	assert statuses(doc)["1"] == "Planned"
	frappe.db.set_value(EVENT, doc.name, "auto_waves", 1)
	job.run()
	job.run()
	assert statuses(doc) == {"0": "Declined", "1": "Invited", "2": "Planned"}


# The day, and afterwards


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


# Who sees what


def test_reps_see_their_customers_invitations_and_no_others(now):
	_tree("Territory", f"{PREFIX} North")
	_tree("Territory", f"{PREFIX} South")
	north, south = firms(now, 500, 300)
	for name, where in ((north, "North"), (south, "South")):
		frappe.db.set_value("Customer", name, "territory", f"{PREFIX} {where}")
	for user, where in ((ANNA, "North"), (BEN, "South")):
		add_user_permission("Territory", f"{PREFIX} {where}", user, ignore_permissions=True)
	doc = event("Inviting", guests=listed([north, south]), budget=1000)
	audience.plan(doc.name)
	wish = wishes.suggest(south, f"{PREFIX} A trip")

	frappe.set_user(ANNA)
	assert frappe.get_list(INVITATION, pluck="customer") == [north]
	theirs = invitation(doc, south)
	assert not frappe.has_permission(INVITATION, "read", doc=theirs)
	for what in ("Yes", "No", "Check In", "Cancel"):
		with pytest.raises(frappe.PermissionError):
			replies.record(theirs, what)
	for table, parent in (("VIP Event Guest", EVENT), ("Event Suggestion Vote", SUGGESTION)):
		assert south not in read_by_api(table, parent), table
	assert not frappe.get_list(SUGGESTION, pluck="name") and not frappe.has_permission(
		SUGGESTION, "read", doc=wish
	)
	# An event is read by its reps, without what it costs, and written by managers.
	assert frappe.has_permission(EVENT, "read", doc=doc.name)
	for button in (audience.preview, audience.plan, waves.invite, results.refresh):
		with pytest.raises(frappe.PermissionError):
			button(doc.name)
	with pytest.raises(frappe.PermissionError):
		documents.set_status(doc.name, "Held")
	with pytest.raises(frappe.PermissionError):
		wishes.judge(wish, 1)
	seen = frappe.get_doc(EVENT, doc.name)
	seen.apply_fieldlevel_read_permissions()
	assert seen.theme and not seen.get("budget") and not seen.get("guests")
	frappe.set_user(EVE)
	assert not frappe.has_permission(EVENT, "read", doc=doc.name)


def read_by_api(table, parent):
	"""What a program gets to know of a table's rows past their document."""
	try:
		return str(frappe.get_list(table, parent_doctype=parent, fields=["customer", "customer_name"]))
	except frappe.PermissionError:
		return ""


def test_a_manager_of_a_region_invites_only_who_they_may_read(now):
	_tree("Territory", f"{PREFIX} North")
	north, _south = firms(now, 500, 300)
	frappe.db.set_value("Customer", north, "territory", f"{PREFIX} North")
	add_user_permission("Territory", f"{PREFIX} North", MIA, ignore_permissions=True)
	doc = event("Planned", customer_group=frappe.db.get_value("Customer", north, "customer_group"))
	frappe.set_user(MIA)
	assert audience.preview(doc.name)["customers"] == 1
	audience.plan(doc.name)
	frappe.set_user("Administrator")
	assert [row.customer for row in invitations(doc)] == [north]


# A customer's life


def test_a_merged_customer_has_one_place_and_one_vote(now):
	old, new, waits = firms(now, 500, 300, 200)
	doc = event("Inviting", guests=listed([waits]), capacity=2, max_companions=0)
	audience.plan(doc.name)
	for name in (old, new):
		frappe.get_doc({"doctype": INVITATION, "event": doc.name, "customer": name}).insert()
		replies.reply(invitation(doc, name), "Yes")
	assert replies.reply(invitation(doc, waits), "Yes") == "Waiting List"
	wish = wishes.suggest(old, f"{PREFIX} A trip")
	wishes.vote(wish, new)
	frappe.rename_doc("Customer", old, new, merge=True)
	assert statuses(doc) == {"1": "Accepted", "2": "Accepted"}, "a place has become free"
	assert frappe.db.get_value(SUGGESTION, wish, "votes") == 1


def test_a_deleted_customer_leaves_a_place_and_no_words(now):
	gone, waits = firms(now, 500, 300)
	doc = event("Inviting", guests=listed([gone, waits]), capacity=1, max_companions=0)
	audience.plan(doc.name)
	for name in (gone, waits):
		replies.reply(invitation(doc, name), "Yes")
	alone = wishes.suggest(gone, f"{PREFIX} Only mine")
	shared = wishes.suggest(gone, f"{PREFIX} Also theirs")
	wishes.vote(shared, waits)
	doc = at(doc)
	frappe.delete_doc("Customer", gone, force=True)
	assert statuses(doc) == {"1": "Accepted"} and len(at(doc).guests) == 1
	assert not frappe.db.exists(SUGGESTION, alone)
	assert frappe.db.get_value(SUGGESTION, shared, ["votes", "customer", "words"]) == (1, None, None)


# Suggestions


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
	with pytest.raises(frappe.ValidationError, match="judge first"):
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
	monkeypatch.setattr(wishes.ledger, "rate_of_month", lambda source, target, day: 2)
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


# The year


def test_who_is_responsible_is_asked_once_when_the_year_falls_behind(now):
	year = getdate().year
	late, asked = getdate(f"{year}-11-20"), {"reference_type": "Keep Customers Settings"}
	event_year.ask(late)
	assert not frappe.db.count("ToDo", asked), "nobody is responsible yet"
	now.settings(events_responsible=MIA)
	event_year.ask(getdate(f"{year}-02-01"))
	assert not frappe.db.count("ToDo", asked), "the year has just begun"
	event_year.ask(late)
	event_year.ask(late + timedelta(days=1))
	[todo] = frappe.get_all("ToDo", filters=asked, fields=["name", "allocated_to", "description", "status"])
	assert todo.allocated_to == MIA and "4 of 4" in todo.description
	frappe.db.set_value("ToDo", todo.name, "status", "Closed")
	event_year.ask(late + timedelta(days=2))
	assert frappe.db.count("ToDo", asked) == 1


def test_enough_events_are_nobodys_todo_and_the_cards_say_how_many(now):
	year = getdate().year
	now.settings(events_responsible=MIA)
	for month in (2, 5, 8, 12):
		event("Planned", starts_on=f"{year}-{month:02}-01 18:00:00", reply_until=None)
	event(starts_on=f"{year}-12-05 18:00:00", reply_until=None)  # an idea counts for nothing
	event_year.ask(getdate(f"{year}-11-20"))
	assert not frappe.db.count("ToDo", {"reference_type": "Keep Customers Settings"})
	frappe.set_user(MIA)
	assert (event_year.events_this_year()["value"], event_year.events_missing()["value"]) == (4, 0)
	frappe.set_user(EVE)
	with pytest.raises(frappe.PermissionError):
		event_year.events_missing()


# What came of it


def test_the_result_compares_the_invited_with_customers_like_them(now):
	"""Two of five like firms were asked; afterwards they bought 400 each, two of the others 100."""
	names = firms(now, 1000, 1000, 1000, 1000, 1000)
	doc = event("Inviting", guests=listed(names[:2]), capacity=0)
	audience.plan(doc.name)
	for name in names[:2]:
		replies.reply(invitation(doc, name), "Yes")
	past(doc, days=10)
	frappe.db.set_value("Customer Value", {"customer": ("in", names)}, "tier", None)
	now.night()
	for name, amount in zip(names, (400, 400, 100, 100, 100), strict=True):
		now.history(name, [(5, amount)])
	tier = frappe.get_all("Customer Tier", pluck="name", limit=1)[0]
	policy = f"{PREFIX} Policy"
	for name in names:
		frappe.db.set_value("Customer Value", name, {"tier": tier, "policy": policy})
	frappe.db.delete("Tier Change", {"customer": ("in", names)})
	with pytest.raises(frappe.ValidationError, match="once the event is held"):
		results.refresh(doc.name)
	documents.set_status(doc.name, "Held", everybody_came=True)
	frappe.get_doc(
		{
			"doctype": "Customer Feedback",
			"customer": names[0],
			"kind": "Event",
			"reference_doctype": INVITATION,
			"reference_name": invitation(doc, names[0]),
			"rating": 0.8,
		}
	).insert()
	assert (at(doc).rating, at(doc).ratings) == (0.8, 1)
	job.results(getdate())
	doc = at(doc)
	assert (doc.bought_invited, doc.bought_compared, doc.compared) == (400, 100, 2)
	assert doc.result_until == getdate() and doc.result_currency == "EUR"
	assert results.due(getdate()) == [], "today is counted"
	# Who has risen since because of what was bought is still compared with whom they were like.
	frappe.get_doc(
		{
			"doctype": "Tier Change",
			"customer": names[0],
			"date": getdate(),
			"direction": "Up",
			"from_tier": tier,
			"to_tier": "Elsewhere",
		}
	).db_insert()
	frappe.db.set_value("Customer Value", names[0], "tier", "Elsewhere")
	results.refresh(doc.name)
	assert at(doc).compared == 2

	from keep_customers.keep_customers.report.event_results.event_results import execute

	frappe.set_user(MIA)
	columns, rows, _message, chart, summary = execute({"from_date": add_days(getdate(), -30)})
	[row] = rows
	assert {column["fieldname"] for column in columns} <= set(row)
	assert (row.more, row.stars, row.attendance) == (300, 4, 100)
	assert chart["data"]["datasets"][0]["values"] == [400] and summary[1]["value"] == 2
	with pytest.raises(frappe.ValidationError, match="period"):
		execute({"from_date": "2026-02-01", "to_date": "2026-01-01"})
