"""Who is asked, on which day, and who is left alone."""

from datetime import date, timedelta

import frappe
import pytest
from frappe.custom.doctype.custom_field.custom_field import create_custom_field
from frappe.permissions import add_user_permission

from keep_customers.care import todos
from keep_customers.care.assignment import Assignment, of_rep
from keep_customers.complaints.clock import working_time
from keep_customers.erp import host
from keep_customers.erp.calendar import working_days
from tests.site.care.asked import asked_for, next_working_day, only_todo, sales_person, state, territory
from tests.site.story import ANNA, BEN, COMPANY, EVE, MIA, PREFIX, TERRITORY

WEDNESDAY = date(2026, 3, 4)


# Who is asked


def test_the_first_who_is_there_in_the_chain_is_asked(story):
	frappe.get_doc("User", EVE).add_roles("Sales User")
	sales_person(story, "Field", BEN)
	sales_person(story, "Desk", EVE)
	sales_person(story, "Region", MIA)
	region = territory("Region", f"{PREFIX} Region")
	below = territory("Below", None, parent=region)
	nobody = territory("Nobody", None)
	try:
		team = [
			{"sales_person": f"{PREFIX} Desk", "allocated_percentage": 30},
			{"sales_person": f"{PREFIX} Field", "allocated_percentage": 70},
		]
		people = {
			"dedicated": (story.customer("Dedicated", account_manager=BEN, territory=below), ANNA),
			"manager": (
				story.customer("Manager", account_manager=ANNA, sales_team=team, territory=below),
				ANNA,
			),
			"team": (story.customer("Team", sales_team=team, territory=below), BEN),
			"territory": (story.customer("Territory Only", territory=below), MIA),
			"nobody": (story.customer("Nobody", territory=nobody), EVE),
		}
		story.file(people["dedicated"][0], dedicated_rep=ANNA, backup_rep=BEN)
		for customer, _rep in people.values():
			story.history(customer, [(40, 100), (3, 3000)])
		story.settings(fallback_user=EVE)
		story.rule()
		story.completed_yesterday()
		story.night()
		assert {c: story.follow_ups(c)[0].assigned_to for c, _rep in people.values()} == dict(people.values())

		# The region itself, by a rule that asks it first; a role; a user.
		story.settings(contact_cap=0)
		frappe.db.delete("Follow Up")
		frappe.db.set_value("Care Rule", f"{PREFIX} Rule", "assign_to", "Territory Manager")
		story.night()
		assert story.follow_ups(people["dedicated"][0])[0].assigned_to == MIA
		frappe.db.delete("Follow Up")
		frappe.db.set_value("Care Rule", f"{PREFIX} Rule", {"assign_to": "User", "user": BEN})
		story.night()
		assert {row.assigned_to for row in story.follow_ups()} == {BEN}
	finally:
		frappe.db.set_value(
			"Customer", {"territory": ("in", (region, below, nobody))}, "territory", TERRITORY
		)
		for name in (below, region, nobody):
			frappe.delete_doc("Territory", name, force=True)
		frappe.db.commit()


def test_who_cannot_log_in_is_passed_over_and_nobody_at_all_is_said_aloud(story):
	[firm] = [story.customer("Firm")]
	story.history(firm, [(40, 100), (3, 3000)])
	story.file(firm, dedicated_rep=ANNA, backup_rep=BEN)
	story.rule()
	story.completed_yesterday()

	def asked():
		frappe.db.delete("Follow Up")
		story.night()
		return story.follow_ups(firm)[0].assigned_to

	def disable(*users):
		frappe.db.set_value("User", {"name": ("in", users)}, "enabled", 0)

	disable(ANNA)
	assert asked() == BEN, "the backup"
	disable(BEN)
	frappe.get_doc("User", EVE).add_roles("Sales User")
	story.settings(fallback_role="Keep Customers Manager", fallback_user=EVE)
	frappe.get_doc("User", MIA).add_roles("Keep Customers Manager")
	frappe.db.delete("Has Role", {"role": "Keep Customers Manager", "parent": ("!=", MIA)})
	try:
		assert asked() == MIA, "the fallback role"
	finally:
		frappe.get_doc("User", MIA).remove_roles("Keep Customers Manager")
		frappe.get_doc("User", "Administrator").add_roles("Keep Customers Manager")
	assert asked() == EVE, "the fallback user"
	disable(EVE)
	frappe.db.delete("Follow Up")
	run = story.night()
	[follow_up] = story.follow_ups(firm)
	assert (follow_up.status, follow_up.hold_reason, follow_up.assigned_to) == ("Planned", "No rep", None)
	assert "One follow-up has nobody to do it" in run.warnings and run.held_back == 1
	frappe.db.set_value("User", EVE, "enabled", 1)
	story.night()
	assert story.follow_ups(firm)[0].assigned_to == EVE, "once somebody is there, it is made up for"


