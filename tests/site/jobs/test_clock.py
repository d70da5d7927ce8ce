"""A jump of the clock: what goes by the day asks before it acts on one far from the last one, or before it."""

from collections import Counter
from datetime import datetime, timedelta

import frappe
import pytest
from frappe.utils import getdate

from keep_customers import hooks
from keep_customers.benefits import coupons as birthday_coupons
from keep_customers.erp.aside import Aside
from keep_customers.jobs import (
	benefits,
	clock,
	complaints,
	events,
	nightly,
	privacy,
	sending,
	watching,
)
from tests.site import mail
from tests.site.benefits.offers.shop import celebrating, coupons
from tests.site.jobs.test_night import a_hundred_days_of_business, snapshot
from tests.site.story import once


@pytest.fixture
def it_is(monkeypatch):
	"""``it_is(day, hours)``: what the computer takes for today, and how much later than it really is on that day."""
	real = nightly.now_datetime

	def it_is(day, hours=0):
		def now():
			return datetime.combine(day, real().time()) + timedelta(hours=hours)

		monkeypatch.setattr(events, "getdate", lambda value=None: getdate(value) if value else now().date())
		for module in (clock, nightly, sending, watching, complaints):
			monkeypatch.setattr(module, "now_datetime", now)

	return it_is


@pytest.fixture
def today(story, it_is):
	it_is(story.today)


@pytest.fixture
@once
def firm(story, today):
	"""Two nights are over, the last one on the story's day; a rule is on."""
	a_hundred_days_of_business(story, 8)
	story.rule("Cadence", trigger="Tier Cadence", switched_on=story.days_ago(400))
	story.settings(enabled=1)
	story.completed_yesterday()
	story.night()
	frappe.db.commit()
	return story


def tonight():
	nightly.run_today()
	return frappe.get_all("Care Run", fields=["*"], order_by="creation desc, name desc", limit=1)[0]


def told():
	return frappe.db.count("Notification Log", {"document_type": "Care Run"})


@pytest.mark.parametrize("days", (400, 30, 22, -1, -2, -400))
def test_a_night_on_an_unlikely_day_does_nothing_and_asks(firm, it_is, days):
	before = snapshot()
	it_is(firm.today + timedelta(days=days))
	for _night in range(2):
		run = tonight()
		assert (run.status, run.as_of) == ("Waiting", firm.today + timedelta(days=days))
		assert "Is the clock right?" in run.warnings
	assert frappe.db.count("Care Run", {"status": "Waiting"}) == 1
	users = frappe.get_all("Notification Log", {"document_type": "Care Run"}, pluck="for_user")
	assert users and len(users) == len(set(users)), "each manager is told once"
	assert snapshot() == before


@pytest.mark.parametrize(
	"days",
	(0, 1, 9, 16),
	ids=("the same day", "as always", "a week's holiday", "Christmas"),
)
def test_an_ordinary_site_is_not_asked(firm, it_is, days):
	it_is(firm.today + timedelta(days=days))
	assert tonight().status == "Completed" and not told()


@pytest.mark.parametrize("hours, status", ((-1, "Completed"), (-3, "Waiting")))
def test_a_clock_that_goes_back_within_a_day_is_told_by_the_jobs_since(firm, it_is, hours, status):
	"""An hour is daylight saving time. The night by itself is of the same day, as one that is run once more."""
	it_is(firm.today, 12)
	sending.run_by_day()
	it_is(firm.today, 12 + hours)
	run = tonight()
	assert run.status == status
	assert (run.status == "Waiting") == ("was at work on" in (run.warnings or ""))
	it_is(firm.today, 13)
	assert tonight().status == "Completed", "a clock that is right again needs no answer"


def test_a_clock_that_was_days_ahead_for_an_hour_stops_nothing(firm, it_is):
	it_is(firm.today + timedelta(days=5))
	sending.run_by_day(), complaints.run()
	it_is(firm.today, 1)
	assert tonight().status == "Completed" and not told()


def test_who_gives_no_answer_is_reminded_every_week(firm, it_is):
	for night in range(9):
		it_is(getdate() + timedelta(days=night))
		assert tonight().status == "Waiting"
	assert frappe.db.count("Care Run", {"status": "Waiting"}) == 1
	by_user = Counter(frappe.get_all("Notification Log", {"document_type": "Care Run"}, pluck="for_user"))
	assert by_user and set(by_user.values()) == {2}


