"""A Care Notice says how many can be told before it is too late, and what would be quicker."""

from datetime import timedelta

import frappe
import pytest
from frappe.permissions import add_user_permission
from frappe.utils import formatdate, getdate

from keep_customers.access.read_back import read_back
from keep_customers.care import notices, room
from keep_customers.care.read_back import notice as says
from keep_customers.engine.followups import WorkingDays
from keep_customers.jobs import notices as jobs
from keep_customers.people import reached
from tests.site import mail
from tests.site.statements import statements
from tests.site.story import ANNA, BEN, MIA, PREFIX, TERRITORY


@pytest.fixture(autouse=True)
def every_day(monkeypatch):
	"""People work every day; the site can send text messages and no mails."""
	for where in (notices, room):
		monkeypatch.setattr(where, "working_days", lambda settings: WorkingDays(weekly=frozenset()))
	monkeypatch.setattr(says, "mail_works", lambda: False)
	monkeypatch.setattr(says, "sms_works", lambda: True)


@pytest.fixture
def firms(story):
	"""Five of Anna's, one of Ben's; of Anna's one does not want to be called."""
	story.today = getdate()
	names = [story.customer(f"Firm {number}") for number in range(6)]
	for number, name in enumerate(names):
		story.file(name, dedicated_rep=BEN if number == 5 else ANNA, stop_phone=number == 4)
	story.settings(rep_capacity=2)
	yield names
	frappe.set_user("Administrator")


def notice(**values):
	sent = {"title": "Storm", "kind": "News", "channel": "Phone", "due_in_days": 1, "territory": TERRITORY}
	return read_back({"doctype": "Care Notice", "__islocal": 1, **sent, **values})


def released(title):
	frappe.set_user(MIA)
	doc = frappe.get_doc(
		{
			"doctype": "Care Notice", "title": title, "kind": "Weather", "channel": "Phone", "due_in_days": 3,
			"territory": TERRITORY, "text": "Mind the water.",
		}
	).insert()  # fmt: skip
	doc.submit()
	jobs.run(doc.name)
	frappe.set_user("Administrator")
	return doc


def lacks(told):
	return [one["text"] for one in told["missing"]]


def day(ahead):
	return formatdate(getdate() + timedelta(days=ahead))


def test_it_says_how_many_can_be_told_before_it_is_too_late(story, firms):
	# From tomorrow on two a day: of Anna's four two, and Ben's one.
	assert lacks(notice()) == [
		f"3 of 5 contacts fit in by {day(1)} (new follow-ups per rep and day: 2); who is not told by then is not told at all.",
		"“Send Automatically” needs no rep, but nobody of them has agreed to e-mails or text messages.",
	]
	assert [one["field"] for one in notice()["missing"]] == ["due_in_days", "channel"]
	told = notice(due_in_days=2)
	assert not lacks(told)
	assert told["says"][1] == f"The reps have room for it by {day(2)} (new follow-ups per rep and day: 2)."
	story.settings(rep_capacity=0)
	told = notice()
	assert not lacks(told) and not any("room" in one for one in told["says"]), "without a limit all fits in"


def test_a_warning_is_told_today_in_what_room_the_day_has_left(story, firms):
	story.completed_yesterday()
	assert not lacks(notice(kind="Weather")), "today is a day more"
	released("Flood")
	assert (len(story.todos(ANNA)), len(story.todos(BEN))) == (2, 1)
	# Two of Anna's wait, and her day is full: tomorrow are two places. Ben has one left.
	told = notice(kind="Weather")
	assert lacks(told)[0].startswith("3 of 5 contacts fit in")
	assert "2 other contacts wait for room with the same reps." in told["says"]
	add_user_permission("Customer", firms[5], MIA)
	frappe.set_user(MIA)
	assert not any("wait for room" in one for one in notice(kind="Weather")["says"])


