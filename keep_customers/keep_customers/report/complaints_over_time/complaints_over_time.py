import frappe
from frappe import _
from frappe.utils import add_months, cint, flt, format_date, get_first_day, getdate

from keep_customers.complaints import figures, over_time
from keep_customers.erp.api import report, report_filters
from keep_customers.erp.reports import (
	NEUTRAL,
	bars,
	column,
	count,
	decimal,
	figure,
	link,
	most,
	only_first,
	period,
	reported,
)

DOCTYPES = {"cause": "Complaint Cause", "category": "Complaint Category", "item": "Item"}
CHARTED = 5
COLORS = ("#cb2929", "#c2703d", "#d6a419", "#5e64ff", "#30a66d", NEUTRAL)
PER = 1000


@report
def execute(filters=None):
	"""How often customers complained about each cause, category or item, period by period, of the cases the user may read."""
	filters = report_filters(filters)
	by, each = filters.get("group_by") or "cause", filters.get("each") or "Month"
	if by not in over_time.BY or each not in over_time.MONTHS:
		frappe.throw(_("Please choose what the complaints are grouped by, and how long the periods are."))
	since, until = period(filters, getdate(get_first_day(add_months(getdate(), -11))), getdate())
	periods = over_time.periods(since, until, each)
	lines = over_time.table(filters, by, periods)
	bought = over_time.bought(periods)
	rows = [_row(line, by, filters, periods, bought) for line in lines]
	shown = rows[: most(filters)]
	message = only_first(len(rows), most(filters)) if rows else figures.none_found()
	return columns(by, periods, filters), shown, message, chart(lines, by, periods), summary(lines, bought)


def _row(line, by: str, filters: dict, periods: list, bought: list[int]) -> dict:
	about = {by: line.key} if line.key else {"not_known": by}
	asked = {
		name: value for name, value in filters.items() if name not in ("group_by", "each", "per_purchases")
	}
	cells = {f"p{at}": number for at, number in enumerate(line.counts)}
	opens = {
		f"p{at}": reported("Complaint Times", asked, **about, from_date=one.first, to_date=one.last)
		for at, one in enumerate(periods)
	}
	opens["total"] = reported(
		"Complaint Times", asked, **about, from_date=periods[0].first, to_date=periods[-1].last
	)
	if _per_purchases(filters):
		cells = {
			f"p{at}": flt(PER * number / purchases, 2) if purchases else None
			for at, (number, purchases) in enumerate(zip(line.counts, bought, strict=True))
		}
	return {
		"key": line.key,
		"label": _label(line.key, by),
		**cells,
		"total": sum(line.counts),
		"measures": "; ".join(f"{format_date(since)}: {title}" for since, title in line.measures),
		"opens": opens,
	}


def _per_purchases(filters: dict) -> bool:
	return bool(cint(filters.get("per_purchases")))


def _label(key: str, by: str) -> str:
	return (_(key) if by != "item" else key) if key else _("Not Known Yet")


def columns(by: str, periods: list, filters: dict) -> list[dict]:
	names = {"cause": _("Cause", context="Complaint Case"), "category": _("Category"), "item": _("Item")}
	readable = frappe.has_permission(DOCTYPES[by], "read")
	cells = [
		column(f"p{at}", one.name, "Float", 80, precision=2)
		if _per_purchases(filters)
		else count(f"p{at}", one.name, 80)
		for at, one in enumerate(periods)
	]
	first = link("key", names[by], DOCTYPES[by], 190) if readable else column("label", names[by], width=190)
	found = [first, *cells, count("total", _("Complaints"), 100)]
	if by != "item":
		found.append(column("measures", _("Measures in Force Since"), width=420))
	return found


def chart(lines: list, by: str, periods: list) -> dict | None:
	"""The most frequent ones, and the others as one."""
	datasets = {_label(line.key, by): line.counts for line in lines[:CHARTED]}
	if others := lines[CHARTED:]:
		datasets[_("Others")] = [
			sum(counts) for counts in zip(*(line.counts for line in others), strict=True)
		]
	return bars([one.name for one in periods], datasets, COLORS, stacked=True, series=True)


def summary(lines: list, bought: list[int]) -> list[dict]:
	cases, purchases = sum(sum(line.counts) for line in lines), sum(bought)
	rate = PER * cases / purchases if purchases else None
	return [
		figure(_("Complaints"), cases),
		figure(_("Purchases", context="Complaints Over Time"), purchases),
		decimal(_("Per 1,000 Purchases"), rate),
	]
