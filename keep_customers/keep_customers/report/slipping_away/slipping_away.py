import frappe
from frappe import _
from frappe.utils import flt, get_fullname, getdate

from keep_customers.care import slipping
from keep_customers.erp.api import report, report_filters
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
	reported,
)  # fmt: skip
from keep_customers.worth.outlook import rhythm
from keep_customers.worth.selection import why_nothing

GROUPED_BY = ("Item Group", "Rep", "Customer")
CHARTED = 10


@report
def execute(filters=None):
	"""What customers bought regularly and buy no more, while they buy other things, with the money it brought in a year:
	by item group, by rep, or one by one; of the customers the user may read."""
	filters = report_filters(filters)
	group_by = filters.group_by or GROUPED_BY[0]
	if group_by not in GROUPED_BY:
		frappe.throw(_("Please choose what is shown: item groups, reps, or customers."))
	found = slipping.everywhere(filters, getdate())
	for row in found:
		row.rep_name = get_fullname(row.rep) if row.rep else None
	if group_by == "Customer":
		rows, charted = one_by_one(found[: most(filters)]), found
	elif group_by == "Rep":
		rows = charted = added_up(found, "rep", "item_group", filters)
		for row in rows:
			row["rep_name"] = get_fullname(row["rep"]) if row["rep"] else _("Nobody", context="Slipping Away")
	else:
		rows = charted = added_up(found, "item_group", "rep_name", filters)
	message = (
		only_first(len(charted), most(filters))
		if rows
		else why_nothing(_("Nothing slips away: customers go on buying what they used to buy."))
	)
	return columns(group_by), rows, message, chart(charted, group_by), summary(found)


def added_up(found: list, by: str, other: str, filters: dict) -> list[dict]:
	"""One row a value of ``by`` and currency: customers, money, and of which ``other`` most of it is."""
	rows: dict[tuple, list] = {}
	for one in found:
		rows.setdefault((one[by] or "", one.currency), []).append(one)
	several = len({currency for _value, currency in rows}) > 1
	result = []
	for (value, in_currency), those in rows.items():
		parts: dict[str, float] = {}
		for one in those:
			parts[one[other] or ""] = parts.get(one[other] or "", 0.0) + flt(one.amount)
		only = {by: value} if value else {"no_rep": 1}
		if several:
			only["currency"] = in_currency
		opens = reported("Slipping Away", filters, group_by="Customer", **only)
		result.append(
			{
				by: value,
				"customers": len({one.customer for one in those}),
				"amount": sum(flt(one.amount) for one in those),
				"most": max(parts, key=lambda name: (parts[name], name)),
				"newest": max(one.slipping_from for one in those),
				"currency": in_currency,
				"opens": {"customers": opens, "amount": opens},
			}
		)
	return sorted(result, key=lambda row: (-row["amount"], row[by]))


def one_by_one(found: list) -> list:
	everything = slipping.rows_of({one.customer for one in found}, getdate())
	for one in found:
		still = slipping.still_bought(one, everything.get(one.customer, []))
		one.still_buys = still.item_group if still else None
		one.every, one.share = rhythm(one.gap), flt(one.share, 1)
		one.opens = {
			"amount": listed("Customer Item Group", customer=one.customer, item_group=one.item_group)
		}
	return found


def columns(group_by: str) -> list[dict]:
	group = link("item_group", _("Item Group"), "Item Group", 170)
	rep = column("rep_name", _("Rep", context="Slipping Away"), width=150)
	customers = count("customers", _("Customers", context="Slipping Away"), 100)
	amount = money("amount", _("Amount a Year", context="Slipping Away"), 140)
	newest = column("newest", _("Latest Since", context="Slipping Away"), "Date", 120)
	if group_by == "Item Group":
		largest = column("most", _("Most of It With", context="Slipping Away"), width=160)
		return [group, customers, amount, largest, newest, currency()]
	if group_by == "Rep":
		largest = link("most", _("Most of It", context="Slipping Away"), "Item Group", 170)
		return [rep, customers, amount, largest, newest, currency()]
	return [
		link("customer", _("Customer"), "Customer", 160),
		column("customer_name", _("Customer Name"), width=160),
		group,
		amount,
		column("share", _("Share", context="Slipping Away"), "Percent", 90),
		column("every", _("Bought Every", context="Slipping Away"), width=130),
		column("last_purchase", _("Last Purchase"), "Date", 120),
		column("slipping_from", _("Slipping Away Since", context="Slipping Away"), "Date", 170),
		link("still_buys", _("Still Buys", context="Slipping Away"), "Item Group", 150),
		rep,
		link("tier", _("Tier"), "Customer Tier", 100),
		link("territory", _("Territory"), "Territory", 120),
		currency(),
	]


def chart(rows: list, group_by: str) -> dict | None:
	field = {"Item Group": "item_group", "Rep": "rep_name", "Customer": "customer_name"}[group_by]
	parts: dict[str, float] = {}
	for row in rows:
		parts[row[field]] = parts.get(row[field], 0.0) + flt(row["amount"])
	charted = sorted(parts.items(), key=lambda one: -one[1])[:CHARTED]
	return bars(
		[label for label, _amount in charted],
		{_("Amount a Year", context="Slipping Away"): [flt(amount, 2) for _label, amount in charted]},
		(WARNING,),
	)


def summary(found: list) -> list[dict]:
	return [
		figure(_("Customers", context="Slipping Away"), len({one.customer for one in found})),
		*amounts(_("Amount a Year", context="Slipping Away"), found, "amount"),
	]