def test_who_may_not_read_the_customer_is_passed_over_and_told_nothing_of_it(story):
	"""What is asked of a rep says why: who is kept from the customer reads nothing about it, and could not open it."""
	south = territory("South", None)
	here, there = story.customer("Here"), story.customer("There", territory=south)
	for firm in (here, there):
		story.history(firm, [(40, 100), (3, 3000)])
		story.file(firm, dedicated_rep=BEN, backup_rep=ANNA)
	story.rule()
	story.completed_yesterday()
	add_user_permission("Territory", TERRITORY, BEN, ignore_permissions=True)

	def asked():
		frappe.db.delete("Follow Up")
		frappe.db.delete("ToDo", {"reference_name": ("in", (here, there))})
		run = story.night()
		return {one: story.follow_ups(one)[0].assigned_to for one in (here, there)}, run

	try:
		assert asked()[0] == {here: BEN, there: ANNA}, "the backup"
		assert there not in {todo.reference_name for todo in story.todos(BEN)}
		customer = frappe.qb.DocType("Customer")
		for rep, theirs in ((BEN, {here}), (ANNA, {there})):
			found = (
				of_rep(frappe.qb.from_(customer), customer.name, rep).select(customer.name).run(pluck=True)
			)
			assert {*found} & {here, there} == theirs, "reports and cards say so, too"

		# Of a role the colleague who may; nobody at all is said aloud.
		frappe.db.set_value("Customer File", there, "backup_rep", None)
		add_user_permission("Territory", TERRITORY, ANNA, ignore_permissions=True)
		frappe.db.delete("Has Role", {"role": "Support Team"})  # a site may have others of it
		for user in (ANNA, MIA):
			frappe.get_doc("User", user).add_roles("Support Team")
		story.settings(fallback_role="Support Team", fallback_user=BEN, head_office_user=BEN)
		assert asked()[0] == {here: BEN, there: MIA}
		reps = Assignment([here, there], frappe.get_doc("Keep Customers Settings"), story.today)
		assert [reps.head_office(one) for one in (here, there)] == [BEN, MIA]
		frappe.get_doc("User", MIA).remove_roles("Support Team")
		who, run = asked()
		assert who == {here: BEN, there: None}
		assert f"One follow-up has nobody to do it. The fallback user {BEN} may not read what" in run.warnings
		# What Anna has is passed on by the night once a permission of hers is taken away; who may not even by their roles, has none.
		frappe.db.delete("User Permission", {"user": ANNA})
		frappe.clear_cache()
		frappe.db.set_value("Customer File", there, "dedicated_rep", ANNA)
		assert asked()[0] == {here: BEN, there: ANNA}
		frappe.get_doc("User", ANNA).remove_roles("Sales User")
		frappe.get_doc("User", BEN).remove_roles("Sales User")
		run = story.night()
		assert (story.follow_ups(there)[0].assigned_to, story.follow_ups(here)[0].assigned_to) == (ANNA, BEN)
		told = frappe.get_all("Care Run Set Aside", {"care_run": run.name}, ["part", "why"], order_by="part")
		assert [row.part for row in told] == [
			f"What {user} has open and may not read" for user in (ANNA, BEN)
		]
		assert {row.why for row in told} == {
			f"There is nobody to take it over. The fallback user {BEN} may not read what this is about."
			" Please choose somebody who may in Keep Customers Settings."
		}
		story.settings(fallback_role=None, fallback_user=MIA)
		story.night()
		assert {todo.allocated_to for todo in story.todos() if todo.reference_name in (here, there)} == {MIA}
	finally:
		for user in (ANNA, BEN):
			frappe.get_doc("User", user).add_roles("Sales User")
		frappe.db.delete("User Permission", {"user": ("in", (ANNA, BEN))})
		frappe.clear_cache()
		frappe.db.set_value("Customer", there, "territory", TERRITORY)
		frappe.delete_doc("Territory", south, force=True)
		frappe.db.commit()


