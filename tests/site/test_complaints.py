"""A complaint from the first word to the call afterwards: who does what, what is refused, who hears of it when it is late."""

import json
from datetime import datetime, timedelta

import frappe
import pytest
from frappe.permissions import add_user_permission
from frappe.utils import add_days, getdate

from keep_customers.complaints import cases, escalation, standard_answers
from keep_customers.complaints import clock as case_clock
from keep_customers.engine import complaints as engine
from keep_customers.jobs import complaints as jobs
from keep_customers.keep_customers.doctype.complaint_case import complaint_case as controller
from tests.site.story import ANNA, BEN, EVE, ITEM, MIA, PREFIX, _tree, remove_everything
from tests.site.web import Browser, Server

CASE = "Complaint Case"
QUALITY = f"{PREFIX} Quality"
START = datetime(2026, 3, 4, 10, 0)  # a Wednesday
SETTINGS = {
	"complaint_targets": [], "working_hours": [], "holiday_list": None, "head_of_service": None,
	"escalate_after_hours": 1, "check_back_days": 7, "suggest_compensation": 1, "compensation_limit": 0,
	"compensation_role": "Sales Manager",
}  # fmt: skip


class Clock:
	now = START

	def __call__(self):
		return self.now

	def goes_on(self, hours):
		self.now += timedelta(hours=hours)


@pytest.fixture
def clock(monkeypatch):
	"""The time of day, for the app's own clock; the host's stays as it is."""
	clock = Clock()
	for module in (cases, jobs, controller):
		monkeypatch.setattr(module, "now_datetime", clock)
	return clock


@pytest.fixture
def firm(story, clock):
	"""A firm that Anna looks after, with a contact; Mia is above Anna, Ben is the head of service."""
	story.settings(**{**SETTINGS, "head_of_service": BEN})
	firm = story.customer("Firm")
	story.file(firm, dedicated_rep=ANNA)
	frappe.get_doc(
		{
			"doctype": "Contact",
			"first_name": f"{PREFIX} Olga",
			"is_primary_contact": 1,
			"links": [{"link_doctype": "Customer", "link_name": firm}],
			"email_ids": [{"email_id": "olga@keep-test.example", "is_primary": 1}],
		}
	).insert()
	frappe.get_doc(
		{"doctype": "Complaint Category", "category_name": QUALITY, "default_severity": "Normal"}
	).insert()
	yield firm
	frappe.set_user("Administrator")
	story.settings(**SETTINGS)
	frappe.db.commit()


def new_batch():
	batched = frappe.get_meta("Item").has_field("has_batch_no")
	if batched:
		frappe.db.set_value("Item", ITEM, "has_batch_no", 1)
	batch = frappe.get_doc({"doctype": "Batch", "batch_id": f"{PREFIX} Batch", "item": ITEM}).insert()
	if batched:
		frappe.db.set_value("Item", ITEM, "has_batch_no", 0)
	return batch


def tier(customer, name):
	if not frappe.db.exists("Customer Value", customer):
		value = frappe.get_doc({"doctype": "Customer Value", "customer": customer, "currency": "EUR"})
		value.insert(ignore_permissions=True, ignore_mandatory=True)
	frappe.db.set_value("Customer Value", customer, "tier", name)


def complaint(customer, **values):
	return frappe.get_doc(
		{
			"doctype": CASE,
			"customer": customer,
			"subject": "The drill is broken",
			"description": "It broke on the first day.",
			"channel": "Phone",
			"opened_on": jobs.now_datetime(),
			**values,
		}
	).insert()


def offered(case):
	case.take_step(engine.OFFERED, note="A new one", reason="The customer knows us")
	return case


def solved(customer, **values):
	case = offered(complaint(customer, **values))
	case.hear("Yes", rating=0.8)
	return case


def todos(case, **filters):
	filters |= {"reference_type": CASE, "reference_name": case.name}
	return {
		row.allocated_to: row.status
		for row in frappe.get_all("ToDo", filters=filters, fields=["allocated_to", "status"])
	}


def told(case):
	"""Who was notified by us, in order."""
	return frappe.get_all(
		"Notification Log",
		filters={"document_name": case.name, "type": "Alert"},
		pluck="for_user",
		order_by="creation asc",
	)


def stored(case, *fields):
	return frappe.db.get_value(CASE, case.name, fields if len(fields) > 1 else fields[0])


# A new case


