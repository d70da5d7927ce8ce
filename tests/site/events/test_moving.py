"""An event is moved: everybody who was invited hears of it, and who had said yes is asked again."""

import frappe
import pytest
import vobject
from frappe.utils import add_days, getdate, now_datetime

from keep_customers.erp.aside import Aside
from keep_customers.events import audience, documents, pages, replies, telling, waves
from tests.site.events.gathering import INVITATION, at, event, firms, invitation, statuses, work
from tests.site.mail import text_of
from tests.site.messaging.sending.thanks import emails


def invited_to(story, *answers, **values):
	"""An event in twenty days, whose guests have heard of it and answered like this (None: not yet)."""
	names = firms(story, *range(900, 900 - 100 * len(answers), -100))
	doc = event("Planned", capacity=len(answers) + 1, guests=[{"customer": name} for name in names], **values)
	audience.plan(doc.name)
	waves.invite(doc.name)
	frappe.db.set_value("Follow Up", {"occurrence": telling.ASK}, {"status": "Done"})
	for name, answer in zip(names, answers, strict=True):
		if answer:
			replies.reply(invitation(doc, name), answer)
	return at(doc), names


def entry_of(doc, customer):
	file = pages.calendar_file(frappe.get_doc(INVITATION, invitation(doc, customer)), at(doc))
	[entry] = vobject.readOne(file).vevent_list
	return entry


def told(story, kind=telling.MOVED):
	return {row.customer: row.status for row in story.follow_ups(occurrence=kind) if row.status != "Done"}


def test_everybody_who_was_invited_is_told_and_keeps_their_place(now):
	doc, (yes, _no, silent) = invited_to(now, "Yes", "No", None)
	first = entry_of(doc, yes)
	reply_until = getdate(doc.reply_until)
	frappe.db.set_value(INVITATION, invitation(doc, silent), "reminded_on", now_datetime())
	doc.starts_on = f"{add_days(getdate(doc.starts_on), 10)} 19:00:00"
	doc.save()
	assert told(now) == {yes: "Planned", silent: "Planned"}
	assert statuses(doc) == {"0": "Accepted", "1": "Declined", "2": "Invited"}
	new = entry_of(doc, yes)
	assert new.uid.value == first.uid.value and first.sequence.value == "0" and new.sequence.value == "1"
	assert new.dtstart.value > first.dtstart.value
	# They have ten more days to reply.
	assert getdate(at(doc).reply_until) == add_days(reply_until, 10)
	assert not frappe.db.get_value(INVITATION, invitation(doc, silent), "reminded_on"), "of the former day"
	# Who had said yes is asked again: the same answer settles that.
	name = invitation(doc, yes)
	assert frappe.db.get_value(INVITATION, name, "ask_again") == 1
	assert not frappe.db.get_value(INVITATION, invitation(doc, silent), "ask_again")
	work(now)
	[asked] = now.follow_ups(yes, occurrence=telling.MOVED)
	assert asked.todo and asked.reason.startswith("“Keep Test Garden” is on ")
	replies.reply(name, "Yes")
	assert frappe.db.get_value(INVITATION, name, "ask_again") == 0
	assert told(now) == {silent: "Assigned"}


def test_who_agreed_to_emails_gets_one_with_the_new_day(now):
	from keep_customers.messaging import sending

	names = firms(now, 500, consents=[{"channel": "Email", "consent": "Given", "date": "2026-01-01"}])
	doc = event("Planned", guests=[{"customer": names[0]}])
	audience.plan(doc.name)
	waves.invite(doc.name)
	work(now)
	sending.send_due(now.today)
	replies.reply(invitation(doc, names[0]), "Yes")
	doc = at(doc)
	doc.place = "The other garden"
	doc.save()
	work(now)
	sending.send_due(now.today)
	mails = [text_of(row) for row in emails(names[0])]
	[(message, moved)] = [one for one in mails if "another time or place" in one[1]]
	assert "The other garden" in moved and "event-invitation?" in moved
	assert entry_in(message) == ("PUBLISH", "1", "The other garden", None)
	# Called off, it leaves the calendar again.
	documents.set_status(doc.name, "Cancelled")
	work(now)
	sending.send_due(now.today)
	[message] = [message for message, text in map(text_of, emails(names[0])) if "cannot" in text]
	assert entry_in(message) == ("CANCEL", "2", "The other garden", "CANCELLED")
	# The invitation itself brings no entry: who comes finds it on the page.
	assert len([message for message, _text in mails if list(message.iter_attachments())]) == 1


