"""A solution that the customer never answers, and a case that nobody moves."""

from datetime import timedelta

import frappe
import pytest
from frappe.utils import getdate

from keep_customers.care.followups import PENDING
from keep_customers.complaints import feedback
from keep_customers.engine import complaints as engine
from keep_customers.engine.consent import NOT_REACHABLE
from keep_customers.jobs import complaints as jobs
from keep_customers.patches.v0_2 import remind_of_open_cases
from keep_customers.people import ledger
from tests.site.complaints.cases.case import CASE, START, compensated, complaint, offered, stored, todos, told
from tests.site.mail import contact, mailbox  # noqa: F401 (for every test here)
from tests.site.story import ANNA, MIA

DAY = 24


@pytest.fixture
def asks(story, firm):
	"""Customers are asked again after four days, twice; cases nobody moves are told of after a week."""
	story.settings(
		ask_again_days=4, ask_again_times=2, idle_days=7, feedback_pause_hours=0, check_back_days=7
	)
	yield story
	frappe.set_user("Administrator")
	story.settings(ask_again_days=0, idle_days=0)
	frappe.db.commit()


def passes(clock, days):
	clock.goes_on(days * DAY)
	jobs.run()


def mails(case):
	return frappe.db.count("Email Queue", {"reference_doctype": CASE, "reference_name": case.name})


def closed_in_silence(firm, clock):
	case = offered(complaint(firm))
	for _time in range(3):
		passes(clock, 4)
	case.reload()
	return case


def test_asked_twice_again_then_closed_with_that_reason(asks, firm, clock):
	case = offered(complaint(firm))
	assert stored(case, "next_ask") == START + timedelta(days=4)
	passes(clock, 3.9)
	assert mails(case) == 0
	passes(clock, 0.1)
	jobs.run()
	assert (mails(case), stored(case, "asked_again", "status")) == (1, (1, engine.GIVEN))
	passes(clock, 4)
	assert (mails(case), stored(case, "asked_again")) == (2, 2)
	before = len(told(case))
	passes(clock, 4)
	case.reload()
	assert (case.status, case.closed_unanswered, case.word, mails(case)) == (engine.CLOSED, 1, "", 2)
	assert case.override_reason.startswith("No answer: asked again 2 times, last on ")
	assert told(case)[before:] == [ANNA]
	passes(clock, 400)
	assert (len(told(case)), mails(case)) == (before + 1, 2)


@pytest.mark.parametrize("off", [{"ask_again_days": 0}, {"ask_again_times": 0}])
def test_where_nobody_is_asked_any_more_a_case_stays_open_and_is_moved_by_people(asks, firm, clock, off):
	asked = offered(complaint(firm))
	asks.settings(**off)
	new = offered(complaint(firm))
	assert stored(new, "next_ask") is None
	passes(clock, 4)
	for case in (asked, new):
		assert (mails(case), stored(case, "status", "next_ask")) == (0, (engine.GIVEN, None))
	assert stored(asked, "next_idle") == clock.now + timedelta(days=7)
	before = told(asked)
	asks.settings(idle_days=0)
	passes(clock, 8)
	assert (told(asked), stored(asked, "next_idle", "status")) == (before, (None, engine.GIVEN))


def test_asked_by_hand_counts_from_then(asks, firm, clock):
	case = offered(complaint(firm))
	clock.goes_on(3 * DAY)
	frappe.db.set_value(CASE, case.name, "word_asked_on", clock.now)
	case.reload()
	case.save()
	assert stored(case, "next_ask") == START + timedelta(days=7)
	# The button itself knows the real time only.
	feedback.ask(case.name)
	assert stored(case, "next_ask") == stored(case, "word_asked_on") + timedelta(days=4)


@pytest.mark.parametrize("word", ["Yes", "No"])
def test_who_has_answered_is_not_asked_again(asks, firm, clock, word):
	case = offered(complaint(firm))
	clock.goes_on(1)
	case.hear(word)
	assert not stored(case, "next_ask")
	passes(clock, 4)
	assert mails(case) == 0


def test_a_second_solution_is_asked_about_anew(asks, firm, clock):
	case = offered(complaint(firm))
	passes(clock, 4)
	case.hear("No")
	assert stored(case, "asked_again") == 0
	clock.goes_on(1)
	offered(case)
	assert stored(case, "next_ask") == clock.now + timedelta(days=4)


