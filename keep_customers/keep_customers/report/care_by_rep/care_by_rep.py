from datetime import date

from frappe import _
from frappe.utils import add_months, flt, get_first_day, get_fullname, getdate

from keep_customers.care import by_rep
from keep_customers.erp.api import report, report_filters
from keep_customers.erp.reports import GOOD, NEUTRAL, bars, column, count, figure, period

CHARTED = 15
NUMBERS = ("contacts", "reached", "caring", "on_time", "late")


@report
def execute(filters=None):
	"""What each rep did for the customers, beside the same days a month earlier; a rep sees their own figures."""
	filters, today = report_filters(filters), getdate()
	since, until = period(filters, None, today)
	since = since or getdate(get_first_day(until))
	before = getdate(add_months(since, -1)), getdate(add_months(until, -1))
	only = by_rep.whose() or filters.rep
	now, earlier = (by_rep.figures(*days, today, only) for days in ((since, until), before))
	rows = [
		{**row(rep, now.get(rep, {}), earlier.get(rep, {})), **days((since, until), before)}
		for rep in sorted({*now, *earlier})
	]
	rows.sort(key=lambda one: (-one["contacts"], one["rep_name"]))
	message = None if rows else _("Nobody was contacted in these days or in those a month earlier.")
	return columns(), rows, message, chart(rows), summary(rows)


def row(rep: str, now: dict, earlier: dict) -> dict:
	found = {"rep": rep, "rep_name": get_fullname(rep)}
	for name in NUMBERS:
		found[name] = int(now.get(name) or 0)
	found["contacts_before"] = int(earlier.get("contacts") or 0)
	for name in ("punctual", "satisfaction"):
		found[name], found[f"{name}_before"] = now.get(name), earlier.get(name)
	return found


def days(now: tuple[date, date], before: tuple[date, date]) -> dict:
	"""For the lists that the figures lead to."""
	return {"days": [str(day) for day in now], "days_before": [str(day) for day in before]}


def columns() -> list[dict]:
	stars = {"precision": 1}
	return [
		column("rep_name", _("Rep"), width=170),
		count("contacts", _("Contacts", context="Care by Rep")),
		count("contacts_before", _("Contacts a Month Earlier", context="Care by Rep"), 130),
		count("reached", _("Reached", context="Care by Rep")),
		count("caring", _("Caring Contacts", context="Care by Rep"), 120),
		count("on_time", _("On Time", context="Care by Rep")),
		count("late", _("Late")),
		column("punctual", _("% On Time", context="Care by Rep"), "Percent", 110),
		column("punctual_before", _("% On Time a Month Earlier", context="Care by Rep"), "Percent", 150),
		column("satisfaction", _("Satisfaction (of 5)"), "Float", 130, **stars),
		column(
			"satisfaction_before",
			_("Satisfaction a Month Earlier", context="Care by Rep"),
			"Float",
			150,
			**stars,
		),
	]


def chart(rows: list) -> dict | None:
	charted = rows[:CHARTED]
	return bars(
		[one["rep_name"] for one in charted],
		{
			_("A Month Earlier", context="Care by Rep"): [one["contacts_before"] for one in charted],
			_("Contacts", context="Care by Rep"): [one["contacts"] for one in charted],
			_("Caring Contacts", context="Care by Rep"): [one["caring"] for one in charted],
		},
		("#c0c6cc", NEUTRAL, GOOD),
	)


def summary(rows: list) -> list[dict]:
	def total(name):
		return sum(one[name] for one in rows)

	decided = total("on_time") + total("late")
	return [
		figure(_("Contacts", context="Care by Rep"), total("contacts")),
		figure(_("A Month Earlier", context="Care by Rep"), total("contacts_before")),
		figure(_("Caring Contacts", context="Care by Rep"), total("caring")),
		figure(
			_("% On Time", context="Care by Rep"),
			flt(100 * total("on_time") / decided, 1) if decided else 0,
			"Percent",
		),
	]
