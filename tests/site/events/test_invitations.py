"""From the idea to the invitations: who is asked and when, who has a place, and how they hear of it."""

import frappe
import pytest
from frappe.utils import add_days, getdate, now_datetime

from keep_customers.care import followups
from keep_customers.events import audience, documents, replies, telling, waves
from keep_customers.jobs import events as job
from keep_customers.messaging import sending
from tests.site.events.gathering import (
	EVENT,
	INVITATION,
	at,
	event,
	firms,
	invitation,
	invitations,
	listed,
	past,
	statuses,
	work,
)
from tests.site.mail import contact, text_of
from tests.site.story import ANNA, MIA, PREFIX, _tree

# From the idea to the invitations


def test_an_idea_becomes_an_event_step_by_step_and_what_cannot_be_says_why(now):
	frappe.set_user(MIA)
	doc = event(starts_on=None, reply_until=None)
	assert doc.status == "Idea" and doc.currency == "EUR"
	with pytest.raises(frappe.ValidationError, match="when the event starts"):
		documents.set_status(doc.name, "Planned")
	doc.starts_on = add_days(now_datetime(), 20)
	doc.save()
	assert doc.status == "Planned", "its day is known"
	doc.starts_on = None
	doc.save()
	assert doc.status == "Idea"
	doc.starts_on = add_days(now_datetime(), 20)
	doc.save()
	with pytest.raises(frappe.ValidationError, match="not the next step"):
		documents.set_status(doc.name, "Closed")
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
	found = audience.preview(doc.name)
	assert (found["customers"], found["refused"], found["free"], found["listed"]) == (4, 0, 2, 4)
	assert [row["customer"] for row in found["names"]] == [names[1], names[2], names[0], names[3]]
	assert (audience.plan(doc.name), audience.plan(doc.name)) == (4, 0), "planned once"
	assert {row.guest_name for row in invitations(doc)} == {f"Guest{index}" for index in range(4)}
	assert waves.invite(doc.name) == {"asked": 2, "left": 2, "pending": 2, "waiting": 0}
	assert statuses(doc) == {"0": "Planned", "1": "Invited", "2": "Invited", "3": "Planned"}
	assert at(doc).status == "Inviting" and (at(doc).wave, at(doc).invited) == (1, 2)
	# Two clicks are one wave.
	assert waves.invite(doc.name)["asked"] == 0 and at(doc).wave == 1
	replies.reply(invitation(doc, names[1]), "No")
	assert waves.invite(doc.name) == {"asked": 1, "left": 1, "pending": 2, "waiting": 0}
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
	assert [row["customer"] for row in found["names"]] == [names[4]]
	# Who is disabled was not chosen by name, and is missed by nobody.
	assert {row["customer"]: row["why"] for row in found["left_out"]} == {
		names[2]: "Excluded in Keep Customers Settings.",
		names[3]: "Does not want to be contacted about events.",
	}
	doc.update({"territory": f"{PREFIX} South"})
	doc.save()
	assert [row["customer"] for row in audience.preview(doc.name)["names"]] == [names[0]]
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


def test_who_answers_leaves_on_the_list_whom_else_the_rep_asks_by_the_same_todo(now):
	[firm] = firms(now, 500)
	partner = contact(firm, first_name="Partner", email="partner@firm.example")
	partner = getattr(partner, "name", partner)
	doc = event("Planned", guests=[{"customer": firm}, {"customer": firm, "contact": partner}])
	audience.plan(doc.name)
	waves.invite(doc.name)
	work(now)
	[todo] = now.todos(ANNA, status="Open")
	of_guest = {row.contact: row.name for row in invitations(doc)}
	first = of_guest.pop(partner)
	[other] = of_guest.values()
	replies.reply(first, "Yes")
	about = {"reference_doctype": INVITATION, "reference_name": other}
	waits = frappe.db.get_value("Follow Up", about, ["name", "status", "todo"])
	[still] = now.todos(ANNA, status="Open")
	assert waits[1:] == ("Assigned", still.name) and still.name == todo.name
	assert frappe.db.get_value("ToDo", todo.name, "keep_follow_up") == waits[0]
	done = frappe.db.get_value("Follow Up", {**about, "reference_name": first}, ["status", "todo"])
	assert done == ("Done", None), "what the rep does now is no answer to it"
	replies.reply(other, "No")
	assert not now.todos(ANNA, status="Open")
	assert frappe.db.get_value("Follow Up", waits[0], "status") == "Done"


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


