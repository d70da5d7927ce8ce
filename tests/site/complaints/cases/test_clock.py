"""The clock of a case: when it stands still, and who hears of it when it is late."""

from datetime import datetime, timedelta

import frappe
import pytest

from keep_customers.complaints import clock as case_clock
from keep_customers.complaints import escalation
from keep_customers.jobs import complaints as jobs
from tests.site.complaints.cases.case import CASE, START, complaint, offered, stored, tier, todos, told
from tests.site.statements import statements
from tests.site.story import ANNA, BEN, MIA, PREFIX


def test_waiting_for_the_customer_stops_the_clock(firm, clock):
	case = complaint(firm)
	clock.goes_on(0.5)
	case.wait(note="Which serial number?")
	assert case.status == "Waiting for Customer" and case.answered_on == clock.now
	assert case.next_alarm is None
	with pytest.raises(frappe.ValidationError, match="waiting for the customer already"):
		case.wait()
	clock.goes_on(48)
	jobs.run()
	assert not told(case)
	case.reload()
	case.resume()
	assert case.solve_due == START + timedelta(hours=72)
	with pytest.raises(frappe.ValidationError, match="not waiting"):
		case.resume()
	clock.goes_on(1)
	offered(case)
	assert (case.solve_minutes, case.solve_late) == (90, 0)


def test_working_hours_and_holidays(story, firm, clock):
	frappe.get_doc(
		{
			"doctype": "Holiday List",
			"holiday_list_name": f"{PREFIX} Holidays",
			"from_date": "2026-01-01",
			"to_date": "2026-12-31",
			"holidays": [{"holiday_date": "2026-03-05", "description": "Day off"}],
		}
	).insert()
	week = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
	story.settings(
		holiday_list=f"{PREFIX} Holidays",
		working_hours=[{"workday": day, "start_time": "09:00:00", "end_time": "17:00:00"} for day in week],
		complaint_targets=[{"answer_within_hours": 1, "solve_within_hours": 8}],
	)
	case = complaint(firm)  # Wednesday, 10:00; Thursday is the day off
	assert (case.answer_due, case.solve_due) == (datetime(2026, 3, 4, 11), datetime(2026, 3, 6, 10))


def test_the_companys_own_holidays_stop_the_clock_too(story, firm, clock):
	"""As they stop everything else that goes by working days; on which weekdays people work, the hours say."""
	name = frappe.get_doc(
		{
			"doctype": "Holiday List", "holiday_list_name": f"{PREFIX} Company", "from_date": "2026-01-01",
			"to_date": "2026-12-31",
			"holidays": [
				{"holiday_date": "2026-03-05", "description": "Day off"},
				{"holiday_date": "2026-03-07", "description": "Saturday", "weekly_off": 1},
			],
		}
	).insert().name  # fmt: skip
	company = frappe.db.get_single_value("Global Defaults", "default_company")
	before = frappe.db.get_value("Company", company, "default_holiday_list")
	story.settings(
		working_hours=[
			{"workday": day, "start_time": "09:00:00", "end_time": "17:00:00"}
			for day in ("Wednesday", "Thursday", "Saturday")
		],
		complaint_targets=[{"answer_within_hours": 1, "solve_within_hours": 8}],
	)
	try:
		frappe.db.set_value("Company", company, "default_holiday_list", name)
		# Wednesday, 10:00: seven hours that day, Thursday is a holiday.
		assert complaint(firm).solve_due == datetime(2026, 3, 7, 10)
	finally:
		frappe.db.set_value("Company", company, "default_holiday_list", before)


def test_other_working_hours_leave_what_was_answered_and_solved_as_it_was(story, firm, clock):
	case = complaint(firm)
	clock.goes_on(30)
	offered(case)
	case.hear("Yes", rating=0.8)
	before = stored(case, "answer_minutes", "answer_late", "solve_minutes", "solve_late")
	assert before == (1800, 1, 1800, 1)
	story.settings(working_hours=[{"workday": "Wednesday", "start_time": "10:00:00", "end_time": "11:00:00"}])
	case.reload()
	case.subject = "The drill was broken"
	case.save()
	assert stored(case, "answer_minutes", "answer_late", "solve_minutes", "solve_late") == before


@pytest.mark.parametrize(
	"values, words",
	[
		({"working_hours": [("Monday", "17:00:00", "09:00:00")]}, "Row 1: work ends before it begins"),
		(
			{"working_hours": [("Monday", "09:00:00", "12:00:00"), ("Monday", "11:00:00", "13:00:00")]},
			"Row 2: these hours are there already",
		),
		({"complaint_targets": [("Gold", None, 5, 4)]}, "Row 1: a complaint is answered before it is solved"),
		({"complaint_targets": [("Gold", None, 0, 4)]}, "Row 1: a complaint is answered before it is solved"),
		({"complaint_targets": [(None, None, 1, 9000)]}, "within a year"),
		({"complaint_targets": [("Gold", "Low", 1, 4), ("Gold", "Low", 2, 5)]}, "Row 2: this tier and sev"),
	],
)
def test_settings_that_make_no_sense_are_refused(story, firm, values, words):
	fields = {
		"working_hours": ("workday", "start_time", "end_time"),
		"complaint_targets": ("tier", "severity", "answer_within_hours", "solve_within_hours"),
	}
	rows = {
		table: [dict(zip(fields[table], row, strict=True)) for row in rows] for table, rows in values.items()
	}
	with pytest.raises(frappe.ValidationError, match=words):
		story.settings(**rows)


def test_hours_in_which_nobody_works_are_told_to_who_records_a_complaint(story, firm):
	story.settings(working_hours=[{"workday": "Sunday", "start_time": "09:00:00", "end_time": "09:00:01"}])
	with pytest.raises(frappe.ValidationError, match="no working time"):
		complaint(firm)


