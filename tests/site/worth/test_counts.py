"""The chart of tiers counts whom one may read, and draws each tier in its own colour."""

import json

import frappe
import pytest
from frappe.permissions import add_user_permission

from keep_customers.worth.colours import CHART, SHADES
from keep_customers.worth.counts import counted
from tests.site.story import ANNA, BEN
from tests.site.web import Browser, Server


@pytest.fixture
def firms(story):
	"""Nine in three tiers; the last has never bought and stands in none."""
	names = [story.customer(f"Firm {number}") for number in range(1, 11)]
	tiers = ["Platinum", *["Iron"] * 6, *["Lead"] * 2, None]
	for name in names[:-1]:
		story.history(name, [(40, 100), (10, 100)])
	story.night()
	for name, tier in zip(names, tiers, strict=True):
		frappe.db.set_value("Customer Value", {"customer": name}, "tier", tier)
	frappe.db.set_value("Customer Tier", "Iron", "colour", "Green")
	frappe.db.commit()
	yield names
	frappe.set_user("Administrator")


def test_tiers_are_counted_in_their_order_without_those_where_nobody_stands(story, firms):
	assert list(counted("tier").items()) == [("Platinum", 1), ("Iron", 6), ("Lead", 2)]
	add_user_permission("Customer", firms[1], BEN)
	frappe.set_user(BEN)
	assert counted("tier") == {"Iron": 1}


def test_the_chart_draws_each_tier_in_its_colour_for_whoever_looks(story, firms):
	add_user_permission("Customer", firms[1], BEN)
	frappe.db.commit()
	drawn = [SHADES["Purple"], SHADES["Green"], SHADES["Gray"]]
	for user, shades in ((ANNA, drawn), (BEN, drawn[1:2])):
		answer = Browser(Server(), user).call(
			"frappe.desk.form.load.getdoc", doctype="Dashboard Chart", name=CHART
		)
		assert json.loads(answer.json()["docs"][0]["custom_options"]) == {"colors": shades}
	assert not frappe.db.get_value("Dashboard Chart", CHART, "custom_options"), "nothing is kept"


def test_colours_that_an_admin_has_chosen_for_the_chart_stay(story, firms):
	frappe.db.set_value("Dashboard Chart", CHART, "custom_options", '{"colors": ["#000000"]}')
	chart = frappe.get_doc("Dashboard Chart", CHART)
	chart.run_method("onload")
	assert chart.custom_options == '{"colors": ["#000000"]}'
	frappe.db.rollback()
