"""What the manager asks the reports, with figures worked out by hand, and who is told how much of it."""

from datetime import timedelta

import frappe
import pytest
from frappe.permissions import update_permission_property
from frappe.utils import getdate

from keep_customers.setup import questions
from tests.site.care.asked import as_user
from tests.site.care.reported import follow_up, ranked, referral, run, touch
from tests.site.story import ANNA, BEN, COMPANY, EVE, MIA, PREFIX
from tests.site.web import Browser

REPORTS = {
	"Customers at Risk": {},
	"Expected Purchases": {},
	"Tier Moves": {"show": "Customers"},
	"Care by Rep": {},
	"Referrals": {"show": "One by One"},
	"Follow Ups Held Back": {"group_by": "Customer"},
	"Prices and Competitors": {"group_by": "Remarks"},
}


# Customers at Risk


@pytest.fixture
def at_risk(now):
	"""Four who are late: what they bring in, what of it is at risk, and whether Anna has called."""
	late = ranked(now, "Late", status="Overdue", value_at_risk=300, current_value=900, rep=ANNA)
	gone = ranked(now, "Gone", status="Lost", value_at_risk=5000, current_value=5000)
	risk = ranked(
		now, "Risk", tier="Platinum", status="At Risk", value_at_risk=700, current_value=1000, rep=BEN
	)
	called = ranked(now, "Called", status="At Risk", value_at_risk=200, current_value=250, rep=ANNA)
	ranked(now, "Fine", value_at_risk=90, current_value=900)
	touch(now, called, ANNA, ago=12)
	touch(now, called, ANNA, ago=4, result="Left a Message")
	touch(now, called, ANNA, ago=2)
	touch(now, risk, BEN, ago=11)  # before it became one at risk
	follow_up(now, late, due=3, status="Assigned", assigned_to=ANNA)
	return late, gone, risk, called


def test_those_who_can_still_be_kept_come_first_with_the_money_and_what_was_done(now, at_risk):
	late, gone, risk, called = at_risk
	rows, message, chart, totals = run("Customers at Risk")
	assert [row.customer for row in rows] == [risk, late, called, gone] and message is None
	by_name = {row.customer: row for row in rows}
	assert (by_name[called].contacts, by_name[called].last_contact) == (2, now.days_ago(2))
	assert (by_name[risk].contacts, by_name[risk].last_contact) == (0, None)
	assert by_name[late].next_contact == now.days_ago(-3) and by_name[late].rep == ANNA
	assert totals == {
		"Can Still Be Kept": 3, "Their Value at Risk": 1200, "Not Contacted Yet": 2,
		"Value at Risk Without Contact": 1000, "Lost": 1,
	}  # fmt: skip
	assert chart["data"]["labels"] == ["Platinum", "Gold"]
	assert [one["values"] for one in chart["data"]["datasets"]] == [[0, 300], [700, 200], [0, 5000]]


def test_only_those_about_whom_nobody_did_anything(now, at_risk):
	late, gone, risk, called = at_risk
	assert {row.customer for row in run("Customers at Risk", done="Nothing Yet")[0]} == {late, gone, risk}
	rows, _message, _chart, totals = run("Customers at Risk", done="Contacted")
	assert [row.customer for row in rows] == [called] and totals["Their Value at Risk"] == 200
	assert {row.customer for row in run("Customers at Risk", rep=ANNA)[0]} == {late, called}
	assert [row.customer for row in run("Customers at Risk", status="Lost")[0]] == [gone]


def test_a_company_is_that_of_the_policies_that_look_at_it(now, at_risk):
	frappe.db.set_value("Tier Policy", f"{PREFIX} Policy", "company", COMPANY)
	assert len(run("Customers at Risk", company=COMPANY)[0]) == 4
	rows, message, *_rest = run("Customers at Risk", company="Another")
	assert rows == [] and message == "Nobody is late with a purchase. Look again tomorrow."


