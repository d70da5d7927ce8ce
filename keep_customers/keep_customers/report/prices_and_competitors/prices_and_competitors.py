from datetime import date

import frappe
from frappe import _
from frappe.utils import add_months, flt, get_last_day, getdate

from keep_customers.care import prices
from keep_customers.erp.api import report, report_filters
from keep_customers.erp.permissions import of_role
from keep_customers.erp.reports import (
	WARNING,
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
	period,
	reported,
)
from keep_customers.erp.users import full_names
from keep_customers.worth.currencies import reporting_currency

ONE_BY_ONE = "Remarks"
MONTHS = 12
CHARTED = 12
WORTH = ("current_value", "value_at_risk")
# Group -> the filters of this report for its rows, and for what is in none.
CHOSEN_BY = {"Competitor": "competitor", "Item Group": "item_group", "Rep": "rep", "Customer": "customer"}


@report
def execute(filters=None):
	"""What customers say of prices and competitors: how often, who, and what these customers are worth; by competitor, item group,
	month, rep or customer, or one by one; of the customers the user may read."""
	filters, today = report_filters(filters), getdate()
	by = filters.group_by or "Competitor"
	if by not in (*prices.GROUPS, ONE_BY_ONE):
		frappe.throw(_("Please choose by what remarks on prices are added up."))
	since, until = period(filters, None, today)
	since = since or getdate(add_months(until, -MONTHS))
	found = prices.remarks(filters, since, until)
	groups = prices.grouped(found, "Month" if by == ONE_BY_ONE else by)
	names = called(groups, "Month" if by == ONE_BY_ONE else by)
	money_of = next((one.currency for one in found if one.currency), None) or reporting_currency()
	if by == ONE_BY_ONE:
		rows, number = one_by_one(found[: most(filters)]), len(found)
	else:
		rows, number = added_up(groups[: most(filters)], by, names, filters, since, until), len(groups)
	for row in rows:
		row["currency"] = money_of
		if not sees_values():
			row |= dict.fromkeys(WORTH)
	message = only_first(number, most(filters)) if rows else nothing()
	charted = groups[-CHARTED:] if by in ("Month", ONE_BY_ONE) else groups[:CHARTED]
	chart = bars(
		[names[one.value] for one in charted],
		{_("Remarks", context="Prices and Competitors"): [one.remarks for one in charted]},
		(WARNING,),
		series=by in ("Month", ONE_BY_ONE),
	)
	return columns(by), rows, message, chart, summary(found, money_of)


def sees_values() -> bool:
	return of_role("Customer Value")


def nothing() -> str:
	return _(
		"Nobody has noted anything on a price or a competitor in this time. Reps do at a contact, under Competitor and Price."
	)


def called(groups: list[prices.Group], by: str) -> dict[str, str]:
	"""How each group is called."""
	names = full_names(one.value for one in groups) if by == "Rep" else {}
	if by == "Customer":
		names = {one.value: one.last.customer_name for one in groups}
	none = {
		"Competitor": _("No Competitor Named", context="Prices and Competitors"),
		"Item Group": _("No Item Named", context="Prices and Competitors"),
	}.get(by, "–")
	return {one.value: names.get(one.value, one.value) or none for one in groups}


def added_up(
	groups: list[prices.Group], by: str, names: dict, filters: dict, since: date, until: date
) -> list[dict]:
	said = prices.words([one.last.name for one in groups])
	rows = []
	for one in groups:
		last = said.get(one.last.name, {})
		rows.append(
			{
				"group": names[one.value], "remarks": one.remarks, "customers": one.customers,
				"current_value": one.current_value, "value_at_risk": one.value_at_risk, "last_on": one.last.date,
				"customer_name": one.last.customer_name, "tier": one.last.tier,
				"competitor": one.last.competitor, "said": last.get("text"), "touch": one.last.name,
				"opens": opens(one.value, by, filters, since, until),
			}
		)  # fmt: skip
		rows[-1]["customer"] = one.value if by == "Customer" else None
	return rows


