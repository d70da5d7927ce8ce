import frappe
from frappe import _
from frappe.query_builder.functions import Count, Sum
from frappe.utils import flt

from keep_customers.erp.api import report, report_filters
from keep_customers.erp.reports import (
	NEUTRAL,
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
from keep_customers.erp.tables import FALLING, RISING
from keep_customers.worth.selection import selected, why_nothing

SHOW = ("Tiers", "Customers")
CURRENT = "#1f6f5c"


@report
def execute(filters=None):
	"""Customers and their value by tier, or one by one; of the customers the user may read."""
	filters = report_filters(filters)
	if (filters.show or SHOW[0]) not in SHOW:
		frappe.throw(_("Please choose what is shown: tiers or customers."))
	found = tiers(filters)
	if filters.show == "Customers":
		rows, columns = customers(filters), columns_of_customers()
		message = only_first(sum(row.customers for row in found), most(filters))
	else:
		rows, columns, message = found, columns_of_tiers(), None
	if not rows:
		message = why_nothing(_("There is no customer of this kind. Please take some filters off."))
	return columns, rows, message, chart(found), summary(found)


def columns_of_tiers() -> list[dict]:
	return [
		link("policy", _("Policy"), "Tier Policy", 150),
		link("tier", _("Tier"), "Customer Tier", 110),
		count("customers", _("Customers", context="Tier Overview"), 100),
		column("share", _("Of Customers"), "Percent", 110),
		money("current_value", _("Current Value"), 150),
		column("value_share", _("Of Value"), "Percent", 110),
		money("mean_value", _("Per Customer"), 150),
		money("potential_value", _("Potential Value"), 150),
		money("value_at_risk", _("Value at Risk"), 150),
		currency(),
	]


def columns_of_customers() -> list[dict]:
	return [
		link("customer", _("Customer"), "Customer", 160),
		column("customer_name", _("Customer Name"), width=180),
		link("tier", _("Tier"), "Customer Tier", 110),
		column("stage", _("Stage"), width=100),
		money("current_value", _("Current Value"), 150),
		money("potential_value", _("Potential Value"), 150),
		money("value_at_risk", _("Value at Risk"), 150),
		column("last_purchase", _("Last Purchase"), "Date", 115),
		column("next_purchase", _("Expected Next Purchase"), "Date", 130),
		link("policy", _("Policy"), "Tier Policy", 150),
		currency(),
	]


def tiers(filters: dict) -> list[dict]:
	query, value, tier = _query(filters)
	rows = (
		query.select(
			value.policy,
			value.tier,
			value.currency,
			Count("*").as_("customers"),
			Sum(value.current_value).as_("current_value"),
			Sum(value.potential_value).as_("potential_value"),
			Sum(value.value_at_risk).as_("value_at_risk"),
		)
		.groupby(value.policy, value.tier, value.currency, tier.rank)
		.orderby(value.policy, tier.rank, order=RISING)
		.run(as_dict=True)
	)
	totals: dict[str, list[float]] = {}
	for row in rows:
		total = totals.setdefault(row.policy, [0, 0.0])
		total[0] += row.customers
		total[1] += flt(row.current_value)
	several = len({row.currency for row in rows}) > 1
	for row in rows:
		in_one = {"currency": row.currency} if several else {}
		number, amount = totals[row.policy]
		row.share = flt(100 * row.customers / number, 1)
		row.value_share = flt(100 * flt(row.current_value) / amount, 1) if amount else 0
		row.mean_value = flt(row.current_value) / row.customers
		those = reported(
			"Tier Overview", filters, show="Customers", tier=row.tier, policy=row.policy, **in_one
		)
		row.opens = {"customers": those, "current_value": those, "value_at_risk": those}
	return rows


def customers(filters: dict) -> list[dict]:
	"""The best tier first, in it those who bring most."""
	query, value, tier = _query(filters)
	rows = (
		query.select(
			value.customer, value.customer_name, value.tier, value.status, value.current_value, value.potential_value,
			value.value_at_risk, value.last_purchase, value.next_purchase, value.policy, value.currency,
		)
		.orderby(tier.rank, order=RISING)
		.orderby(value.current_value, order=FALLING)
		.orderby(value.customer)
		.limit(most(filters))
		.run(as_dict=True)
	)  # fmt: skip
	for row in rows:
		row.stage = _(row.status, context="Customer Value")
		row.opens = {"current_value": listed("Customer Value", name=row.customer)}
	return rows


def _query(filters: dict):
	"""
	:param filters: as :func:`selected`, and status and currency
	"""
	value, tier, customer = (
		frappe.qb.DocType(name) for name in ("Customer Value", "Customer Tier", "Customer")
	)
	query = (
		frappe.qb.from_(value)
		.inner_join(tier)
		.on(tier.name == value.tier)
		.inner_join(customer)
		.on(customer.name == value.customer)
	)
	for field in ("status", "currency"):
		if filters.get(field):
			query = query.where(value[field] == filters[field])
	return selected(query, customer, value, filters), value, tier


def chart(rows: list) -> dict | None:
	names = list(dict.fromkeys(row.tier for row in rows))

	def shares(field):
		values = [sum(flt(row[field]) for row in rows if row.tier == name) for name in names]
		whole = sum(values)
		return [flt(100 * value / whole, 1) if whole else 0 for value in values]

	return bars(
		[_(name, context="Customer Tier") for name in names],
		{
			_("Customers %", context="Tier Overview"): shares("customers"),
			_("Value %", context="Tier Overview"): shares("current_value"),
		},
		(NEUTRAL, CURRENT),
	)


def summary(rows: list) -> list[dict]:
	return [
		figure(_("Customers", context="Tier Overview"), sum(row.customers for row in rows)),
		*amounts(_("Current Value"), rows, "current_value"),
		*amounts(_("Potential Value"), rows, "potential_value"),
		*amounts(_("Value at Risk"), rows, "value_at_risk"),
	]