def entry_in(message):
	"""What the calendar file of a mail says: method, number, place, status."""
	[part] = message.iter_attachments()
	assert part.get_content_type() == "text/calendar"
	file = vobject.readOne(part.get_payload(decode=True).decode())
	[entry] = file.vevent_list
	return (
		file.method.value,
		entry.sequence.value,
		entry.location.value,
		entry.contents.get("status") and entry.status.value,
	)


@pytest.mark.parametrize(
	("status", "change", "heard", "sequence"),
	[
		("Inviting", {"place": "Elsewhere"}, True, 1),
		("Inviting", {"ends_on": "23:00"}, True, 1),
		# Nothing that stands in a calendar.
		("Inviting", {"budget": 100, "theme": "Keep Test Roses"}, False, 0),
		("Held", {"place": "Elsewhere"}, False, 0),
	],
)
def test_what_is_a_move(now, status, change, heard, sequence):
	doc, [_yes] = invited_to(now, "Yes")
	doc.db_set("status", status)
	doc = at(doc)
	if "ends_on" in change:
		change = {"ends_on": f"{getdate(doc.starts_on)} 23:00:00"}
	doc.update(change)
	doc.save()
	assert (bool(told(now)), at(doc).sequence) == (heard, sequence)


def test_before_anybody_was_told_the_new_day_is_the_first_they_hear_of(now):
	names = firms(now, 500, 300)
	doc = event("Planned", guests=[{"customer": name} for name in names])
	audience.plan(doc.name)
	waves.invite(doc.name)
	doc = at(doc)
	for days in (10, 12):
		doc.starts_on = f"{add_days(getdate(), 20 + days)} 18:00:00"
		doc.save()
	assert told(now) == {}
	pending = [row for row in now.follow_ups(occurrence=telling.ASK) if row.status == "Planned"]
	assert {row.customer for row in pending} == set(names) and len(pending) == 2
	assert all(frappe.utils.formatdate(doc.starts_on) in row.reason for row in pending)


def test_moved_twice_is_told_of_the_last_day_only(now):
	doc, [yes] = invited_to(now, "Yes")
	for days in (10, 12):
		doc.starts_on = f"{add_days(getdate(), 20 + days)} 18:00:00"
		doc.save()
	assert [
		(row.status, row.hold_reason or "") for row in now.follow_ups(yes, occurrence=telling.MOVED)
	].count(("Planned", "")) == 1
	assert entry_of(doc, yes).sequence.value == "2"


def test_brought_forward_guests_reply_before_it_starts(now):
	doc, [_yes] = invited_to(now, "Yes")
	doc.starts_on = f"{add_days(getdate(), 2)} 18:00:00"
	doc.save()
	assert getdate() <= getdate(at(doc).reply_until) <= add_days(getdate(), 2)


def test_who_does_not_answer_again_is_reminded_once(now):
	doc, [yes] = invited_to(now, "Yes")
	doc.starts_on = f"{add_days(getdate(), 7)} 18:00:00"
	doc.save()
	assert add_days(at(doc).reply_until, 0) == getdate(add_days(getdate(), 2))
	waves.remind(getdate(), Aside())
	assert told(now, telling.REMIND) == {}, "told of it today"
	frappe.db.set_value(
		INVITATION, {"event": doc.name}, "modified", add_days(None, -1), update_modified=False
	)
	waves.remind(getdate(), Aside())
	waves.remind(getdate(), Aside())
	assert list(told(now, telling.REMIND)) == [yes]
