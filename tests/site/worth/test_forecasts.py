"""Forecasts that are checked every month: what a manager reads of them, and how they come to decide."""

import json
from datetime import date, timedelta

import frappe
import numpy as np
import pytest

from keep_customers.engine.tiers import Cuts
from keep_customers.keep_customers.report.forecast_preview import forecast_preview
from keep_customers.worth import accepting, checks, forecasts, valuation
from tests.site.story import ANNA, MIA, PREFIX, TERRITORY

CHECK = "Forecast Check"
POLICY = f"{PREFIX} Policy"


def checks_of_policy(**filters):
	return frappe.get_all(CHECK, {"policy": POLICY, **filters}, ["*"], order_by="month")


def firms(story, number=60, years=3, seed=1, begun=60):
	"""So many customers who came at some time, at least so many days ago, bought at their own pace, and of whom some have left."""
	random = np.random.default_rng(seed)
	names = story.customers(*(f"Firm {index:02}" for index in range(number)))
	for name in names:
		start = int(random.integers(begun, 365 * years))
		pace, size = random.gamma(4, 12), random.lognormal(6, 1)
		end = int(random.integers(0, start)) if random.random() < 0.3 else 0
		ago, bought = start, []
		while ago > end:
			bought.append((ago, round(float(size * random.lognormal(0, 0.3)), 2)))
			ago -= max(round(random.gamma(2, pace / 2)), 1)
		story.history(name, bought)
	return names


def as_user(user, call, *arguments, **values):
	frappe.set_user(user)
	try:
		return call(*arguments, **values)
	finally:
		frappe.set_user("Administrator")


def mias_region():
	"""The sales manager is responsible for one region only."""
	return frappe.get_doc(
		{"doctype": "User Permission", "user": MIA, "allow": "Territory", "for_value": TERRITORY}
	).insert()


def as_before(story):
	"""A site from before there were forecasts, with a night behind it."""
	story.settings(forecasts=forecasts.AS_BEFORE)


# A check a month


def test_a_few_customers_have_figures_on_day_one_and_no_grade(story):
	once, often = story.customer("Once"), story.customer("Often")
	story.history(once, [(40, 500)])
	story.history(often, [(ago, 100) for ago in range(10, 200, 30)])
	story.night()
	[check] = checks_of_policy()
	assert (check.month, check.grade, check.customers) == (date(2026, 3, 1), "", 2)
	assert "fewer than 50" in check.why and checks.meaning(check.grade).startswith("No grade yet")
	value = story.value(often)
	assert value.forecast == check.forecast and value.forecast_check == check.name
	assert 0 < value.buys_quarter < value.buys_year < 100
	assert value.expected_low < value.potential_value < value.expected_high
	assert story.value(once).buys_year < value.buys_year


def test_it_is_made_once_a_month_and_a_killed_night_makes_no_second_one(story, monkeypatch):
	story.history(story.customer("Firm"), [(40, 500), (10, 200)])

	def killed(self):
		raise KeyboardInterrupt

	with monkeypatch.context() as patch:
		patch.setattr(valuation.Valuation, "write", killed)
		with pytest.raises(KeyboardInterrupt):
			story.night(story.days_ago(2))
	frappe.db.rollback()
	[check] = checks_of_policy()
	story.night(story.days_ago(1))
	story.night()
	assert [one.name for one in checks_of_policy()] == [check.name]
	assert check.checked_on == story.days_ago(2)
	story.night(date(2026, 4, 1))
	assert [one.month for one in checks_of_policy()] == [date(2026, 3, 1), date(2026, 4, 1)]


def test_every_candidate_is_graded_by_what_came_and_it_is_said_why_one_decides(story):
	firms(story, begun=900)
	story.night()
	[check] = checks_of_policy()
	doc = frappe.get_doc(CHECK, check.name)
	assert check.grade in tuple("ABCDE") and check.customers == 60
	assert {"Last Period", "RFM", "MBG/NBD", "Learner"} <= {row.candidate for row in doc.candidates}
	assert [row.candidate for row in doc.candidates if row.in_use] == [check.forecast]
	assert all(0 < row.top_20 <= 100 and row.dates > 1 for row in doc.candidates)
	assert check.forecast in check.why
	# Nobody forecast yet: what would have been said that day, marked as such.
	assert not check.was_made and check.compared_from < story.days_ago(90)
	tenths = json.loads(check.tenths)
	assert len(tenths) == 10 and sum(came for _said, came in tenths) == pytest.approx(check.came_value)
	assert check.came_value > 0 and check.expected_value > 0
	doc.run_method("onload")
	assert doc.get_onload("meaning").startswith(check.grade) and len(doc.get_onload("tenths")) == 10


