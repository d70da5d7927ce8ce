import frappe
from frappe import _
from frappe.utils import add_months, flt, getdate

from keep_customers.engine.losses import WON_BACK
from keep_customers.erp.api import report, report_filters
from keep_customers.erp.reports import (
	BAD,
	GOOD,
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
	percent,
	period,
	reported,
)
from keep_customers.erp.users import full_names
from keep_customers.retention import losses
from keep_customers.retention.reviews import DOCTYPE
from keep_customers.worth.selection import why_nothing
from keep_customers.worth.values import tier_ranks

CUSTOMERS = "Customers"
MONTHS = 12
IN_CHART = 10
# Group -> the filter of this report by which its rows are chosen, and the doctype in whose language they are.
CHOSEN_BY = {
	"Cause": ("cause", "Loss Cause"),
	"Rep": ("rep", None),
	"Tier": ("tier", "Customer Tier"),
	"Territory": ("territory", None),
	"Competitor": ("competitor", None),
	"Status": ("status", "Loss Review"),
}


@report
def execute(filters=None):
	"""Whom we have lost, why, and what it cost; of the customers the user may read."""
	filters, today = report_filters(filters), getdate()
	group = filters.group_by or "Cause"
	if group not in (*losses.GROUPS, CUSTOMERS):
		frappe.throw(_("Please choose by what losses are added up."))
	since, until = period(filters, None, today)
	since = since or getdate(add_months(until, -MONTHS))
	totals = losses.totals(filters, since, until)
	by = losses.by_group(filters, since, until, "Cause" if group == CUSTOMERS else group)
	name_groups(by, "Cause" if group == CUSTOMERS else group)
	if group == CUSTOMERS:
		rows, columns = customers(filters, since, until), columns_of_customers()
		number = sum(one.lost for one in totals)
	else:
		rows, columns, number = by, columns_of_groups(group), len(by)
		several = len({row.currency for row in rows}) > 1
		for row in rows:
			row["opens"] = opens(row, filters, group, since, until, row.currency if several else None)
	if not sees_profit():
		columns = [one for one in columns if one["fieldname"] != "profit_before"]
		for row in rows:
			row.pop("profit_before", None)
	message = only_first(number, most(filters)) if rows else why_nothing(nobody())
	return columns, rows, message, chart(by), summary(totals)


def sees_profit() -> bool:
	return 1 in frappe.get_meta(DOCTYPE).get_permlevel_access()


def nobody() -> str:
	if frappe.db.exists("Tier Policy", {"review_losses": 1, "enabled": 1}):
		return _("No customer that is reviewed was lost in this time.")
	return _(
		"Nobody is asked about losses yet. A Tier Policy can ask the rep why, for each customer that becomes Lost."
	)


def name_groups(rows: list, group: str) -> None:
	"""Add how each group is called, in the user's language."""
	_field, doctype = CHOSEN_BY[group]
	names = full_names(row.group_value for row in rows) if group == "Rep" else {}
	for row in rows:
		if not row.group_value:
			row.group = _("Not Said Yet", context="Losses") if group == "Cause" else "–"
		else:
			value = row.group_value
			row.group = _(value, context=doctype) if doctype else names.get(value, value)
	if group == "Tier":
		ranks = tier_ranks()
		rows.sort(key=lambda row: ranks.get(row.group_value, 99))


def customers(filters: dict, since, until) -> list:
	rows = losses.customers(filters, since, until, most(filters))
	names = full_names(row.responsible for row in rows)
	for row in rows:
		row.rep_name = names.get(row.responsible, row.responsible)
		row.status_text = _(row.status, context="Loss Review")
		row.cause_text = row.cause and _(row.cause, context="Loss Cause")
		row.opens = {
			field: listed(DOCTYPE, name=row.name)
			for field in ("revenue_before", "profit_before", "revenue_since")
		}
	return rows