def test_nobody_to_write_to_is_the_responsibles_to_ask(asks, firm, clock):
	frappe.db.delete("Contact Email")
	frappe.db.set_value("Contact", {"email_id": "olga@keep-test.example"}, "email_id", None)
	case = offered(complaint(firm))
	passes(clock, 4)
	assert (mails(case), stored(case, "asked_again", "word_asked_on")) == (0, (1, None))
	assert told(case)[-1] == ANNA and not feedback.prepared(case.reload())["asked_on"]
	case.save()
	assert stored(case, "next_ask") == START + timedelta(days=8)
	for _time in range(2):
		passes(clock, 4)
	case.reload()
	assert case.closed_unanswered and case.override_reason.endswith("could not be asked by e-mail.")


def test_whose_mail_comes_back_was_not_asked(asks, firm, clock):
	case = offered(complaint(firm))
	came_back = ledger.Entry(
		"Email", NOT_REACHABLE, "Bounce", getdate(), firm, address="olga@keep-test.example"
	)
	ledger.note([came_back])
	[way] = [one for one in feedback.prepared(case)["ways"] if one["channel"] == "Email"]
	assert "came back" in way["why_not"] and way["route"][:2] == ["Form", "Contact"]
	with pytest.raises(frappe.ValidationError, match="came back"):
		feedback.ask(case.name)
	passes(clock, 4)
	assert (mails(case), stored(case, "asked_again")) == (0, 1)
	assert told(case)[-1] == ANNA, "who asks in another way"


def test_what_is_owed_is_not_closed_by_silence(asks, firm, clock):
	case = complaint(firm)
	compensated(case, status="Proposed", description="A new drill")
	offered(case)
	for _time in range(3):
		passes(clock, 4)
	assert stored(case, "status", "next_ask") == (engine.GIVEN, None)
	line = frappe.get_all(
		"Notification Log", {"document_name": case.name}, pluck="subject", order_by="creation desc"
	)[0]
	assert "still undecided or not handed over" in line or "Nobody has moved" in line


@pytest.mark.parametrize(
	("days", "idle", "status"),
	[(0, 7, engine.GIVEN), (4, 0, engine.CLOSED)],
	ids=["never asks", "no reminders"],
)
def test_each_is_switched_off_by_itself(asks, firm, clock, days, idle, status):
	asks.settings(ask_again_days=days, idle_days=idle)
	case = closed_in_silence(firm, clock)
	assert case.status == status


def test_a_later_no_opens_it_again(asks, firm, clock):
	case = closed_in_silence(firm, clock)
	[call] = frappe.get_all("Follow Up", {"reference_name": case.name}, pluck="name")
	clock.goes_on(DAY)
	case.hear("No")
	assert (case.status, case.second_chance, case.closed_unanswered, case.closed_on) == (
		engine.REOPENED,
		1,
		0,
		None,
	)
	assert not case.override_reason
	assert told(case)[-1] == MIA
	assert frappe.db.get_value("Follow Up", call, ["status", "hold_reason"]) == (
		"Cancelled",
		"Complaint reopened",
	)
	# And closed for good it stays.
	offered(case)
	case.hear("Yes")
	assert case.status == engine.CLOSED
	with pytest.raises(frappe.ValidationError, match="closed"):
		case.hear("No")


def test_what_a_rule_asks_for_after_a_case_comes_when_it_is_closed_for_good(asks, firm, clock):
	rule = asks.rule("Make up", trigger="Complaint Closed", min_amount=0, due_in_days=30).name
	asks.completed_yesterday()
	case = closed_in_silence(firm, clock)
	asks.night(clock.now.date())
	[first] = asks.follow_ups(firm, care_rule=rule)
	assert (first.reference_name, first.status in PENDING) == (case.name, True)
	case.reload()
	clock.goes_on(DAY)
	case.hear("No")
	asks.night(clock.now.date())
	[first] = asks.follow_ups(firm, care_rule=rule)
	assert (first.status, first.hold_reason) == ("Cancelled", "Complaint reopened")
	case.reload()
	offered(case)
	case.hear("Yes")
	asks.night(clock.now.date())
	asks.night(clock.now.date())
	[second] = [row for row in asks.follow_ups(firm, care_rule=rule) if row.name != first.name]
	assert second.status in PENDING