def test_when_the_clock_is_set_right_the_nights_go_on(firm, it_is):
	it_is(firm.today + timedelta(days=400))
	assert tonight().status == "Waiting"
	it_is(firm.today + timedelta(days=1))
	assert tonight().status == "Completed"


def test_two_months_switched_off_are_one_click(firm, it_is, monkeypatch):
	back = firm.today + timedelta(days=60)
	it_is(back)
	queued = []
	monkeypatch.setattr(nightly.frappe, "enqueue", lambda method, **values: queued.append((method, values)))
	assert "60 days later" in nightly.run_now()["ask"] and not queued
	assert nightly.run_now(clock_is_right=True) == {}
	[(method, values)] = queued
	run = frappe.get_doc("Care Run", method(clock_is_right=values["clock_is_right"]))
	assert (run.status, run.as_of) == ("Completed", back)
	it_is(back + timedelta(days=1))
	assert nightly.run_now() == {} and len(queued) == 2 and tonight().status == "Completed"


def test_who_says_that_the_clock_is_right_again_takes_back_what_a_wrong_one_was_told(firm, it_is):
	it_is(firm.today + timedelta(days=300))
	wrong = nightly.run_today(clock_is_right=True)
	frappe.db.set_value(
		"Customer Value", {"name": ("!=", "")}, "below_since", firm.today + timedelta(days=300)
	)
	frappe.db.commit()
	it_is(firm.today + timedelta(days=1))
	assert tonight().status == "Waiting", "nobody has said yet that the other one was wrong"
	nightly.run_today(clock_is_right=True)
	assert frappe.db.get_value("Care Run", wrong, "clock_was_wrong")
	assert frappe.db.count("Customer Value", {"below_since": (">", firm.today + timedelta(days=1))}) == 0
	assert {row for row in frappe.get_all("Tier Policy", {"enabled": 1}, pluck="last_review")} == {
		firm.today + timedelta(days=1)
	}
	it_is(firm.today + timedelta(days=2))
	assert tonight().status == "Completed", "asked once, not every night until that day comes"
	assert nightly.progress()["as_of"] == firm.today + timedelta(days=2)


def test_what_waited_on_a_clock_that_was_ahead_is_nothing_any_more(firm, it_is):
	"""Neither who watches the nights nor the next wrong clock meets it."""
	it_is(firm.today + timedelta(days=31))
	early = tonight()
	frappe.db.set_value("Care Run", early.name, "creation", firm.today + timedelta(days=31))
	job = frappe.get_doc("Scheduled Job Type", {"method": "keep_customers.jobs.sending.run_by_day"})
	job.db_set("last_execution", firm.today + timedelta(days=31))
	it_is(firm.today + timedelta(days=1))
	run = nightly.run_today()
	assert nightly.progress()["name"] == run
	assert watching.state()[0] == "ok"
	# The host, which starts nothing before it is later than the last time, starts ours again.
	assert job.reload().last_execution <= clock.now_datetime()


@pytest.fixture
@once
def new(story, today):
	"""Somebody has just switched the nights on."""
	a_hundred_days_of_business(story, 3)
	story.settings(enabled=1)
	frappe.db.set_single_value(clock.SETTINGS, "modified", clock.now_datetime(), update_modified=False)
	return story


@pytest.mark.parametrize(
	"days, status", ((0, "Completed"), (1, "Completed"), (21, "Completed"), (22, "Waiting"), (-1, "Waiting"))
)
def test_a_first_night_is_held_against_when_it_was_switched_on(new, it_is, days, status):
	it_is(new.today + timedelta(days=days))
	run = tonight()
	assert run.status == status
	if status == "Waiting":
		assert "Is the clock right?" in run.warnings and not frappe.get_all("Customer Value")
		assert nightly.run_now()["ask"] == run.warnings
		nightly.run_today(clock_is_right=True)
		assert frappe.get_all("Customer Value") and clock.question() is None


