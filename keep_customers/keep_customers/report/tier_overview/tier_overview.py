import frappe
from frappe import _
from frappe.query_builder.functions import Count, Sum
from frappe.utils import flt

from keep_customers.erp.api import report, report_filters
from keep_customers.erp.permissions import only_readable


@report
def execute(filters=None):
	"""Customers and their value by tier, of the customers the user may read."""
	rows = tiers(report_filters(filters))
	return columns(), rows, None, chart(rows), summary(rows)


def columns() -> list[dict]:
	money = {"fieldtype": "Currency", "options": "currency", "width": 150}
	percent = {"fieldtype": "Percent", "width": 110}
	return [
		{
			"fieldname": "policy",
			"label": _("Policy"),
			"fieldtype": "Link",
			"options": "Tier Policy",
			"width": 150,
		},
		{
			"fieldname": "tier",
			"label": _("Tier"),
			"fieldtype": "Link",
			"options": "Customer Tier",
			"width": 110,
		},
		{
			"fieldname": "customers",
			"label": _("Customers", context="Tier Overview"),
			"fieldtype": "Int",
			"width": 100,
		},
		{"fieldname": "share", "label": _("Of Customers"), **percent},
		{"fieldname": "current_value", "label": _("Current Value"), **money},
		{"fieldname": "value_share", "label": _("Of Value"), **percent},
		{"fieldname": "mean_value", "label": _("Per Customer"), **money},
		{"fieldname": "potential_value", "label": _("Potential Value"), **money},
		{"fieldname": "value_at_risk", "label": _("Value at Risk"), **money},
		{
			"fieldname": "currency",
			"label": _("Currency"),
			"fieldtype": "Data",  # a link would ask for the right to read currencies
			"hidden": 1,
		},
	]


def tiers(filters) -> list[dict]:
	value, tier = frappe.qb.DocType("Customer Value"), frappe.qb.DocType("Customer Tier")
	query = (
		frappe.qb.from_(value)
		.inner_join(tier)
		.on(tier.name == value.tier)
		.select(
			value.policy,
			value.tier,
			value.currency,
			Count("*").as_("customers"),
			Sum(value.current_value).as_("current_value"),
			Sum(value.potential_value).as_("potential_value"),
			Sum(value.value_at_risk).as_("value_at_risk"),
		)
		.groupby(value.policy, value.tier, value.currency, tier.rank)
		.orderby(value.policy, tier.rank)
	)
	for field in ("policy", "tier", "status"):
		if filters.get(field):
			query = query.where(value[field] == filters[field])
	rows = only_readable(query, value.customer).run(as_dict=True)
	totals: dict[str, list[float]] = {}
	for row in rows:
		total = totals.setdefault(row.policy, [0, 0.0])
		total[0] += row.customers
		total[1] += flt(row.current_value)
	for row in rows:
		customers, amount = totals[row.policy]
		row.share = flt(100 * row.customers / customers, 1)
		row.value_share = flt(100 * flt(row.current_value) / amount, 1) if amount else 0
		row.mean_value = flt(row.current_value) / row.customers
	return rows


def chart(rows) -> dict:
	names = list(dict.fromkeys(row.tier for row in rows))

	def total(field):
		return [sum(flt(row[field]) for row in rows if row.tier == name) for name in names]

	def shares(values):
		whole = sum(values)
		return [flt(100 * value / whole, 1) if whole else 0 for value in values]

	return {
		"data": {
			"labels": [_(name, context="Customer Tier") for name in names],
			"datasets": [
				{"name": _("Of Customers (%)"), "values": shares(total("customers"))},
				{"name": _("Of Value (%)"), "values": shares(total("current_value"))},
			],
		},
		"type": "bar",
		"colors": ["#7c8db5", "#1f6f5c"],
	}


def summary(rows) -> list[dict]:
	currency = rows[0].currency if rows else None
	return [
		{
			"label": _("Customers", context="Tier Overview"),
			"value": sum(row.customers for row in rows),
			"datatype": "Int",
		},
		*(
			{
				"label": label,
				"value": sum(flt(row[field]) for row in rows),
				"datatype": "Currency",
				"currency": currency,
			}
			for label, field in (
				(_("Current Value"), "current_value"),
				(_("Potential Value"), "potential_value"),
				(_("Value at Risk"), "value_at_risk"),
			)
		),
	]
