"""What each trigger of a Care Rule finds, and what it leaves alone."""

from datetime import date, timedelta

import frappe
import pytest
from frappe.utils import getdate

from keep_customers.care import followups, rules
from keep_customers.care import todos as care_todos
from keep_customers.care.preview import preview
from keep_customers.care.triggers.purchases import purchase_amounts
from keep_customers.messaging import recipients
from keep_customers.setup.install import offer_triggers
from tests.site.care.asked import next_working_day
from tests.site.story import ANNA, BEN, COMPANY, EVE, GROUP, ITEM, MIA, PREFIX

FRIDAY, SUNDAY = date(2026, 3, 6), date(2026, 3, 8)


def due(story, rule, today=None):
	"""customer -> (planned on, due date, occurrence)"""
	[row] = rules.read({"name": rule.name})
	return {
		row["customer"]: (row["planned_on"], row["due_date"], row["occurrence"])
		for row in rules.due(row, today or story.today)
		if row["customer"].startswith(PREFIX)
	}


def greeted(story, customer):
	return [(f.status, f.due_date, f.hold_reason or "") for f in story.follow_ups(customer)]


def test_the_first_purchase_is_one_occurrence_for_ever(story):
	new, old, longer = (story.customer(name) for name in ("New", "Old", "Longer"))
	story.history(new, [(2, 300), (1, 50)])
	story.history(old, [(400, 300), (2, 300)])
	story.history(longer, [(70, 300)])  # before the rule was switched on
	rule = story.rule(trigger="First Purchase", due_in_days=3)
	story.night()
	day = story.days_ago(2)
	assert due(story, rule) == {new: (day, day + timedelta(days=3), "first purchase")}


def test_a_milestone_is_passed_once_and_not_in_the_past(story):
	passing, twice, before, returned = (
		story.customer(name) for name in ("Passing", "Twice", "Before", "Returned")
	)
	story.history(passing, [(200, 6000), (3, 4000)])  # exactly 10,000
	story.history(twice, [(200, 9000), (10, 500), (3, 21000)])  # 30,500
	story.history(before, [(200, 10500), (3, 100)])
	story.history(returned, [(200, 6000), (4, 5000), (3, -2000)])
	rule = story.rule(trigger="Milestone", min_amount=10000, every_multiple=1)
	story.night()
	assert {c: occurrence for c, (_p, _d, occurrence) in due(story, rule).items()} == {
		passing: "milestone 10000",
		twice: "milestone 30000",
	}
	rule.db_set("every_multiple", 0)
	assert {c: occurrence for c, (_p, _d, occurrence) in due(story, rule).items()} == {
		passing: "milestone 10000",
		twice: "milestone 10000",
	}


def test_another_amount_makes_no_milestones_of_what_was_passed_long_ago(story):
	long_ago, lately = story.customer("Long Ago"), story.customer("Lately")
	story.history(long_ago, [(90, 30_000), (3, 100)])
	story.history(lately, [(90, 9_000), (3, 2_000)])
	rule = story.rule(trigger="Milestone", min_amount=100_000, switched_on=story.days_ago(200))
	story.night()
	assert not due(story, rule)
	rule.reload()
	rule.update({"min_amount": 10_000}).save()
	assert {*due(story, rule)} == {lately}
	rule.update({"every_multiple": 1}).save()
	assert {*due(story, rule)} == {lately}


def test_the_years_best_are_chosen_once_a_year(story):
	names = [story.customer(name) for name in ("A", "B", "C")]
	for name, amount in zip(names, (500, 900, 700), strict=True):
		story.history(name, [(40, amount), (10, amount)])
	story.rule(trigger="Year's Best", top_n=2, yearly_on="2020-03-04", channel="Visit", due_in_days=30)
	story.completed_yesterday()
	story.night()
	[b], [c] = story.follow_ups(names[1]), story.follow_ups(names[2])
	assert b.occurrence == c.occurrence == "best of 2026" and "no. 1" in b.reason
	story.history(names[0], [(0, 9000)])
	story.night(story.today + timedelta(days=1))
	assert story.follow_ups(names[0]) == [], "tomorrow's order adds nobody"


