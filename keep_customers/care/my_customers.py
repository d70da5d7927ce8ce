"""The numbers of the workspace *My Customers*: of the customers the user takes care of, each with the list it opens.

Who may read all customers would find all of them in the host's own cards.
"""

from datetime import timedelta

import frappe
from frappe.utils import getdate

from keep_customers.care import at_risk, expected
from keep_customers.engine.lifecycle import AT_RISK, STATUSES
from keep_customers.erp.api import typed
from keep_customers.erp.reports import number_card

VALUE, FOLLOW_UP = "Customer Value", "Follow Up"
DAYS = 28  # as the report opens


@frappe.whitelist()
@typed
def expected_purchases(filters: str | dict | None = None) -> dict:
	"""Data of the Number Card *My Expected Purchases*: of the next four weeks.

	:raises frappe.PermissionError: if the user may not read values
	"""
	frappe.has_permission(VALUE, "read", throw=True)
	since = getdate()
	until, mine = since + timedelta(days=DAYS - 1), {"rep": frappe.session.user}
	value = sum(day.customers for day in expected.by_day(mine, since, until))
	opens = {**mine, "from_date": str(since), "to_date": str(until)}
	return number_card(value, ["query-report", "Expected Purchases"], opens)


@frappe.whitelist()
@typed
def customers_at_risk(filters: str | dict | None = None) -> dict:
	"""Data of the Number Card *My Customers At Risk*.

	:raises frappe.PermissionError: if the user may not read values
	"""
	frappe.has_permission(VALUE, "read", throw=True)
	mine = {"rep": frappe.session.user, "status": STATUSES[AT_RISK]}
	value = sum(one.customers for one in at_risk.totals(mine))
	return number_card(value, ["query-report", "Customers at Risk"], mine)


@frappe.whitelist()
@typed
def late_follow_ups(filters: str | dict | None = None) -> dict:
	"""Data of the Number Card *My Late Follow-Ups*.

	:raises frappe.PermissionError: if the user may not read follow-ups
	"""
	frappe.has_permission(FOLLOW_UP, "read", throw=True)
	late = {"status": "Late", "assigned_to": frappe.session.user}
	value = len(frappe.get_list(FOLLOW_UP, filters=late, pluck="name", limit=0))
	return number_card(value, ["List", FOLLOW_UP], late)
