"""What nobody has thought of: whoever makes something impossible is found by halving, and named."""

import frappe

from keep_customers.worth import forecasts, valuation
from tests.site.jobs.test_night import a_hundred_days_of_business
from tests.site.jobs.test_set_aside import left, standing


def test_what_nobody_has_thought_of_is_found_by_halving_too(story, monkeypatch):
	names = a_hundred_days_of_business(story, 10)
	story.night()
	without = standing(names[1:])
	real = forecasts.say

	def fails_on_one(checked, m, *more):
		return real(checked, m, *more) if not (m.total == 123.0).any() else 1 / 0

	monkeypatch.setattr(forecasts, "say", fails_on_one)
	odd = story.customer("Odd")
	story.history(odd, [(10, 123)])
	frappe.db.delete("Customer Value")
	run = story.night()
	assert left(run) == [("Customer", odd)] and run.customers == 10
	assert standing(names[1:]) == without


def test_who_makes_a_check_impossible_is_found_too_and_the_others_have_theirs(story, monkeypatch):
	names = a_hundred_days_of_business(story, 10)
	odd = story.customer("Odd")
	story.history(odd, [(10, 123)])
	real = forecasts.Forecasts._log

	def fails_on_one(self, p):
		return real(self, p) if not (p.measures.total == 123.0).any() else 1 / 0

	monkeypatch.setattr(forecasts.Forecasts, "_log", fails_on_one)
	run = story.night()
	assert left(run) == [("Customer", odd)] and run.customers == 10
	assert {story.value(name).forecast_check for name in names} == {
		frappe.db.get_value("Forecast Check", {"customers": 10})
	}


def test_by_the_model_before_who_makes_it_impossible_is_found_by_halving_too(story, monkeypatch):
	story.settings(forecasts=forecasts.AS_BEFORE)
	names = a_hundred_days_of_business(story, 10)
	story.night()
	without = standing(names[1:])
	real = valuation.model
	monkeypatch.setattr(
		valuation,
		"model",
		lambda m, today, last=None: real(m, today, last) if not (m.total == 123.0).any() else 1 / 0,
	)
	odd = story.customer("Odd")
	story.history(odd, [(10, 123)])
	frappe.db.delete("Customer Value")
	run = story.night()
	assert left(run) == [("Customer", odd)] and run.customers == 10
	assert standing(names[1:]) == without