def test_birthdays_of_both_calendars_and_of_the_weekend_are_known_on_friday(story):
	firms = {name: story.customer(name) for name in ("Friday", "Sunday", "Moon", "Monday", "Staff")}
	people = {
		"Friday": ("1970-03-06", "Gregorian", 1),
		"Sunday": ("1970-03-08", "Gregorian", 1),
		"Moon": ("1970-02-25", "Lunar", 1),  # the 20th of the first month: 8 March 2026
		"Monday": ("1970-03-09", "Gregorian", 1),
		"Staff": ("1970-03-06", "Gregorian", 0),
	}
	for name, (birthday, calendar, decides) in people.items():
		person = {"full_name": "Jo", "birthday": birthday, "calendar": calendar, "decides": decides}
		story.file(firms[name], dedicated_rep=ANNA, people=[person])
	story.rule(trigger="Birthday", whose="Decision Makers", due_in_days=5)
	story.night(FRIDAY - timedelta(days=1))
	story.night(FRIDAY)
	assert greeted(story, firms["Friday"]) == [("Assigned", FRIDAY, "")]
	assert greeted(story, firms["Sunday"]) == [("Assigned", SUNDAY, "")], (
		"told on Friday, due on the day itself"
	)
	assert greeted(story, firms["Moon"]) == [("Assigned", SUNDAY, "")]
	assert greeted(story, firms["Monday"]) == greeted(story, firms["Staff"]) == []
	[todo] = [t for t in story.todos(ANNA) if t.reference_name == firms["Sunday"]]
	assert todo.date == SUNDAY and "Jo" not in todo.description, "names stay in the file"
	story.night(SUNDAY)
	story.night(SUNDAY + timedelta(days=1))
	assert len(story.follow_ups(firms["Sunday"])) == 1
	assert greeted(story, firms["Monday"]) == [("Assigned", date(2026, 3, 9), "")]


def test_whose_year_of_birth_nobody_knows_is_greeted_all_the_same(story):
	sun, moon = story.customer("Sun"), story.customer("Moon")
	story.file(sun, dedicated_rep=ANNA, people=[{"full_name": "Jo", "month": 3, "day": 6}])
	# The 20th of the first month: 8 March 2026.
	lunar = {"full_name": "Li", "month": 1, "day": 20, "calendar": "Lunar"}
	file = story.file(
		moon, dedicated_rep=ANNA, people=[lunar], occasions=[{"occasion": "Name day", "month": 3, "day": 6}]
	)
	assert [row.recurs for row in file.people] == ["L-01-20"]
	story.rule(trigger="Birthday")
	story.rule("Occasions", trigger="Occasion")
	story.night(FRIDAY - timedelta(days=1))
	story.night(FRIDAY)
	assert greeted(story, sun) == [("Assigned", FRIDAY, "")]
	assert sorted(greeted(story, moon)) == [("Assigned", FRIDAY, ""), ("Assigned", SUNDAY, "")]
	[greeting] = [row for row in story.follow_ups(moon) if row.due_date == SUNDAY]
	assert recipients.person_of(greeting)["years"] is None
	# Somebody finds out: the year is what was missing, and what was a guess goes.
	file.reload()
	file.people[0].birthday = "1970-02-25"
	file.save()
	assert (file.people[0].month, file.people[0].day, file.people[0].recurs) == (0, 0, "L-01-20")
	assert recipients.person_of(greeting)["years"] == 56


@pytest.mark.parametrize(
	("month", "day", "calendar"),
	[(4, 31, "Gregorian"), (13, 1, "Gregorian"), (8, 31, "Lunar"), (0, 5, "Lunar"), (5, 0, "Gregorian")],
)
def test_a_day_that_no_year_has(story, month, day, calendar):
	person = {"full_name": "Jo", "month": month, "day": day, "calendar": calendar}
	with pytest.raises(frappe.ValidationError, match=f"no year has the day {day} in the month {month}"):
		story.file(story.customer("Firm"), people=[person])