# When, and when not


def test_a_customer_hears_from_us_once_within_the_caps_days(story):
	story.settings(contact_cap=1, contact_cap_days=7)
	firm = story.customer("Firm")
	story.history(firm, [(4, 3000)])
	story.file(firm, dedicated_rep=ANNA)
	story.rule(due_in_days=30)
	story.completed_yesterday()
	story.night()
	story.history(firm, [(0, 4000)])
	story.night(story.today + timedelta(days=1))
	assert sorted((row.status, row.hold_reason or "") for row in story.follow_ups(firm)) == [
		("Assigned", ""), ("Planned", "Contact cap"),
	]  # fmt: skip
	story.night(story.today + timedelta(days=6))
	assert len(story.todos()) == 1, "six days later it is still too early"
	story.night(story.today + timedelta(days=7))
	assert len(story.todos()) == 2

	# Whatever contact it was, also one recorded by hand.
	other = story.customer("Other")
	story.history(other, [(3, 3000)])
	frappe.get_doc(
		{
			"doctype": "Customer Touch", "customer": other, "channel": "Visit", "result": "Reached",
			"date": f"{story.days_ago(2)} 10:00:00",
		}
	).insert()  # fmt: skip
	story.night(story.today + timedelta(days=4))
	assert state(story, other) == ("Planned", "Contact cap")


def test_what_was_asked_for_long_ago_and_done_now_is_a_contact_of_now(now):
	story = now
	[firm] = asked_for(story)
	todo = only_todo(story, firm)
	frappe.db.set_value("Follow Up", todo.keep_follow_up, "assigned_on", story.days_ago(10))
	todo.update({"status": "Closed"}).save()
	story.history(firm, [(0, 4000)])
	story.night(next_working_day(story, not_before=0))
	assert sorted((row.status, row.hold_reason or "") for row in story.follow_ups(firm)) == [
		("Done", ""), ("Planned", "Contact cap"),
	]  # fmt: skip


def test_of_a_role_the_colleague_is_asked_who_is_there(story):
	frappe.db.delete("Has Role", {"role": "Support Team"})  # a site may have others of it
	for user in (ANNA, BEN):
		frappe.get_doc("User", user).add_roles("Support Team")
	firm = story.customer("Firm")
	frappe.get_doc("User", EVE).add_roles("Sales User")
	week = {"from_date": story.days_ago(1), "to_date": story.today}
	story.settings(fallback_role="Support Team", fallback_user=EVE, absences=[{"user": ANNA, **week}])

	def asked():
		return Assignment([firm], frappe.get_doc("Keep Customers Settings"), story.today).user_for(firm)

	assert asked() == BEN
	story.settings(absences=[{"user": ANNA, "substitute": MIA, **week}])
	assert asked() == MIA
	story.settings(absences=[{"user": user, **week} for user in (ANNA, BEN)])
	assert asked() == EVE
	first_half = {"user": ANNA, "from_date": story.days_ago(1), "to_date": story.today}
	story.settings(absences=[{**first_half, "substitute": MIA}, {"user": ANNA, **week}])
	assert asked() == MIA, "of two absences at once one names who stands in"
	story.settings(
		absences=[{**first_half, "substitute": MIA}, {"user": MIA, **week}, {**first_half, "substitute": BEN}]
	)
	assert asked() == BEN, "and one is there"
	story.settings(absences=[])
	assert asked() == ANNA