def test_a_rep_records_what_an_invoice_leads_to(story, firm):
	story.settings(
		complaint_targets=[
			{"tier": "Gold", "severity": "High", "answer_within_hours": 0.5, "solve_within_hours": 4},
			{"tier": "Gold", "answer_within_hours": 1, "solve_within_hours": 8},
			{"severity": "High", "answer_within_hours": 2, "solve_within_hours": 12},
		]
	)
	tier(firm, "Gold")
	frappe.db.set_value("Complaint Category", QUALITY, "default_severity", "High")
	invoice = story.invoice(firm, 100)
	frappe.set_user(ANNA)
	case = complaint(None, sales_invoice=invoice.name, category=QUALITY)
	assert (case.customer, case.customer_name, case.tier, case.currency) == (firm, firm, "Gold", "EUR")
	assert (case.contact_name, case.contact_email) == (f"{PREFIX} Olga", "olga@keep-test.example")
	assert (case.severity, case.responsible, case.status, case.step) == ("High", ANNA, "Open", "Received")
	assert case.answer_due == START + timedelta(minutes=30)
	assert case.solve_due == START + timedelta(hours=4)
	[received] = case.steps
	assert (received.step, received.done_by, received.round) == ("Received", ANNA, 1)
	# The host's Assignment Rule has put it on the list, with nothing personal in it.
	[todo] = frappe.get_all("ToDo", filters={"reference_name": case.name}, fields=["*"])
	assert (todo.allocated_to, todo.assignment_rule) == (ANNA, "Complaint Cases")
	assert "drill" not in todo.description and PREFIX not in todo.description
	# Who is chosen by hand stays.
	assert complaint(firm, responsible=BEN).responsible == BEN


@pytest.mark.parametrize(
	"tier_of_customer, severity, hours",
	[
		("Gold", "High", 4),
		("Gold", "Low", 8),
		("Iron", "High", 12),
		("Iron", "Low", 20),
		(None, "Low", 24),
	],
)
def test_the_closest_target_counts(story, firm, tier_of_customer, severity, hours):
	rows = [("Gold", "High", 4), ("Gold", None, 8), (None, "High", 12)]
	story.settings(
		complaint_targets=[
			{"tier": of, "severity": level, "answer_within_hours": 1, "solve_within_hours": within}
			for of, level, within in rows
		]
	)
	before = frappe.db.get_value("Customer Tier", "Iron", "solve_within_hours")
	frappe.db.set_value("Customer Tier", "Iron", "solve_within_hours", 20)
	if tier_of_customer:
		tier(firm, tier_of_customer)
	try:
		assert complaint(firm, severity=severity).solve_due == START + timedelta(hours=hours)
	finally:
		frappe.db.set_value("Customer Tier", "Iron", "solve_within_hours", before)


@pytest.mark.parametrize(
	"values, words",
	[
		({"customer": None}, "choose the customer"),
		({"opened_on": START + timedelta(hours=2)}, "after it was made"),
		({"promised_on": START - timedelta(hours=1)}, "A promise is for the future"),
		({"promised_on": START}, "A promise is for the future"),
		({"sales_invoice": "other"}, "is of another customer"),
	],
)
def test_what_cannot_be_is_refused_with_what_to_do(story, firm, values, words):
	if "sales_invoice" in values:
		values = {"sales_invoice": story.invoice(story.customer("Other"), 10).name}
	with pytest.raises(frappe.ValidationError, match=words):
		complaint(**{"customer": firm, **values})


def test_a_clock_that_is_ahead_a_little_does_not_keep_a_complaint_out(firm):
	assert complaint(firm, opened_on=START + timedelta(minutes=3)).opened_on == START


# Nine steps


def test_nine_steps_to_a_satisfied_customer(firm, clock):
	frappe.set_user(ANNA)
	case = complaint(firm, category=QUALITY)
	for number, step in enumerate(engine.STEPS[1:7], 1):
		clock.goes_on(0.25)
		case.take_step(step, note=f"Note {number}")
		assert case.step == step
	assert case.status == "Solution Given"
	assert case.answered_on == START + timedelta(minutes=15) and not case.answer_late
	assert (case.answer_minutes, case.solve_minutes, case.solve_late) == (15, 75, 0)
	clock.goes_on(24)
	case.hear("Yes", rating=0.8, person_rating=1, words="Thank you")
	assert (case.status, case.step, case.closed_by) == ("Closed", "Confirmed", ANNA)
	assert (case.solution_rating, case.person_rating, case.rated_user) == (0.8, 1, ANNA)
	assert [row.step for row in case.steps] == list(engine.STEPS[:8])
	assert not any(row.left_out for row in case.steps)
	assert todos(case) == {ANNA: "Closed"}
	# The call afterwards is planned, whatever rules are on, and closes the circle.
	[call] = frappe.get_all("Follow Up", filters={"reference_name": case.name}, fields=["*"])
	assert (call.care_rule, call.customer, call.status) == (None, firm, "Planned")
	assert call.planned_on == call.due_date == getdate(add_days(case.closed_on, 7))
	with pytest.raises(frappe.ValidationError, match="This case is closed"):
		case.take_step("Listened")