def test_an_occasion_needs_some_day(story):
	with pytest.raises(frappe.ValidationError):
		story.file(story.customer("Firm"), occasions=[{"occasion": "Jubilee"}])


def test_a_greeting_passes_the_cap_and_a_full_day_skips_it_with_the_reason(story):
	firms = [story.customer(f"Firm {n}") for n in range(3)]
	for firm in firms:
		person = {"full_name": "Jo", "birthday": "1970-03-04"}
		story.file(firm, dedicated_rep=ANNA, people=[person])
		frappe.get_doc(
			{"doctype": "Customer Touch", "customer": firm, "date": f"{story.days_ago(1)} 10:00:00", "rep": ANNA,
				"channel": "Phone", "result": "Reached"}
		).insert()  # fmt: skip
	story.settings(rep_capacity=2)
	story.rule(trigger="Birthday")
	story.completed_yesterday()
	story.night()
	found = sorted(greeted(story, firm)[0] for firm in firms)
	assert found == [
		("Assigned", story.today, ""),
		("Assigned", story.today, ""),
		("Skipped", story.today, "Rep's capacity"),
	]


def test_a_lunar_date_nobody_knows_is_refused(story):
	with pytest.raises(frappe.ValidationError, match="1900"):
		story.file(
			story.customer("Old"),
			occasions=[{"occasion": "Founding", "date": "1870-01-01", "calendar": "Lunar"}],
		)


def test_festivals_and_seasons_reach_the_tiers_they_are_for(story):
	firm = story.customer("Firm")
	story.history(firm, [(40, 100), (10, 100)])
	other = story.customer("Unranked")
	story.night()
	tier = story.value(firm).tier
	rule = story.rule(
		"Spring", trigger="Festival", festival="Lantern Festival", days_before=3, tiers=[{"tier": tier}]
	)
	assert due(story, rule, date(2026, 2, 26)) == {}
	lantern = date(2026, 3, 3)
	assert due(story, rule, date(2026, 2, 27)) == {firm: (date(2026, 2, 27), lantern, "Festival 2026-03-03")}
	season = story.rule("Season", trigger="Season", season="Beginning of Each Season")
	assert set(due(story, season, date(2026, 5, 5))) == {firm, other}
	assert due(story, season, date(2026, 5, 6)) == {}
	fixed = story.rule("Fixed", trigger="Season", yearly_on="2024-02-29")
	# 2026-02-28 is a Saturday: Friday's night looks ahead.
	assert due(story, fixed, date(2026, 2, 27))[firm][1] == date(2026, 2, 28)


def test_a_holiday_lists_days_are_festivals_and_its_weekends_are_not(story):
	firm = story.customer("Firm")
	holidays = frappe.get_doc(
		{"doctype": "Holiday List", "holiday_list_name": f"{PREFIX} Days", "from_date": "2026-01-01",
			"to_date": "2026-12-31", "holidays": [
				{"holiday_date": "2026-03-04", "description": "Founders' <b>Day</b>"},
				{"holiday_date": "2026-03-05", "description": "Off", "weekly_off": 1}]}
	).insert()  # fmt: skip
	rule = story.rule(trigger="Festival", holiday_list=holidays.name)
	[row] = [r for r in rules.due(rules.read({"name": rule.name})[0], story.today) if r["customer"] == firm]
	assert row["occasion"] == "Founders' Day" and row["due_date"] == story.today


def test_the_rhythm_of_purchases(story):
	due_soon, overdue, silent, lost = (story.customer(name) for name in ("Soon", "Overdue", "Silent", "Lost"))
	story.history(due_soon, [(27 + 30 * n, 100) for n in range(10)])
	story.history(overdue, [(50 + 30 * n, 100) for n in range(10)])
	story.history(silent, [(240, 100), (185, 100)])
	story.history(lost, [(900, 100), (800, 100)])
	for ago in range(10, 0, -1):
		story.night(story.days_ago(ago))
	story.night()
	soon = due(story, story.rule("Reorder", trigger="Reorder Due", days_before=5))
	assert set(soon) == {due_soon}
	assert soon[due_soon][2] == f"after {story.value(due_soon).last_purchase}"
	late = due(story, story.rule("Overdue", trigger="Reorder Overdue"))
	assert overdue in late and due_soon not in late and lost not in late
	quiet = due(story, story.rule("Silence", trigger="Silence", silent_days=180))
	assert quiet == {silent: (story.days_ago(5), story.days_ago(-2), f"silent since {story.days_ago(185)}")}


