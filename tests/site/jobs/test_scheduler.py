"""The night by the host's own scheduler."""

from datetime import datetime, time

import frappe
import pytest
from frappe.utils import getdate

from keep_customers.erp.attempts import alone
from keep_customers.jobs import begun_again, clock, nightly

METHOD = "keep_customers.jobs.nightly.run_if_enabled"
FIVE_MINUTES = 300  # which the host gives to what it schedules


@pytest.fixture
def queued(monkeypatch):
	"""What is queued, as (method, what the queue is told, what the method is told)."""
	found = []

	def enqueue(method, queue="default", timeout=None, job_id=None, deduplicate=False, **values):
		found.append(
			(method, {"queue": queue, "timeout": timeout, "job_id": job_id, "alone": deduplicate}, values)
		)

	monkeypatch.setattr(nightly.frappe, "enqueue", enqueue)
	return found


def job(method=METHOD):
	return frappe.get_doc("Scheduled Job Type", {"method": method})


def the_night(status, as_of=None, **values):
	run = {
		"doctype": "Care Run",
		"as_of": as_of or getdate(),
		"status": status,
		"started": frappe.utils.now_datetime(),
	}
	return frappe.get_doc({**run, **values}).insert(ignore_permissions=True)


def test_the_scheduler_knows_the_night_after_install():
	assert (job().frequency, job().cron_format, job().stopped) == ("Cron", "30 1 * * *", 0)
	assert frappe.db.count("Scheduled Job Type", {"method": METHOD}) == 1


def test_the_scheduler_sends_messages_every_hour():
	sending = job("keep_customers.jobs.sending.run_by_day")
	assert (sending.frequency, sending.cron_format, sending.stopped) == ("Cron", "10 * * * *", 0)


def test_the_scheduler_runs_the_night_when_it_is_switched_on_and_gives_it_longer_than_its_own_jobs(
	story, queued
):
	story.history(story.customer("Firm"), [(30, 500)])
	story.settings(enabled=1)
	job().execute()
	[(method, how, values)] = queued
	assert how["queue"] == "long" and how["timeout"] > 10 * FIVE_MINUTES and how["job_id"] and how["alone"]
	method(**values)
	[run] = frappe.get_all("Care Run", fields=["status", "as_of", "customers", "first_run"])
	assert (run.status, run.customers, run.first_run) == ("Completed", 1, 1)
	assert run.as_of == getdate()


def test_the_scheduler_does_nothing_when_the_night_is_switched_off(story, queued):
	story.settings(enabled=0)
	the_night("Failed")
	try:
		job().execute()
		job("keep_customers.jobs.begun_again.run").execute()
		assert not queued
	finally:
		story.settings(enabled=1)
		frappe.db.commit()


# Once more on the same day


@pytest.mark.parametrize(
	"nights, again",
	(
		(("Completed",), False),
		(("Completed With Errors",), False),
		(("Running",), True),
		(("Failed",), True),
		(("Failed", "Completed"), False),
		(("Failed", "Failed"), True),
		(("Failed", "Running"), True),
		(("Failed", "Failed", "Failed"), False),
		(("Waiting",), False),
		(("Failed", "Waiting"), False),
	),
	ids=lambda value: " ".join(value) or "none" if isinstance(value, tuple) else None,
)
def test_a_night_that_did_not_come_to_its_end_is_begun_again_on_its_day(story, queued, nights, again):
	story.settings(enabled=1)
	the_night("Completed", frappe.utils.add_days(getdate(), -1))
	for number, status in enumerate(nights):
		the_night(status).db_set("creation", frappe.utils.add_to_date(None, seconds=number + 1))
	frappe.db.commit()
	begun_again.run()
	assert bool(queued) == again
	if again:
		[(method, how, values)] = queued
		assert how["job_id"] == nightly.JOB_ID
		run = frappe.get_doc("Care Run", method(**values))
		assert run.status == "Completed"
		assert not frappe.db.exists("Care Run", {"status": "Running"})
		queued.clear()
		run.db_set("creation", frappe.utils.add_to_date(None, minutes=1))
		begun_again.run()
		assert not queued


@pytest.mark.parametrize("at, begun", ((time(1, 45), False), (time(2, 15), True)))
def test_a_night_that_was_lost_with_the_queue_is_begun_once_it_should_have_been(
	story, queued, monkeypatch, at, begun
):
	story.settings(enabled=1)
	monkeypatch.setattr(begun_again, "now_datetime", lambda: datetime.combine(getdate(), at))
	begun_again.run()
	assert not queued, "switched on today: the first night is still to come"
	the_night("Completed", frappe.utils.add_days(getdate(), -1))
	begun_again.run()
	assert bool(queued) == begun


def test_a_night_of_another_day_is_tonights_work_and_one_on_a_wrong_clock_was_none(story, queued):
	story.settings(enabled=1)
	the_night("Failed", frappe.utils.add_days(getdate(), -2))
	the_night("Failed", clock_was_wrong=1)
	begun_again.run()
	assert not queued


def test_a_night_that_is_under_way_is_left_alone(story, queued):
	story.settings(enabled=1)
	the_night("Running")
	frappe.db.commit()
	with alone():
		begun_again.run()
		assert not queued
	begun_again.run()
	assert queued


def test_a_night_that_was_killed_does_not_make_the_clock_doubtful(story, queued):
	story.settings(enabled=1)
	the_night("Running")
	assert clock.question() is None