def test_who_jumps_is_asked_why(firm):
	case = complaint(firm)
	with pytest.raises(frappe.ValidationError, match="why Listened, Apologised is left out"):
		case.take_step("Cause Found")
	case.take_step("Cause Found", note="A weak spring", reason="On the phone with our engineer")
	assert [(row.step, row.left_out, row.note or "") for row in case.steps] == [
		("Received", 0, ""),
		("Listened", 1, "On the phone with our engineer"),
		("Apologised", 1, "On the phone with our engineer"),
		("Cause Found", 0, "A weak spring"),
	]
	for step, words in (
		("Cause Found", "is done already"),
		("Confirmed", "Only the customer's answer"),
		("Compensated", "offer a solution first"),
		("Followed Up", "after the case is closed"),
		("Dance", "one of the nine steps"),
	):
		with pytest.raises(frappe.ValidationError, match=words):
			case.take_step(step, reason="Why not")
	assert len(frappe.get_doc(CASE, case.name).steps) == 4


def test_the_first_no_is_a_second_chance_for_the_manager_and_another_no_is_hers_to_end(firm, clock):
	frappe.set_user(ANNA)
	case = offered(complaint(firm, promised_on=START + timedelta(hours=5)))
	clock.goes_on(2)
	case.hear("No", words="The new one broke too")
	assert (case.status, case.second_chance, case.step, case.escalated_to) == ("Reopened", 1, "Received", MIA)
	assert case.promised_on is None and case.solved_on is None
	assert case.solve_due == START + timedelta(hours=26)  # a day of its own
	assert (told(case), todos(case)) == ([MIA], {ANNA: "Open", MIA: "Open"})
	assert case.steps[-1].round == 2
	offered(case)
	clock.goes_on(1)
	case.hear("No", words="Still")
	assert (case.status, case.word) == ("Solution Given", "No")
	assert told(case) == [MIA, MIA]
	with pytest.raises(frappe.ValidationError, match="Only a manager can close"):
		case.close()
	with pytest.raises(frappe.PermissionError, match="Only a manager closes"):
		case.close(override_reason="They will never be happy")
	frappe.set_user(MIA)
	with pytest.raises(frappe.ValidationError, match="Only a manager can close"):
		case.close(override_reason="  ")
	case.close(override_reason="We have done all we can")
	assert (case.status, case.closed_by, case.override_reason) == ("Closed", MIA, "We have done all we can")


def test_a_yes_that_is_taken_back_is_no_confirmation(firm):
	case = complaint(firm)
	case.append("compensations", {"kind": "Gift", "status": "Proposed", "cost": 10})
	case.save()
	offered(case)
	case.hear("Yes")
	assert (case.status, case.step) == ("Solution Given", "Confirmed")
	assert told(case) == [ANNA]
	with pytest.raises(frappe.ValidationError, match="undecided or not handed over"):
		case.close()
	case.hear("No")
	case = offered(case)
	case.hear("No")
	assert case.step != "Confirmed" and case.word == "No"
	case.compensations[0].status = "Rejected"
	case.save()
	case.hear("Yes")
	assert (case.status, case.step) == ("Closed", "Confirmed")


# The clock


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
	assert case_clock.follow_tiers() == 0
	assert stored(case, "tier", "solve_due") == ("Gold", START + timedelta(hours=8))
	tier(firm, "Platinum")
	assert case_clock.follow_tiers() == 1 and case_clock.follow_tiers() == 0
	expected = ("Platinum", START + timedelta(hours=2), START + timedelta(minutes=30))
	assert stored(case, "tier", "solve_due", "next_alarm") == expected
	# Whoever has the form open can go on, and brings the old tier not back.
	form.subject = "Broken, twice"
	form.save()
	assert stored(case, "tier", "solve_due", "next_alarm") == expected
	form.customer_name = form.tier = "Lead"
	form.save()
	assert stored(case, "tier") == "Platinum"


def test_a_quiet_pass_asks_the_same_few_questions_of_however_many_cases(firm, monkeypatch):
	def questions():
		asked, db = [], frappe.local.db
		with monkeypatch.context() as patched:
			patched.setattr(
				db, "sql", lambda query, *args, **kw: asked.append(query) or type(db).sql(db, query, *args, **kw)
			)  # fmt: skip
			jobs.run()
		return len(asked)

	complaint(firm)
	frappe.db.commit()
	jobs.run()
	few = questions()
	for number in range(20):
		complaint(firm, subject=f"Number {number}")
	frappe.db.commit()
	# What the host looks up again now and then is not ours; a question for each case would be twenty.
	assert 0 < few < 30 and questions() < few + 10


# Repeats and causes


def test_what_has_happened_before_is_recognised(story, firm, clock):
	other, item = story.customer("Other"), story.item("Drill")
	first = complaint(firm, item=ITEM, opened_on=START - timedelta(days=80))
	assert not first.repeat_of
	again = complaint(firm, item=ITEM)
	assert (again.repeat_of, again.repeat_reason) == (first.name, "Same customer, same item")
	assert not complaint(firm, item=item).repeat_of
	assert not complaint(other, item=ITEM).repeat_of, "another customer, and no category"
	of_category = complaint(firm, category=QUALITY, item=item, opened_on=START + timedelta(seconds=0))
	clock.goes_on(1)
	assert complaint(firm, category=QUALITY).repeat_of == of_category.name
	elsewhere = complaint(other, category=QUALITY, item=item)
	assert elsewhere.repeat_reason == "Same item, same category"
	clock.goes_on(24 * 91)
	assert not complaint(firm, item=ITEM, category=QUALITY).repeat_of, "too long ago"