def test_who_had_been_silent_for_long_when_it_was_noticed_is_not_overdue_tonight(story):
	lately, long = story.customer("Lately"), story.customer("Long")
	story.history(lately, [(50 + 30 * n, 100) for n in range(10)])  # Overdue for five days
	story.history(long, [(70 + 10 * n, 100) for n in range(10)])  # At Risk for 45
	story.night()  # the first that ranks them, or after a while in which their policy was off
	assert {story.value(one).status for one in (lately, long)} <= {"Overdue", "At Risk"}
	assert story.value(long).status_since == story.today
	assert set(due(story, story.rule("Overdue", trigger="Reorder Overdue"))) == {lately}


def test_what_a_customer_said_they_need_is_remembered_in_time(story):
	story.today = getdate()
	firm, served = story.customer("Firm"), story.customer("Served")
	day = story.today + timedelta(days=7)
	for name in (firm, served):
		frappe.get_doc(
			{"doctype": "Customer Touch", "customer": name, "date": f"{story.days_ago(20)} 10:00:00", "rep": ANNA,
				"channel": "Phone", "result": "Reached", "notes": "ten drills for the new shaft", "demand_date": day,
				"demand_amount": 900}
		).insert()  # fmt: skip
	story.history(served, [(2, 900)])
	rule = story.rule(trigger="Stated Demand Due", days_before=7, due_in_days=5)
	assert due(story, rule, story.days_ago(1)) == {}
	assert due(story, rule) == {firm: (story.today, story.today + timedelta(days=5), f"demand {day}")}
	[row] = rules.due(rules.read({"name": rule.name})[0], story.today)
	assert "shaft" not in row["reason"]


def test_moves_between_tiers(story):
	firm = story.customer("Firm")
	for ago, direction, then, now in (
		(90, "Up", "Iron", "Gold"),
		(2, "Up", "Iron", "Gold"),
		(1, "Down", "Gold", "Iron"),
	):
		frappe.get_doc(
			{"doctype": "Tier Change", "customer": firm, "date": story.days_ago(ago), "direction": direction,
				"from_tier": then, "to_tier": now}
		).insert()  # fmt: skip
	up = story.rule("Up", trigger="Tier Up")
	assert due(story, up, story.days_ago(2))[firm][0] == story.days_ago(2)
	assert firm not in due(story, up), "who has moved back is not congratulated"
	assert due(story, story.rule("Down", trigger="Tier Down"))[firm][0] == story.days_ago(1)


def test_incomplete_files_are_asked_for_once_a_quarter(story):
	firms = [story.customer(f"Firm {n}") for n in range(6)]
	rule = story.rule(trigger="File Incomplete", max_score=50, switched_on=date(2026, 1, 1))
	assert set(due(story, rule, date(2026, 3, 31))) == set(firms)
	days = [planned for planned, _due, _what in due(story, rule, date(2026, 3, 31)).values()]
	assert len(set(days)) > 2, "spread over the quarter"
	rule.db_set("enabled_from", date(2026, 3, 31))
	assert len(due(story, rule, date(2026, 3, 31))) < len(firms), "and never the past"