def test_an_empty_report_says_that_there_was_no_night_yet(now):
	if frappe.db.count("Customer Value"):
		pytest.skip("This site has customers of its own.")
	for name in ("Customers at Risk", "Expected Purchases", "Tier Moves", "File Quality"):
		assert "No customer has been ranked yet" in run(name)[1]


def test_more_than_are_shown_are_counted(now, at_risk, monkeypatch):
	from keep_customers.keep_customers.report.customers_at_risk import customers_at_risk

	monkeypatch.setattr(customers_at_risk, "most", lambda filters: 2)
	monkeypatch.setattr(customers_at_risk, "only_first", lambda total, shown: f"{shown} of {total}")
	rows, message, _chart, totals = run("Customers at Risk")
	assert len(rows) == 2 and message == "2 of 4" and totals["Their Value at Risk"] == 1200


# Expected Purchases


def test_who_will_buy_by_day_and_week(now):
	monday = now.today - timedelta(days=now.today.weekday()) + timedelta(days=7)

	def on(name, day, amount):
		return ranked(now, name, next_purchase=day, expected_order_value=amount)

	first, big, later = (
		on("First", monday, 100),
		on("Big", monday, 400),
		on("Later", monday + timedelta(days=8), 50),
	)
	on("Past", now.days_ago(1), 1000), on("Far", monday + timedelta(days=40), 1000)
	asked = {"from_date": str(monday), "to_date": str(monday + timedelta(days=13))}
	rows, _message, chart, totals = run("Expected Purchases", **asked)
	assert [row.customer for row in rows] == [big, first, later]
	assert chart["data"]["datasets"][0]["values"] == [2, 1]
	assert totals == {"Customers": 3, "Expected Amount": 550, "Of Them in the First Seven Days": 2}
	*_rest, chart, _totals = run("Expected Purchases", group_by="Day", **asked)
	for label, day in zip(chart["data"]["labels"], (monday, monday + timedelta(days=8)), strict=True):
		# Short, for the phone: as the user writes days, without the year.
		assert (
			label in frappe.utils.formatdate(day) and str(day.year) not in label and f"{day.day:02}" in label
		)


# Tier Moves


def test_who_moved_between_which_tiers_and_why(now):
	def moved(name, direction, old, new, value, ago):
		frappe.get_doc(
			{
				"doctype": "Tier Change", "customer": now.customer(name), "date": now.days_ago(ago), "direction": direction,
				"from_tier": old, "to_tier": new, "current_value": value, "currency": "EUR", "reason": f"{name} did.",
			}
		).insert()  # fmt: skip

	moved("A", "Up", "Gold", "Platinum", 900, 5)
	moved("B", "Up", "Gold", "Platinum", 800, 6)
	moved("C", "Down", "Platinum", "Gold", 300, 7)
	moved("D", "First", None, "Iron", 10, 5)
	moved("E", "Down", "Platinum", "Gold", 300, 400)
	rows, _message, chart, totals = run("Tier Moves")
	assert [(row["from_tier"], row["to_tier"], row["moves"], row["current_value"]) for row in rows] == [
		("Platinum", "Gold", 1, 300), ("Gold", "Platinum", 2, 1700),
	]  # fmt: skip
	assert totals["Moved Up"] == 2 and totals["Moved Down"] == 1
	assert sum(chart["data"]["datasets"][0]["values"]) == 2
	rows, *_rest = run("Tier Moves", show="Customers", from_tier="Gold", to_tier="Platinum")
	assert [(row.customer, row.reason) for row in rows] == [
		(f"{PREFIX} A", "A did."),
		(f"{PREFIX} B", "B did."),
	]
	[row], *_rest = run("Tier Moves", show="Customers", direction="First")
	assert row.customer == f"{PREFIX} D"


# Care by Rep


