"""A Visit Plan says whom it is about, what they are worth and who is in its way, to who may read it."""

import frappe
import pytest
from frappe.permissions import add_user_permission
from frappe.utils import formatdate, getdate, now_datetime

from keep_customers.access.read_back import read_back
from tests.site import mail
from tests.site.story import ANNA, BEN, EVE
from tests.site.visits.plans import approved, as_anna, draft


def new(customers, **values):
	today = str(getdate())
	stops = [{"customer": name} for name in customers]
	return read_back(
		{
			"doctype": "Visit Plan",
			"__islocal": 1,
			"rep": ANNA,
			"method": "In Person",
			"from_date": today,
			"to_date": today,
			"stops": stops,
			**values,
		}
	)


def test_a_plan_says_whom_it_visits_and_what_they_are_worth(story, firms):
	day = formatdate(getdate())
	rep = frappe.utils.get_fullname(ANNA)
	frappe.set_user(ANNA)
	told = new(firms)
	assert told["says"] == [
		f"{rep} visits {len(firms)} customers, {day} – {day}.",
		f"Appointments: 0 of {len(firms)}.",
		f"Market prepared: 0 of {len(firms)}.",
		"Once it is approved, each stop is a ToDo of the rep.",
	]
	# Nobody is ranked yet.
	assert not told["figure"]
	[alone] = told["missing"]
	assert (
		alone["text"] == f"No contact is known of {', '.join(sorted(firms))}. Please add one at the customer."
	)
	assert alone["route"] == ["Form", "Customer", min(firms)]
	frappe.set_user("Administrator")
	for name in firms:
		frappe.get_doc(
			{
				"doctype": "Customer Value",
				"customer": name,
				"current_value": 500,
				"value_at_risk": 20,
				"currency": "EUR",
			}
		).insert()
	total, risk = 500 * len(firms), 20 * len(firms)
	frappe.set_user(ANNA)
	assert new(firms, method="Phone")["figure"] == (
		f"Together they have bought for € {total:,.2f} in the time that counts; € {risk:,.2f} of what they are worth is at risk."
	)


def test_what_is_in_the_way_is_said(story, firms):
	assert {one["field"] for one in new([], from_date=None)["missing"]} == {"from_date", "stops"}
	story.settings(fallback_user=None)
	assert new(firms)["missing"][-1]["route"] == ["List", "Employee"]


def test_who_is_excluded_is_named_and_may_be_visited(story, firms):
	story.settings(excluded_customers=[{"customer": firms[0]}])
	told = new(firms)
	assert told["says"][3] == (
		f"Excluded in Keep Customers Settings: {firms[0]}. No rule asks for such a visit; it is yours to decide."
	)
	for name in firms:
		mail.contact(name, mobile="+49 170 1234567")
	assert not new(firms)["missing"], "neither is it in the way"


def test_customers_that_are_not_theirs_do_not_count(story, firms):
	add_user_permission("Customer", firms[0], ANNA)
	frappe.set_user(ANNA)
	assert "visits one customer" in new(firms)["says"][0]
	assert new(firms[1:])["missing"][0]["field"] == "stops"


def test_another_reps_plan_is_not_read_back(story, firms):
	plan = as_anna(draft(firms))
	for user in (BEN, EVE):
		frappe.set_user(user)
		with pytest.raises(frappe.PermissionError):
			read_back({**plan.as_dict(), "rep": user})


def test_a_plan_says_what_is_next_once_it_is_approved_reported_or_cancelled(story, firms):
	plan = approved(firms)
	said = lambda: read_back({"doctype": plan.doctype, "name": plan.name})["says"][-1]  # noqa: E731
	assert "each stop is a ToDo" in said() and "file the report" in said()
	frappe.db.set_value(plan.doctype, plan.name, "reported_on", now_datetime())
	assert "The report is filed" in said()
	frappe.db.set_value(plan.doctype, plan.name, "reported_on", None)
	frappe.set_user("Administrator")
	frappe.get_doc(plan.doctype, plan.name).cancel()
	assert "Amend" in said()