def test_warranties_and_contracts_that_end(story):
	firm = story.customer("Firm")

	def serial(name, ends):
		frappe.db.bulk_insert(
			"Serial No",
			["name", "serial_no", "item_code", "customer", "warranty_expiry_date"],
			[(name, name, ITEM, firm, ends)],
		)

	ends = story.today + timedelta(days=30)
	serial("KEEP-TEST-1", ends)
	serial("KEEP-TEST-2", ends)
	serial("KEEP-TEST-3", ends + timedelta(days=40))
	rule = story.rule("Warranty", trigger="Warranty Ending", days_before=30, due_in_days=14)
	try:
		assert due(story, rule) == {firm: (story.today, story.today + timedelta(days=14), f"warranty {ends}")}
		[row] = rules.due(rules.read({"name": rule.name})[0], story.today)
		assert "2 product(s)" in row["reason"]
	finally:
		frappe.db.delete("Serial No", {"customer": firm})
	frappe.db.bulk_insert(
		"Contract",
		["name", "party_type", "party_name", "end_date", "docstatus"],
		[("KEEP-TEST-CON", "Customer", firm, ends, 1), ("KEEP-TEST-CON2", "Customer", firm, ends, 0)],
	)
	rule = story.rule("Contract", trigger="Contract Ending", days_before=30, due_in_days=40)
	try:
		assert due(story, rule) == {firm: (story.today, ends, "KEEP-TEST-CON")}, (
			"due before the end at the latest"
		)
	finally:
		frappe.db.delete("Contract", {"party_name": firm})


def test_a_delivery_is_followed_by_a_call_and_taken_back_when_cancelled(story):
	story.today = getdate()
	firm = story.customer("Firm")
	note = frappe.get_doc(
		{"doctype": "Delivery Note", "customer": firm, "company": COMPANY, "currency": "EUR",
			"set_posting_time": 1, "posting_date": story.today, "items": [{"item_code": ITEM, "qty": 1, "rate": 10}]}
	).insert()  # fmt: skip
	rule = story.rule(trigger="Delivery", due_in_days=3)
	assert due(story, rule) == {}, "a draft has not been delivered"
	note.submit()
	assert due(story, rule) == {firm: (story.today, story.today + timedelta(days=3), note.name)}
	story.completed_yesterday()
	story.night()
	[follow_up] = story.follow_ups(firm)
	assert follow_up.reference_name == note.name and "arrived" in follow_up.reason
	note.reload()
	note.cancel()
	[follow_up] = story.follow_ups(firm)
	assert (follow_up.status, follow_up.hold_reason) == ("Cancelled", "Delivery cancelled")
	story.night()
	assert len(story.follow_ups(firm)) == 1

	corrected = frappe.copy_doc(note)
	corrected.amended_from = note.name
	corrected.submit()
	story.night()
	story.night()
	calls = {row.reference_name: row.status for row in story.follow_ups(firm)}
	assert len(story.follow_ups(firm)) == 2 and calls[note.name] == "Cancelled"
	assert calls[corrected.name] in ("Planned", "Assigned"), "the delivery is called about, once"


def test_nobody_asks_whether_it_has_arrived_while_it_is_on_the_road(story):
	story.today = getdate()
	firm = story.customer("Firm")
	note = frappe.get_doc(
		{"doctype": "Delivery Note", "customer": firm, "company": COMPANY, "currency": "EUR",
			"set_posting_time": 1, "posting_date": story.today, "items": [{"item_code": ITEM, "qty": 1, "rate": 10}]}
	).insert()  # fmt: skip
	note.submit()
	rule = story.rule(trigger="Delivery", due_in_days=5, wait_days=2)
	days = story.today + timedelta(days=2), story.today + timedelta(days=5)
	assert due(story, rule) == {firm: (*days, note.name)}
	story.completed_yesterday()
	story.night()
	assert [(row.status, row.planned_on) for row in story.follow_ups(firm)] == [("Planned", days[0])]
	assert not story.todos()
	with pytest.raises(frappe.ValidationError, match="within 6 days or more"):
		rule.update({"wait_days": 6}).save()
	other = frappe.get_doc("Care Rule", rule.name).update({"trigger": "First Purchase"}).save()
	assert other.wait_days == 0


def test_two_reasons_are_one_contact_and_end_together(story):
	firm = story.customer("Firm")
	story.history(firm, [(40, 100), (1, 3000)])
	story.file(firm, dedicated_rep=ANNA, people=[{"full_name": "Jo", "birthday": "1970-03-04"}])
	story.rule("Purchase", priority="High")
	story.rule("Birthday", trigger="Birthday", priority="Low")
	story.completed_yesterday()
	run = story.night()
	assert (run.assigned, run.held_back) == (1, 0)
	one, two = story.follow_ups(firm)
	assert one.todo == two.todo and {one.status, two.status} == {"Assigned"}
	[todo] = story.todos(ANNA)
	assert todo.priority == "High" and todo.date == story.today, "the birthday decides the day"
	assert one.reason in todo.description and two.reason in todo.description

	doc = frappe.get_doc("ToDo", todo.name)
	doc.status = "Closed"
	doc.save()
	assert {f.status for f in story.follow_ups(firm)} == {"Done"}


