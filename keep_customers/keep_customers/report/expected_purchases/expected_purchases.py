from datetime import timedelta

import frappe
from frappe import _
from frappe.utils import get_fullname, getdate

from keep_customers.care import expected
from keep_customers.care.assignment import Assignment
from keep_customers.erp.api import report, report_filters
from keep_customers.erp.reports import (
	GOOD,
	amounts,
	bars,
	column,
	currency,
	day_and_month,
	figure,
	link,
	listed,
	money,
	most,
	only_first,
	period,
)  # fmt: skip
from keep_customers.worth.outlook import rhythm
from keep_customers.worth.selection import why_nothing

WEEKS = 4
CHARTED = 62  # bars one can still tell apart


@report
def execute(filters=None):
	"""Who is expected to buy in the next weeks, of the customers the user may read."""
	filters, today = report_filters(filters), getdate()
	since, until = period(filters, today, None)
	until = until or since + timedelta(days=7 * WEEKS - 1)
	days = expected.by_day(filters, since, until)
	rows = expected.customers(filters, since, until, most(filters))
	reps = Assignment([row.customer for row in rows], frappe.get_cached_doc("Keep Customers Settings"), today)
	for row in rows:
		row.stage = _(row.status, context="Customer Value")
		row.every = rhythm(row.gap) if row.gap else None
		rep = reps.user_for(row.customer)
		row.rep_name = get_fullname(rep) if rep else None
		row.opens = {"expected_order_value": listed("Customer Value", name=row.customer)}
	number = sum(day.customers for day in days)
	message = (
		only_first(number, most(filters))
		if rows
		else why_nothing(_("Nobody is expected to buy in these days."))
	)
	return columns(), rows, message, chart(days, filters.group_by == "Day"), summary(days, since)


def columns() -> list[dict]:
	return [
		column("next_purchase", _("Expected Next Purchase"), "Date", 130),
		link("customer", _("Customer"), "Customer", 160),
		column("customer_name", _("Customer Name"), width=160),
		link("tier", _("Tier"), "Customer Tier", 90),
		column("stage", _("Stage"), width=90),
		money("expected_order_value", _("Expected Amount", context="Expected Purchases")),
		column("every", _("Buys Every", context="Expected Purchases")),
		column("last_purchase", _("Last Purchase"), "Date", 115),
		column("last_contact", _("Last Contact"), "Date", 115),
		column("rep_name", _("Rep"), width=140),
		currency(),
	]


def chart(days: list, daily: bool) -> dict | None:
	customers: dict = {}
	for one in days:
		first = one.day if daily else one.day - timedelta(days=one.day.weekday())
		customers[first] = customers.get(first, 0) + one.customers
	charted = sorted(customers)[:CHARTED]
	return bars(
		[day_and_month(day) for day in charted],
		{_("Customers", context="Expected Purchases"): [customers[day] for day in charted]},
		(GOOD,),
		series=True,
	)


def summary(days: list, since) -> list[dict]:
	first_week = [one for one in days if one.day < since + timedelta(days=7)]
	return [
		figure(_("Customers", context="Expected Purchases"), sum(one.customers for one in days)),
		*amounts(_("Expected Amount", context="Expected Purchases"), days, "amount"),
		figure(
			_("Of Them in the First Seven Days", context="Expected Purchases"),
			sum(one.customers for one in first_week),
		),
	]
