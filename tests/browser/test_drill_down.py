"""From a figure to the customers behind it, and to one of them; whose figure it is decides who is among them."""

import frappe
import pytest
from frappe.permissions import add_user_permission

from tests.site.care.reported import ranked
from tests.site.story import ANNA, MIA, PREFIX, TERRITORY

SOUTH = f"{PREFIX} South"
ROWS = ".dt-row:not(.dt-row-header):not(.dt-row-filter) .dt-cell__content a[href*='customer/']"


def names(links):
	"""The customers that links in sight lead to."""
	return {link.inner_text().strip() for link in links.all()}


def click_number(desk, workspace, expected):
	"""How many the workspace says are at risk."""
	desk.page.set_default_timeout(30_000)
	desk.open("Workspaces", workspace)
	card = desk.page.locator(".number-widget-box", has_text="Customers At Risk")
	card.locator(".number", has_text=str(len(expected))).wait_for()
	card.locator(".widget-content").click()


def list_of(desk, workspace, expected):
	"""The list that opens with a click on the number holds exactly those."""
	page = desk.page
	click_number(desk, workspace, expected)
	page.wait_for_function("() => frappe.get_route().join() === 'List,Customer Value,List'")
	desk.settled()
	rows = page.locator(".frappe-list .list-row .list-subject a >> visible=true")
	rows.first.wait_for()
	assert names(rows) == expected


def report_of(desk, expected, workspace=None):
	"""The report holds exactly those; returns the links to them.

	:param workspace: whose number opens it
	"""
	if workspace:
		click_number(desk, workspace, expected)
		desk.page.wait_for_function("() => frappe.get_route().join() === 'query-report,Customers at Risk'")
		desk.settled()
	else:
		desk.open("query-report", "Customers at Risk")
	links = desk.page.locator(ROWS)
	links.first.wait_for()
	assert names(links) == expected
	return links


@pytest.fixture
def at_risk(story):
	"""Customers at risk, Anna's and those of a territory she may not see; one who is faithful."""
	mine, theirs, also_theirs = (
		ranked(story, name, status="At Risk", value_at_risk=money, rep=rep)
		for name, money, rep in (("Mine", 700, ANNA), ("Theirs", 900, None), ("Also Theirs", 100, None))
	)
	ranked(story, "Faithful")
	south = frappe.get_doc({"doctype": "Territory", "territory_name": SOUTH}).insert()
	frappe.db.set_value("Customer", {"name": ("in", (theirs, also_theirs))}, "territory", south.name)
	add_user_permission("Territory", TERRITORY, ANNA)
	frappe.db.commit()
	return mine, theirs, also_theirs


def test_a_manager_goes_from_the_figure_to_one_of_the_customers(desk, at_risk):
	_mine, theirs, _also_theirs = at_risk
	with desk(MIA) as mia:
		list_of(mia, "Care Overview", {*at_risk})
		mia.shot("drill-down-list")
		links = report_of(mia, {*at_risk})
		mia.shot("drill-down-report")
		links.filter(has_text=theirs).first.click()
		mia.page.wait_for_function("name => cur_frm && cur_frm.doc.name === name", arg=theirs)
		mia.tab("Care").see("At Risk").see("Record a Contact").shot("drill-down-customer")


def test_a_rep_finds_only_own_customers_in_the_same_places(desk, at_risk):
	mine, *_theirs = at_risk
	with desk(ANNA) as anna:
		report_of(anna, {mine}, workspace="My Customers")
		assert anna.page.evaluate("() => frappe.query_report.get_filter_value('rep')") == ANNA