@pytest.mark.parametrize("days", (-31, 31))
def test_a_clock_that_jumps_right_after_it_was_asked_about_is_not_what_is_noted(
	new, it_is, monkeypatch, days
):
	with monkeypatch.context() as patched:

		def jumps_then(*arguments, **values):
			it_is(new.today + timedelta(days=days))

		patched.setattr(clock, "go_on", jumps_then)
		run = tonight()
	assert (run.status, run.as_of, run.started.date()) == ("Completed", new.today, new.today)
	it_is(new.today + timedelta(days=1))
	assert tonight().status == "Completed" and not told(), "it is right again, and nothing needs an answer"


@pytest.mark.parametrize("every, asked", ((20, False), (30, True)))
def test_a_site_where_people_were_at_work_meanwhile_is_not_asked(new, it_is, every, asked):
	"""Its nights began later than they were switched on, or were off for months."""
	it_is(new.today + timedelta(days=90))
	for day in range(every, 90, every):
		log = frappe.get_doc({"doctype": "Activity Log", "subject": "Login"}).insert(ignore_permissions=True)
		log.db_set("creation", new.today + timedelta(days=day), update_modified=False)
	for _hour in range(3):  # what is written since a jump fills no gap before it
		log = frappe.get_doc({"doctype": "Activity Log", "subject": "Login"}).insert(ignore_permissions=True)
		log.db_set("creation", new.today + timedelta(days=89), update_modified=False)
	assert bool(clock.question()) == asked


def test_invoices_of_days_to_come_and_old_rows_are_no_witnesses(new, it_is):
	firm = new.customer("Ahead")
	invoice = new.invoice(firm, 500)
	frappe.db.set_value("Sales Invoice", invoice.name, "posting_date", new.today + timedelta(days=300))
	frappe.db.set_value("Customer", firm, "creation", new.today - timedelta(days=4000))
	assert tonight().status == "Completed"


@pytest.mark.parametrize("hours", (11, -11, 13, -13, 24 * 40))
def test_a_database_server_on_another_clock_is_asked_about_once(new, it_is, monkeypatch, hours):
	monkeypatch.setattr(clock, "database_ahead", lambda: float(hours))
	run = tonight()
	assert run.status == ("Completed" if abs(hours) < 12 else "Waiting")
	if run.status == "Waiting":
		assert f"differ by {abs(hours)} hours" in run.warnings
		nightly.run_today(clock_is_right=True)
	it_is(new.today + timedelta(days=1))
	assert tonight().status == "Completed", "they always differ so much"
	monkeypatch.setattr(clock, "database_ahead", lambda: hours - 48.0)
	it_is(new.today + timedelta(days=2))
	assert tonight().status == "Waiting", "one of them has jumped"


def test_the_clocks_of_the_database_and_of_this_machine_are_both_read(new):
	"""However their time zones are set; here they are one clock."""
	assert abs(clock.database_ahead()) <= 0.1
	run = nightly.run_today()
	assert float(frappe.db.get_value("Care Run", run, "database_ahead")) == 0
	# One from before an upgrade has not compared them.
	frappe.db.set_value("Care Run", run, "database_ahead", None)
	assert clock.question() is None


# What the scheduler starts

DO_NOT_ASK = {
	"keep_customers.jobs.nightly.run_if_enabled": "it queues the night, which asks and notes that it waits",
	"keep_customers.jobs.begun_again.run": "it queues the night, too",
	"keep_customers.jobs.privacy.go_on": "who is to be forgotten is to be forgotten on any day",
	"keep_customers.setup.onboarding.refresh": "what is there is there on any day",
}


def test_whatever_the_scheduler_starts_asks_the_clock_or_goes_by_no_day():
	jobs = [path for paths in hooks.scheduler_events["cron"].values() for path in paths]
	asking = {path for path in jobs if getattr(frappe.get_attr(path), "asks_the_clock", False)}
	assert set(hooks.scheduler_events) == {"cron"}
	assert set(jobs) - asking == set(DO_NOT_ASK)


@pytest.mark.parametrize("day", (60, -300))
def test_nights_for_a_certain_day_are_not_asked_about_nor_is_the_one_after_them(firm, it_is, day):
	"""Somebody replays the past, or tries out what will be; the clock has jumped nowhere."""
	assert firm.night(firm.today + timedelta(days=day)).status == "Completed"
	it_is(firm.today + timedelta(days=1))
	assert tonight().status == "Completed" and not told()