def opens(row: dict, filters: dict, group: str, since, until, currency: str | None) -> dict:
	"""
	:param currency: where another row has the same group in another one
	"""
	chosen, _doctype = CHOSEN_BY[group]
	if group == "Territory" and frappe.get_cached_value("Territory", row["group_value"], "is_group"):
		return {}  # the filter would take in what lies below it
	if row["group_value"]:
		which = {chosen: row["group_value"]}
	elif group in ("Cause", "Rep", "Competitor"):
		which = {f"no_{chosen}": 1}
	else:
		return {}
	those = {"group_by": CUSTOMERS, "from_date": since, "to_date": until, **which}
	if currency:
		those["currency"] = currency
	return {
		**dict.fromkeys(("lost", "revenue_before", "profit_before"), reported("Losses", filters, **those)),
		**_of_status(row, filters, those),
	}


def _of_status(row: dict, filters: dict, those: dict) -> dict:
	"""Who is back; a filter on another status leaves nobody."""
	if filters.get("status") not in (None, "", WON_BACK):
		return {}
	back = reported("Losses", filters, **{**those, "status": WON_BACK})
	return {"won_back": back, "revenue_since": back}


def columns_of_groups(group: str) -> list[dict]:
	label = {
		"Cause": _("Cause", context="Losses"),
		"Rep": _("Rep"),
		"Tier": _("Tier Then", context="Losses"),
		"Territory": _("Territory"),
		"Competitor": _("Competitor"),
		"Status": _("Status"),
	}[group]
	return [
		column("group", label, width=200),
		count("lost", _("Customers Lost", context="Losses")),
		money("revenue_before", _("Revenue of the Year Before", context="Losses"), 190),
		money("profit_before", _("Gross Profit of the Year Before", context="Losses"), 190),
		count("explained", _("Explained", context="Loss Review")),
		count("waiting", _("Still Open", context="Losses")),
		count("won_back", _("Won Back", context="Customer Value")),
		money("revenue_since", _("Revenue Since", context="Losses")),
		currency(),
	]


def columns_of_customers() -> list[dict]:
	return [
		link("name", _("Review", context="Losses"), DOCTYPE, 140),
		column("lost_on", _("Lost Since", context="Losses"), "Date", 105),
		link("customer", _("Customer"), "Customer", 160),
		column("customer_name", _("Customer Name"), width=160),
		link("tier", _("Tier Then", context="Losses"), "Customer Tier", 90),
		column("status_text", _("Status"), width=110),
		column("cause_text", _("Cause", context="Losses"), width=150),
		column("evidence", _("How We Know", context="Losses"), width=260),
		link("competitor", _("Competitor"), "Competitor", 120),
		money("revenue_before", _("Revenue of the Year Before", context="Losses"), 190),
		money("profit_before", _("Gross Profit of the Year Before", context="Losses"), 190),
		column("won_back_on", _("Won Back On", context="Losses"), "Date", 115),
		money("revenue_since", _("Revenue Since", context="Losses")),
		column("rep_name", _("Rep"), width=140),
		column("territory", _("Territory"), width=130),
		currency(),
	]


def chart(rows: list) -> dict | None:
	shown = rows[:IN_CHART]
	return bars(
		[row.group for row in shown],
		{
			_("Lost", context="Customer Value"): [flt(row.revenue_before, 2) for row in shown],
			_("Won Back", context="Customer Value"): [flt(row.revenue_since, 2) for row in shown],
		},
		(BAD, GOOD),
	)


def summary(totals: list) -> list[dict]:
	def total(field):
		return sum(flt(one[field]) for one in totals)

	lost = int(total("lost"))
	figures = [
		figure(_("Customers Lost", context="Losses"), lost, indicator="Red"),
		*amounts(_("Revenue of the Year Before", context="Losses"), totals, "revenue_before"),
	]
	if sees_profit():
		figures += amounts(_("Gross Profit of the Year Before", context="Losses"), totals, "profit_before")
	return [
		*figures,
		percent(_("Explained", context="Loss Review"), 100 * total("explained") / lost if lost else None),
		percent(_("Won Back", context="Customer Value"), 100 * total("won_back") / lost if lost else None),
		*amounts(_("Revenue Since", context="Losses"), totals, "revenue_since", indicator="Green"),
	]