def test_a_year_later_the_forecast_is_held_against_what_came(story):
	names = firms(story)
	story.night(date(2025, 3, 3))
	[then] = checks_of_policy()
	story.night(date(2026, 3, 3))
	now = checks_of_policy()[-1]
	assert now.was_made and now.compared_from == date(2025, 3, 3) and now.compared_days == 365
	assert now.expected_value == pytest.approx(then.ahead_value, rel=0.01)
	assert now.expected_purchases == pytest.approx(then.ahead_purchases, rel=0.01)
	came = frappe.db.sql(
		"select sum(base_net_total) from `tabSales Invoice` where customer in %s and posting_date > %s and posting_date <= %s "
		"and customer in (select customer from `tabSales Invoice` where posting_date <= %s)",
		(names, date(2025, 3, 3), date(2026, 3, 3), date(2025, 3, 3)),
	)[0][0]
	assert now.came_value == pytest.approx(float(came))


def test_managers_hear_once_when_the_grade_falls(story, monkeypatch):
	firms(story, begun=900)
	grades = iter("ABBA")
	monkeypatch.setattr(checks.choice, "grade", lambda ahead: next(grades))
	for month in (12, 1, 2, 3):
		story.night(date(2025 + (month < 12), month, 2))
	told = frappe.get_all(
		"Notification Log", {"document_type": CHECK}, ["document_name", "for_user", "subject"]
	)
	assert {one.document_name for one in told} == {f"{POLICY} 2026-01"}
	assert len({one.for_user for one in told}) == len(told) and "grade B, before A" in told[0].subject


def test_somebody_has_been_at_the_parameters(story):
	firm = story.customer("Firm")
	story.history(firm, [(40, 500), (10, 200)])
	story.night(story.days_ago(1))
	[check] = checks_of_policy()
	before = story.value(firm).potential_value
	for nonsense in ("", "{", "[]", '{"year": 1, "quarter": 2}'):
		frappe.db.set_value(CHECK, check.name, "parameters", nonsense)
		run = story.night()
		assert run.status == "Completed" and story.value(firm).potential_value == pytest.approx(
			before, rel=0.2
		)


def test_a_check_that_fails_stops_nobody_and_is_named(story, monkeypatch):
	firm = story.customer("Firm")
	story.history(firm, [(40, 500), (10, 200)])
	story.night(date(2026, 2, 20))
	before = story.value(firm)

	def fails(*_arguments, **_values):
		raise RuntimeError("a bad day")

	monkeypatch.setattr(checks.choice, "choose", fails)
	run = story.night()
	assert run.status == "Completed With Errors" and "a bad day" in story.errors(run)
	after = story.value(firm)
	assert after.forecast_check == before.forecast_check and after.computed_on == story.today


# What follows for stages and money


def test_a_one_time_buyer_has_value_at_risk_and_a_large_one_more_than_a_small_one(story):
	firms(story)
	large, small = story.customer("Large"), story.customer("Small")
	story.history(large, [(200, 50_000)])
	story.history(small, [(200, 50)])
	story.night()
	assert story.value(large).value_at_risk > 10 * story.value(small).value_at_risk > 0


def test_a_newcomer_is_new_and_a_silent_one_is_not_kept_for_ever(story):
	firms(story)
	newcomer = story.customer("Newcomer")
	story.history(newcomer, [(3, 200)])
	story.night()
	assert story.value(newcomer).status == "New"
	stages = []
	for days in (200, 400):
		story.night(story.today + timedelta(days=days))
		stages.append(story.value(newcomer).status)
	assert stages[-1] == "Lost" and stages[0] in ("At Risk", "Lost")