def test_who_refused_the_channel_and_the_control_group_are_left_alone_with_a_reason(story):
	refused, agreed_later, other_channel = (
		story.customer(name) for name in ("Refused", "Agreed Later", "Other Channel")
	)
	consents = {
		refused: [("Phone", "Given", "2025-01-01"), ("Phone", "Refused", "2025-06-01")],
		agreed_later: [("Phone", "Given", "2025-06-01"), ("Phone", "Refused", "2025-01-01")],
		other_channel: [("Email", "Refused", "2025-06-01")],
	}
	for name, rows in consents.items():
		story.history(name, [(3, 3000)])
		story.file(
			name,
			dedicated_rep=ANNA,
			consents=[{"channel": c, "consent": answer, "date": day} for c, answer, day in rows],
		)
	story.rule()
	story.completed_yesterday()
	story.night()
	assert state(story, refused) == ("Skipped", "No consent")
	assert state(story, agreed_later) == state(story, other_channel) == ("Assigned", "")

	frappe.db.delete("Follow Up")
	frappe.db.set_value("Care Rule", f"{PREFIX} Rule", "control_share", 99.999)
	story.settings(contact_cap=0)
	run = story.night()
	assert {(row.status, row.hold_reason) for row in story.follow_ups()} == {("Skipped", "Control group")}
	assert (run.assigned, run.held_back) == (0, 3)


def test_todos_are_due_on_working_days_and_late_when_they_are_not_done(story):
	monday = WEDNESDAY + timedelta(days=5)
	holidays = frappe.get_doc(
		{
			"doctype": "Holiday List", "holiday_list_name": f"{PREFIX} Holidays",
			"from_date": "2026-01-01", "to_date": "2026-12-31",
			# Saturday, Sunday, and a Tuesday; the Monday after is a working day, and so is any other weekend.
			"holidays": [
				{"holiday_date": day, "description": "Closed"}
				for day in ("2026-03-07", "2026-03-08", "2026-03-10")
			],
		}
	).insert()  # fmt: skip
	story.settings(holiday_list=holidays.name)
	before, on, saturday = (story.customer(name) for name in ("Before", "On", "Saturday"))
	story.history(before, [(2, 3000)])  # Monday; a week later is a working day
	story.history(on, [(1, 3000)])  # Tuesday; a week later is a holiday
	story.rule(due_in_days=7)
	story.completed_yesterday()
	story.night()
	assert story.follow_ups(before)[0].due_date == monday
	assert story.follow_ups(on)[0].due_date == monday, "the last working day before the holiday"
	assert only_todo(story, on).date == monday

	story.history(saturday, [(-2, 3000)])  # Friday
	story.night(date(2026, 3, 7))
	assert state(story, saturday) == ("Planned", "Not a working day")
	story.night(date(2026, 3, 9))
	assert state(story, saturday) == ("Assigned", "")
	assert state(story, on) == ("Assigned", ""), "on its day nothing is late"
	story.night(date(2026, 3, 11))
	assert state(story, on) == ("Late", "") and state(story, before) == ("Late", "")
	assert only_todo(story, on).status == "Open"


def test_a_holiday_list_that_has_run_out_goes_on_by_its_weeks_and_is_told_of_before(story):
	weekly = {"description": "Off", "weekly_off": 1}
	february = [date(2026, 2, day) for day in range(1, 29)]
	holidays = frappe.get_doc(
		{
			"doctype": "Holiday List", "holiday_list_name": f"{PREFIX} Holidays",
			"from_date": "2026-01-01", "to_date": "2026-03-04", "weekly_off": "Sunday",
			"holidays": [{"holiday_date": day, **weekly} for day in february if day.weekday() in (4, 6)],
		}
	).insert()  # fmt: skip
	story.settings(holiday_list=holidays.name)
	firm = story.customer("Firm")
	story.history(firm, [(-1, 3000)])
	story.rule(due_in_days=7)
	story.completed_yesterday()
	friday = WEDNESDAY + timedelta(days=2)
	run = story.night(friday)
	assert state(story, firm) == ("Planned", "Not a working day")
	assert f"The holiday list {holidays.name} goes up to" in run.warnings
	story.night(friday + timedelta(days=1))
	assert state(story, firm) == ("Assigned", ""), "Saturday is a working day, as it was in February"
	frappe.db.set_value("Holiday List", holidays.name, "to_date", "2026-04-05")
	assert "goes up to" not in (story.night(date(2026, 3, 8)).warnings or "")
	assert "goes up to" in story.night(date(2026, 3, 9)).warnings, "four weeks ahead"


