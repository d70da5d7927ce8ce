from collections import Counter

import frappe
from frappe import _
from frappe.utils import flt

from keep_customers.engine.lifecycle import STATUSES
from keep_customers.erp.api import report, report_filters
from keep_customers.erp.permissions import only_readable
from keep_customers.worth.forecasts import accepted
from keep_customers.worth.values import tier_ranks


@report
def execute(filters=None):
	"""Which tiers and stages would move if the checked forecasts decided, of the customers the user may read."""
	filters = report_filters(filters)
	settings = frappe.get_cached_doc("Keep Customers Settings")
	if accepted(settings):
		return columns(), [], message(settings)
	rows = customers(filters)
	shown = [row for row in rows if row.move or row.status != row.new_status] if filters.only_moves else rows
	return columns(), shown, None, chart(rows), summary(rows)


def message(settings) -> str:
	if not settings.forecasts_accepted_by:
		return _("The checked forecasts decide already: there is nothing to preview.")
	return _("The checked forecasts decide since {0} has accepted them on {1}: {2}").format(
		frappe.utils.escape_html(frappe.utils.get_fullname(settings.forecasts_accepted_by)),
		frappe.utils.format_datetime(settings.forecasts_accepted_on),
		frappe.utils.escape_html(settings.forecasts_reason or ""),
	)


def columns() -> list[dict]:
	money = {"fieldtype": "Currency", "options": "currency", "width": 130}
	tier = {"fieldtype": "Link", "options": "Customer Tier", "width": 95}
	return [
		{
			"fieldname": "customer",
			"label": _("Customer"),
			"fieldtype": "Link",
			"options": "Customer",
			"width": 150,
		},
		{"fieldname": "customer_name", "label": _("Customer Name"), "fieldtype": "Data", "width": 170},
		{"fieldname": "tier", "label": _("Tier"), **tier},
		{"fieldname": "new_tier", "label": _("New Tier"), **tier},
		{
			"fieldname": "move_text",
			"label": _("Move", context="Forecast Preview"),
			"fieldtype": "Data",
			"width": 80,
		},
		{"fieldname": "status_text", "label": _("Stage"), "fieldtype": "Data", "width": 95},
		{"fieldname": "new_status_text", "label": _("New Stage"), "fieldtype": "Data", "width": 95},
		{"fieldname": "value_at_risk", "label": _("Value at Risk"), **money},
		{"fieldname": "new_value_at_risk", "label": _("New Value at Risk"), **money},
		{"fieldname": "potential_value", "label": _("Potential Value"), **money},
		{"fieldname": "new_potential", "label": _("New Potential Value"), **money},
		{
			"fieldname": "currency",
			"label": _("Currency"),
			"fieldtype": "Data",  # a link would ask for the right to read currencies
			"hidden": 1,
		},
	]


def customers(filters) -> list[frappe._dict]:
	"""Everybody, those with the most at stake first."""
	value = frappe.qb.DocType("Customer Value")
	query = (
		frappe.qb.from_(value)
		.select(
			value.customer, value.customer_name, value.tier, value.new_tier, value.status, value.new_status,
			value.value_at_risk, value.new_value_at_risk, value.potential_value, value.new_potential, value.currency,
		)
		.where(value.new_status != "")
		.orderby(value.new_value_at_risk, order=frappe.qb.desc)
		.orderby(value.customer)
	)  # fmt: skip
	for field in ("policy", "tier", "new_tier"):
		if filters.get(field):
			query = query.where(value[field] == filters[field])
	rows = only_readable(query, value.customer).run(as_dict=True)
	ranks = tier_ranks()
	said = {1: _("up"), 0: "", -1: _("down")}
	for row in rows:
		before, after = ranks.get(row.tier, 99), ranks.get(row.new_tier, 99)
		row.move = (before > after) - (before < after)
		row.move_text = said[row.move]
		row.status_text = _(row.status, context="Customer Value")
		row.new_status_text = _(row.new_status, context="Customer Value")
	return rows


def chart(rows) -> dict | None:
	if not rows:
		return None
	now, new = Counter(row.status for row in rows), Counter(row.new_status for row in rows)
	return {
		"data": {
			"labels": [_(name, context="Customer Value") for name in STATUSES],
			"datasets": [
				{"name": _("Stages Now"), "values": [now[name] for name in STATUSES]},
				{"name": _("Stages Then"), "values": [new[name] for name in STATUSES]},
			],
		},
		"type": "bar",
		"colors": ["#7c8db5", "#1f6f5c"],
	}


def summary(rows) -> list[dict]:
	currency = rows[0].currency if rows else None
	counts = (
		(_("Tiers Up"), sum(row.move > 0 for row in rows)),
		(_("Tiers Down"), sum(row.move < 0 for row in rows)),
		(_("Stages That Change"), sum(row.status != row.new_status for row in rows)),
	)
	sums = (
		(_("Value at Risk"), sum(flt(row.value_at_risk) for row in rows)),
		(_("New Value at Risk"), sum(flt(row.new_value_at_risk) for row in rows)),
	)
	return [
		*({"label": label, "value": number, "datatype": "Int"} for label, number in counts),
		*(
			{"label": label, "value": amount, "datatype": "Currency", "currency": currency}
			for label, amount in sums
		),
	]