@pytest.fixture
def worked(now):
	"""Anna: three contacts of which one is a birthday, one asked for and in time, one late. Ben: one. All in two days."""
	firm, other = now.customer("Firm"), now.customer("Other")
	birthday, reorder = (
		now.rule(trigger, trigger=trigger, min_amount=0) for trigger in ("Birthday", "Reorder Due")
	)
	for rule, ago, due in ((birthday, 1, 1), (reorder, 1, 2)):
		done = follow_up(
			now,
			firm,
			due=-due,
			status="Done",
			care_rule=rule.name,
			assigned_to=ANNA,
			done_on=now.days_ago(ago),
		)
		touch(now, firm, ANNA, ago, follow_up=done.name, satisfaction=0.8 if rule == birthday else 0.6)
	touch(now, firm, ANNA, ago=2, result="Not Reached")
	touch(now, other, BEN, ago=2, satisfaction=1)
	follow_up(now, other, due=-1, status="Late", assigned_to=BEN)
	follow_up(now, other, due=0, status="Assigned", assigned_to=BEN)  # still can be in time
	return {"from_date": str(now.days_ago(2)), "to_date": str(now.today)}


def test_contacts_caring_ones_in_time_and_satisfaction(now, worked):
	rows, _message, chart, totals = run("Care by Rep", **worked)
	found = {row["rep"]: row for row in rows}
	of_anna, of_ben = found[ANNA], found[BEN]
	assert [of_anna[name] for name in ("contacts", "reached", "caring", "on_time", "late")] == [3, 2, 1, 1, 1]
	assert (of_anna["punctual"], round(of_anna["satisfaction"], 2)) == (50, 3.5)
	assert [of_ben[name] for name in ("contacts", "caring", "on_time", "late")] == [1, 0, 0, 1]
	assert (of_ben["punctual"], of_ben["satisfaction"]) == (0, 5)
	assert totals == {"Contacts": 4, "Before": 0, "Caring Contacts": 1, "% On Time": "33.3 %"}
	assert chart["data"]["datasets"][1]["values"] == [3, 1]


def test_visits_at_which_somebody_was_there(now, worked):
	firm = f"{PREFIX} Firm"
	touch(now, firm, ANNA, ago=1, channel="Visit")
	touch(now, firm, ANNA, ago=1, channel="Visit", result="Not Wanted")
	touch(now, firm, ANNA, ago=2, channel="Visit", result="Not Reached")
	touch(now, firm, ANNA, ago=30, channel="Visit")
	rows, *_rest = run("Care by Rep", **worked)
	assert {row["rep"]: row["visits"] for row in rows} == {ANNA: 2, BEN: 0}
	opened, *_rest = run("Care by Rep", show="Visits", rep=ANNA, **worked)
	assert sorted(row.result for row in opened) == ["Not Wanted", "Reached"]


def test_a_whole_month_stands_beside_a_whole_month():
	from keep_customers.keep_customers.report.care_by_rep.care_by_rep import time_before

	for since, until, first, last in (
		("2026-04-01", "2026-04-30", "2026-03-01", "2026-03-31"),
		("2026-03-01", "2026-03-31", "2026-02-01", "2026-02-28"),
		("2024-01-01", "2024-03-31", "2023-10-01", "2023-12-31"),
		("2026-01-10", "2026-02-20", "2025-11-10", "2025-12-20"),
		("2026-04-01", "2026-04-20", "2026-03-01", "2026-03-20"),
		("2026-03-02", "2026-03-31", "2026-02-02", "2026-02-28"),
	):
		assert [str(day) for day in time_before(*map(getdate, (since, until)))] == [first, last]


def test_the_same_days_a_month_earlier_stand_beside_them(now, worked):
	a_month_on = {name: str(frappe.utils.add_months(day, 1)) for name, day in worked.items()}
	[*_rows] = rows = run("Care by Rep", **a_month_on)[0]
	assert {row["rep"]: (row["contacts"], row["contacts_before"]) for row in rows} == {
		ANNA: (0, 3),
		BEN: (0, 1),
	}


