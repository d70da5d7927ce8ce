import frappe
from frappe import _
from frappe.utils import flt, now_datetime

from keep_customers.complaints import figures as case_figures
from keep_customers.engine.complaint_figures import figures
from keep_customers.engine.complaints import SEVERITIES
from keep_customers.erp.api import report, report_filters

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
	case_figures.period(filters)
	by = filters.get("group_by") or "cause"
	if by not in GROUPS:
		frappe.throw(_("Please choose what the complaints are grouped by."))
	cases, now = case_figures.cases(filters), now_datetime()
	groups: dict[tuple, list] = {}
	for case in cases:
		# Amounts of different currencies have no sum.
		groups.setdefault((_key(case, by), case.currency), []).append(case)
	rows = [
		{"key": key, "label": _label(key, by), "currency": currency, **figures(those, now)}
		for (key, currency), those in groups.items()
	]
	rows.sort(key=_order(by))
	# Of months the newest are charted, of everything else the most frequent.
	shown = rows[-CHARTED:] if by == "month" else rows[:CHARTED]
	return columns(by), rows, None, chart(shown), summary(cases, now)


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
	percent = {"fieldtype": "Percent", "width": 130}
	hours = {"fieldtype": "Float", "precision": 2, "width": 130}
	names = {
		"cause": _("Cause", context="Complaint Case"), "category": _("Category"), "item": _("Item"), "customer": _("Customer"),
		"severity": _("Severity", context="Complaint Case"), "month": _("Month"), "responsible": _("Responsible", context="Complaint Case"),
	}  # fmt: skip
	# A link would ask for the right to read what it links to.
	if GROUPS[by] and frappe.has_permission(GROUPS[by], "read"):
		first = {"fieldname": "key", "fieldtype": "Link", "options": GROUPS[by]}
	else:
		first = {"fieldname": "label", "fieldtype": "Data"}
	return [
		{**first, "label": names[by], "width": 190},
		{"fieldname": "cases", "label": _("Complaints"), "fieldtype": "Int", "width": 100},
		{"fieldname": "repeats", "label": _("Repeats"), "fieldtype": "Int", "width": 90},
		{"fieldname": "answered_in_time", "label": _("Answered in Time"), **percent},
		{"fieldname": "solved_in_time", "label": _("Solved in Time"), **percent},
		{"fieldname": "answer_hours", "label": _("Hours to Answer (Median)"), **hours},
		{"fieldname": "solve_hours", "label": _("Hours to Solve (Median)"), **hours},
		{
			"fieldname": "satisfaction",
			"label": _("Satisfaction (of 5)"),
			"fieldtype": "Float",
			"precision": 1,
			"width": 130,
		},
		{
			"fieldname": "cost",
			"label": _("Cost of Compensation", context="Complaint Case"),
			"fieldtype": "Currency",
			"options": "currency",
			"width": 150,
		},
		{"fieldname": "currency", "label": _("Currency"), "fieldtype": "Data", "hidden": 1},
	]


def chart(shown) -> dict:
	return {
		"data": {
			"labels": [row["label"] for row in shown],
			"datasets": [
				{"name": _("Complaints"), "values": [row["cases"] for row in shown]},
				{"name": _("Repeats"), "values": [row["repeats"] for row in shown]},
			],
		},
		"type": "bar",
		"colors": ["#7c8db5", "#cb2929"],
	}


def summary(cases, now) -> list[dict]:
	total = figures(cases, now)
	currencies = {case.currency for case in cases}
	found = [
		{"label": _("Complaints"), "value": total["cases"], "datatype": "Int"},
		{"label": _("Repeats"), "value": total["repeats"], "datatype": "Int"},
		{"label": _("Answered in Time"), "value": flt(total["answered_in_time"]), "datatype": "Percent"},
		{"label": _("Solved in Time"), "value": flt(total["solved_in_time"]), "datatype": "Percent"},
	]
	if len(currencies) == 1:
		found.append(
			{
				"label": _("Cost of Compensation", context="Complaint Case"),
				"value": total["cost"],
				"datatype": "Currency",
				"currency": currencies.pop(),
			}
		)
	return found
