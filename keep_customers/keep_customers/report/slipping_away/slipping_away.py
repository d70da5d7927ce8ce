import frappe
from frappe import _
from frappe.utils import flt, get_fullname, getdate

from keep_customers.care import slipping
from keep_customers.erp.api import report, report_filters
from keep_customers.worth.outlook import rhythm

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
		rows = one_by_one(found)
	elif group_by == "Rep":
		rows = added_up(found, "rep", "item_group")
		for row in rows:
			row["rep_name"] = get_fullname(row["rep"]) if row["rep"] else None
	else:
		rows = added_up(found, "item_group", "rep_name")
	return columns(group_by), rows, None, chart(rows, group_by), summary(found)


def added_up(found: list, by: str, other: str) -> list[dict]:
	"""One row a value of ``by``: customers, money, and of which ``other`` most of it is."""
	rows: dict[str, list] = {}
	for one in found:
		rows.setdefault(one[by] or "", []).append(one)
	result = []
	for value, those in rows.items():
		amounts: dict[str, float] = {}
		for one in those:
			amounts[one[other] or ""] = amounts.get(one[other] or "", 0.0) + flt(one.amount)
		result.append(
			{
				by: value,
				"customers": len({one.customer for one in those}),
				"amount": sum(flt(one.amount) for one in those),
				"most": max(amounts, key=lambda name: (amounts[name], name)),
				"newest": max(one.slipping_from for one in those),
				"currency": those[0].currency,
			}
		)
	return sorted(result, key=lambda row: (-row["amount"], row[by]))


def one_by_one(found: list) -> list:
	everything = slipping.rows_of({one.customer for one in found}, getdate())
	for one in found:
		still = slipping.still_bought(one, everything.get(one.customer, []))
		one.still_buys = still.item_group if still else None
		one.every, one.share = rhythm(one.gap), flt(one.share, 1)
	return found


def columns(group_by: str) -> list[dict]:
	def column(fieldname, label, fieldtype="Data", width=130, **more):
		return {"fieldname": fieldname, "label": label, "fieldtype": fieldtype, "width": width, **more}

	group = column("item_group", _("Item Group"), "Link", 170, options="Item Group")
	rep = column("rep_name", _("Rep", context="Slipping Away"), width=150)
	customers = column("customers", _("Customers", context="Slipping Away"), "Int", 100)
	amount = column(
		"amount", _("Amount a Year", context="Slipping Away"), "Currency", 140, options="currency"
	)
	newest = column("newest", _("Latest Since", context="Slipping Away"), "Date", 120)
	# A link would ask for the right to read currencies.
	currency = column("currency", _("Currency"), hidden=1)
	if group_by == "Item Group":
		most = column("most", _("Most of It With", context="Slipping Away"), width=160)
		return [group, customers, amount, most, newest, currency]
	if group_by == "Rep":
		most = column("most", _("Most of It", context="Slipping Away"), "Link", 170, options="Item Group")
		return [rep, customers, amount, most, newest, currency]
	return [
		column("customer", _("Customer"), "Link", 160, options="Customer"),
		column("customer_name", _("Customer Name"), width=160),
		group,
		amount,
		column("share", _("Share", context="Slipping Away"), "Percent", 90),
		column("every", _("Bought Every", context="Slipping Away"), width=130),
		column("last_purchase", _("Last Purchase"), "Date", 120),
		column("slipping_from", _("Slipping Away Since", context="Slipping Away"), "Date", 170),
		column("still_buys", _("Still Buys", context="Slipping Away"), "Link", 150, options="Item Group"),
		rep,
		column("tier", _("Tier"), "Link", 100, options="Customer Tier"),
		column("territory", _("Territory"), "Link", 120, options="Territory"),
		currency,
	]


def chart(rows: list, group_by: str) -> dict | None:
	if not rows:
		return None
	field = {"Item Group": "item_group", "Rep": "rep_name", "Customer": "customer_name"}[group_by]
	amounts: dict[str, float] = {}
	for row in rows:
		label = row[field] or _("Nobody", context="Slipping Away")
		amounts[label] = amounts.get(label, 0.0) + flt(row["amount"])
	charted = sorted(amounts.items(), key=lambda one: -one[1])[:CHARTED]
	values = {
		"name": _("Amount a Year", context="Slipping Away"), "values": [flt(amount, 2) for _label, amount in charted],
	}  # fmt: skip
	return {
		"data": {"labels": [label for label, _amount in charted], "datasets": [values]},
		"type": "bar",
		"colors": ["#c2703d"],
	}


def summary(found: list) -> list[dict]:
	return [
		{
			"label": _("Customers", context="Slipping Away"),
			"value": len({one.customer for one in found}),
			"datatype": "Int",
		},
		{
			"label": _("Amount a Year", context="Slipping Away"),
			"value": sum(flt(one.amount) for one in found),
			"datatype": "Currency",
			"currency": found[0].currency if found else None,
		},
	]
