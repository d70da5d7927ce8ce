"""A night on a real site: invoices become values, tiers and, from the second night on, follow-ups."""

from datetime import timedelta

import frappe

from keep_customers.erp.money import formatter
from tests.site.story import ANNA, once


@once(after=1)
def a_hundred_days_of_business(story, customers=20):
	"""Customers of falling value, each buying every 20 days."""
	names = story.customers(*(f"Firm {number:02}" for number in range(customers)))
	for number, name in enumerate(names):
		story.history(name, [(back, 100 * (customers - number)) for back in (100, 80, 60, 40, 20)])
	return names


def test_the_first_night_ranks_everybody_and_asks_nobody_for_anything(story):
	names = a_hundred_days_of_business(story)
	story.rule("Cadence", trigger="Tier Cadence")
	run = story.night()
	assert (run.status, run.first_run, run.customers, run.assigned) == ("Completed", 1, 20, 0)
	tiers = [story.value(name).tier for name in names]
	assert tiers == ["Platinum"] + ["Gold"] * 3 + ["Iron"] * 12 + ["Lead"] * 4
	assert not story.todos() and not story.follow_ups()
	first = story.value(names[0])
	assert (first.current_value, first.lifetime_value, first.purchases) == (10000, 10000, 5)
	assert (first.median_gap, first.status) == (20, "Due")
	assert first.next_purchase == story.today
	assert "Platinum" in first.tier_reason and formatter("EUR")(10000) in first.tier_reason
	customer = frappe.get_doc("Customer", names[0])
	assert (customer.keep_tier, customer.keep_status) == ("Platinum", "Due")
	assert customer.keep_next_purchase == story.today
	changes = frappe.get_all("Tier Change", fields=["direction", "to_tier", "customer"])
	assert len(changes) == 20 and {change.direction for change in changes} == {"First"}


def test_a_site_without_any_purchase_has_a_quiet_first_night(story):
	story.customer("Prospect")
	run = story.night()
	assert (run.status, run.customers, run.written, run.warnings) == ("Completed", 0, 0, "")
	assert story.night().status == "Completed"


def test_a_night_run_twice_changes_nothing(story):
	a_hundred_days_of_business(story)
	story.rule("Cadence", trigger="Tier Cadence")
	story.completed_yesterday()
	story.night()
	before = snapshot()
	again = story.night()
	assert (again.changed, again.written, again.moves, again.assigned) == (0, 0, 0, 0)
	assert snapshot() == before


def snapshot():
	tables = ("Customer Value", "Tier Change", "Follow Up", "ToDo", "Customer", "Tier Policy")
	return {table: frappe.db.sql(f"select * from `tab{table}` order by name") for table in tables}


def test_only_what_changed_is_read_and_written_the_next_night(story):
	names = a_hundred_days_of_business(story)
	story.night(story.days_ago(1))
	story.invoice(names[5], 50)
	run = story.night()
	assert run.changed == 1 and run.written >= 1
	assert story.value(names[5]).purchases == 6


def test_the_best_customers_hear_from_their_rep_in_their_tiers_rhythm(story):
	names = a_hundred_days_of_business(story)
	story.file(names[0], dedicated_rep=ANNA)
	story.rule(
		"Cadence", trigger="Tier Cadence", switched_on=story.days_ago(30), tiers=[{"tier": "Platinum"}]
	)
	story.completed_yesterday()
	story.night()
	[follow_up] = story.follow_ups()
	assert (follow_up.customer, follow_up.status, follow_up.assigned_to) == (names[0], "Assigned", ANNA)
	[todo] = story.todos(ANNA)
	assert (todo.reference_type, todo.reference_name, todo.status) == ("Customer", names[0], "Open")
	assert todo.keep_follow_up == follow_up.name
	assert "14 days" in todo.description and "/customer/" in todo.description
	story.night(story.today + timedelta(days=1))
	assert len(story.todos()) == 1, "an open follow-up is not asked for again"


def test_the_reps_capacity_and_the_value_at_risk_decide_who_waits(story):
	names = a_hundred_days_of_business(story)
	story.settings(rep_capacity=3)
	story.rule("Cadence", trigger="Tier Cadence", switched_on=story.days_ago(400))
	story.completed_yesterday()
	run = story.night()
	assert run.assigned == 3 and len(story.todos()) == 3
	waiting = story.follow_ups(status="Planned")
	assert waiting and {row.hold_reason for row in waiting} == {"Rep's capacity"}
	at_risk = {name: story.value(name).value_at_risk for name in names}
	asked = {row.customer for row in story.follow_ups(status="Assigned")}
	assert min(at_risk[name] for name in asked) >= max(at_risk[row.customer] for row in waiting)
	story.night(story.today + timedelta(days=1))
	assert len(story.todos()) == 6


def test_a_run_that_breaks_says_so_and_the_next_one_goes_on(story, monkeypatch):
	import pytest

	from keep_customers.worth.valuation import Valuation

	a_hundred_days_of_business(story, 5)
	with monkeypatch.context() as broken, pytest.raises(ZeroDivisionError):
		broken.setattr(Valuation, "tier", lambda self: 1 / 0)
		story.night()
	[failed] = frappe.get_all("Care Run", fields=["name", "status", "stage", "warnings"])
	assert (failed.status, failed.stage) == ("Failed", "Tiered") and "ZeroDivisionError" in story.errors(
		failed
	)
	assert "in the Error Log" in failed.warnings and "ZeroDivisionError" not in failed.warnings
	assert not frappe.db.count("Customer Value")
	assert story.night().status == "Completed"