def test_a_cancelled_invoice_leaves_the_birthday_on_the_list(story):
	firm = story.customer("Firm")
	story.file(firm, dedicated_rep=ANNA, people=[{"full_name": "Jo", "birthday": "1970-03-04"}])
	story.history(firm, [(1, 3000)])
	story.rule("Purchase")
	story.rule("Birthday", trigger="Birthday")
	story.completed_yesterday()
	story.night()
	[call] = [f for f in story.follow_ups(firm) if f.reference_doctype == "Sales Invoice"]
	[greeting] = [f for f in story.follow_ups(firm) if f.name != call.name]
	frappe.db.set_value("Sales Invoice", call.reference_name, "docstatus", 2)
	story.night()
	[todo] = story.todos(ANNA)
	assert todo.status == "Open" and todo.keep_follow_up == greeting.name
	assert call.reason not in todo.description and greeting.reason in todo.description

	def states():
		return {row.name: (row.status, row.hold_reason or "") for row in story.follow_ups(firm)}

	ended = ("Cancelled", "Invoice cancelled")
	for status, becomes in (("Closed", "Done"), ("Open", "Assigned")):
		doc = frappe.get_doc("ToDo", todo.name)
		doc.update({"status": status, "date": getdate()})
		doc.save()
		assert states() == {call.name: ended, greeting.name: (becomes, "")}
	care_todos.record_touch(todo.name, "Reached")
	assert states() == {call.name: ended, greeting.name: ("Done", "")}, "nobody has spoken of the purchase"
	# The invoice is corrected, and its call comes.
	frappe.db.set_value("Sales Invoice", call.reference_name, "docstatus", 1)
	[rule] = rules.read({"name": call.care_rule})
	followups.add_or_revive(purchase_amounts(rule, story.today, call.reference_name))
	assert states()[call.name] == ("Planned", "")


def test_who_is_away_is_stood_in_for(story):
	firms = {name: story.customer(name) for name in ("Substitute", "Backup", "Nobody")}
	story.file(firms["Substitute"], dedicated_rep=ANNA)
	story.file(firms["Backup"], dedicated_rep=BEN, backup_rep=MIA)
	for firm in (firms["Substitute"], firms["Backup"]):
		story.history(firm, [(2, 3000)])
	week = {"from_date": story.days_ago(1), "to_date": story.today}
	story.settings(absences=[{"user": ANNA, "substitute": MIA, **week}, {"user": BEN, **week}])
	story.rule()
	story.completed_yesterday()
	story.night()
	assert [story.follow_ups(firms[n])[0].assigned_to for n in ("Substitute", "Backup")] == [MIA, MIA]
	with pytest.raises(frappe.ValidationError, match="before it begins"):
		story.settings(absences=[{"user": ANNA, "from_date": "2026-03-04", "to_date": "2026-03-03"}])


# A rule that changes


def test_a_rule_switched_off_and_on_again_still_greets_who_has_their_day_to_come(now):
	firm = now.customer("Firm")
	tomorrow = now.today + timedelta(days=1)
	now.file(firm, people=[{"full_name": "Mei", "month": tomorrow.month, "day": tomorrow.day}])
	rule = now.rule(trigger="Birthday", days_before=3)

	def noted():
		[known] = rules.read({"name": rule.name})
		followups.add(rules.due(known, now.today))
		return sorted((row.status, row.channel, row.hold_reason or "") for row in now.follow_ups(firm))

	assert noted() == [("Planned", "Phone", "")]
	rule.reload()
	rule.update({"enabled": 0}).save()
	rule.update({"enabled": 1, "channel": "Letter"}).save()
	# It counts from now on, and this moment is over by the next night.
	rule.db_set("enabled_from", now.today)
	assert noted() == noted() == [("Cancelled", "Phone", "Rule switched off"), ("Planned", "Letter", "")]


