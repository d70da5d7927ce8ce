"""The chart of tiers counts whom one may read, and draws each tier in its own colour."""

import json

import frappe
import pytest
from frappe.modules.import_file import import_file_by_path
from frappe.permissions import add_user_permission

from keep_customers.worth.colours import CHART, SHADES, colour_chart
from keep_customers.worth.counts import counted
from tests.site.story import ANNA, BEN, PREFIX
from tests.site.web import Browser, Server

SOURCE = "keep_customers.keep_customers.dashboard_chart_source.customers_by.customers_by.get"


@pytest.fixture
def firms(story):
	"""Nine in three tiers; the last has never bought and stands in none."""
	names = story.customers(*(f"Firm {number}" for number in range(1, 11)))
	tiers = ["Platinum", *["Iron"] * 6, *["Lead"] * 2, None]
	for name in names[:-1]:
		story.history(name, [(40, 100), (10, 100)])
	story.night()
	for name, tier in zip(names, tiers, strict=True):
		frappe.db.set_value("Customer Value", {"customer": name}, "tier", tier)
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
	frappe.get_doc("Customer Tier", "Iron").update({"colour": "Green"}).save()
	frappe.db.commit()
	drawn = {"Platinum": (1, "Purple"), "Gold": (0, "Orange"), "Iron": (6, "Green"), "Lead": (2, "Gray")}
	for user, figures in ((ANNA, drawn), (BEN, {"Iron": (1, "Green")})):
		browser = Browser(Server(), user)
		# The framework reads the chart in one way first, and in the other whenever it is drawn anew.
		first = browser.call("frappe.desk.form.load.getdoc", doctype="Dashboard Chart", name=CHART)
		again = browser.call("frappe.client.get", doctype="Dashboard Chart", name=CHART)
		for chart in (first.json()["docs"][0], again.json()["message"]):
			shades = json.loads(chart["custom_options"])["colors"]
			data = browser.call(SOURCE, filters='{"by": "tier"}').json()["message"]
			seen = zip(data["labels"], data["datasets"][0]["values"], shades, strict=True)
			assert {tier: (number, shade) for tier, number, shade in seen if number} == {
				tier: (number, SHADES[colour]) for tier, (number, colour) in figures.items() if number
			}


def test_a_chart_that_the_framework_brings_anew_has_the_colours_at_once(story):
	frappe.db.set_value("Dashboard Chart", CHART, "custom_options", None)
	path = frappe.get_app_path("keep_customers", "keep_customers", "dashboard_chart", frappe.scrub(CHART))
	import_file_by_path(f"{path}/{frappe.scrub(CHART)}.json", force=True)
	options = frappe.db.get_value("Dashboard Chart", CHART, "custom_options")
	assert json.loads(options)["colors"][0] == SHADES["Purple"]
	frappe.db.rollback()


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


@pytest.mark.parametrize("theirs", ['{"colors": ["#000000"]}', '{"height": 90}', "odd"])
def test_what_an_admin_has_chosen_for_the_chart_stays(story, firms, theirs):
	frappe.db.set_value("Dashboard Chart", CHART, "custom_options", theirs)
	frappe.get_doc("Customer Tier", "Iron").update({"colour": "Red"}).save()
	assert frappe.db.get_value("Dashboard Chart", CHART, "custom_options") == theirs
	frappe.db.rollback()
