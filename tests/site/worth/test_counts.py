"""The chart of tiers counts whom one may read, and draws each tier in its own colour."""

import json

import frappe
import pytest
from frappe.permissions import add_user_permission

from keep_customers.worth.colours import CHART, SHADES, colour_chart
from keep_customers.worth.counts import counted
from tests.site.story import ANNA, BEN, PREFIX
from tests.site.web import Browser, Server

SOURCE = "keep_customers.keep_customers.dashboard_chart_source.customers_by.customers_by.get"


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
	iron = frappe.get_doc("Customer Tier", "Iron")
	colour = iron.colour
	iron.update({"colour": "Green"}).save()
	frappe.db.commit()
	yield names
	frappe.set_user("Administrator")
	iron.reload().update({"colour": colour}).save()
	frappe.db.commit()


def test_tiers_are_counted_in_their_order_without_those_where_nobody_stands(story, firms):
	assert list(counted("tier").items()) == [("Platinum", 1), ("Iron", 6), ("Lead", 2)]
	add_user_permission("Customer", firms[1], BEN)
	frappe.set_user(BEN)
	assert counted("tier") == {"Iron": 1}


def test_the_chart_draws_each_tier_in_its_colour_for_whoever_looks(story, firms):
	add_user_permission("Customer", firms[1], BEN)
	tiers = frappe.get_all("Customer Tier", fields=["name", "colour"], order_by="rank asc")
	shades = [SHADES[tier.colour] for tier in tiers]
	assert len(set(shades)) == len(tiers)
	frappe.db.commit()
	for user, counts in ((ANNA, [1, 0, 6, 2]), (BEN, [0, 0, 1, 0])):
		browser = Browser(Server(), user)
		# The framework asks for it in both ways, and draws with what came last.
		opened = browser.call("frappe.desk.form.load.getdoc", doctype="Dashboard Chart", name=CHART)
		asked = browser.call("frappe.client.get", doctype="Dashboard Chart", name=CHART)
		for chart in (opened.json()["docs"][0], asked.json()["message"]):
			assert json.loads(chart["custom_options"]) == {"colors": shades}
		data = browser.call(SOURCE, filters='{"by": "tier"}').json()["message"]
		assert data["labels"] == [tier.name for tier in tiers]
		assert data["datasets"][0]["values"] == counts


def test_the_chart_follows_the_tiers(story):
	def drawn():
		return json.loads(frappe.db.get_value("Dashboard Chart", CHART, "custom_options"))["colors"]

	colour_chart()
	before = drawn()
	extra = frappe.get_doc(
		{"doctype": "Customer Tier", "tier_name": f"{PREFIX} Copper", "rank": 90, "colour": "Orange"}
	).insert()
	assert drawn() == [*before, SHADES["Orange"]]
	extra.update({"colour": "Red"}).save()
	assert drawn() == [*before, SHADES["Red"]]
	extra.delete()
	assert drawn() == before
	frappe.db.rollback()


def test_colours_that_an_admin_has_chosen_for_the_chart_stay(story):
	for theirs in ('{"colors": ["#000000"]}', '{"colors": [], "height": 90}', "not JSON"):
		frappe.db.set_value("Dashboard Chart", CHART, "custom_options", theirs)
		colour_chart()
		assert frappe.db.get_value("Dashboard Chart", CHART, "custom_options") == theirs
	frappe.db.rollback()