def test_a_rep_sees_only_their_own_figures(now, worked):
	as_user(BEN)
	try:
		[row], _message, _chart, totals = run("Care by Rep", rep=ANNA, **worked)
		assert (row["rep"], totals["Contacts"]) == (BEN, 1)
	finally:
		as_user("Administrator")
	as_user(MIA)
	try:
		assert {row["rep"] for row in run("Care by Rep", **worked)[0]} == {ANNA, BEN}
	finally:
		as_user("Administrator")


def test_who_comes_first_is_said_by_what_is_chosen_beside_the_place_before(now, worked):
	cara = frappe.db.get_value("Customer", f"{PREFIX} Other")
	touch(now, cara, BEN, ago=2)
	touch(now, cara, BEN, ago=40)
	rows, *_rest = run("Care by Rep", **worked)
	assert [(row["rep"], row["place"], row["place_before"]) for row in rows] == [
		(ANNA, 1, None),
		(BEN, 2, None),
	]
	rows, *_rest = run("Care by Rep", ranked_by="On Time", **worked)
	assert [(row["rep"], row["place"]) for row in rows] == [(ANNA, 1), (BEN, None)], (
		"who was never on time has none"
	)
	touch(now, cara, BEN, ago=1)
	rows, *_rest = run("Care by Rep", **worked)
	assert [row["place"] for row in rows] == [1, 1], "three contacts each"
	with pytest.raises(frappe.ValidationError, match="ranked by"):
		run("Care by Rep", ranked_by="Height", **worked)


def test_a_quarter_that_goes_on_stands_beside_the_same_days_of_the_last_one():
	from keep_customers.keep_customers.report.care_by_rep.care_by_rep import days, time_before

	today = getdate("2026-11-30")
	for time, since, until, first, last in (
		("This Month", "2026-11-01", "2026-11-30", "2026-10-01", "2026-10-31"),
		("Last Month", "2026-10-01", "2026-10-31", "2026-09-01", "2026-09-30"),
		("This Quarter", "2026-10-01", "2026-11-30", "2026-07-01", "2026-08-31"),
		("Last Quarter", "2026-07-01", "2026-09-30", "2026-04-01", "2026-06-30"),
	):
		found = days({"time": time}, today)
		assert [str(day) for day in found] == [since, until]
		before = time_before(*found, 3 if "Quarter" in time else 1)
		assert [str(day) for day in before] == [first, last]
	with pytest.raises(frappe.ValidationError, match="time from the list"):
		days({"time": "Tomorrow"}, today)


def test_a_rep_sees_their_place_and_the_others_only_if_the_settings_say_so(now, worked):
	frappe.get_doc(
		{
			"doctype": "User Permission",
			"user": BEN,
			"allow": "Customer",
			"for_value": f"{PREFIX} Other",
		}
	).insert()
	as_user(BEN)
	try:
		[row], _message, chart, totals = run("Care by Rep", **worked)
		assert (row["rep"], row["place"]) == (BEN, None) and "Your Place" not in totals
		labels = [
			one["label"] for one in frappe.get_doc("Report", "Care by Rep").execute_script_report(worked)[0]
		]
		assert "Place" not in labels and "Contacts" in labels
	finally:
		as_user("Administrator")
	now.settings(reps_see_ranking=1)
	as_user(BEN)
	try:
		rows, _message, chart, totals = run("Care by Rep", **worked)
		# Of all customers, those that Ben may not read among them: so many, and nothing that leads there.
		assert [(row["rep"], row["contacts"], row["caring"], row["late"]) for row in rows] == [
			(ANNA, 3, 1, 1),
			(BEN, 1, 0, 1),
		]
		assert [("opens" in row, row["satisfaction"]) for row in rows] == [(False, None), (True, 5)]
		assert (totals["Contacts"], totals["Your Place"], len(chart["data"]["labels"])) == (1, "2 of 2", 1)
		[one], *_rest = run("Care by Rep", show="Contacts", rep=ANNA, **worked)
		assert one.rep == BEN
	finally:
		as_user("Administrator")


