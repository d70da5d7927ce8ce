from frappe import _
from frappe.utils import flt, get_fullname, getdate

from keep_customers.care import at_risk
from keep_customers.care.followups import OPEN
from keep_customers.engine.lifecycle import STILL_TO_KEEP
from keep_customers.erp.api import report, report_filters
from keep_customers.erp.reports import (
	BAD,
	WARNING,
	amounts,
	bars,
	column,
	count,
	currency,
	figure,
	link,
	listed,
	money,
	most,
	only_first,
)
from keep_customers.worth.selection import why_nothing
from keep_customers.worth.values import tier_ranks


@report
def execute(filters=None):
	"""Whom we are about to lose, those who can still be kept first; of the customers the user may read."""
	filters = report_filters(filters)
	totals = at_risk.totals(filters)
	rows = at_risk.customers(filters, most(filters), getdate())
	for row in rows:
		row.stage = _(row.status, context="Customer Value")
		row.result = _(row.result, context="Customer Touch") if row.result else None
		row.rep_name = get_fullname(row.rep) if row.rep else None
		row.opens = opens(row)
	number = sum(one.customers for one in totals)
	message = (
		only_first(number, most(filters))
		if rows
		else why_nothing(_("Nobody is late with a purchase. Look again tomorrow."))
	)
	return columns(), rows, message, chart(totals), summary(totals)


def opens(row: dict) -> dict:
	customer = row["customer"]
	return {
		"contacts": listed("Customer Touch", customer=customer, date=[">=", str(row["status_since"])]),
		"next_contact": listed("Follow Up", customer=customer, status=["in", list(OPEN)]),
		"value_at_risk": listed("Customer Value", name=customer),
	}


def columns() -> list[dict]:
	return [
		link("customer", _("Customer"), "Customer", 160),
		column("customer_name", _("Customer Name"), width=160),
		link("tier", _("Tier"), "Customer Tier", 90),
		column("stage", _("Stage"), width=90),
		money("value_at_risk", _("Value at Risk")),
		money("current_value", _("Current Value")),
		column("status_since", _("Since", context="Customers at Risk"), "Date", 105),
		column("last_purchase", _("Last Purchase"), "Date", 115),
		count("contacts", _("Contacts Since Then", context="Customers at Risk")),
		column("last_contact", _("Last Contact"), "Date", 105),
		column("result", _("Result", context="Customer Touch"), width=120),
		column("next_contact", _("Asked For By", context="Customers at Risk"), "Date", 115),
		column("rep_name", _("Rep"), width=140),
		currency(),
	]


def chart(totals: list) -> dict | None:
	ranks = tier_ranks()
	tiers = sorted({one.tier for one in totals if one.tier}, key=lambda tier: ranks.get(tier, 99))

	def at_stake(status):
		return [
			sum(flt(one.value_at_risk, 2) for one in totals if (one.tier, one.status) == (tier, status))
			for tier in tiers
		]

	return bars(
		[_(tier, context="Customer Tier") for tier in tiers],
		{_(status, context="Customer Value"): at_stake(status) for status in at_risk.LATE},
		(WARNING, BAD, "#8d99a6"),
		stacked=True,
	)


def summary(totals: list) -> list[dict]:
	def number(rows):
		return int(sum(one.customers for one in rows))

	to_keep = [one for one in totals if one.status in STILL_TO_KEEP]
	untouched = [one for one in to_keep if not one.contacted]

	def at_stake(label, rows, **more):
		# Where there is none, it is none of the money of the others.
		all_of_it = [{**one, "value_at_risk": one.value_at_risk if one in rows else 0} for one in totals]
		return amounts(label, all_of_it, "value_at_risk", **more)

	return [
		figure(_("Can Still Be Kept", context="Customers at Risk"), number(to_keep)),
		*at_stake(_("Their Value at Risk", context="Customers at Risk"), to_keep, indicator="Red"),
		figure(_("Not Contacted Yet", context="Customers at Risk"), number(untouched)),
		*at_stake(_("Value at Risk Without Contact", context="Customers at Risk"), untouched),
		figure(_("Lost", context="Customer Value"), number(totals) - number(to_keep)),
	]
