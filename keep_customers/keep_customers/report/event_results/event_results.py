import frappe
from frappe import _
from frappe.utils import cint, flt

from keep_customers.engine.events import (
	ACCEPTED,
	ATTENDED,
	CANCELLED,
	CLOSED,
	HELD,
	NO_SHOW,
	UNASKED,
	says_something,
)
from keep_customers.erp.api import report, report_filters
from keep_customers.erp.reports import GOOD, bars, column, count, figure, listed, period, within
from keep_customers.worth.currencies import reporting_currency

SHOWN = (
	"name", "theme", "kind", "status", "company", "starts_on", "invited", "accepted", "attended", "no_shows", "rating",
	"ratings", "currency", "budget", "actual_cost", "cost_per_head", "bought_invited", "bought_compared", "compared",
	"result_until", "result_currency",
)  # fmt: skip
CHARTED, OTHERS = 12, "#c0c6cc"


@report
def execute(filters=None):
	"""What came of each event that was held.

	:param filters: ``from_date``, ``to_date``, ``kind``, ``company``
	:raises frappe.ValidationError: if the period ends before it begins
	"""
	filters = report_filters(filters)
	conditions = [["status", "in", [HELD, CLOSED]]]
	if days := within(*period(filters, None, None)):
		conditions.append(["starts_on", *days])
	conditions += [[field, "=", filters[field]] for field in ("kind", "company") if filters.get(field)]
	rows = frappe.get_list("VIP Event", filters=conditions, fields=list(SHOWN), order_by="starts_on asc")
	currency = reporting_currency()
	for row in rows:
		row.kind = _(row.kind, context="VIP Event")
		row.result_currency = row.result_currency or currency
		row.attendance = flt(100 * cint(row.attended) / row.accepted, 1) if row.accepted else None
		row.stars = 5 * flt(row.rating) if row.ratings else None
		if says_something(cint(row.compared)):
			row.more = flt(row.bought_invited) - flt(row.bought_compared)
		else:
			row.bought_invited = row.bought_compared = row.more = None
		row.opens = opens(row)
	message = None if rows else _("No event was held in this time. Plan one: VIP Event.")
	return columns(), rows, message, chart(rows), summary(rows)


def opens(row: dict) -> dict:
	def guests(operator, *statuses):
		return listed("VIP Invitation", event=row["name"], status=[operator, list(statuses)])

	return {
		"invited": guests("not in", UNASKED, CANCELLED),
		"accepted": guests("in", ACCEPTED, ATTENDED, NO_SHOW),
		"attended": guests("in", ATTENDED),
		"no_shows": guests("in", NO_SHOW),
	}


def columns() -> list[dict]:
	def amount(fieldname, label, of):
		return column(fieldname, label, "Currency", options=of)

	return [
		column("name", _("Event", context="VIP Event"), "Link", 150, options="VIP Event"),
		column("theme", _("Theme", context="VIP Event"), width=180),
		column("kind", _("Kind", context="VIP Event"), width=110),
		column("starts_on", _("Starts On", context="VIP Event"), "Datetime", 140),
		count("invited", _("Invitations Sent", context="VIP Event")),
		count("accepted", _("Said Yes")),
		count("attended", _("Attended", context="VIP Event")),
		column("attendance", _("Attendance"), "Percent", 110),
		count("no_shows", _("No-Shows", context="VIP Event")),
		column("stars", _("Stars (of 5)"), "Float", 110, precision=1),
		count("ratings", _("Ratings", context="VIP Event")),
		amount("budget", _("Budget", context="VIP Event"), "currency"),
		amount("actual_cost", _("Actual Cost", context="VIP Event"), "currency"),
		amount("cost_per_head", _("Cost per Head", context="VIP Event"), "currency"),
		amount("bought_invited", _("The Invited Bought"), "result_currency"),
		amount("bought_compared", _("Comparable Customers Bought"), "result_currency"),
		amount("more", _("Difference", context="Event Results"), "result_currency"),
		count("compared", _("Pairs Compared", context="VIP Event")),
		column("result_until", _("Counted Until", context="VIP Event"), "Date", 110),
	]


def chart(rows) -> dict | None:
	"""What the invited bought where that is known; else how many came."""
	counted = [row for row in rows if says_something(cint(row.compared))][-CHARTED:]
	if not counted:
		came = rows[-CHARTED:]
		return bars(
			[row.theme for row in came],
			{
				_("Said Yes"): [cint(row.accepted) for row in came],
				_("Attended", context="VIP Event"): [cint(row.attended) for row in came],
			},
			(OTHERS, GOOD),
		)
	found = bars(
		[row.theme for row in counted],
		{
			_("The Invited Bought"): [flt(row.bought_invited, 2) for row in counted],
			_("Comparable Customers Bought"): [flt(row.bought_compared, 2) for row in counted],
		},
		(GOOD, OTHERS),
	)
	return found and {**found, "fieldtype": "Currency", "options": counted[0].result_currency}


def summary(rows) -> list[dict]:
	return [
		figure(_("Events Held"), len(rows)),
		figure(_("Persons Who Came"), sum(cint(row.attended) for row in rows)),
	]