def test_it_says_whom_it_would_reach_without_a_rep(story, firms):
	for name in firms[:2]:
		mail.contact(name, mobile="+49 170 1234567")
		file = frappe.get_doc("Customer File", name)
		file.append("consents", {"channel": "SMS", "consent": "Given", "date": "2026-01-01"})
		file.save()
	told = notice()
	assert lacks(told)[1] == "“Send Automatically” needs no rep: by SMS 2 of them would have it."
	# By text message they may be asked, too: only who agreed needs no rep.
	told = notice(channel="SMS")
	assert lacks(told)[0].startswith("3 of 6 contacts fit in")
	assert [one["field"] for one in told["missing"]] == ["due_in_days", "send_automatically"]
	told = notice(channel="SMS", send_automatically=1)
	assert lacks(told)[0].startswith("3 of 4 contacts fit in")


def test_who_is_reached_is_looked_up_once_for_all_channels(story, firms, monkeypatch):
	"""At 50,000 customers each time is a second."""
	for number, (name, channel) in enumerate(zip(firms, ("SMS", "Email"), strict=False)):
		mail.contact(name, mobile=f"+49 170 123456{number}", email=f"firm{number}@firm.example")
		file = frappe.get_doc("Customer File", name)
		file.append("consents", {"channel": channel, "consent": "Given", "date": "2026-01-01"})
		file.save()
	monkeypatch.setattr(says, "mail_works", lambda: True)
	asked, real = [], reached.main
	monkeypatch.setattr(reached, "main", lambda names: asked.append(names) or real(names))
	told = notice(channel="Messenger")
	assert lacks(told)[1] == "“Send Automatically” needs no rep: by Email one of them would have it."
	assert len(asked) == 1


def test_who_has_nobody_is_no_contact_that_fits_in(story, firms):
	story.settings(fallback_user=None)
	story.customer("Nobody's")
	told = notice()
	assert lacks(told)[0] == "One of them has no rep. Please set a fallback user in Keep Customers Settings."
	assert lacks(told)[1].startswith("3 of 5 contacts")
	# Where there is room, or nobody's they all are, a message is said of whom no rep would tell.
	no_rep = ["One of them has no rep. Please set a fallback user in Keep Customers Settings."]
	assert lacks(notice(due_in_days=2)) == no_rep, "it would go to nobody"
	agreed = "“Send Automatically” needs no rep: by SMS one of them would have it."
	mail.contact(f"{PREFIX} Nobody's", mobile="+49 170 1234567")
	story.file(f"{PREFIX} Nobody's", consents=[{"channel": "SMS", "consent": "Given", "date": "2026-01-01"}])
	assert lacks(notice(due_in_days=2)) == [*no_rep, agreed]
	frappe.db.set_value("Customer File", {"name": ("in", firms)}, "dedicated_rep", None)
	for capacity in (2, 0):
		story.settings(rep_capacity=capacity)
		told = notice()
		assert lacks(told) == [
			"6 of them have no rep. Please set a fallback user in Keep Customers Settings.",
			agreed,
		]
		assert told["missing"][1]["field"] == "channel"


def test_what_reps_have_on_their_lists_already_needs_no_room(story, firms):
	story.completed_yesterday()
	first = released("Flood")
	first.reload().cancel()
	# Three come back to the lists they were on. Of Anna's other two, whose day is full, both fit into tomorrow.
	told = notice(kind="Weather", amended_from=first.name)
	assert not lacks(told) and told["says"][-2].startswith("The reps have room for it")
	story.settings(rep_capacity=1)
	assert lacks(notice(kind="Weather", amended_from=first.name))[0].startswith("1 of 2 contacts fit in")


def test_of_thousands_it_asks_as_much_as_of_a_few(story, firms):
	def asked():
		with statements() as sent:
			told = notice()
		return told, len(sent)

	asked()  # what is kept from then on
	_few, number = asked()
	fields = ["name", "customer_name", "territory", "docstatus", "disabled"]
	names = [f"{PREFIX} Many {at:05}" for at in range(1100)]
	frappe.db.bulk_insert("Customer", fields, [(name, name, TERRITORY, 0, 0) for name in names])
	many, more = asked()
	assert many["figure"].startswith("1106 customers")
	# Mia, who has those that nobody takes care of, has two places.
	assert lacks(many)[0].startswith("5 of 1105 contacts fit in")
	assert more < number + 30, "in parts of a thousand"