def test_a_later_yes_closes_it_with_their_yes(asks, firm, clock):
	case = closed_in_silence(firm, clock)
	clock.goes_on(DAY)
	case.hear("Yes", rating=0.8)
	assert (case.status, case.word, case.closed_unanswered) == (engine.CLOSED, "Yes", 0)
	assert not case.override_reason and case.closed_on == clock.now
	assert frappe.db.count("Follow Up", {"reference_name": case.name}) == 1


def test_a_letter_after_all_is_read_by_somebody(asks, firm, clock):
	case = closed_in_silence(firm, clock)
	frappe.get_doc(
		{
			"doctype": "Communication", "communication_type": "Communication", "sent_or_received": "Received",
			"subject": "Re: your complaint", "content": "It broke again", "sender": "olga@keep-test.example",
			"reference_doctype": CASE, "reference_name": case.name,
		}
	).insert()  # fmt: skip
	case.reload()
	assert (case.status, case.closed_unanswered) == (engine.REOPENED, 0)
	assert todos(case, status="Open") == {ANNA: "Open"} and told(case)[-1] == ANNA
	# What they say next counts.
	case.hear("Yes")
	assert case.status == engine.CLOSED


def test_a_case_closed_by_a_manager_stays_closed(asks, firm, clock):
	case = offered(complaint(firm))
	case.close("They moved abroad")
	with pytest.raises(frappe.ValidationError, match="closed"):
		case.hear("No")
	with pytest.raises(frappe.ValidationError, match="closed"):
		case.reopen()


@pytest.mark.parametrize("where", ["open", "waiting", "reopened"])
def test_who_moves_nothing_hears_of_it_then_who_is_above(asks, firm, clock, where):
	case = complaint(firm)
	if where == "waiting":
		case.wait("Which drill?")
	elif where == "reopened":
		offered(case).hear("No")
	# The clock of answer and solution is another matter.
	frappe.db.set_value(CASE, case.name, "next_alarm", None, update_modified=False)
	before = len(told(case))
	passes(clock, 6.9)
	assert len(told(case)) == before
	passes(clock, 0.1)
	jobs.run()
	assert told(case)[before:] == [ANNA]
	passes(clock, 7)
	assert told(case)[before:] == [ANNA, MIA]
	# Somebody moves it: a week again.
	case.reload()
	case.description = "They sent a photo."
	case.save()
	frappe.db.set_value(CASE, case.name, "next_alarm", None, update_modified=False)
	passes(clock, 6)
	assert told(case)[before:] == [ANNA, MIA]
	passes(clock, 1)
	assert told(case)[before:] == [ANNA, MIA, ANNA]


def test_an_upgrade_asks_nobody_about_old_cases(asks, firm, clock):
	old, closed = offered(complaint(firm)), offered(complaint(firm))
	closed.close("Long ago")
	frappe.db.set_value(
		CASE, {"name": ("in", (old.name, closed.name))}, {"next_ask": None, "next_idle": None}
	)
	for _twice in range(2):
		remind_of_open_cases.execute()
	assert stored(old, "next_idle") and not stored(closed, "next_idle")
	passes(clock, 300)
	assert mails(old) == 0 and stored(old, "status") == engine.GIVEN


def test_who_has_written_is_neither_asked_again_nor_closed_as_silent(asks, firm, clock):
	case = offered(complaint(firm))
	passes(clock, 4)
	assert (mails(case), stored(case, "asked_again")) == (1, 1)
	written = frappe.get_doc(
		{
			"doctype": "Communication", "communication_type": "Communication", "sent_or_received": "Received",
			"subject": "Re: your complaint", "content": "It still smokes", "sender": "olga@keep-test.example",
			"reference_doctype": CASE, "reference_name": case.name,
		}
	).insert()  # fmt: skip
	assert told(case)[-1] == ANNA and todos(case, status="Open")[ANNA] == "Open"
	for _time in range(2):
		passes(clock, 4)
	assert (mails(case), stored(case, "status", "next_ask")) == (1, (engine.GIVEN, None))
	# What was written before the solution is no answer to it.
	other = offered(complaint(firm, subject="The saw"))
	written.db_set({"reference_name": other.name, "creation": clock.now - timedelta(hours=1)})
	passes(clock, 4)
	assert stored(other, "asked_again") == 1
