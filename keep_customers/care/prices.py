"""What customers say of prices and competitors at contacts: who said how much, since when, and what these customers are worth."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

import frappe
from frappe.query_builder.functions import IfNull
from frappe.utils import flt, getdate

from keep_customers.erp.tables import FALLING
from keep_customers.erp.trees import branch
from keep_customers.worth.currencies import factors, reporting_currency
from keep_customers.worth.selection import selected
from keep_customers.worth.values import of_today

REPORT = "Prices and Competitors"
# By what remarks are added up -> the field that says so.
GROUPS = {
	"Competitor": "competitor",
	"Item Group": "item_group",
	"Month": "month",
	"Rep": "rep",
	"Customer": "customer",
}


class Group(NamedTuple):
	"""
	:ivar value: what they have in common; empty where nothing was said of it
	:ivar customers: how many different ones
	:ivar current_value: of these customers, each once
	:ivar value_at_risk: the same
	:ivar last: the newest remark
	"""

	value: str
	remarks: int
	customers: int
	current_value: float
	value_at_risk: float
	last: dict


def heard(touch):
	"""That a Customer Touch has something on a price or a competitor."""
	return (
		(IfNull(touch.competitor, "") != "")
		| (IfNull(touch.price_remark, "") != "")
		| (touch.competitor_price > 0)
	)


def remarks(filters: dict, since: date | None, until: date | None) -> list[dict]:
	"""Those of customers whom the user may read, without their words, the newest first.

	:param filters: as :func:`selected`; competitor, item_group (with what lies below it) and rep, or no_competitor,
		no_item_group and no_rep for those without
	:returns: dicts of name, date, customer, customer_name, competitor, item, item_group, rep, tier, territory, current_value,
		value_at_risk, currency (the last three of the customer, None where it is not ranked)
	"""
	touch, customer, value, item = (
		frappe.qb.DocType(name) for name in ("Customer Touch", "Customer", "Customer Value", "Item")
	)
	query = (
		frappe.qb.from_(touch)
		.inner_join(customer)
		.on(customer.name == touch.customer)
		.left_join(value)
		.on(value.name == touch.customer)
		.left_join(item)
		.on(item.name == touch.demand_item)
		.where(heard(touch))
		.select(
			touch.name, touch.date, touch.customer, customer.customer_name, touch.competitor, touch.demand_item.as_("item"),
			item.item_group, touch.rep, value.tier, customer.territory,
			*(of_today(value, field).as_(field) for field in ("current_value", "value_at_risk", "currency")),
		)
		.orderby(touch.date, order=FALLING)
		.orderby(touch.name, order=FALLING)
	)  # fmt: skip
	if since:
		query = query.where(touch.date >= since)
	if until:
		query = query.where(touch.date < until + timedelta(days=1))
	for name, column in (
		("competitor", touch.competitor),
		("item_group", item.item_group),
		("rep", touch.rep),
	):
		if filters.get(f"no_{name}"):
			query = query.where(IfNull(column, "") == "")
		elif asked := filters.get(name):
			those = sorted(branch("Item Group", asked)) if name == "item_group" else [asked]
			query = query.where(column.isin(those))
	return _in_one_currency(selected(query, customer, value, filters).run(as_dict=True))


def _in_one_currency(rows: list[dict]) -> list[dict]:
	"""Figures stay in the currency of the night that wrote them, and are added up in the reporting one."""
	currency = reporting_currency()
	rates = factors([row.currency for row in rows], currency, getdate())
	for row, rate in zip(rows, rates.tolist(), strict=True):
		if row.currency:
			row.current_value, row.value_at_risk = (
				flt(row.current_value) * rate,
				flt(row.value_at_risk) * rate,
			)
			row.currency = currency
	return rows


def grouped(found: list[dict], by: str) -> list[Group]:
	"""The most frequent first; months in their order.

	:param found: as :func:`remarks` gives them
	:param by: of :data:`GROUPS`
	"""
	groups: dict[str, list[dict]] = {}
	for one in found:
		value = one.date.strftime("%Y-%m") if by == "Month" else one[GROUPS[by]]
		groups.setdefault(value or "", []).append(one)
	rows = [
		Group(value, len(those), len({one.customer for one in those}), *worth(those), those[0])
		for value, those in groups.items()
	]
	if by == "Month":
		return sorted(rows, key=lambda row: row.value)
	return sorted(rows, key=lambda row: (-row.remarks, -row.current_value, row.value))


def worth(found: Iterable[dict]) -> tuple[float, float]:
	"""Current value and value at risk of the customers who said it, each once."""
	customers = {one.customer: one for one in found}.values()
	return sum(flt(one.current_value) for one in customers), sum(flt(one.value_at_risk) for one in customers)


def words(names: list[str]) -> dict[str, dict]:
	"""What was said in each of some remarks: price, currency and text."""
	if not names:
		return {}
	rows = frappe.get_all(
		"Customer Touch",
		filters={"name": ("in", names)},
		fields=[
			"name",
			"competitor_price as price",
			"demand_currency as price_currency",
			"price_remark as text",
		],
	)
	return {row.name: row for row in rows}
