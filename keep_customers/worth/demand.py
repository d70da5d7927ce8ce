"""What customers have said they will need, as long as it is open.

A demand is open from the day it was stated until 30 days after its day, unless the customer has bought in the
meantime: on or after the day it was stated, and no earlier than 14 days before its day. What was said twice (the
same item for the same day) counts once, as it was said last.
"""

from collections import defaultdict
from datetime import date, timedelta

import frappe
from frappe.utils import add_months, getdate

from keep_customers.engine.demand import KEPT_OPEN, Demand, newest, open_on
from keep_customers.worth import currencies, ledger


def open_demands(as_of: date, customer: str | None = None) -> list[Demand]:
	"""All demands that are open on the day, of the next 12 months; a few queries.

	:param customer: only this customer's
	"""
	touch = frappe.qb.DocType("Customer Touch")
	said = (
		touch.name, touch.customer, touch.date, touch.demand_date, touch.demand_item, touch.demand_amount,
		touch.demand_currency,
	)  # fmt: skip
	query = (
		frappe.qb.from_(touch)
		.select(*said)
		.where(touch.demand_date >= as_of - timedelta(days=KEPT_OPEN))
		.where(touch.demand_date <= getdate(add_months(as_of, 12)))
		.where(touch.date < as_of + timedelta(days=1))
		.orderby(touch.date)
		.orderby(touch.name)
	)
	rows = (query.where(touch.customer == customer) if customer else query).run()
	bought = ledger.from_anybody(as_of, sorted({row[1] for row in rows}))
	demands = [
		Demand(
			touch=name,
			customer=customer,
			stated=getdate(stated),
			day=getdate(day),
			item=item or "",
			amount=amount or 0.0,
			currency=currency or "",
			last_purchase=bought[customer].last if customer in bought else None,
		)
		for name, customer, stated, day, item, amount, currency in rows
	]
	return [demand for demand in newest(demands) if open_on(demand, as_of)]


def stated_demand(as_of: date, demands: list[Demand] | None = None) -> dict[str, float]:
	"""Customer -> amount of its open demands, in the reporting currency at the month's rate.

	A currency without a rate is left out; the night warns of it where a company keeps its books in it.
	"""
	return _added_up(as_of, open_demands(as_of) if demands is None else demands)


def stated_sizes(as_of: date, demands: list[Demand]) -> dict[str, float]:
	"""Customer -> how much it has said it will need on its next day of :func:`stated_days`, where it has said so."""
	days = stated_days(as_of, demands)
	return _added_up(as_of, [demand for demand in demands if demand.day == days.get(demand.customer)])


def _added_up(as_of: date, demands: list[Demand]) -> dict[str, float]:
	currency = currencies.reporting_currency()
	rates: dict[str, float] = {}
	amounts: dict[str, float] = defaultdict(float)
	for demand in demands:
		own = demand.currency or currency
		if own not in rates:
			rates[own] = currencies.rate_of_month(own, currency, as_of)
		if demand.amount and rates[own]:
			amounts[demand.customer] += demand.amount * rates[own]
	return dict(amounts)


def stated_days(as_of: date, demands: list[Demand] | None = None) -> dict[str, date]:
	"""Customer -> the next day, after ``as_of``, for which it has stated a demand."""
	demands = open_demands(as_of) if demands is None else demands
	days: dict[str, date] = {}
	for demand in demands:
		if demand.day > as_of:
			days[demand.customer] = min(demand.day, days.get(demand.customer, demand.day))
	return days
