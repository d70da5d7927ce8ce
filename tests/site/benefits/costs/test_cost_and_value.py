"""What was spent, against what a customer is worth, for those who may read the customer."""

from datetime import datetime, time, timedelta

import frappe
import pytest
from frappe.permissions import add_user_permission
from frappe.utils import add_months, getdate, now_datetime

from keep_customers.benefits.costs import of_the_year
from keep_customers.care.panel import customer_care
from tests.site.benefits.costs.spending import REPORT, plan, report, spent, touch
from tests.site.story import ANNA, BEN, EVE, MIA, PREFIX

# Against value


def test_the_manager_sees_cost_against_value_by_customer(story, tiered):
	firm, works, shop = tiered
	frappe.set_user(MIA)
	rows, _message, chart, total = report()
	assert [(each["customer"], each["cost"]) for each in rows] == [(works, 200), (firm, 150)]
	assert (rows[1]["current_value"], rows[1]["of_current"]) == (2000, 7.5)
	assert (rows[1]["gift"], rows[1]["event"], rows[0]["of_current"]) == (50, 100, 50)
	assert rows[1]["of_potential"] == pytest.approx(100 * 150 / rows[1]["potential_value"], abs=0.1)
	assert (total["Cost"], total["Current Value"]) == (350, 2400)
	assert [one["name"] for one in chart["data"]["datasets"]] == ["Gifts", "Events"]
	with_all = {each["customer"]: each for each in report(without_costs=1)[0]}
	assert with_all[shop]["cost"] == 0 and with_all[shop]["of_current"] is None
	assert {each["customer"] for each in report(tier=story.value(firm).tier)[0]} >= {firm}
	assert report(territory=f"{PREFIX} Elsewhere")[0] == []


def test_the_manager_sees_cost_against_value_by_tier(story, tiered):
	firm = tiered[0]
	rows, _message, _chart, total = report(show="tiers")
	assert sum(each["cost"] for each in rows) == 350
	of_firm = next(each for each in rows if each["tier"] == story.value(firm).tier)
	assert of_firm["reached"] >= 1 and of_firm["mean_cost"] == of_firm["cost"] / of_firm["customers"]
	# Whom nobody spends anything on counts in a tier's value all the same.
	assert sum(each["current_value"] for each in rows) == total["Current Value"]
	assert rows[-1]["tier"] == "" and rows[-1]["cost"] == 0, "who has not bought is ranked nowhere"


def test_the_costs_one_by_one_name_their_documents(story, tiered):
	firm = tiered[0]
	rows, *_ = report(show="costs", customer=firm)
	assert {(each["kind"], each["document_type"], each["cost"]) for each in rows} == {
		("Gifts", "Customer Touch", 50),
		("Events", "VIP Event", 100),
	}


def test_values_in_another_currency_are_no_measure(story, tiered):
	frappe.db.set_value("Customer Value", tiered[0], "currency", "USD")
	[firm] = report(customer=tiered[0])[0]
	assert firm["cost"] == 150 and firm["current_value"] is None and firm["of_current"] is None


def test_nothing_spent_and_bad_filters(story, firms):
	rows, message, chart, total = report()
	assert (rows, chart, total["Cost"]) == ([], None, 0) and message.startswith("Nothing was spent")
	assert report(show="costs")[0] == []
	assert all(each["cost"] == 0 for each in report(show="tiers")[0])
	for wrong in ({"show": "everything"}, {"from_date": "2026-03-02", "to_date": "2026-03-01"}):
		with pytest.raises(frappe.ValidationError):
			report(**wrong)


def test_the_costs_of_a_year_are_those_of_the_days_of_the_current_value(story, firms):
	a_year_ago = getdate(add_months(getdate(), -12))
	for cost, day in ((30, a_year_ago), (5, a_year_ago + timedelta(days=1))):
		touch(firms[0], cost, date=datetime.combine(day, time(10)))
	assert of_the_year(firms[0])["total"] == 5


# Who sees it


def test_a_rep_sees_the_costs_of_customers_one_may_read_and_the_shares_stay_right(story, tiered):
	firm, works, _shop = tiered
	plan([{"customer": firm}, {"customer": works}], travel_cost=100)
	add_user_permission("Customer", works, BEN)
	frappe.set_user(BEN)
	assert spent() == {(works, "Event"): 200, (works, "Visit"): 50}
	assert {each["customer"] for each in report()[0]} == {works}
	assert report()[3]["Cost"] == 250
	assert of_the_year(firm)["total"] == 0
	with pytest.raises(frappe.PermissionError):
		customer_care(firm)
	frappe.set_user(EVE)
	assert spent() == {} and report()[0] == []


def test_desk_runs_the_reports_for_those_who_have_the_role(story, tiered):
	from frappe.desk.query_report import run

	for user in (MIA, ANNA):
		frappe.set_user(user)
		assert len(run(REPORT, filters={"show": "customers"})["result"]) == 2
	with pytest.raises(frappe.PermissionError):
		run("Ratings of People", filters={})
	frappe.set_user(EVE)
	with pytest.raises(frappe.PermissionError):
		run(REPORT, filters={})


def test_the_customers_form_says_what_was_spent_in_a_year(story, firms):
	firm = firms[0]
	story.history(firm, [(5, 900)])
	story.night()
	touch(firm, 50, date=now_datetime() - timedelta(days=1))
	touch(firm, 70, date=now_datetime() - timedelta(days=400))
	frappe.set_user(ANNA)
	assert customer_care(firm)["cost"] == {
		"total": 50, "currency": "EUR", "kinds": [{"label": "Gifts", "amount": 50}], "of_value": pytest.approx(100 * 50 / 900, abs=0.1),
	}  # fmt: skip
	assert customer_care(firms[1])["cost"] is None, "nobody knows its value yet"