def opens(value: str, by: str, filters: dict, since: date, until: date) -> dict:
	"""The remarks of a row one by one, and its customers."""
	if by == "Month":
		first = getdate(f"{value}-01")
		which = {"from_date": max(first, since), "to_date": min(getdate(get_last_day(first)), until)}
	elif by == "Item Group" and value and frappe.get_cached_value("Item Group", value, "is_group"):
		return {}  # the filter would take in what lies below it
	elif value:
		which = {CHOSEN_BY[by]: value}
	else:
		which = {f"no_{CHOSEN_BY[by]}": 1}
	those = {"from_date": since, "to_date": until, **which}
	one_by_one = reported(prices.REPORT, filters, group_by=ONE_BY_ONE, **those)
	if by == "Customer":
		return {"remarks": one_by_one, **dict.fromkeys(WORTH, listed("Customer Value", name=value))}
	customers = reported(prices.REPORT, filters, group_by="Customer", **those)
	return {"remarks": one_by_one, **dict.fromkeys(("customers", *WORTH), customers)}


def one_by_one(found: list[dict]) -> list[dict]:
	said, names = prices.words([one.name for one in found]), full_names(one.rep for one in found)
	for one in found:
		words = said.get(one.name, {})
		one.said, one.price, one.price_currency = (
			words.get(name) for name in ("text", "price", "price_currency")
		)
		one.price = flt(one.price) or None
		one.rep_name, one.touch = names.get(one.rep, one.rep), one.name
		one.opens = {field: listed("Customer Value", name=one.customer) for field in WORTH}
	return found


def columns(by: str) -> list[dict]:
	worth = []
	if sees_values():
		worth = [money("current_value", _("Current Value")), money("value_at_risk", _("Value at Risk"))]
	customer = [
		link("customer", _("Customer"), "Customer", 160),
		column("customer_name", _("Customer Name"), width=160),
	]
	competitor = link("competitor", _("Competitor"), "Competitor", 140)
	said = column("said", _("Remark on Price or Competitor", context="Customer Touch"), width=300)
	touch = link("touch", _("Customer Touch"), "Customer Touch", 150)
	if by == ONE_BY_ONE:
		return [
			column("date", _("Date"), "Datetime", 140),
			*customer,
			link("tier", _("Tier"), "Customer Tier", 90),
			competitor,
			column(
				"price", _("Their Price", context="Customer Touch"), "Currency", 120, options="price_currency"
			),
			said,
			link("item", _("Item"), "Item", 130),
			link("item_group", _("Item Group"), "Item Group", 130),
			column("rep_name", _("Rep"), width=140),
			*worth,
			touch,
			column("price_currency", _("Currency"), hidden=1),
			currency(),
		]
	label = {
		"Competitor": _("Competitor"), "Item Group": _("Item Group"), "Month": _("Month"), "Rep": _("Rep"),
	}  # fmt: skip
	first = customer if by == "Customer" else [column("group", label[by], width=190)]
	numbers = [count("remarks", _("Remarks", context="Prices and Competitors"), 90)]
	last = [column("last_on", _("Last Remark", context="Prices and Competitors"), "Datetime", 140)]
	if by == "Customer":
		first.append(link("tier", _("Tier"), "Customer Tier", 90))
		last.append(competitor)
	else:
		numbers.append(count("customers", _("Customers", context="Prices and Competitors"), 100))
		last.append(column("customer_name", _("Customer Name"), width=160))
	return [*first, *numbers, *worth, *last, said, touch, currency()]


def summary(found: list[dict], money_of: str) -> list[dict]:
	figures = [
		figure(_("Remarks", context="Prices and Competitors"), len(found)),
		figure(_("Customers", context="Prices and Competitors"), len({one.customer for one in found})),
	]
	if sees_values():
		current, at_risk = prices.worth(found)
		total = [{"currency": money_of, "current_value": current, "value_at_risk": at_risk}]
		figures += amounts(_("Their Current Value", context="Prices and Competitors"), total, "current_value")
		figures += amounts(_("Their Value at Risk", context="Prices and Competitors"), total, "value_at_risk")
	return figures
