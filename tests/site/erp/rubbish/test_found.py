"""What rubbish has found when it was sent for longer than CI does."""

import re

import frappe
import pytest
from frappe.exceptions import FrappeTypeError
from frappe.utils import getdate

from keep_customers.access import host_doors
from keep_customers.care import expected, todo_list
from keep_customers.people import desk
from keep_customers.setup.guided import excluded
from tests.site.story import ANNA, COMPANY, GROUP, ITEM, PREFIX


@pytest.mark.parametrize(
	"sent",
	[
		{},
		{"export_fields": "[]"},
		{"export_fields": {"User": "name"}},
		{"export_fields": {"User": ["name"]}, "export_filters": "[1]"},
	],
)
def test_a_template_without_fields_says_what_is_missing(story, sent):
	with pytest.raises(FrappeTypeError):
		host_doors.download_template("User", **sent)


def test_a_benefit_with_an_empty_row_is_told_what_is_missing(story):
	story.benefit("Other", discount_percentage=5, tiers=["Gold"])
	with pytest.raises(frappe.ValidationError):
		story.benefit("Empty", discount_percentage=10, tiers=["Gold"], item_groups=[None])


@pytest.mark.parametrize("period", ["", "None", "Week"])
def test_a_drive_without_a_period_is_told_so(story, period):
	drive = frappe.get_doc(
		{"doctype": "Maintenance Drive", "title": f"{PREFIX} Drive", "from_date": story.today}
	).insert()
	drive.period = period
	with pytest.raises(frappe.ValidationError):
		drive.save()


@pytest.mark.parametrize("table", ["excluded_groups", "excluded_customers"])
def test_settings_with_an_empty_row_are_told_what_is_missing(story, table):
	"""The twin of the benefit's: who is left out is asked before the host asks for what is missing."""
	settings = frappe.get_doc("Keep Customers Settings")
	left_out, _stays = story.customer("Left Out"), story.customer("Stays")
	settings.append("excluded_customers", {"customer": left_out})
	settings.append(table, {})
	with pytest.raises(frappe.MandatoryError):
		settings.save()


def test_setting_up_looks_at_what_is_chosen_with_an_empty_name(story):
	found = excluded.look({"excluded_groups": [GROUP, ""], "excluded_customers": [""]})
	assert found["excluded_groups"] == [GROUP] and found["all"] >= found["ranked"]


def with_days(story):
	"""Documents that cannot do without a day, and which."""
	firm = story.customer("Firm")
	yield "date", {"doctype": "Customer Touch", "customer": firm, "channel": "Phone", "result": "Reached"}
	yield "from_date", {"doctype": "Maintenance Drive", "title": f"{PREFIX} Drive"}
	yield (
		"to_date",
		{"doctype": "Visit Plan", "rep": ANNA, "purpose": "The north", "stops": [{"customer": firm}]},
	)
	yield "given_on", {"doctype": "Customer Feedback", "customer": firm}
	yield (
		"opened_on",
		{"doctype": "Complaint Case", "customer": firm, "subject": "Late", "description": "Late"},
	)


@pytest.mark.parametrize("nothing", ["", None])
def test_a_document_without_its_day_is_of_today_and_later_told_so(story, nothing):
	for field, values in with_days(story):
		doc = frappe.get_doc({**values, field: nothing}).insert()
		assert getdate(doc.get(field)) == getdate(), doc.doctype
		doc = frappe.get_doc(doc.doctype, doc.name)
		doc.set(field, nothing)
		with pytest.raises(frappe.MandatoryError, match=re.escape(doc.meta.get_label(field))):
			doc.save()


@pytest.mark.parametrize("field", ["date", "next_step_date", "demand_date"])
@pytest.mark.parametrize("said", ["soon", "2026-13-45", "next week", "12/2026/99"])
def test_a_text_that_is_no_day_is_refused_and_not_lost(story, field, said):
	firm = story.customer("Firm")
	touch = {
		"doctype": "Customer Touch",
		"customer": firm,
		"channel": "Phone",
		"result": "Reached",
		"next_step": "Call",
	}
	with pytest.raises(frappe.ValidationError, match="please enter it as 2026-03-31"):
		frappe.get_doc({**touch, "next_step_date": getdate(), field: said}).insert()


def test_absences_and_rebates_without_a_day_are_told_so(story):
	settings = frappe.get_doc("Keep Customers Settings")
	settings.append("absences", {"user": ANNA, "from_date": story.today, "to_date": ""})
	with pytest.raises(frappe.MandatoryError, match="To"):
		settings.save()
	steps = [{"from_amount": 1000, "percent": 2}]
	rebate = {
		"doctype": "Volume Rebate",
		"rebate_name": f"{PREFIX} Rebate",
		"company": COMPANY,
		"item_code": ITEM,
		"steps": steps,
	}
	with pytest.raises(frappe.MandatoryError):
		frappe.get_doc({**rebate, "starts_on": ""}).insert()


NO_DAYS = ("", "soon", "2026-02-30", "0000-00-00", "0001-01-01", "9" * 30, "9999-12-31", "-1")


@pytest.mark.parametrize("day", NO_DAYS)
def test_who_is_called_with_a_day_that_is_none_says_so(story, day):
	with pytest.raises(FrappeTypeError, match="'day' is a day"):
		todo_list.later([], day)
	with pytest.raises(FrappeTypeError, match="'end' is a day"):
		expected.calendar(str(story.today), day)
	if day:
		firm = story.customer("Firm")
		with pytest.raises(FrappeTypeError, match="'on_date' is a day"):
			desk.tell(firm, "Phone", True, "Contact", "Nobody", on_date=day)


@pytest.mark.parametrize(
	"doctype, values, words",
	[
		("Customer Tier", {"contact_every_days": 36_501}, "too large"),
		("Keep Customers Settings", {"contact_cap_days": 2**31 - 1}, "too large"),
		("Customer Tier", {"answer_within_hours": 10**12}, "before it is solved, and solved within a year"),
		(
			"Customer Tier",
			{"answer_within_hours": 8, "solve_within_hours": 4},
			"8 to answer it, 4 to solve it",
		),
		# Where nothing is said of the solution, it is a day.
		(
			"Customer Tier",
			{"answer_within_hours": 30, "solve_within_hours": 0},
			"30 to answer it, 24 to solve it",
		),
		(
			"Customer Tier",
			{"solve_within_hours": 0.5, "answer_within_hours": 0},
			"1 to answer it, 0.5 to solve it",
		),
	],
)
def test_a_span_of_time_with_which_nobody_can_reckon_is_refused(story, doctype, values, words):
	doc = frappe.get_doc(doctype, "Gold" if doctype == "Customer Tier" else doctype)
	doc.update(values)
	with pytest.raises(frappe.ValidationError, match=words):
		doc.save()


def test_who_looks_for_more_than_a_name_can_hold_finds_nothing(story):
	"""SQLite refuses to compare with a text of 50,000 letters."""
	story.customer("Firm")
	assert host_doors.search_link("Complaint Case", "long " * 20_000) == []
