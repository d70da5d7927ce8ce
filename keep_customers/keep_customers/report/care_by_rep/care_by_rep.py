from datetime import date

import frappe
from frappe import _
from frappe.utils import add_months, flt, get_first_day, get_fullname, get_last_day, getdate

from keep_customers.care import by_rep
from keep_customers.erp.api import report, report_filters
from keep_customers.erp.reports import (
	GOOD,
	NEUTRAL,
	bars,
	column,
	count,
	figure,
	link,
	listed,
	most,
	only_first,
	percent,
	period,
	reported,
	within,
)  # fmt: skip

CHARTED = 15
REPS = "Reps"
NUMBERS = ("contacts", "reached", "caring", "visits", "on_time", "late")
# The column that counts them -> what it shows one by one.
SHOWN_BY = dict(zip(NUMBERS, by_rep.ONE_BY_ONE, strict=True))


@report
def execute(filters=None):
	"""What each rep did for the customers, beside the same days a month earlier, or one by one; a rep sees their own."""
	filters, today = report_filters(filters), getdate()
	show = filters.show or REPS
	if show not in (REPS, *by_rep.ONE_BY_ONE):
		frappe.throw(_("Please choose what is shown: reps, or what they did."))
	since, until = period(filters, None, today)
	since = since or getdate(get_first_day(until))
	before = month_before(since, until)
	only = by_rep.whose() or filters.rep
	now, earlier = (by_rep.figures(*days, today, only) for days in ((since, until), before))
	reps = [row(rep, now.get(rep, {}), earlier.get(rep, {})) for rep in sorted({*now, *earlier})]
	reps.sort(key=lambda one: (-one["contacts"], one["rep_name"]))
	for one in reps:
		one["opens"] = opens(one["rep"], filters, (since, until), before)
	if show == REPS:
		message = None if reps else _("Nobody was contacted in these days or in those a month earlier.")
		return columns(), reps, message, chart(reps), summary(reps)
	if show in (by_rep.ON_TIME, by_rep.LATE):
		rows = by_rep.asked(since, until, today, only, show, most(filters))
	else:
		rows = by_rep.contacts(since, until, only, show, most(filters))
	for one in rows:
		put_in_words(one)
	[counted] = [name for name, shown in SHOWN_BY.items() if shown == show]
	total = sum(one[counted] for one in reps)
	message = only_first(total, most(filters)) if rows else _("There is nothing of the kind in these days.")
	return columns_one_by_one(show), rows, message, chart(reps), summary(reps)


def row(rep: str, now: dict, earlier: dict) -> dict:
	found = {"rep": rep, "rep_name": get_fullname(rep)}
	for name in NUMBERS:
		found[name] = int(now.get(name) or 0)
	found["contacts_before"] = int(earlier.get("contacts") or 0)
	for name in ("punctual", "satisfaction"):
		found[name], found[f"{name}_before"] = now.get(name), earlier.get(name)
	return found


def opens(rep: str, filters: dict, now: tuple[date, date], before: tuple[date, date]) -> dict:
	def one_by_one(days, show):
		return reported("Care by Rep", filters, rep=rep, show=show, from_date=days[0], to_date=days[1])

	return {
		**{name: one_by_one(now, show) for name, show in SHOWN_BY.items()},
		"contacts_before": one_by_one(before, by_rep.CONTACTS),
		"satisfaction": listed("Customer Touch", rep=rep, date=within(*now), satisfaction=[">", 0]),
		"satisfaction_before": listed("Customer Touch", rep=rep, date=within(*before), satisfaction=[">", 0]),
	}


def put_in_words(row: dict) -> None:
	row["rep_name"] = get_fullname(row["rep"])
	row["channel"] = _(row["channel"], context="Customer Touch") if row["channel"] else None
	if "result" in row:
		row["result"] = _(row["result"], context="Customer Touch") if row["result"] else None
		row["stars"] = by_rep.STARS * flt(row["satisfaction"]) or None
	else:
		row["status"] = _(row["status"], context="Follow Up")


def month_before(since: date, until: date) -> tuple[date, date]:
	"""The same days a month earlier; of whole months, whole months."""
	whole = since == getdate(get_first_day(since)) and until == getdate(get_last_day(until))
	earlier = getdate(add_months(until, -1))
	return getdate(add_months(since, -1)), getdate(get_last_day(earlier)) if whole else earlier


def columns() -> list[dict]:
	stars = {"precision": 1}
	return [
		column("rep_name", _("Rep"), width=170),
		count("contacts", _("Contacts", context="Care by Rep")),
		count("contacts_before", _("Contacts a Month Earlier", context="Care by Rep"), 130),
		count("reached", _("Reached", context="Care by Rep")),
		count("caring", _("Caring Contacts", context="Care by Rep"), 120),
		count("visits", _("Visits", context="Care by Rep")),
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


def columns_one_by_one(show: str) -> list[dict]:
	who = [
		link("customer", _("Customer"), "Customer", 160),
		column("customer_name", _("Customer Name"), width=160),
		column("rep_name", _("Rep"), width=140),
		column("channel", _("Channel", context="Customer Touch"), width=100),
	]
	if show in (by_rep.ON_TIME, by_rep.LATE):
		return [
			column("day", _("Due"), "Date", 105),
			*who,
			column("status", _("Status"), width=100),
			column("done_on", _("Done On", context="Follow Up"), "Date", 105),
			link("care_rule", _("Care Rule"), "Care Rule", 180),
			column("said", _("Why"), width=300),
			link("name", _("Follow Up"), "Follow Up", 120),
		]
	return [
		column("day", _("Date"), "Datetime", 140),
		*who,
		column("result", _("Result", context="Customer Touch"), width=120),
		link("care_rule", _("Care Rule"), "Care Rule", 180),
		column("stars", _("Satisfaction (of 5)"), "Float", 120, precision=1),
		column("said", _("What Was Said", context="Customer Touch"), width=300),
		link("name", _("Customer Touch"), "Customer Touch", 120),
	]


def chart(rows: list) -> dict | None:
	charted = rows[:CHARTED]
	return bars(
		[one["rep_name"] for one in charted],
		{
			_("Before", context="Care by Rep"): [one["contacts_before"] for one in charted],
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
		percent(_("% On Time", context="Care by Rep"), 100 * total("on_time") / decided if decided else None),
	]