def test_nothing_is_read_again_when_only_time_has_passed(story):
	firms(story, 20)
	story.night(story.days_ago(1))
	before = {row.name: row for row in frappe.get_all("Customer Value", fields=["name", "statistics"])}
	run = story.night()
	assert run.changed == 0
	for row in frappe.get_all("Customer Value", fields=["name", "statistics"]):
		assert row.statistics == before[row.name].statistics


# On a site from before


def test_a_site_goes_on_as_before_sees_what_would_move_and_accepts_it(story):
	as_before(story)
	firms(story, 40)
	for number in range(20):  # of whom the model before says that they are customers for ever
		story.history(story.customer(f"Once {number:02}"), [(30 + 35 * number, 300 + 200 * number)])
	story.night(story.days_ago(3))
	values = {row.name: row for row in frappe.get_all("Customer Value", fields=["*"])}
	assert not any(row.forecast or row.buys_year for row in values.values())
	assert all(row.new_tier and row.new_status for row in values.values())

	_columns, rows, _message, chart, summary = forecast_preview.execute({"only_moves": 1})
	moved = [row for row in rows if row.move or row.status != row.new_status]
	assert rows and len(moved) == len(rows) < len(values)
	assert sum(one["value"] for one in summary[:2]) > 0 and sum(chart["data"]["datasets"][1]["values"]) == 60

	with pytest.raises(frappe.MandatoryError):
		accepting.accept("  ")
	accepting.accept("Looked at with Mia: the list makes sense.")
	settings = frappe.get_doc("Keep Customers Settings")
	assert settings.forecasts == forecasts.CHECKED and settings.forecasts_accepted_by == "Administrator"
	assert "makes sense" in settings.forecasts_reason and settings.forecasts_accepted_on
	_columns, rows, message = forecast_preview.execute({})
	assert not rows and "makes sense" in message

	# Stages and value at risk are the new ones at once; of the tiers no night moves more than the keep band lets.
	most, tiers = max(2, int(Cuts().keep * 60)), {name: row.tier for name, row in values.items()}
	asked = {name: row.new_tier for name, row in values.items()}
	for ago in (3, 2, 1):
		story.night(story.days_ago(ago))
		now = {row.name: row for row in frappe.get_all("Customer Value", fields=["*"])}
		if ago == 3:
			assert all(now[name].status == row.new_status for name, row in values.items())
		assert sum(now[name].tier != tiers[name] for name in tiers) <= most
		tiers = {name: row.tier for name, row in now.items()}
	assert all(row.forecast and not row.new_status for row in now.values())
	assert any(asked[name] != row.tier for name, row in values.items()), "or nothing was to move"


def test_who_accepted_can_go_back(story):
	firm = story.customer("Firm")
	story.history(firm, [(40, 500), (10, 200)])
	as_before(story)
	story.night(story.days_ago(2))
	before = story.value(firm)
	accepting.accept("Let us try.")
	story.night(story.days_ago(1))
	assert story.value(firm).forecast
	accepting.go_back("Not yet.")
	story.night()
	after = story.value(firm)
	assert not after.forecast and after.new_status
	assert after.potential_value == pytest.approx(before.potential_value, rel=0.05)


# Who sees it


def test_only_managers_accept_and_a_rep_reads_no_check(story):
	story.history(story.customer("Firm"), [(40, 500), (10, 200)])
	as_before(story)
	story.night()
	for user in (ANNA, MIA):
		for call in (accepting.accept, accepting.go_back):
			with pytest.raises(frappe.PermissionError):
				as_user(user, call, "I want it")
	[check] = checks_of_policy()
	assert as_user(MIA, frappe.get_list, CHECK), "a sales manager reads them"
	region = mias_region()
	try:
		frappe.clear_cache(user=MIA)
		assert not as_user(MIA, frappe.get_list, CHECK), "but not the totals of others' customers"
		assert not frappe.has_permission(CHECK, doc=check.name, user=MIA)
	finally:
		region.delete()
		frappe.clear_cache(user=MIA)
	with pytest.raises(frappe.PermissionError):
		as_user(ANNA, frappe.get_list, CHECK)
	assert frappe.db.get_single_value("Keep Customers Settings", "forecasts") == forecasts.AS_BEFORE