def test_the_same_batch_is_a_repeat_across_customers(story, firm, clock):
	batch = new_batch()
	first = complaint(firm, batch_no=batch.name)
	assert first.item == ITEM
	clock.goes_on(1)
	assert complaint(story.customer("Other"), batch_no=batch.name).repeat_of == first.name
	batch.delete(force=True)


def test_a_repeat_is_closed_with_a_cause_and_a_measure_and_keeps_them(firm, clock):
	complaint(firm, category=QUALITY)
	clock.goes_on(1)
	case = solved(firm, category=QUALITY)
	assert (case.status, case.word) == ("Solution Given", "Yes")
	assert told(case) == [ANNA]
	case.cause = frappe.get_all("Complaint Cause", limit=1, pluck="name")[0]
	case.save()
	frappe.set_user(MIA)
	with pytest.raises(frappe.ValidationError, match="cause and a measure"):
		case.close(override_reason="It does not matter")
	frappe.set_user("Administrator")
	case.quality_action = frappe.get_doc({"doctype": "Quality Action"}).insert().name
	case.save()
	case.close()
	assert case.status == "Closed" and not case.override_reason
	case.quality_action = None
	with pytest.raises(frappe.ValidationError, match="cause and a measure"):
		case.save()


# Compensation


def compensated(case, user="Administrator", **row):
	frappe.set_user(user)
	case.reload()
	if case.compensations:
		case.compensations[0].update(row)
	else:
		case.append("compensations", {"kind": "Gift", **row})
	case.save()
	return case.compensations[0]


def test_what_costs_more_than_the_limit_is_approved_by_who_may(story, firm):
	story.settings(compensation_limit=50)
	case = complaint(firm)
	row = compensated(case, ANNA, cost=50, status="Approved")
	assert (row.approved_by, case.compensation_cost) == (ANNA, 50)
	with pytest.raises(frappe.PermissionError, match="somebody with the role Sales Manager"):
		compensated(case, ANNA, cost=51, status="Approved")
	assert stored(case, "compensation_cost") == 50
	assert compensated(case, ANNA, cost=80, status="Proposed").approved_by is None
	# Who writes somebody else's name into it does not become them.
	with pytest.raises(frappe.PermissionError):
		compensated(case, ANNA, cost=80, status="Handed Over", approved_by=MIA)
	assert compensated(case, MIA, status="Approved").approved_by == MIA
	row = compensated(case, ANNA, status="Handed Over", approved_by=ANNA)
	assert (row.approved_by, row.handed_over_on) == (MIA, getdate()) or str(row.handed_over_on) == str(
		getdate()
	)
	assert case.compensation_cost == 80
	case.compensations = []
	with pytest.raises(frappe.ValidationError, match="stays on record"):
		case.save()


def test_grave_cases_and_the_best_customers_are_offered_something(story, firm):
	tier(firm, "Iron")
	assert not offered(complaint(firm)).compensations
	for values in ({"severity": "Grave"}, {"tier": "Gold"}):
		if "tier" in values:
			tier(firm, values.pop("tier"))
		case = offered(complaint(firm, **values))
		assert [(row.status, row.cost or 0) for row in case.compensations] == [("Suggested", 0)]
		case.hear("Yes")
		assert case.status == "Solution Given", "somebody decides about it first"
	story.settings(suggest_compensation=0)
	assert not offered(complaint(firm, severity="Grave")).compensations


def test_nothing_is_owed_on_a_closed_case(firm):
	case = solved(firm)
	assert case.status == "Closed"
	with pytest.raises(frappe.ValidationError, match="open a new case"):
		compensated(case, cost=5, status="Proposed")
	compensated(case, cost=5, status="Handed Over")
	assert stored(case, "compensation_cost") == 5


# Who gets it


@pytest.fixture
def team(firm):
	category = frappe.get_doc("Complaint Category", QUALITY)
	category.update({"assign_to": "Team", "team": [{"user": BEN}, {"user": MIA}]})
	category.save()
	return category


def test_a_categorys_team_shares_its_cases(firm, team):
	rule = frappe.get_doc("Assignment Rule", team.assignment_rule)
	assert (rule.rule, {row.user for row in rule.users}) == ("Load Balancing", {BEN, MIA})
	cases = [complaint(firm, category=QUALITY, item=None) for _number in range(4)]
	assert sorted(case.responsible for case in cases) == [BEN, BEN, MIA, MIA]
	for case in cases:
		assert stored(case, "responsible") == case.responsible
		assert todos(case) == {case.responsible: "Open"}
	# A form that was opened before knows of nobody.
	case = cases[0]
	form = frappe.get_doc(CASE, case.name)
	form.responsible = None
	form.save()
	assert stored(case, "responsible") == case.responsible
	# Handed to Anna, it is on her list and no longer on theirs.
	before = form.responsible
	form.responsible = ANNA
	form.save()
	assert todos(form) == {before: "Cancelled", ANNA: "Open"}
	# The rep's own cases go on as before.
	assert complaint(firm).responsible == ANNA


