"""Customers by tier, side by side: to look at. Tiers follow from what is bought, so nothing is moved here.

The host's Kanban Board is no way to show them: it knows columns of a Select only, loads every customer at once, and is
there to move cards.
"""

import frappe
from frappe.query_builder import Case
from frappe.query_builder.functions import Count, IfNull, Max, Sum
from frappe.utils import flt

from keep_customers.erp.api import typed
from keep_customers.erp.permissions import only_readable
from keep_customers.erp.tables import FALLING

SHOWN = 12  # customers of each tier


@frappe.whitelist()
@typed
def by_tier() -> list[dict]:
	"""
	:returns: a dict for each tier, the best first: tier, colour, number and at_risk (a sum) of the customers that the user may
		read and who are not lost, currency, and rows: the first of them, those who can still be kept and most at risk first: dicts with customer, customer_name, stage,
		next_purchase, last_contact and at_risk. Amounts are None for who may not read values
	:raises frappe.PermissionError: if the user may read no customers or no tiers
	"""
	for doctype in ("Customer", "Customer Tier"):
		frappe.has_permission(doctype, "read", throw=True)
	with_money = bool(frappe.permissions.get_role_permissions("Customer Value").get("read"))
	tiers = frappe.get_all("Customer Tier", fields=["name as tier", "colour", "rank"])
	sums = {row.tier: row for row in _sums()}
	for tier in tiers:
		found = sums.get(tier.tier, {})
		tier.number = found.get("number", 0)
		tier.currency = found.get("currency") if with_money else None
		tier.at_risk = flt(found.get("at_risk"), 3) if with_money else None
		tier.rows = _rows(tier.tier) if tier.number else []
		for row in tier.rows:
			row.at_risk = flt(row.at_risk, 3) if with_money else None
	return sorted(tiers, key=lambda tier: tier.rank)


def _customers():
	customer, value = frappe.qb.DocType("Customer"), frappe.qb.DocType("Customer Value")
	query = (
		frappe.qb.from_(customer)
		.left_join(value)
		.on(value.name == customer.name)
		.where((customer.disabled == 0) & customer.keep_tier.isnotnull())
	)
	return only_readable(query, customer.name), customer, value


def _lost(customer):
	return IfNull(customer.keep_status, "") == "Lost"


def _sums() -> list:
	query, customer, value = _customers()
	return (
		query.select(
			customer.keep_tier.as_("tier"),
			Count("*").as_("number"),
			Sum(Case().when(_lost(customer), 0).else_(value.value_at_risk)).as_("at_risk"),
			# All values are in one currency.
			Max(value.currency).as_("currency"),
		).groupby(customer.keep_tier)
	).run(as_dict=True)


def _rows(tier: str) -> list:
	query, customer, value = _customers()
	return (
		query.select(
			customer.name.as_("customer"),
			customer.customer_name,
			customer.keep_status.as_("stage"),
			customer.keep_next_purchase.as_("next_purchase"),
			customer.keep_last_touch.as_("last_contact"),
			value.value_at_risk.as_("at_risk"),
		)
		.where(customer.keep_tier == tier)
		.orderby(Case().when(_lost(customer), 1).else_(0))
		.orderby(value.value_at_risk, order=FALLING)
		.orderby(customer.name)
		.limit(SHOWN)
	).run(as_dict=True)
