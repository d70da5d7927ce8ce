"""Who looks after the site hears of nights that are unlike the others, and of one that was not; a monitor may ask."""

from datetime import timedelta

import frappe
import pytest
import requests
from frappe.utils import add_to_date, now_datetime

from keep_customers.jobs import watching
from tests.site.mail import sending

SETTINGS = "Keep Customers Settings"


def night(story, days_ago, status="Completed", seconds=10.0, customers=100, **values):
	"""A Care Run of so many days ago, begun then."""
	run = frappe.new_doc("Care Run")
	started = add_to_date(now_datetime(), days=-days_ago)
	run.update({"as_of": story.days_ago(days_ago), "status": status, "started": started})
	run.update({"seconds": seconds, "customers": customers, **values})
	run.insert(ignore_permissions=True)
	run.db_set("creation", started, update_modified=False)
	return run.name


def settings_said(hours_ago, enabled=1):
	frappe.db.set_single_value(SETTINGS, "enabled", enabled)
	frappe.db.set_single_value(
		SETTINGS, "modified", add_to_date(now_datetime(), hours=-hours_ago), update_modified=False
	)


def told():
	"""What each of those was told who look after the site: all the same."""
	logs = frappe.get_all(
		"Notification Log", {"document_type": "Care Run"}, ["for_user", "subject"], order_by="creation"
	)
	by_user = {
		user: [log.subject for log in logs if log.for_user == user] for user in {log.for_user for log in logs}
	}
	assert all(subjects == by_user[next(iter(by_user))] for subjects in by_user.values())
	return next(iter(by_user.values()), [])


@pytest.mark.parametrize(
	"seconds, before, usual",
	[
		(1000, [], None),  # nothing is usual yet
		(900, [300] * 5, None),  # three times is not more than three times
		(901, [300] * 5, 300),
		(901, [901, 300, 300, 300, 300], None),  # it was told of the night before
		(901, [300, 300, 300, 300, 901], 300),
		(70, [10] * 3, None),  # nobody waits for a minute
		(71, [10] * 3, 10),
		(5, [300] * 5, None),
	],
)
def test_what_is_far_longer_than_usual(seconds, before, usual):
	assert watching.took_longer(seconds, before) == usual


@pytest.mark.parametrize(
	"now, before, fewer", [(80, 100, False), (79, 100, True), (0, 9, False), (0, 10, True)]
)
def test_what_is_far_fewer(now, before, fewer):
	assert watching.ranked_fewer(now, before) == fewer


def test_a_night_that_took_ten_times_as_long_and_lost_half_the_customers_is_told_once(story):
	for days_ago in (5, 4, 3):
		night(story, days_ago)
	watching.compare(night(story, 2))
	assert not told()
	slow = night(story, 1, seconds=660, customers=50)
	watching.compare(slow)
	assert told() == [
		"The nightly run took 11 minutes, usually it takes 0.2.",
		"Customers ranked by the nightly run: 50, by the one before: 100. Are invoices or policies missing?",
	]
	watching.compare(night(story, 0, seconds=660, customers=50))
	assert len(told()) == 2


def test_neither_a_replay_of_the_past_nor_a_night_on_a_wrong_clock_is_held_against_others(story):
	night(story, 3, customers=1000, clock_was_wrong=1)
	night(story, 2)
	past = night(story, 0, customers=10, as_of=story.days_ago(200))
	watching.compare(past)
	assert not told()


def test_every_night_is_compared(story):
	night(story, 1, customers=40)
	story.history(story.customer("Firm"), [(30, 500)])
	story.night()
	assert told() == [
		"Customers ranked by the nightly run: 1, by the one before: 40. Are invoices or policies missing?"
	]


def test_a_night_that_was_not_is_told_once_in_desk_and_by_mail(story):
	night(story, 2)
	settings_said(hours_ago=72)
	with sending():
		watching.missed()
	[subject] = told()
	assert subject.startswith("No nightly run has begun since ")
	mails = frappe.get_all("Email Queue", fields=["name", "message"])
	to = frappe.get_all(
		"Email Queue Recipient", {"parent": ("in", [one.name for one in mails])}, pluck="recipient"
	)
	managers = frappe.get_all("Notification Log", {"document_type": "Care Run"}, pluck="for_user")
	assert set(to) == set(frappe.get_all("User", {"name": ("in", managers)}, pluck="email"))
	assert "No nightly run has begun" in mails[0].message
	watching.missed()
	assert len(told()) == 1 and len(frappe.get_all("Email Queue")) == len(mails)
	# One that comes after all, and stays away again, is told again.
	night(story, 1.5)
	watching.missed()
	assert len(told()) == 2


@pytest.mark.parametrize(
	"status, days_ago, said_hours_ago, enabled, answer",
	[
		("Completed", 0.5, 72, 1, "ok"),
		("Completed With Errors", 0.5, 72, 1, "ok"),
		("Running", 0.01, 72, 1, "ok"),
		("Failed", 0.5, 72, 1, "failed"),
		("Completed", 1.2, 72, 1, "late"),
		("Failed", 1.2, 72, 1, "late"),
		("Completed", 30, 1, 1, "ok"),  # switched on an hour ago
		("Waiting", 30, 72, 1, "waiting for an answer"),
		("Completed", 30, 72, 0, "off"),
		(None, 0, 1, 1, "to come"),
		(None, 0, 72, 1, "late"),
	],
)
def test_how_the_nights_go(story, status, days_ago, said_hours_ago, enabled, answer):
	if status:
		night(story, days_ago, status)
	settings_said(said_hours_ago, enabled)
	assert watching.state()[0] == answer
	if answer != "late":
		watching.missed()
		assert not told()


def test_a_first_night_that_never_comes_is_told_once_too(story, monkeypatch):
	"""A new site has no scheduler before somebody switches it on, and a bench may have no worker for long jobs."""

	def heard():
		return frappe.get_all("Notification Log", {"document_type": SETTINGS}, pluck="subject")

	settings_said(20)
	watching.missed()
	assert not heard()
	settings_said(27)
	watching.missed()
	first = heard()
	assert first and all(subject.startswith("No nightly run has begun since ") for subject in first)
	watching.missed()
	assert heard() == first
	settings_said(27, enabled=0)
	assert watching.state()[0] == "off"


def test_a_monitor_needs_no_login_and_learns_one_word(story, server):
	url = f"{server.url}/api/method/keep_customers.jobs.watching.health"
	night(story, 0.5)
	settings_said(72)
	frappe.db.commit()
	answer = requests.get(url, headers={"X-Frappe-Site-Name": frappe.local.site}, timeout=60)
	assert (answer.status_code, answer.json()) == (200, {"message": {"status": "ok"}})
	frappe.db.set_value("Care Run", {"status": "Completed"}, "started", story.today - timedelta(days=3))
	frappe.db.commit()
	answer = requests.get(url, headers={"X-Frappe-Site-Name": frappe.local.site}, timeout=60)
	assert (answer.status_code, answer.json()) == (503, {"message": {"status": "late"}})
	assert (
		requests.post(url, headers={"X-Frappe-Site-Name": frappe.local.site}, timeout=60).status_code == 403
	)
