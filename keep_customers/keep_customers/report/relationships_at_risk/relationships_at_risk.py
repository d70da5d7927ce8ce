from frappe import _
from frappe.utils import flt, get_fullname, getdate

from keep_customers.care import relationships, relationships_at_risk
from keep_customers.care.followups import OPEN
from keep_customers.erp.api import report, report_filters
from keep_customers.erp.reports import (
	BAD,
	bars,
	column,
	currency,
	figure,
	link,
	listed,
	money,
	most,
	only_first,
)
from keep_customers.worth.selection import why_nothing


@report
def execute(filters=None):
	"""At which customers a relationship is at risk, why, and since when; of the customers the user may read."""
	filters = report_filters(filters)
	found = relationships_at_risk.alarms(filters, getdate())
	rows = relationships_at_risk.with_care(found[: most(filters)], getdate())
	for row in rows:
		row.kind = _(row.alarm, context="Care Rule")
		row.what = what(row)
		row.rep_name = get_fullname(row.rep) if row.rep else None
		row.opens = opens(row)
	message = (
		only_first(len(found), most(filters))
		if rows
		else why_nothing(_("No relationship is at risk, as far as anybody has noted."))
	)
	return columns(), rows, message, chart(found), summary(found)


def what(row: dict) -> str:
	"""What is known of it, with names for who may read them."""
	who = row["who"]
	if row["alarm"] == relationships.DECIDER:
		how = {
			relationships.LEFT: _("Is no longer here", context="Relationships at Risk"),
			relationships.BOUNCED: _("Mail comes back", context="Relationships at Risk"),
			relationships.DISABLED: _("User was disabled", context="Relationships at Risk"),
		}[row["how"]]
		return f"{who}: {how}" if who else how
	if row["alarm"] == relationships.ONE_PERSON and row["how"] == relationships.NOBODY:
		return _("Nobody is known", context="Relationships at Risk")
	return who or ""


def opens(row: dict) -> dict:
	return {
		"next_contact": listed("Follow Up", customer=row["customer"], status=["in", list(OPEN)]),
		"value_at_risk": listed("Customer Value", name=row["customer"]),
	}


def columns() -> list[dict]:
	return [
		column("kind", _("Alarm", context="Relationships at Risk"), width=190),
		column("since", _("Since", context="Relationships at Risk"), "Date", 105),
		link("customer", _("Customer"), "Customer", 160),
		column("customer_name", _("Customer Name"), width=160),
		column("what", _("What Is Known", context="Relationships at Risk"), width=200),
		link("tier", _("Tier"), "Customer Tier", 90),
		money("value_at_risk", _("Value at Risk")),
		money("current_value", _("Current Value")),
		column("rep_name", _("Rep"), width=140),
		column("last_contact", _("Last Contact"), "Date", 105),
		column("next_contact", _("Asked For By", context="Customers at Risk"), "Date", 115),
		currency(),
	]


def chart(found: list) -> dict | None:
	return bars(
		[_(kind, context="Care Rule") for kind in relationships.ALARMS],
		{
			_("Customers", context="Relationships at Risk"): [
				len({one.customer for one in found if one.alarm == kind}) for kind in relationships.ALARMS
			]
		},
		(BAD,),
	)


def summary(found: list) -> list[dict]:
	customers = {one.customer: one for one in found}
	without = len({one.customer for one in found if one.alarm == relationships.REP})
	amount = {"datatype": "Currency", "currency": next((one.currency for one in found), None)}
	return [
		figure(_("Customers", context="Relationships at Risk"), len(customers)),
		figure(
			_("Their Current Value", context="Relationships at Risk"),
			sum(flt(one.current_value) for one in customers.values()),
			**amount,
		),
		figure(
			_("Without Their Rep", context="Relationships at Risk"),
			without,
			indicator="Red" if without else "Green",
		),
	]