def test_a_rule_goes_with_its_team(firm, team):
	name = team.assignment_rule
	team.update({"team": [{"user": MIA}]})
	team.save()
	assert [row.user for row in frappe.get_doc("Assignment Rule", name).users] == [MIA]
	frappe.rename_doc("Complaint Category", QUALITY, f"{QUALITY} 'Two'")
	renamed = frappe.get_doc("Complaint Category", f"{QUALITY} 'Two'")
	assert complaint(firm, category=renamed.name).responsible == MIA
	renamed.assign_to = "Dedicated Rep"
	renamed.save()
	assert not frappe.db.exists("Assignment Rule", name) and not renamed.assignment_rule
	assert complaint(firm, category=renamed.name).responsible == ANNA
	renamed.update({"assign_to": "Team"})
	renamed.save()
	rule = renamed.assignment_rule
	assert frappe.db.exists("Assignment Rule", rule)
	frappe.db.delete(CASE)
	renamed.delete()
	assert not frappe.db.exists("Assignment Rule", rule)


def test_a_team_without_people_is_refused(firm):
	category = frappe.get_doc("Complaint Category", QUALITY)
	category.assign_to = "Team"
	with pytest.raises(frappe.ValidationError, match="who is in the team"):
		category.save()
	frappe.db.set_value("User", BEN, "enabled", 0)
	category = frappe.get_doc("Complaint Category", QUALITY)
	category.assign_to = "Team"
	category.append("team", {"user": BEN})
	with pytest.raises(frappe.ValidationError, match="is disabled"):
		category.save()


def test_who_takes_over_a_late_case_gets_it_although_the_superior_has_it(firm, clock):
	case = complaint(firm)
	clock.goes_on(5)
	for _level in range(3):
		jobs.run()
	assert todos(case) == dict.fromkeys((ANNA, MIA, BEN), "Open")
	case.reload()
	case.responsible = BEN
	case.save()
	assert todos(case) == {ANNA: "Cancelled", MIA: "Open", BEN: "Open"}


# The call afterwards


def test_the_call_afterwards_is_a_promise_and_its_todo_ends_the_case(story, firm, clock):
	clock.now = frappe.utils.now_datetime() - timedelta(days=9)
	case = solved(firm)
	frappe.set_user("Administrator")
	story.history(firm, [(60, 500), (30, 500)])
	story.today = getdate()
	# Neither the cap nor a full list keeps it back.
	story.settings(rep_capacity=1, contact_cap=1, contact_cap_days=60)
	story.completed_yesterday()
	story.today = _working_day()
	frappe.get_doc(
		{
			"doctype": "Customer Touch", "customer": firm, "date": f"{getdate()} 00:00:01", "rep": ANNA,
			"channel": "Phone", "result": "Reached",
		}
	).insert()  # fmt: skip
	story.night()
	[call] = frappe.get_all("Follow Up", filters={"reference_name": case.name}, fields=["*"])
	assert (call.status, call.assigned_to) == ("Assigned", ANNA), call.hold_reason
	todo = frappe.get_doc("ToDo", call.todo)
	assert (todo.reference_type, todo.reference_name) == ("Customer", firm)
	frappe.set_user(ANNA)
	todo.status = "Closed"
	todo.save()
	frappe.set_user("Administrator")
	assert stored(case, "step", "status") == ("Followed Up", "Closed")
	assert frappe.get_doc(CASE, case.name).steps[-1].done_by == ANNA
	todo.reload()
	todo.status = "Open"
	todo.save()
	todo.status = "Closed"
	todo.save()
	assert len(frappe.get_doc(CASE, case.name).steps) == 9


def _working_day():
	day = getdate()
	while day.weekday() > 4:
		day += timedelta(days=1)
	return day


def test_a_call_that_reached_nobody_ends_nothing(story, firm):
	case = solved(firm)
	[call] = frappe.get_all("Follow Up", filters={"reference_name": case.name}, pluck="name")
	touch = {
		"doctype": "Customer Touch", "customer": firm, "rep": ANNA, "channel": "Phone", "follow_up": call,
	}  # fmt: skip
	frappe.get_doc({**touch, "date": "2026-03-11 09:00:00", "result": "Not Reached"}).insert()
	assert stored(case, "step") == "Confirmed"
	frappe.get_doc({**touch, "date": "2026-03-12 09:00:00", "result": "Reached"}).insert()
	assert stored(case, "step") == "Followed Up"


def test_no_call_where_the_settings_say_so(story, firm):
	story.settings(check_back_days=0)
	assert not frappe.get_all("Follow Up", filters={"reference_name": solved(firm).name})