# Prices and Competitors


@pytest.fixture
def heard(now):
	"""Rival is named by Firm twice and by Other, Cheap by Other; once only a price, once only words; two of them of tea."""
	rival, cheap = (
		frappe.get_doc({"doctype": "Competitor", "competitor_name": f"{PREFIX} {name}"}).insert().name
		for name in ("Rival", "Cheap")
	)
	firm = ranked(now, "Firm", current_value=900, value_at_risk=100)
	other, new = ranked(now, "Other", tier="Iron", current_value=50, value_at_risk=50), now.customer("New")
	tea = {"demand_item": now.item("Tea"), "demand_date": now.today}
	touch(
		now, firm, ANNA, 40, competitor=rival, competitor_price=4.5, price_remark="Their tea is cheaper.", **tea
	)  # fmt: skip
	touch(now, firm, ANNA, 3, competitor=rival)
	touch(now, other, BEN, 2, competitor=rival, price_remark="They called again.", **tea)
	touch(now, other, BEN, 1, competitor=cheap, competitor_price=9)
	touch(now, new, BEN, 5, price_remark="Too dear.")
	touch(now, firm, ANNA, 400, competitor=cheap)
	touch(now, firm, ANNA, 2)
	return rival, cheap


def test_who_speaks_of_prices_and_competitors_and_what_they_are_worth(now, heard):
	rival, cheap = heard
	rows, message, chart, totals = run("Prices and Competitors")
	found = [
		[row[name] for name in ("group", "remarks", "customers", "current_value", "value_at_risk")]
		for row in rows
	]
	assert found == [
		[rival, 3, 2, 950, 150], [cheap, 1, 1, 50, 50], ["No Competitor Named", 1, 1, 0, 0],
	]  # fmt: skip
	newest = frappe.get_doc("Customer Touch", rows[0]["touch"])
	assert (newest.customer, newest.price_remark) == (f"{PREFIX} Other", rows[0]["said"])
	assert rows[0]["last_on"] == newest.date and message is None
	assert totals == {"Remarks": 5, "Customers": 3, "Their Current Value": 950, "Their Value at Risk": 150}
	assert chart["data"]["datasets"][0]["values"] == [3, 1, 1]


def test_remarks_by_item_group_month_rep_and_one_by_one(now, heard):
	rival, _cheap = heard
	group = frappe.db.get_value("Item", f"{PREFIX} Tea", "item_group")

	def numbers(by, **filters):
		return {
			row["group"]: row["remarks"] for row in run("Prices and Competitors", group_by=by, **filters)[0]
		}

	assert numbers("Item Group") == {group: 2, "No Item Named": 3}
	assert sum(numbers("Month").values()) == 5 and now.days_ago(40).strftime("%Y-%m") in numbers("Month")
	assert sorted(numbers("Rep").values()) == [2, 3]
	assert numbers("Rep", competitor=rival, tier="Gold") == {frappe.utils.get_fullname(ANNA): 2}
	rows = run("Prices and Competitors", group_by="Remarks", item_group=group)[0]
	assert [(row.customer, row.price, row.rep) for row in rows] == [
		(f"{PREFIX} Other", None, BEN),
		(f"{PREFIX} Firm", 4.5, ANNA),
	]
	rows, message, chart, totals = run("Prices and Competitors", to_date=str(now.days_ago(401)))
	assert rows == [] == list(filter(None, [chart, totals["Remarks"]])) and message.startswith(
		"Nobody has noted"
	)
	with pytest.raises(frappe.ValidationError, match="Please choose"):
		run("Prices and Competitors", group_by="Rival")


