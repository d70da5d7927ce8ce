"""Who is expected to buy in some days, how likely, and how much it would be."""

from datetime import date

import frappe
from frappe.query_builder.functions import Count, Sum
from frappe.utils import getdate

from keep_customers.care.assignment import of_rep
from keep_customers.erp.api import day_sent, filters_sent, refuse, typed
from keep_customers.erp.tables import FALLING
from keep_customers.worth.selection import selected

IN_CALENDAR = 300  # a month in which one still finds something


def by_day(filters: dict, since: date, until: date) -> list[dict]:
	"""
	:returns: dicts of day, currency, customers and amount, one a day and currency
	"""
	query, _customer, value = _query(filters, since, until)
	rows = (
		query.select(
			value.next_purchase.as_("day"),
			value.currency,
			Count("*").as_("customers"),
			Sum(value.expected_order_value).as_("amount"),
		)
		.groupby(value.next_purchase, value.currency)
		.orderby(value.next_purchase)
		.run(as_dict=True)
	)
	for row in rows:
		row.day = getdate(row.day)
	return rows


def customers(filters: dict, since: date, until: date, most: int) -> list[dict]:
	"""Those who are expected first, and of a day those who would buy most."""
	query, customer, value = _query(filters, since, until)
	return (
		query.select(
			value.customer, customer.customer_name, value.next_purchase, value.tier, value.status, value.gap,
			value.last_purchase, value.expected_order_value, value.currency, customer.keep_last_touch.as_("last_contact"),
		)
		.orderby(value.next_purchase)
		.orderby(value.expected_order_value, order=FALLING)
		.orderby(value.customer)
		.limit(most)
	).run(as_dict=True)  # fmt: skip


@frappe.whitelist()
@typed
def calendar(start: str, end: str, filters: str | list | None = None, **kwargs: object) -> list[dict]:
	"""What the calendar of Customer Value shows: the most valuable of the expected purchases.

	:param filters: of the list, as it sends them
	"""
	since, until = day_sent("start", start), day_sent("end", end)
	asked = filters_sent(filters) or []
	if not isinstance(asked, list):
		refuse("filters are a list, as JSON.")
	rows = frappe.get_list(
		"Customer Value",
		filters=[*asked, ["Customer Value", "next_purchase", "between", [since, until]]],
		fields=["name", "customer_name", "next_purchase", "status", "expected_order_value"],
		order_by="expected_order_value desc",
		limit=IN_CALENDAR,
	)
	return [{**row, "allDay": 1} for row in rows]


def _query(filters: dict, since: date, until: date):
	value, customer = frappe.qb.DocType("Customer Value"), frappe.qb.DocType("Customer")
	query = (
		frappe.qb.from_(value)
		.inner_join(customer)
		.on(customer.name == value.customer)
		.where((value.next_purchase >= since) & (value.next_purchase <= until) & (customer.disabled == 0))
	)
	query = of_rep(selected(query, customer, value, filters), customer.name, filters.get("rep"))
	return query, customer, value