def test_late_cases_are_told_to_one_after_the_other_and_to_each_once(firm, clock):
	case, calm = complaint(firm), complaint(firm, subject="Calm")
	calm.take_step("Listened")
	clock.goes_on(0.9)
	jobs.run()
	assert told(case) == []
	clock.goes_on(0.2)
	jobs.run()
	jobs.run()
	assert told(case) == [ANNA]
	clock.goes_on(1)
	jobs.run()
	assert (told(case), stored(case, "escalated_to")) == ([ANNA, MIA], MIA)
	assert todos(case) == {ANNA: "Open", MIA: "Open"}
	clock.goes_on(1)
	for _again in range(3):
		jobs.run()
	assert told(case) == [ANNA, MIA, BEN] and told(calm) == []
	# And again for the solution, which is another thing to be late with.
	clock.goes_on(24)
	for _again in range(5):
		jobs.run()
	assert told(case) == [ANNA, MIA, BEN] * 2 and told(calm) == [ANNA, MIA, BEN]
	case.reload()
	case.take_step("Listened")
	assert case.answer_late == 1 and case.answer_minutes == pytest.approx(60 * 27.1)
	offered(case)
	assert case.solve_late == 1 and case.next_alarm is None


def test_a_run_that_is_killed_between_two_cases_tells_nobody_twice(firm, clock, monkeypatch):
	cases = [complaint(firm, subject=f"Number {number}") for number in range(3)]
	frappe.db.commit()
	clock.goes_on(1.5)
	sound, count = jobs.sound, []

	def killed(name):
		if len(count) == 1:
			raise KeyboardInterrupt
		count.append(name)
		sound(name)

	monkeypatch.setattr(jobs, "sound", killed)
	with pytest.raises(KeyboardInterrupt):
		jobs.run()
	frappe.db.rollback()
	monkeypatch.setattr(jobs, "sound", sound)
	assert sum(len(told(case)) for case in cases) == 1
	jobs.run()
	assert [told(case) for case in cases] == [[ANNA]] * 3


def test_one_that_is_killed_within_a_case_leaves_nothing_half_done(firm, clock, monkeypatch):
	case = complaint(firm)
	frappe.db.commit()
	clock.goes_on(1.5)

	def killed(_case):
		raise KeyboardInterrupt

	with monkeypatch.context() as patched:
		patched.setattr(escalation, "store_alarms", killed)
		with pytest.raises(KeyboardInterrupt):
			jobs.run()
	frappe.db.rollback()
	assert told(case) == []
	jobs.run()
	assert told(case) == [ANNA]


def test_one_broken_case_does_not_keep_the_others_silent(firm, clock, monkeypatch):
	broken, case = complaint(firm), complaint(firm)
	frappe.db.commit()
	clock.goes_on(1.5)
	tell = escalation.tell

	def fails(doc, *args):
		if doc.name == broken.name:
			raise ZeroDivisionError
		tell(doc, *args)

	monkeypatch.setattr(escalation, "tell", fails)
	jobs.run()
	assert (told(broken), told(case)) == ([], [ANNA])
	assert frappe.get_all("Error Log", filters={"reference_name": broken.name})


def test_a_promise_is_watched_besides_the_target(firm, clock):
	case = complaint(firm)
	case.take_step("Listened")
	case.promised_on = START + timedelta(hours=3)
	case.save()
	clock.goes_on(3.5)
	jobs.run()
	assert told(case) == [ANNA] and "was promised" in frappe.get_last_doc("Notification Log").subject
	# A new promise is watched anew; it does not move the target.
	case.reload()
	case.promised_on = START + timedelta(days=30)
	case.save()
	assert case.promise_escalation == 0 and case.solve_due == START + timedelta(hours=24)
	clock.goes_on(21)
	jobs.run()
	assert told(case) == [ANNA, ANNA]


def test_a_better_tier_is_answered_sooner_and_a_worse_one_as_promised(story, firm, clock):
	story.settings(
		complaint_targets=[
			{"tier": "Platinum", "answer_within_hours": 0.5, "solve_within_hours": 2},
			{"tier": "Gold", "answer_within_hours": 1, "solve_within_hours": 8},
			{"tier": "Lead", "answer_within_hours": 9, "solve_within_hours": 90},
		]
	)
	tier(firm, "Gold")
	case = complaint(firm)
	form = frappe.get_doc(CASE, case.name)
	tier(firm, "Lead")
	frappe.db.commit()
	jobs.run()
	assert stored(case, "tier", "solve_due") == ("Gold", START + timedelta(hours=8))
	tier(firm, "Platinum")
	assert case_clock.better_tiers() == [(case.name, "Platinum")]
	jobs.run()
	assert not case_clock.better_tiers()
	expected = ("Platinum", START + timedelta(hours=2), START + timedelta(minutes=30))
	assert stored(case, "tier", "solve_due", "next_alarm") == expected
	# Whoever has the form open can go on, and brings the old tier not back.
	form.subject = "Broken, twice"
	form.save()
	assert stored(case, "tier", "solve_due", "next_alarm") == expected
	form.customer_name = form.tier = "Lead"
	form.save()
	assert stored(case, "tier") == "Platinum"


def test_a_quiet_pass_asks_the_same_few_questions_of_however_many_cases(firm):
	def questions():
		with statements() as sent:
			jobs.run()
		return len(sent)

	complaint(firm)
	frappe.db.commit()
	jobs.run()
	few = questions()
	for number in range(20):
		complaint(firm, subject=f"Number {number}")
	frappe.db.commit()
	# What the host looks up again now and then is not ours; a question for each case would be twenty.
	assert 0 < few < 30 and questions() < few + 10