def test_a_much_larger_room_is_one_line_for_the_rep(now):
	names = firms(now, 600, 500, 400, 300, 200)
	doc = event("Inviting", guests=listed(names), capacity=1, max_companions=0)
	audience.plan(doc.name)
	for name in names:
		replies.reply(invitation(doc, name), "Yes", late=True)
	frappe.db.delete("Notification Log", {"for_user": ANNA})
	doc = at(doc)
	doc.capacity = 5
	doc.save()
	assert set(statuses(doc).values()) == {"Accepted"}
	[told] = frappe.get_all("Notification Log", {"for_user": ANNA}, ["subject", "link"])
	assert told.subject == "4 of your customers were waiting for “Keep Test Garden” and have a place now."
	assert f"/vip-invitation?event={doc.name}&status=Accepted" in told.link


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
	with pytest.raises(frappe.ValidationError, match="coming already: 2"):
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
	job.morning()
	assert not any(row.reminded_on for row in invitations(doc)), "they were asked today"
	frappe.db.set_value(INVITATION, {"event": doc.name}, "invited_on", add_days(now_datetime(), -3))
	replies.reply(invitation(doc, names[0]), "Yes")
	job.morning()
	job.morning()
	assert [bool(row.reminded_on) for row in invitations(doc)] == [False, True]
	assert len(now.follow_ups(occurrence=telling.REMIND)) == 1


def test_the_next_wave_goes_by_itself_where_the_event_says_so(now):
	names = firms(now, 500, 300, 200)
	doc = event("Planned", guests=listed(names), capacity=1, max_companions=0)
	audience.plan(doc.name)
	waves.invite(doc.name)
	replies.reply(invitation(doc, names[0]), "No")
	job.morning()
	assert statuses(doc)["1"] == "Planned"
	frappe.db.set_value(EVENT, doc.name, "auto_waves", 1)
	job.morning()
	job.morning()
	assert statuses(doc) == {"0": "Declined", "1": "Invited", "2": "Planned"}


def test_who_moved_up_and_does_not_come_is_told_of_no_place(now):
	names = firms(now, 500, 300)
	doc = event("Inviting", guests=listed(names), capacity=1, max_companions=0)
	audience.plan(doc.name)
	for name in names:
		replies.reply(invitation(doc, name), "Yes")
	replies.reply(invitation(doc, names[0]), "No")
	[told] = now.follow_ups(names[1], occurrence=telling.MOVE_UP)
	assert told.status == "Planned"
	replies.reply(invitation(doc, names[1]), "No")
	[told] = now.follow_ups(names[1], occurrence=telling.MOVE_UP)
	assert told.status == "Cancelled"


def test_who_is_asked_instead_is_called_by_their_own_name(now):
	[firm] = firms(now, 500)
	doc = event("Inviting", guests=listed([firm]), capacity=0)
	audience.plan(doc.name)
	guest = frappe.get_doc(INVITATION, invitation(doc, firm))
	assert guest.guest_name == "Guest0"
	guest.contact = contact(firm, first_name="Deputy", email="deputy@firm.example").name
	guest.save()
	assert guest.guest_name == "Deputy"
	guest.guest_name = "Dr Deputy"
	guest.save()
	assert guest.reload().guest_name == "Dr Deputy"


def test_an_event_that_fails_in_the_morning_costs_the_others_nothing(now, monkeypatch):
	names = firms(now, 500, 300)
	broken, sound = (
		event("Inviting", guests=listed([name]), auto_waves=1, starts_on=add_days(now_datetime(), 5 + day),
			reply_until=add_days(getdate(), 2))
		for day, name in enumerate(names)
	)  # fmt: skip
	for one in (broken, sound):
		audience.plan(one.name)
	frappe.db.commit()
	real = waves.locked

	def locked(name):
		if name == broken.name:
			raise ValueError("its room cannot be read")
		return real(name)

	monkeypatch.setattr(waves, "locked", locked)
	job.morning()
	assert (statuses(broken), statuses(sound)) == ({"0": "Planned"}, {"1": "Invited"})
	frappe.db.set_value(INVITATION, {"event": sound.name}, "invited_on", add_days(now_datetime(), -1))
	frappe.db.commit()
	job.morning()
	assert [bool(row.reminded_on) for row in invitations(sound)] == [True]
	logged = frappe.get_all("Error Log", {"method": "Keep Customers: events"}, pluck="error")
	assert logged and all(broken.name in one and sound.name not in one for one in logged)