def test_nobody_is_asked_where_the_settings_say_so(firm, it_is):
	firm.settings(most_days_ahead=0)
	it_is(firm.today + timedelta(days=90))
	assert tonight().status == "Completed"


def test_what_cannot_be_taken_back_waits_as_well(firm, it_is, monkeypatch):
	sent = []
	monkeypatch.setattr(sending, "run", lambda: sent.append("message"))
	monkeypatch.setattr(events, "morning", lambda: sent.append("invitation"))
	monkeypatch.setattr(sending, "FROM_HOUR", 0)
	monkeypatch.setattr(sending, "UNTIL_HOUR", 24)
	it_is(firm.today + timedelta(days=30))
	sending.run_by_day(), events.run()
	assert not sent
	it_is(firm.today + timedelta(days=1))
	sending.run_by_day(), events.run()
	assert sent == ["message", "invitation"]
	firm.settings(enabled=0)  # where no nights are run nothing waits for them
	it_is(firm.today + timedelta(days=30))
	sending.run_by_day()
	assert len(sent) == 3


def test_a_coupon_somebody_holds_outlives_a_clock_that_is_ahead_without_being_asked_about(story):
	story.benefit("Day", kind="Birthday Discount", discount_percentage=15, days_around=3)
	firm = celebrating(story, "Firm", 0)
	birthday_coupons.make(getdate(), Aside())
	[coupon] = coupons(firm)
	settings = frappe.get_doc("Keep Customers Settings")
	for ahead, there in ((3, True), (3 + 21, True), (3 + 22, False)):
		benefits.run(frappe._dict(as_of=getdate() + timedelta(days=ahead), settings=settings, aside=Aside()))
		assert bool(frappe.db.exists("Coupon Code", coupon.name)) is there, ahead


def test_a_site_from_before_has_the_usual_settings(story):
	from keep_customers.setup.install import set_shipped_settings

	frappe.db.delete(
		"Singles", {"doctype": clock.SETTINGS, "field": ("in", ("most_days_ahead", "tell_after_nights"))}
	)
	frappe.clear_document_cache(clock.SETTINGS, clock.SETTINGS)
	for _twice in range(2):
		set_shipped_settings()
	settings = frappe.get_doc(clock.SETTINGS)
	assert (int(settings.most_days_ahead), int(settings.tell_after_nights)) == (21, 3)
	story.settings(most_days_ahead=2)
	set_shipped_settings()
	assert frappe.get_doc(clock.SETTINGS).most_days_ahead == 2


@pytest.mark.parametrize("days", (31, -1))
def test_what_is_late_on_a_wrong_clock_is_told_nobody(firm, it_is, days):
	opened = firm.today - timedelta(days=20)
	case = firm.case(firm.customer("Complains"))
	case.db_set({"opened_on": opened, "answer_due": opened, "solve_due": opened, "next_alarm": opened})
	frappe.db.commit()

	def told_of_it():
		of = {"reference_type": case.doctype, "reference_name": case.name}
		return frappe.db.count("ToDo", of) + frappe.db.count("Notification Log", {"document_name": case.name})

	before = told_of_it()
	it_is(firm.today + timedelta(days=days))
	complaints.run()
	case.reload().save()  # neither when somebody saves it
	frappe.db.commit()
	assert case.next_alarm < complaints.now_datetime() and told_of_it() == before
	it_is(firm.today)
	complaints.run()
	assert told_of_it() > before


def test_words_are_kept_while_nobody_knows_the_day(firm, it_is, monkeypatch):
	ran = []
	monkeypatch.setattr(privacy.ageing, "run", lambda: ran.append("words"))
	it_is(firm.today + timedelta(days=4000))
	privacy.run_by_night()
	assert not ran
	it_is(firm.today + timedelta(days=1))
	privacy.run_by_night()
	assert ran


def test_a_clock_that_is_ahead_does_not_tell_that_nights_were_not(firm, it_is):
	firm.settings(enabled=1)
	it_is(firm.today + timedelta(days=60))
	with mail.sending():
		watching.missed()
	assert not told()
