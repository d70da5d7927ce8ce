from datetime import date

import frappe
from frappe import _
from frappe.utils import (
	add_months,
	flt,
	get_first_day,
	get_fullname,
	get_last_day,
	get_quarter_start,
	getdate,
)

from keep_customers.care import by_rep
from keep_customers.engine.drives import places
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
QUARTER = 3  # months
OWN_DATES = "Own Dates"
REPS = "Reps"
NUMBERS = ("contacts", "reached", "caring", "visits", "on_time", "late")
# The column that counts them -> what it shows one by one.
SHOWN_BY = dict(zip(NUMBERS, by_rep.ONE_BY_ONE, strict=True))


# What reps may be ranked by.
RANKED_BY = {"Contacts": "contacts", "Caring": "caring", "Visits": "visits", "On Time": "punctual"}


@report
def execute(filters=None):
	"""What each rep did for the customers and who comes first, beside the time before, or one by one; a rep sees their own, and
	only if the settings say so their place and the others' numbers."""
	filters, today = report_filters(filters), getdate()
	show = filters.show or REPS
	if show not in (REPS, *by_rep.ONE_BY_ONE):
		frappe.throw(_("Please choose what is shown: reps, or what they did."))
	since, until = days(filters, today)
	before = time_before(since, until, QUARTER if "Quarter" in (filters.get("time") or "") else 1)
	filters = {**filters, "time": OWN_DATES, "from_date": since, "to_date": until}
	mine = by_rep.whose()
	alone = bool(mine) and not by_rep.sees_others()
	reps = ranked(filters, (since, until), before, today, mine, alone)
	if mine and show != REPS:
		reps = [one for one in reps if one["rep"] == mine]
	elif not mine and filters.get("rep"):
		reps = [one for one in reps if one["rep"] == filters.get("rep")]
	for one in reps:
		if not mine or one["rep"] == mine:
			one["opens"] = opens(one["rep"], filters, (since, until), before)
	own = [one for one in reps if not mine or one["rep"] == mine]
	if show == REPS:
		message = None if reps else _("Nobody was contacted in this time, nor in the one before it.")
		return columns(with_place=not alone), reps, message, chart(own), summary(own, mine)
	only = mine or filters.get("rep")
	if show in (by_rep.ON_TIME, by_rep.LATE):
		rows = by_rep.asked(since, until, today, only, show, most(filters))
	else:
		rows = by_rep.contacts(since, until, only, show, most(filters))
	for one in rows:
		put_in_words(one)
	[counted] = [name for name, shown in SHOWN_BY.items() if shown == show]
	total = sum(one[counted] for one in reps)
	message = only_first(total, most(filters)) if rows else _("There is nothing of the kind in these days.")
	return columns_one_by_one(show), rows, message, chart(reps), summary(reps, mine)


def ranked(
	filters: dict, now: tuple, before: tuple, today: date, mine: str | None, alone: bool
) -> list[dict]:
	"""A row for each rep, the best first.

	:param mine: who looks, if they are a rep; the places are those among all
	:param alone: whether they see themselves only, and no place: that tells of customers who are not theirs
	"""
	by = RANKED_BY.get(filters.get("ranked_by") or by_rep.CONTACTS)
	if not by:
		frappe.throw(_("Please choose what reps are ranked by."))
	found, earlier = (
		by_rep.figures(*days, today, mine if alone else None, of_all=bool(mine) and not alone)
		for days in (now, before)
	)
	rows = [row(rep, found.get(rep, {}), earlier.get(rep, {})) for rep in sorted({*found, *earlier})]
	at = places({one["rep"]: flt(one[by]) for one in rows})
	at_before = places({rep: flt(one.get(by)) for rep, one in earlier.items()})
	if mine and not alone:
		# What customers say of somebody is for that one.
		hidden = dict.fromkeys(("satisfaction", "satisfaction_before"))
		own = [by_rep.figures(*days, today, mine).get(mine, {}) for days in (now, before)]
		rows = [row(mine, *own) if one["rep"] == mine else one | hidden for one in rows]
	for one in rows:
		one["place"] = None if alone else at.get(one["rep"])
		one["place_before"] = None if alone else at_before.get(one["rep"])
		one["among"] = len(at)
	last = len(rows) + 1  # without a place
	return sorted(rows, key=lambda one: (one["place"] or last, -one["contacts"], one["rep_name"]))


def days(filters: dict, today: date) -> tuple[date, date]:
	"""The first and the last day: of a time that goes on with the calendar, as a chart has it, or as they were chosen."""
	month, quarter = getdate(get_first_day(today)), getdate(get_quarter_start(today))
	match filters.get("time"):
		case "This Month":
			return month, today
		case "Last Month":
			return getdate(add_months(month, -1)), getdate(get_last_day(add_months(month, -1)))
		case "This Quarter":
			return quarter, today
		case "Last Quarter":
			return getdate(add_months(quarter, -3)), getdate(get_last_day(add_months(quarter, -1)))
		case None | "" | "Own Dates":
			since, until = period(filters, None, today)
			return since or getdate(get_first_day(until)), until
	frappe.throw(_("Please choose a time from the list."))


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


def time_before(since: date, until: date, least: int = 1) -> tuple[date, date]:
	"""The same days so many months earlier that no day is in both; of whole months, whole months.

	:param least: so many months at least, as of a quarter that is still going on
	"""
	whole = since == getdate(get_first_day(since)) and until == getdate(get_last_day(until))
	months = least
	while getdate(add_months(until, -months)) >= since:
		months += 1
	earlier = getdate(add_months(until, -months))
	return getdate(add_months(since, -months)), getdate(get_last_day(earlier)) if whole else earlier


def columns(with_place: bool) -> list[dict]:
	stars = {"precision": 1}
	places = [
		count("place", _("Place", context="Care by Rep"), 80),
		count("place_before", _("Place Before", context="Care by Rep"), 110),
	]
	return [
		*(places if with_place else ()),
		column("rep_name", _("Rep"), width=170),
		count("contacts", _("Contacts", context="Care by Rep")),
		count("contacts_before", _("Contacts Before", context="Care by Rep"), 130),
		count("reached", _("Reached", context="Care by Rep")),
		count("caring", _("Caring Contacts", context="Care by Rep"), 120),
		count("visits", _("Visits", context="Care by Rep")),
		count("on_time", _("On Time", context="Care by Rep")),
		count("late", _("Late")),
		column("punctual", _("% On Time", context="Care by Rep"), "Percent", 110),
		column("punctual_before", _("% On Time Before", context="Care by Rep"), "Percent", 140),
		column("satisfaction", _("Satisfaction (of 5)"), "Float", 130, **stars),
		column("satisfaction_before", _("Satisfaction Before", context="Care by Rep"), "Float", 140, **stars),
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


def summary(rows: list, mine: str | None = None) -> list[dict]:
	def total(name):
		return sum(one[name] for one in rows)

	place = []
	if mine and rows and rows[0]["place"]:
		said = _("{0} of {1}").format(rows[0]["place"], rows[0]["among"])
		place = [figure(_("Your Place", context="Care by Rep"), said, "Data")]
	decided = total("on_time") + total("late")
	return [
		*place,
		figure(_("Contacts", context="Care by Rep"), total("contacts")),
		figure(_("Before", context="Care by Rep"), total("contacts_before")),
		figure(_("Caring Contacts", context="Care by Rep"), total("caring")),
		percent(_("% On Time", context="Care by Rep"), 100 * total("on_time") / decided if decided else None),
	]