def test_a_care_rule_acts_on_closed_complaints(story, firm, clock):
	clock.now = datetime(2026, 3, 3, 10)
	case = solved(firm)
	complaint(firm, subject="Another, still open")
	frappe.db.commit()
	story.rule("Make up", trigger="Complaint Closed", min_amount=0, due_in_days=30, channel="Visit")
	story.completed_yesterday()
	story.night()
	story.night()
	[follow_up] = story.follow_ups(firm, care_rule=f"{PREFIX} Make up")
	assert (follow_up.reference_name, follow_up.occurrence, follow_up.channel) == (
		case.name,
		case.name,
		"Visit",
	)
	assert follow_up.planned_on == getdate("2026-03-03")


# Standard answers


def answer(title, language="en", category=QUALITY, text="Dear {{ contact_name }}, {{ item }}", **values):
	return frappe.get_doc(
		{
			"doctype": "Standard Answer", "title": f"{PREFIX} {title}", "category": category,
			"language": language, "text": text, **values,
		}
	).insert(ignore_links=True)  # fmt: skip


def test_answers_are_offered_in_the_customers_language_filled_in_and_counted_once(firm):
	english, _chinese, _off = answer("One"), answer("Two", "zh"), answer("Three", disabled=1)
	case = complaint(firm, category=QUALITY, item=ITEM)
	frappe.set_user(ANNA)
	[one] = standard_answers.offered(case.name)
	assert (one["name"], one["text"]) == (english.name, f"Dear {PREFIX} Olga, {ITEM}")
	text = standard_answers.use(case.name, english.name)
	assert text == f"Dear {PREFIX} Olga, {ITEM}"
	standard_answers.use(case.name, english.name)
	assert frappe.db.get_value("Standard Answer", english.name, "times_used") == 1
	other = complaint(firm, category=QUALITY)
	assert standard_answers.use(other.name, english.name) == f"Dear {PREFIX} Olga,"
	assert frappe.db.get_value("Standard Answer", english.name, ("times_used", "last_used")) == (2, getdate())
	frappe.set_user("Administrator")
	frappe.db.set_value("Customer", firm, "language", "zh-TW")
	frappe.set_user(ANNA)
	assert [row["name"] for row in standard_answers.offered(case.name)] == [f"{PREFIX} Two"]
	# The form that was open meanwhile can be saved.
	case.subject = "Broken"
	case.save()
	assert stored(case, "answers_used") == english.name
	frappe.set_user(EVE)
	for call in (standard_answers.offered, lambda name: standard_answers.use(name, english.name)):
		with pytest.raises(frappe.PermissionError):
			call(case.name)


@pytest.mark.parametrize(
	"text, words",
	[
		("{{ frappe.db }}", "no variable frappe"),
		("{{ customer_name", "check the braces"),
		("{{ customer_name.__class__.__mro__ }}", "check the braces"),
		("{{ 1 / 0 }}", "check the braces"),
	],
)
def test_an_answer_that_cannot_be_filled_in_is_refused(firm, text, words):
	with pytest.raises(frappe.ValidationError, match=words):
		answer("Bad", text=text)


def test_frequent_categories_without_an_answer_are_reported(story, firm, clock):
	frappe.db.set_value("Customer", firm, "language", "fr")
	for number in range(3):
		complaint(firm, category=QUALITY, subject=f"Number {number}")
	since = getdate(START)
	rows = [row for row in standard_answers.categories_without_answer(since) if row["category"] == QUALITY]
	assert rows == [{"category": QUALITY, "language": "fr", "cases": 3}]
	assert not standard_answers.categories_without_answer(add_days(since, 1))
	answer("French", "fr")
	assert QUALITY not in {row["category"] for row in standard_answers.categories_without_answer(since)}


# The customer's life


def test_a_case_goes_with_its_customer(story, firm):
	case = solved(firm)
	frappe.rename_doc("Customer", firm, f"{PREFIX} Renamed")
	assert stored(case, "customer") == f"{PREFIX} Renamed"
	frappe.get_doc("Customer", f"{PREFIX} Renamed").update({"customer_name": f"{PREFIX} New"}).save()
	assert stored(case, "customer_name") == f"{PREFIX} New"
	other = story.customer("Other")
	frappe.rename_doc("Customer", f"{PREFIX} Renamed", other, merge=True)
	assert stored(case, "customer", "customer_name") == (other, other)


def test_a_deleted_customer_takes_its_cases_with_all_that_hangs_on_them(story, firm, clock):
	batch = new_batch()
	case = complaint(firm, batch_no=batch.name)
	case.wait()
	compensated(case, cost=0, status="Proposed")
	clock.goes_on(1)
	theirs = complaint(story.customer("Other"), batch_no=batch.name)
	assert theirs.repeat_of == case.name
	case.add_comment("Comment", "Olga is angry")
	file = frappe.get_doc(
		{
			"doctype": "File", "file_name": "broken.txt", "content": "A picture", "is_private": 1,
			"attached_to_doctype": CASE, "attached_to_name": case.name,
		}
	).insert()  # fmt: skip
	frappe.delete_doc("Customer", firm)
	about = {"parent": case.name}
	for table in ("Complaint Step", "Complaint Pause", "Complaint Compensation"):
		assert not frappe.db.exists(table, about), table
	assert not frappe.db.exists(CASE, case.name) and not frappe.db.exists("File", file.name)
	assert not todos(case) and not frappe.db.exists("Comment", {"reference_name": case.name})
	assert not frappe.db.exists("Deleted Document", {"deleted_name": case.name})
	theirs.reload()
	assert theirs.repeat_of is None
	theirs.save()
	batch.delete(force=True)


