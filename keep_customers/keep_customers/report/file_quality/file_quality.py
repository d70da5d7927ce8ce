import frappe
from frappe import _
from frappe.utils import getdate

from keep_customers.engine.usefulness import wilson
from keep_customers.erp.api import report, report_filters
from keep_customers.erp.reports import (
	GOOD,
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
	reported,
)
from keep_customers.erp.users import full_names
from keep_customers.files import quality
from keep_customers.worth.selection import why_nothing
from keep_customers.worth.values import tier_ranks

NAME = "File Quality"
CUSTOMERS = "Customers"
IN_CHART = 15


@report
def execute(filters=None):
	"""How many files there are, how complete and how true; of the customers the user may read."""
	frappe.has_permission("Customer File", "read", throw=True)
	filters, today = report_filters(filters), getdate()
	group = filters.group_by or "Rep"
	if group not in (*quality.GROUPS, CUSTOMERS):
		frappe.throw(_("Please choose by what files are added up."))
	total = quality.totals(filters, today)
	by = quality.by_group(filters, "Rep" if group == CUSTOMERS else group, today)
	name_groups(by, "Rep" if group == CUSTOMERS else group)
	if group == CUSTOMERS:
		rows, columns, number = customers(filters, today), columns_of_customers(), total.customers
	else:
		rows, columns, number = by, columns_of_groups(group), len(by)
		for row in rows:
			row["opens"] = opens(row, filters, group)
	for row in by:
		with_accuracy(row)
	message = (
		only_first(number, most(filters)) if rows else why_nothing(_("No customer is left by these filters."))
	)
	return columns, rows, message, chart(by), summary(total)


def with_accuracy(row: dict) -> None:
	"""Add the share that was right and its bounds, in per cent; None where nothing was checked."""
	row["accuracy"] = row["low"] = row["high"] = None
	if row["checked"]:
		low, high = wilson(row["was_right"], row["checked"])
		row["accuracy"] = 100 * row["was_right"] / row["checked"]
		row["low"], row["high"] = 100 * low, 100 * high


def name_groups(rows: list, group: str) -> None:
	"""Add how each group is called, in the user's language."""
	names = full_names(row.group_value for row in rows) if group == "Rep" else {}
	for row in rows:
		value = row.group_value
		if not value:
			row.group = "–"
		else:
			row.group = _(value, context="Customer Tier") if group == "Tier" else names.get(value, value)
	if group == "Tier":
		ranks = tier_ranks()
		rows.sort(key=lambda row: ranks.get(row.group_value, 99))


def customers(filters: dict, today) -> list:
	rows = quality.customers(filters, today, most(filters))
	names = full_names(row.rep for row in rows)
	for row in rows:
		row.rep_name = names.get(row.rep, row.rep)
		with_accuracy(row)
	return rows


def opens(row: dict, filters: dict, group: str) -> dict:
	field = group.lower()
	if group == "Territory" and (
		not row["group_value"] or frappe.get_cached_value("Territory", row["group_value"], "is_group")
	):
		return {}  # the filter would take in what lies below it
	which = {field: row["group_value"]} if row["group_value"] else {f"no_{field}": 1}
	if not row["group_value"] and filters.get(field):
		return {}
	those = {"group_by": CUSTOMERS, **which}
	found = {"customers": reported(NAME, filters, **those)}
	for name, state in (("files", quality.WITH), ("full", quality.FULL_ONES)):
		if filters.get("state") in (None, "", state):
			found[name] = reported(NAME, filters, **{**those, "state": state})
	return found


def columns_of_groups(group: str) -> list[dict]:
	label = {"Rep": _("Rep"), "Tier": _("Tier"), "Territory": _("Territory")}[group]
	return [
		column("group", label, width=200),
		count("customers", _("Customers", context="File Quality")),
		count("files", _("Files", context=NAME)),
		column("completeness", _("Completeness", context=NAME), "Percent", 120),
		count("full", _("Full Files", context=NAME)),
		count("fresh", _("Written In Within a Year", context=NAME)),
		*columns_of_accuracy(),
	]


def columns_of_customers() -> list[dict]:
	return [
		link("customer", _("Customer"), "Customer", 160),
		column("customer_name", _("Customer Name"), width=180),
		link("tier", _("Tier"), "Customer Tier", 90),
		column("rep_name", _("Rep"), width=140),
		column("completeness", _("Completeness", context=NAME), "Percent", 120),
		column("missing", _("Still Missing", context="Customer File"), width=260),
		column("written_on", _("Last Written In", context=NAME), "Datetime", 160),
		money("current_value", _("Current Value", context="Customer Value")),
		*columns_of_accuracy(),
		currency(),
	]


def columns_of_accuracy() -> list[dict]:
	return [
		count("checked", _("Facts Checked", context=NAME)),
		column("accuracy", _("Right", context=NAME), "Percent", 90),
		column("low", _("Surely at Least", context=NAME), "Percent", 120),
		column("high", _("At Most", context=NAME), "Percent", 100),
	]


def chart(rows: list) -> dict | None:
	shown = rows[:IN_CHART]
	return bars(
		[row.group for row in shown],
		{_("Completeness", context=NAME): [round(row.completeness, 1) for row in shown]},
		(GOOD,),
	)


def summary(total) -> list[dict]:
	with_accuracy(total)
	return [
		figure(_("Customers", context="File Quality"), total.customers),
		figure(_("Files", context=NAME), total.files),
		percent(_("Completeness", context=NAME), total.completeness if total.customers else None),
		figure(_("Full Files", context=NAME), total.full),
		figure(_("Facts Checked", context=NAME), total.checked),
		percent(_("Right", context=NAME), total.accuracy),
		percent(_("Surely at Least", context=NAME), total.low),
	]
