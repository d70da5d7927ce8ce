from datetime import date

import frappe
from frappe import _
from frappe.utils import get_last_day, getdate, now_datetime

from keep_customers.complaints import figures as case_figures
from keep_customers.engine.complaint_figures import figures
from keep_customers.engine.complaints import SEVERITIES
from keep_customers.erp.api import report, report_filters
from keep_customers.erp.reports import (
	BAD,
	NEUTRAL,
	bars,
	column,
	count,
	currency,
	figure,
	link,
	money,
	most,
	only_first,
	percent,
	period,
	reported,
)  # fmt: skip

GROUPS = {
	"cause": "Complaint Cause",
	"category": "Complaint Category",
	"item": "Item",
	"customer": "Customer",
	"severity": None,
	"month": None,
	"responsible": None,
}
CHARTED = 12


@report
def execute(filters=None):
	"""What the complaints of a period have in common, of the cases the user may read."""
	filters = report_filters(filters)
	since, until = period(filters, None, None)
	by = filters.get("group_by") or "cause"
	if by not in GROUPS:
		frappe.throw(_("Please choose what the complaints are grouped by."))
	cases, now = case_figures.cases(filters), now_datetime()
	groups: dict[tuple, list] = {}
	for case in cases:
		# Amounts of different currencies have no sum.
		groups.setdefault((_key(case, by), case.currency), []).append(case)
	rows = [
		{
			"key": key,
			"label": _label(key, by),
			"currency": money_of,
			**figures(those, now),
			"opens": opens(key, money_of, by, filters, since, until),
		}
		for (key, money_of), those in groups.items()
	]
	rows.sort(key=_order(by))
	# Of months the newest are charted, of everything else the most frequent.
	charted = rows[-CHARTED:] if by == "month" else rows[:CHARTED]
	message = only_first(len(rows), most(filters)) if rows else case_figures.none_found()
	return columns(by), rows[: most(filters)], message, chart(charted, by), summary(cases, now)


def opens(key: str, money_of: str | None, by: str, filters: dict, since: date | None, until: date | None):
	"""The cases of a row, one by one."""
	those = {"from_date": since, "to_date": until, "currency": money_of}
	if by == "month":
		first = getdate(f"{key}-01")
		those["from_date"] = max(first, since or first)
		those["to_date"] = min(getdate(get_last_day(first)), until or date.max)
	elif key:
		those[by] = key
	else:
		those["not_known"] = by
	asked = {name: value for name, value in filters.items() if name != "group_by"}
	return {
		"cases": reported("Complaint Times", asked, **those),
		"repeats": reported("Complaint Times", asked, **those, repeats=1),
	}


def _key(case, by: str) -> str:
	return case.opened_on.strftime("%Y-%m") if by == "month" else case[by] or ""


def _label(key: str, by: str) -> str:
	if not key:
		return _("Not Known Yet")
	if by == "responsible":
		return frappe.get_cached_value("User", key, "full_name") or key
	return _(key, context="Complaint Case") if by == "severity" else key


def _order(by: str):
	if by == "month":
		return lambda row: row["key"]
	if by == "severity":
		return lambda row: -SEVERITIES.index(row["key"])
	return lambda row: (-row["cases"], row["key"])


def columns(by: str) -> list[dict]:
	names = {
		"cause": _("Cause", context="Complaint Case"), "category": _("Category"), "item": _("Item"), "customer": _("Customer"),
		"severity": _("Severity", context="Complaint Case"), "month": _("Month"), "responsible": _("Responsible", context="Complaint Case"),
	}  # fmt: skip
	readable = GROUPS[by] and frappe.has_permission(GROUPS[by], "read")
	hours = {"precision": 2}
	return [
		link("key", names[by], GROUPS[by], 190) if readable else column("label", names[by], width=190),
		count("cases", _("Complaints"), 100),
		count("repeats", _("Repeats"), 90),
		column("answered_in_time", _("Answered in Time"), "Percent", 130),
		column("solved_in_time", _("Solved in Time"), "Percent", 130),
		column("answer_hours", _("Hours to Answer (Median)"), "Float", 130, **hours),
		column("solve_hours", _("Hours to Solve (Median)"), "Float", 130, **hours),
		column("satisfaction", _("Satisfaction (of 5)"), "Float", 130, precision=1),
		money("cost", _("Cost of Compensation", context="Complaint Case"), 150),
		currency(),
	]


def chart(charted, by: str) -> dict | None:
	return bars(
		[row["label"] for row in charted],
		{
			_("Complaints"): [row["cases"] for row in charted],
			_("Repeats"): [row["repeats"] for row in charted],
		},
		(NEUTRAL, BAD),
		series=by == "month",
	)


def summary(cases, now) -> list[dict]:
	total = figures(cases, now)
	currencies = {case.currency for case in cases}
	found = [
		figure(_("Complaints"), total["cases"]),
		figure(_("Repeats"), total["repeats"]),
		percent(_("Answered in Time"), total["answered_in_time"]),
		percent(_("Solved in Time"), total["solved_in_time"]),
	]
	if len(currencies) == 1:
		label = _("Cost of Compensation", context="Complaint Case")
		found.append(figure(label, total["cost"], "Currency", currency=currencies.pop()))
	return found