@pytest.fixture
def half_days():
	"""As ERPNext knows them from 16 on."""
	there = host.has("Holiday", "is_half_day")
	if not there:
		create_custom_field(
			"Holiday", {"fieldname": "is_half_day", "label": "Is Half Day", "fieldtype": "Check"}
		)
	yield
	if not there:
		frappe.delete_doc("Custom Field", "Holiday-is_half_day", force=True)
		frappe.db.commit()


def test_on_half_a_day_people_work(story, half_days):
	holidays = frappe.get_doc(
		{
			"doctype": "Holiday List", "holiday_list_name": f"{PREFIX} Holidays",
			"from_date": "2026-01-01", "to_date": "2026-12-31",
			"holidays": [
				{"holiday_date": "2026-03-05", "description": "Half a day", "is_half_day": 1},
				{"holiday_date": "2026-03-06", "description": "Closed"},
			],
		}
	).insert()  # fmt: skip
	story.settings(
		holiday_list=holidays.name,
		working_hours=[
			{"workday": day, "start_time": "09:00:00", "end_time": "17:00:00"}
			for day in ("Thursday", "Friday")
		],
	)
	settings = frappe.get_doc("Keep Customers Settings")
	days = [day in working_days(settings) for day in (date(2026, 3, 5), date(2026, 3, 6))]
	assert days == [True, False]
	assert working_time(settings).holidays == {date(2026, 3, 6)}


def test_a_rhythm_goes_on_when_nobody_was_reached_or_the_rep_had_no_time(story):
	tried, dropped, reached = (story.customer(name) for name in ("Tried", "Dropped", "Reached"))
	for name in (tried, dropped, reached):
		story.history(name, [(40, 100), (20, 100)])
		story.file(name, dedicated_rep=ANNA)
	story.policy(company=COMPANY, high_share=100, top_share=0, low_share=0)  # all Gold: every 30 days
	story.rule("Cadence", trigger="Tier Cadence", switched_on=story.days_ago(31))
	story.completed_yesterday()
	story.night()
	for name, result in ((tried, "Not Reached"), (reached, "Reached")):
		todo = only_todo(story, name)
		touch = frappe.get_doc("Customer Touch", todos.record_touch(todo.name, result))
		touch.db_set("date", f"{story.today} 10:00:00")
		todo = frappe.get_doc("ToDo", todo.name)
		todo.status = "Closed"
		todo.save()
	frappe.db.set_value("Follow Up", {"status": "Done"}, "done_on", story.today)
	todo = only_todo(story, dropped)
	todo.status = "Cancelled"
	todo.save()

	story.night(story.today + timedelta(days=29))
	assert all(len(story.follow_ups(name)) <= 2 for name in (tried, dropped, reached))
	assert len(story.follow_ups(reached)) == 1, "thirty days have not passed"
	story.night(story.today + timedelta(days=30))
	for name in (tried, dropped, reached):
		# The spread of the rhythm's start has asked for some of them some days ago.
		assert len(story.follow_ups(name)) == 2, name
		assert story.follow_ups(name)[-1].status in ("Assigned", "Late"), name
	story.night(story.today + timedelta(days=75))
	assert len(story.follow_ups(reached)) == 2, "while one is open, no other is asked for"


def test_disabled_customers_are_not_called(story):
	story.settings(rep_capacity=1)
	asked_for(story, ("One", "Two"))
	[waits] = story.follow_ups(status="Planned")
	frappe.db.set_value("Customer", waits.customer, "disabled", 1)
	story.night(story.today + timedelta(days=1))
	assert state(story, waits.customer) == ("Cancelled", "Customer disabled")
