"""A jump of the clock: the night asks before it acts on a day far from the last one, or on one before it."""

from collections import Counter
from datetime import datetime, time, timedelta

import frappe
import pytest
from frappe.utils import getdate

from keep_customers.benefits import coupons as birthday_coupons
from keep_customers.erp.aside import Aside
from keep_customers.jobs import benefits, clock, events, nightly, sending
from tests.site.benefits.offers.shop import celebrating, coupons
from tests.site.jobs.test_night import a_hundred_days_of_business, snapshot


@pytest.fixture
def it_is(monkeypatch):
	"""``it_is(day)``: what the computer takes for today."""

	def it_is(day):
		for module in (clock, nightly, events):
			monkeypatch.setattr(module, "getdate", lambda value=None: getdate(value) if value else day)
		for module in (clock, nightly, sending):
			monkeypatch.setattr(module, "now_datetime", lambda: datetime.combine(day, time(12)))

	return it_is


@pytest.fixture
def firm(story, it_is):
	"""Two nights are over, the last one on the story's day; a rule is on."""
	a_hundred_days_of_business(story, 8)
	story.rule("Cadence", trigger="Tier Cadence", switched_on=story.days_ago(400))
	story.settings(enabled=1)
	it_is(story.today)
	story.completed_yesterday()
	story.night()
	frappe.db.commit()
	return story


def tonight():
	nightly.run_today()
	return frappe.get_all("Care Run", fields=["*"], order_by="creation desc, name desc", limit=1)[0]


def told():
	return frappe.db.count("Notification Log", {"document_type": "Care Run"})


@pytest.mark.parametrize("days", (400, 30, 22, -2, -400))
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
	(0, 1, 9, 16, -1),
	ids=("the same day", "as always", "a week's holiday", "Christmas", "the time zone was changed"),
)
def test_an_ordinary_site_is_not_asked(firm, it_is, days):
	it_is(firm.today + timedelta(days=days))
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


def test_a_first_night_has_nothing_to_compare_with(story, it_is):
	a_hundred_days_of_business(story, 3)
	story.settings(enabled=1)
	it_is(story.today)
	assert tonight().status == "Completed"


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