def test_of_what_is_said_of_prices_a_rep_learns_only_of_readable_customers(now, heard):
	frappe.get_doc(
		{"doctype": "User Permission", "user": BEN, "allow": "Customer", "for_value": f"{PREFIX} New"}
	).insert()
	as_user(BEN)
	try:
		[row], _message, _chart, totals = run("Prices and Competitors")
		assert row["group"] == "No Competitor Named" and totals["Their Current Value"] == 0
	finally:
		as_user("Administrator")


def test_who_may_not_read_values_sees_none_beside_what_is_said_of_prices(now, heard):
	update_permission_property("Customer Value", "Sales User", 0, "read", 0)
	as_user(BEN)
	try:
		for by in ("Competitor", "Customer", "Remarks"):
			rows, _message, _chart, totals = run("Prices and Competitors", group_by=by)
			assert rows and {(row["current_value"], row["value_at_risk"]) for row in rows} == {(None, None)}
			assert set(totals) == {"Remarks", "Customers"}
	finally:
		as_user("Administrator")


# Referrals


def test_who_brought_whom_and_what_that_is_worth(now):
	old, quiet = ranked(now, "Old"), ranked(now, "Quiet", tier="Iron")
	for number, worth in enumerate((1000, 250)):
		new = ranked(now, f"New {number}", current_value=worth)
		referral(old, new, now.days_ago(20 + number), "Won")
	referral(quiet, now.customer("Nobody"), now.days_ago(3), "Lost")
	rows, _message, chart, totals = run("Referrals")
	assert [(row.referrer, row.referrals, row.won, row.lost, row.brought or 0) for row in rows] == [
		(old, 2, 2, 0, 1250), (quiet, 1, 0, 1, 0),
	]  # fmt: skip
	assert totals == {"Referrals": 3, "Won": 2, "% Won": "66.7 %", "Value Brought": 1250}
	assert sum(chart["data"]["datasets"][0]["values"]) == 3
	rows, *_rest = run("Referrals", show="One by One", customer=old)
	assert [row.brought for row in rows] == [1000, 250]


# Follow Ups Held Back


def test_what_is_held_back_by_reason_rule_and_rep(now):
	rule = now.rule()
	big = ranked(now, "Big", value_at_risk=800, rep=ANNA)
	small = ranked(now, "Small", value_at_risk=50, rep=BEN)
	follow_up(now, big, due=1, hold_reason="Contact cap", care_rule=rule.name)
	follow_up(now, big, due=2, hold_reason="Contact cap")
	follow_up(now, small, due=2, hold_reason="Contact cap", care_rule=rule.name)
	follow_up(now, small, due=-5, status="Skipped", hold_reason="No consent", care_rule=rule.name)
	follow_up(now, small, due=-60, status="Skipped", hold_reason="No consent")  # long ago
	follow_up(now, small, due=1)  # not held back
	rows, _message, _chart, totals = run("Follow Ups Held Back")
	assert [
		(row.hold_reason, row.waiting, row.given_up, row.customers, row.value_at_risk) for row in rows
	] == [("Contact cap", 3, 0, 2, 850), ("No consent", 0, 1, 1, 50)]
	assert totals == {"Waiting": 3, "Given Up": 1, "Most Often": "Contact cap"}
	rows, *_rest = run("Follow Ups Held Back", group_by="Care Rule")
	assert [(row.care_rule, row.waiting, row.given_up) for row in rows] == [(rule.name, 2, 1), (None, 1, 0)]
	rows, *_rest = run("Follow Ups Held Back", group_by="Rep")
	assert [(row["rep"], row["waiting"], row["value_at_risk"]) for row in rows] == [
		(ANNA, 2, 800),
		(BEN, 1, 50),
	]
	rows, *_rest = run("Follow Ups Held Back", group_by="Customer", rep=BEN)
	assert {(row.customer, row.status) for row in rows} == {(small, "Planned"), (small, "Skipped")}


# Who is told


