"""Filters of reports and charts that are none are answered with a message, whoever sends them."""

import json

import frappe
import pytest
from frappe.exceptions import FrappeTypeError

from keep_customers.erp import api, host
from tests.site.story import MIA
from tests.site.web import Browser

# Every filter any report has, and some more.
NAMES = (
	"from_date", "to_date", "since", "customer", "tier", "policy", "territory", "customer_group", "group_by", "show",
	"care_rule", "action", "late", "kind", "company", "rated_user", "status", "severity", "item", "without_costs", "x",
)  # fmt: skip
DAYS = ("from_date", "to_date", "since")
WITH_A_PERIOD = (
	"Event Results",
	"Complaint Times",
	"Complaint Analysis",
	"Complaints Over Time",
	"Customer Cost and Value",
	"Ratings of People",
)
DEEP = "[" * 5000 + "]" * 5000


@pytest.fixture
def manager(story, server):
	frappe.get_doc("User", MIA).add_roles("Keep Customers Manager")
	frappe.db.commit()
	return Browser(server, MIA)


def reports():
	return frappe.get_all("Report", filters={"module": "Keep Customers"}, pluck="name")


def run(browser, report, filters):
	return browser.call("frappe.desk.query_report.run", report_name=report, filters=filters)


def said(answer):
	assert 400 <= answer.status_code < 500, answer.text
	return json.loads(json.loads(answer.json()["_server_messages"])[0])["message"]


def test_a_report_says_which_filter_is_none(manager):
	assert len(reports()) >= 8
	for report in reports():
		assert run(manager, report, {}).status_code == 200
		for name in ("customer", "x"):
			for value in (["a"], {"a": 1}, [["in", ["a"]]]):
				assert f"'{name}'" in said(run(manager, report, {name: value})), report


def test_a_slip_of_the_pen_makes_no_report_a_prepared_one(story):
	"""Frappe 15 forgets to stop its clock where a report refuses; after 15 seconds it would be one for everybody."""
	for report in reports():
		with pytest.raises(FrappeTypeError):
			frappe.get_doc("Report", report).execute_script_report({"customer": ["a"]})
		assert not host.report_watches(), report
	for report, filters in (
		("Complaint Analysis", {"group_by": "x"}), ("Complaints Over Time", {"each": "x"}), ("Customer Cost and Value", {"show": "x"}),
		*((report, {"from_date": "2026-03-04", "to_date": "2026-03-03"}) for report in WITH_A_PERIOD),
	):  # fmt: skip
		with pytest.raises(frappe.ValidationError):
			frappe.get_doc("Report", report).execute_script_report(filters)
		assert not host.report_watches(), report


def test_a_day_that_is_none_is_no_failure_of_ours(manager):
	for report, name in (
		("Complaint Times", "from_date"), ("Complaint Analysis", "to_date"), ("Complaints Over Time", "from_date"), ("Customer Cost and Value", "from_date"),
		("Event Results", "to_date"), ("Ratings of People", "to_date"), ("Categories Without Answer", "since"),
	):  # fmt: skip
		for value in ("soon", "2026-13-40", "9999-12-31", "0001-01-01", 5, True):
			assert f"'{name}' is a day" in said(run(manager, report, {name: value})), (report, value)
		assert run(manager, report, {name: "2026-03-04"}).status_code == 200


def test_whatever_is_sent_no_report_fails(manager):
	for report in reports():
		for value in ("' or 1=1 --", "%s %(x)s {0}", "\x00", 10**30, -1, 1.5, False):
			filters = {name: value for name in NAMES if name not in DAYS}
			assert run(manager, report, filters).status_code < 500, (report, value)


def test_a_charts_filters_too(manager):
	for source in ("customers_by.customers_by", "complaints_by.complaints_by"):
		path = f"keep_customers.keep_customers.dashboard_chart_source.{source}.get"
		for filters in (
			DEEP,
			"NaN",
			'{"by": ["tier"]}',
			'{"by": {"a": 1}}',
			'{"by": null}',
			'{"by": 5}',
			'{"by": "x"}',
		):
			assert said(manager.call(path, filters=filters))
	for card in (
		"complaints.figures.late_cases",
		"events.year.events_missing",
		"events.year.events_this_year",
		"jobs.set_aside.last_night",
		"care.my_customers.expected_purchases",
		"care.my_customers.customers_at_risk",
		"care.my_customers.late_follow_ups",
	):
		assert manager.call(f"keep_customers.{card}", filters=DEEP).status_code in (200, 417)


def test_a_report_called_by_a_program_takes_dates_as_they_are():
	day = frappe.utils.getdate("2026-03-04")
	sent = {"from_date": day, "late": 1, "to_date": None, "without_costs": 0}
	assert api.report_filters(sent) == sent
	assert api.report_filters(None) == api.report_filters({}) == {}
	assert api.report_filters({"customer": 4711}) == {"customer": "4711"}
	with pytest.raises(TypeError, match="an object"):
		api.report_filters(["a"])