def test_a_deleted_case_takes_back_its_call(firm):
	case = solved(firm)
	case.delete()
	assert frappe.get_all("Follow Up", pluck="status") == ["Cancelled"]


# Others


NORTH, SOUTH = f"{PREFIX} North", f"{PREFIX} South"


@pytest.fixture
def regions(story, firm):
	"""Anna may read the north only; the south's customer has a case that is Ben's."""
	for region in (NORTH, SOUTH):
		_tree("Territory", region)
	mine = story.customer("Mine", territory=NORTH)
	theirs = story.customer("Theirs", territory=SOUTH)
	story.file(theirs, dedicated_rep=BEN)
	add_user_permission("Territory", NORTH, ANNA, ignore_permissions=True)
	add_user_permission("Territory", SOUTH, BEN, ignore_permissions=True)
	case = complaint(theirs, subject="Theirs is broken", description="Theirs alone")
	case.wait(note="Theirs to say")
	compensated(case, cost=7, status="Proposed", description="Theirs to get")
	story.settings(fallback_user=MIA)
	frappe.db.commit()
	yield frappe._dict(mine=mine, theirs=theirs, case=case, story=story)
	frappe.set_user("Administrator")
	frappe.db.rollback()
	remove_everything()


def button(browser, name, method, **arguments):
	return browser.resource(CASE, name, "POST", json={"run_method": method, **arguments})


def test_nobody_from_another_region_sees_or_moves_a_case(regions):
	case, server = regions.case, Server()
	invoice = regions.story.invoice(regions.theirs, 100)
	contact = frappe.get_doc(
		{
			"doctype": "Contact",
			"first_name": f"{PREFIX} Theirs Only",
			"links": [{"link_doctype": "Customer", "link_name": regions.theirs}],
		}
	).insert()
	frappe.db.commit()
	before = frappe.get_doc(CASE, case.name).as_dict()
	try:
		for browser in (Browser(server, ANNA), Browser(server, EVE), Browser(server)):
			answers = [
				browser.resource(CASE),
				browser.resource(CASE, params={"fields": '["*"]', "limit_page_length": 0}),
				browser.resource(CASE, case.name),
				browser.resource(CASE, case.name, "PUT", json={"subject": "Mine now"}),
				browser.resource(CASE, case.name, "DELETE"),
				browser.call("frappe.client.get", doctype=CASE, name=case.name),
				browser.call("frappe.client.get_value", doctype=CASE, fieldname="description",
					filters={"name": case.name}),
				browser.call("frappe.desk.reportview.get", doctype=CASE, fields=["name", "description"]),
				browser.call("frappe.desk.search.search_link", doctype=CASE, txt="Theirs"),
				button(browser, case.name, "close", override_reason="Mine"),
				button(browser, case.name, "take_step", step="Listened"),
				browser.call("keep_customers.complaints.standard_answers.offered", case=case.name),
			]  # fmt: skip
			for table in ("Complaint Step", "Complaint Pause", "Complaint Compensation"):
				row = frappe.get_all(table, filters={"parent": case.name}, pluck="name")[0]
				answers += [
					browser.resource(table, params={"fields": '["*"]', "limit_page_length": 0}),
					browser.resource(table, row),
					browser.resource(table, row, "PUT", json={"note": "Mine", "status": "Approved"}),
					browser.resource(table, row, "DELETE"),
					browser.call("frappe.client.get_list", doctype=table, parent=CASE, fields=["*"]),
				]
			for number, answer in enumerate(answers):
				assert "Theirs is" not in answer.text and "Theirs alone" not in answer.text, number
				assert "Theirs to" not in answer.text, number
		anna = Browser(server, ANNA)
		new = {"subject": "Tell me", "description": "All", "channel": "Phone"}
		mine = {**new, "customer": regions.mine}
		for values in ({"customer": regions.theirs}, {"customer": None, "sales_invoice": invoice.name}):
			answer = anna.resource(CASE, None, "POST", json={**mine, **values})
			assert answer.status_code == 403, answer.text
		for values in ({"contact": contact.name}, {"sales_invoice": invoice.name}):
			answer = anna.resource(CASE, None, "POST", json={**mine, **values})
			assert answer.status_code == 417, answer.text
		name = anna.resource(CASE, None, "POST", json=mine).json()["data"]["name"]
		for values in ({"customer": regions.theirs}, {"contact": contact.name}, {"issue": "None"}):
			assert anna.resource(CASE, name, "PUT", json=values).status_code >= 400
	finally:
		server.stop()
	frappe.db.rollback()
	now = frappe.get_doc(CASE, case.name).as_dict()
	assert json.loads(frappe.as_json(now)) == json.loads(frappe.as_json(before))