def test_a_rule_with_another_trigger_begins_anew_and_judges_nothing_of_before(now):
	story = now
	firms = [story.customer(name) for name in ("One", "Two")]
	for firm in firms:
		story.file(firm, dedicated_rep=ANNA)
		story.history(firm, [(1, 100)])
	story.settings(rep_capacity=1)
	rule = story.rule(trigger="First Purchase")
	story.completed_yesterday()
	tonight = next_working_day(story, not_before=0)
	story.night(tonight)
	rule.reload()
	rule.update({"trigger": "Milestone", "min_amount": 50}).save()
	assert getdate(rule.enabled_from) == story.today, "what was before is not its"
	run = story.night(tonight)
	assert run.status == "Completed" and not story.errors(run)
	assert sorted((row.status, row.hold_reason or "", row.care_rule) for row in story.follow_ups()) == [
		("Assigned", "", None), ("Cancelled", "Rule switched off", rule.name),
	]  # fmt: skip


def test_a_rule_that_is_called_something_else_holds_back_the_same_customers(now):
	firms = now.customers(*(f"Firm {number}" for number in range(12)))
	rule = now.rule(trigger="Silence", silent_days=60, control_share=50)

	def drawn(name, occurrence):
		rows = [
			{"customer": firm, "care_rule": name, "occurrence": occurrence, "planned_on": now.today}
			for firm in firms
		]
		followups.add(rows)
		return {row.customer: row.arm for row in now.follow_ups(occurrence=occurrence)}

	before = drawn(rule.name, "first")
	assert {*before.values()} == {"Cared For", "Held Back"}
	name = frappe.rename_doc("Care Rule", rule.name, f"{PREFIX} Another Name")
	assert drawn(name, "second") == before
	# Another share is drawn anew.
	frappe.db.set_value("Care Rule", name, "control_share", 99.5)
	assert {*drawn(name, "third").values()} == {"Held Back"}


def test_since_when_a_rule_is_on_is_written_by_nobody(story):
	rule = story.rule()
	rule.reload()
	since = rule.enabled_from
	for written in (None, story.days_ago(900)):
		rule.update({"enabled_from": written}).save()
		assert rule.enabled_from == since
	rule.db_set("enabled_from", None)
	rule.save()
	assert rule.enabled_from, "else it would ask nobody for ever"


def test_what_a_deleted_rule_has_asked_for_is_no_promise(now):
	story = now
	firm = story.customer("Firm")
	story.file(firm, dedicated_rep=ANNA)
	said = frappe.get_doc(
		{
			"doctype": "Customer Touch", "customer": firm, "channel": "Phone", "result": "Reached", "rep": ANNA,
			"date": f"{story.days_ago(30)} 10:00:00", "demand_date": story.today + timedelta(days=10),
		}
	).insert()  # fmt: skip
	rule = story.rule(trigger="Stated Demand Due", days_before=12)
	story.completed_yesterday()
	story.night(next_working_day(story, not_before=0))
	[call] = story.follow_ups(firm)
	assert (call.status, call.reference_name) == ("Assigned", said.name)
	frappe.delete_doc("Care Rule", rule.name)
	assert not followups.promised(frappe.get_doc("Follow Up", call.name))
	said.reload()
	said.update({"next_step": "Quote", "next_step_date": story.today + timedelta(days=5)}).save()
	assert [row.short for row in story.follow_ups(firm, status="Planned")] == ["Quote"]


def tanks(rule, today):
	from keep_customers.care.triggers import customers, matching, row

	return [
		row(rule, one, occurrence="tank 1", planned_on=today, reason="The tank is nearly empty.")
		for one in matching(rule, customers(rule)[0].run(as_dict=True))
	]