def test_over_http_a_rep_is_told_of_their_customers_only_and_an_intruder_nothing(now, server):
	today = {
		"status": "At Risk",
		"value_at_risk": 700,
		"next_purchase": now.today,
		"expected_order_value": 40,
	}
	mine, theirs = (ranked(now, name, **today) for name in ("Mine", "Theirs"))
	for customer in (mine, theirs):
		follow_up(now, customer, due=1, hold_reason="Contact cap")
		touch(now, customer, BEN, ago=0, price_remark="Too dear.")
		referral(customer, now.customer(f"{customer[-4:]} Friend"), now.today, "Won")
		frappe.get_doc(
			{
				"doctype": "Tier Change",
				"customer": customer,
				"date": now.today,
				"direction": "Up",
				"to_tier": "Gold",
			}
		).insert()
	for allowed in (mine, f"{PREFIX} {mine[-4:]} Friend"):
		frappe.get_doc(
			{"doctype": "User Permission", "user": BEN, "allow": "Customer", "for_value": allowed}
		).insert()
	frappe.db.commit()
	rep, manager, intruder = (Browser(server, user) for user in (BEN, MIA, EVE))
	for name, filters in REPORTS.items():
		ask = {"report_name": name, "filters": filters}
		answer = rep.call("frappe.desk.query_report.run", **ask)
		assert answer.status_code == 200, (name, answer.text)
		assert theirs not in answer.text, name
		found, everything = (
			answer.json()["message"]
			for answer in (answer, manager.call("frappe.desk.query_report.run", **ask))
		)
		assert len(found["result"]) == 1, name
		if name != "Care by Rep":
			assert mine in answer.text and len(everything["result"]) == 2, name
		assert [one["value"] for one in found["report_summary"]] != [
			one["value"] for one in everything["report_summary"]
		]
		assert intruder.call("frappe.desk.query_report.run", **ask).status_code == 403, name
		export = {"file_format_type": "CSV", "visible_idx": "[0]", **ask}
		exported = manager.call("frappe.desk.query_report.export_query", **export)
		assert exported.status_code == 200 and exported.text.count("\n") > 1, name
		# Reps export no customers, from no report either.
		assert rep.call("frappe.desk.query_report.export_query", **export).status_code == 403, name


def test_the_calendar_shows_the_most_valuable_of_ones_own(now, server):
	mine, theirs = (
		ranked(now, name, next_purchase=now.today, expected_order_value=40) for name in ("Mine", "Theirs")
	)
	frappe.get_doc(
		{"doctype": "User Permission", "user": BEN, "allow": "Customer", "for_value": mine}
	).insert()
	frappe.db.commit()
	ask = {
		"doctype": "Customer Value", "start": f"{now.days_ago(5)} 00:00:00", "end": f"{now.days_ago(-5)} 00:00:00",
		"field_map": {}, "filters": [["Customer Value", "status", "=", "Active", False]],
	}  # fmt: skip
	path = "keep_customers.care.expected.calendar"
	answer = Browser(server, BEN).call(path, **ask)
	assert [row["name"] for row in answer.json()["message"]] == [mine]
	assert {row["name"] for row in Browser(server, MIA).call(path, **ask).json()["message"]} == {mine, theirs}
	assert Browser(server, EVE).call(path, **ask).status_code == 403
	assert Browser(server, BEN).call(path, **{**ask, "start": "soon"}).status_code == 417


def test_all_reports_stand_in_one_list_of_questions():
	ours = set(frappe.get_all("Report", {"module": "Keep Customers", "disabled": 0}, pluck="name"))
	assert {one.report for one in questions.all_questions()} == ours - {"Reports as Questions"}
	rows = run("Reports as Questions")[0]
	assert rows[0]["question"] == "Whom are we about to lose?" and rows[0]["name"] == "Customers at Risk"


def test_a_rep_is_asked_no_question_that_a_report_would_refuse(story):
	as_user(ANNA)
	try:
		mine = {one.report for one in questions.mine()}
	finally:
		as_user("Administrator")
	assert "Customers at Risk" in mine and "Ratings of People" not in mine