def test_what_the_buttons_write_is_written_by_nobody_else(regions):
	server = Server()
	forged = {
		"status": "Closed", "step": "Followed Up", "word": "Yes", "word_on": "2026-01-01 00:00:00", "tier": "Platinum",
		"answered_on": "2026-01-01 00:00:00", "solved_on": "2026-01-01 00:00:00", "solve_due": "2030-01-01 00:00:00",
		"answer_due": "2030-01-01 00:00:00", "next_alarm": None, "closed_on": "2026-01-01 00:00:00", "closed_by": MIA,
		"override_reason": "Mine", "second_chance": 1, "compensation_cost": 9, "answer_escalation": 3,
		"solve_escalation": 3, "solution_rating": 1, "person_rating": 1, "rated_user": ANNA, "repeat_of": None,
		"escalated_to": ANNA, "currency": "CNY", "answers_used": "All",
		"steps": [{"step": "Confirmed", "done_by": MIA}], "pauses": [{"paused_on": "2026-01-01 00:00:00"}],
	}  # fmt: skip
	new = {
		"customer": regions.mine, "subject": "Broken", "description": "All of it", "channel": "Phone",
		"opened_on": "2026-03-04 09:00:00",
	}  # fmt: skip
	fields = [field for field in forged if field not in ("steps", "pauses")]

	def of(name):
		frappe.db.rollback()
		doc = frappe.get_doc(CASE, name)
		return [doc.get(field) for field in fields], sorted(row.step for row in doc.steps), len(doc.pauses)

	try:
		anna = Browser(server, ANNA)
		plain = anna.resource(CASE, None, "POST", json=new).json()["data"]["name"]
		answer = anna.resource(CASE, None, "POST", json={**new, "subject": "Forged", **forged})
		assert answer.status_code == 200, answer.text
		assert of(answer.json()["data"]["name"]) == of(plain)
		before = of(plain)
		answer = anna.resource(CASE, plain, "PUT", json={**forged, "description": "Changed"})
		assert answer.status_code == 200, answer.text
		assert of(plain) == before and frappe.db.get_value(CASE, plain, "description") == "Changed"
		for field, value in (("status", "Closed"), ("word", "Yes")):
			anna.call("frappe.client.set_value", doctype=CASE, name=plain, fieldname=field, value=value)
		assert of(plain) == before
		for row in (
			{"doctype": "Complaint Step", "step": "Confirmed"},
			{"doctype": "Complaint Compensation", "kind": "Gift", "status": "Approved", "cost": 1000},
		):
			parent = {"parent": plain, "parenttype": CASE, "parentfield": "steps"}
			if row["doctype"] != "Complaint Step":
				parent["parentfield"] = "compensations"
			anna.call("frappe.client.insert", doc={**row, **parent})
			anna.resource(row["doctype"], None, "POST", json={**row, **parent})
		assert of(plain) == before
		assert not frappe.db.exists("Complaint Compensation", {"parent": plain})
		# A button pressed on a form that says something else acts on what is stored.
		form = anna.resource(CASE, plain).json()["data"]
		form |= {"status": "Solution Given", "word": "Yes"}
		answer = anna.http.post(
			f"{anna.base}/api/method/run_doc_method", data={"docs": json.dumps(form), "method": "close"}
		)
		assert answer.status_code >= 400 and of(plain) == before
		assert "has not said yes" in answer.text
		answer = button(anna, plain, "take_step", step="Listened", note="By phone")
		assert answer.status_code == 200, answer.text
		assert of(plain)[1] == ["Listened", "Received"]
	finally:
		server.stop()


def test_a_case_without_a_customer_is_for_who_may_read_all_and_who_is_asked(regions):
	case = frappe.get_doc(
		{"doctype": CASE, "subject": "Who knows", "description": "A letter", "channel": "Web Page",
			"responsible": ANNA, "opened_on": START}
	)  # fmt: skip
	case.insert(ignore_permissions=True)
	frappe.db.commit()

	def sees(user):
		frappe.set_user(user)
		listed = case.name in frappe.get_list(CASE, pluck="name")
		assert listed == bool(frappe.has_permission(CASE, "read", doc=case.name))
		frappe.set_user("Administrator")
		return listed

	assert (sees(ANNA), sees(BEN), sees(MIA)) == (True, False, True)
	frappe.set_user(ANNA)
	doc = frappe.get_doc(CASE, case.name)
	with pytest.raises(frappe.ValidationError, match="choose the customer first"):
		doc.take_step("Listened")
	doc.reload()
	doc.customer = regions.mine
	doc.save()
	assert doc.customer_name == regions.mine
	doc.take_step("Listened")
	doc.customer = None
	with pytest.raises(frappe.ValidationError, match="stays with its customer"):
		doc.save()