def test_another_app_adds_a_trigger_through_its_hooks(story, monkeypatch):
	firm = story.customer("Firm", customer_group=GROUP)
	real = frappe.get_hooks

	def hooks(hook=None, *args, **kwargs):
		if hook == "keep_customers_triggers":
			return {"Tank Nearly Empty": ["keep_customers.care.triggers.tanks"]}
		return real(hook, *args, **kwargs)

	monkeypatch.setattr(frappe, "get_hooks", hooks)
	# Only modules of installed apps are called; this one stands for another app's.
	monkeypatch.setattr("keep_customers.care.triggers.tanks", tanks, raising=False)
	try:
		offer_triggers()
		assert "Tank Nearly Empty" in frappe.get_meta("Care Rule").get_options("trigger")
		rule = story.rule("Tank", trigger="Tank Nearly Empty", customer_group=GROUP)
		story.completed_yesterday()
		story.night()
		[follow_up] = story.follow_ups(firm)
		assert follow_up.reason == "The tank is nearly empty." and follow_up.care_rule == rule.name
		monkeypatch.undo()
		run = story.night(story.today + timedelta(days=1))
		assert rule.name in story.errors(run), (
			"a rule whose app is gone is reported, and costs nobody the others"
		)
		with pytest.raises(frappe.ValidationError):
			frappe.get_doc("Care Rule", rule.name).save()
	finally:
		monkeypatch.undo()
		offer_triggers()
	assert "Tank Nearly Empty" not in frappe.get_meta("Care Rule").get_options("trigger")


def test_what_a_rule_cannot_do_without(story):
	for trigger in ("Milestone", "Festival", "Season", "Silence", "File Incomplete", "Year's Best"):
		with pytest.raises(frappe.ValidationError, match="Please"):
			story.rule(trigger, trigger=trigger, min_amount=0, silent_days=0, max_score=0, top_n=0)


# The preview


def test_a_preview_shows_and_does_nothing(story):
	rich, poor, refused = (story.customer(name) for name in ("Rich", "Poor", "Refused"))
	for firm, amount in ((rich, 5000), (poor, 3000), (refused, 4000)):
		story.history(firm, [(40, amount), (3, amount)])
		story.file(firm, dedicated_rep=ANNA)
	file = frappe.get_doc("Customer File", refused)
	file.append("consents", {"channel": "Phone", "consent": "Refused"})
	file.save()
	story.settings(rep_capacity=1)
	story.night()
	rule = story.rule(enabled=0)
	rows = {row["customer"]: row for row in preview(rule.name, story.today)}
	assert (rows[rich]["action"], rows[rich]["rep"]) == ("Assign", ANNA)
	assert (rows[poor]["action"], rows[poor]["hold_reason"]) == ("Wait", "Rep's capacity")
	assert (rows[refused]["action"], rows[refused]["hold_reason"]) == ("Skip", "No consent")
	assert story.follow_ups(rich) == [] and story.todos() == []

	rule.db_set({"enabled": 1, "enabled_from": story.days_ago(60)})
	story.completed_yesterday()
	planned = {row["customer"]: row["action"] for row in preview(None, story.today)}
	story.night()
	done = {c: story.follow_ups(c)[0].status for c in (rich, poor, refused)}
	assert done == {rich: "Assigned", poor: "Planned", refused: "Skipped"}
	assert {c: planned[c] for c in done} == {rich: "Assign", poor: "Wait", refused: "Skip"}


def test_the_preview_report_shows_a_manager_only_the_customers_she_may_read(story):
	from keep_customers.keep_customers.report.care_preview.care_preview import execute

	mine, theirs = story.customer("Mine"), story.customer("Theirs")
	story.today = getdate()
	for firm in (mine, theirs):
		story.history(firm, [(3, 3000)])
	rule = story.rule()
	frappe.get_doc(
		{
			"doctype": "User Permission",
			"user": MIA,
			"allow": "Customer",
			"for_value": mine,
			"apply_to_all_doctypes": 1,
		}
	).insert()
	frappe.set_user(MIA)
	rows = execute({"care_rule": rule.name})[1]
	assert {row["customer"] for row in rows} == {mine}
	frappe.set_user(EVE)
	from frappe.desk.query_report import run

	with pytest.raises(frappe.PermissionError):
		run("Care Preview", filters={})
