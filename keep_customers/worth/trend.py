"""What a customer bought month by month, and what is expected next: a line to look at, stored nowhere."""

from datetime import date

import frappe
from frappe.utils import add_months, flt, get_first_day, getdate

from keep_customers.worth import currencies, ledger
from keep_customers.worth.revenue import Revenue

MONTHS = 24


def of_customer(customer: str, value: dict, today: date | None = None) -> dict:
	"""For who may read the customer's value.

	:param value: of Customer Value currency, gap, next_purchase, expected_order_value and status
	:returns:
		- months: dicts with month (its first day) and amount (net sales less returns; what was credited in full, and opening entries, are none), 24 up to this one
		- purchases: dicts with day and amount of the same months, by day
		- expected: dict with day and amount of the next purchase; None where none is expected any more
		- currency: of all amounts
	"""
	today = today or getdate()
	first = get_first_day(add_months(today, 1 - MONTHS))
	months = {get_first_day(add_months(first, number)): 0.0 for number in range(MONTHS)}
	purchases = []
	for day, amount, is_purchase in _days(customer, value["currency"], today):
		if day >= first:
			months[get_first_day(day)] += amount
			if is_purchase:
				purchases.append({"day": day, "amount": flt(amount, 3)})
	return {
		"months": [{"month": month, "amount": flt(amount, 3)} for month, amount in months.items()],
		"purchases": purchases,
		"expected": _expected(value, today),
		"currency": value["currency"],
	}


def _days(customer: str, currency: str, today: date) -> list[tuple[date, float, bool]]:
	"""(day, net amount, whether it was a purchase) of all days with an invoice, as the reports of revenue count them."""
	invoice = frappe.qb.DocType("Sales Invoice")
	rows = frappe.qb.from_(invoice).select(invoice.company).distinct()
	bought_from = {company for (company,) in rows.where(invoice.customer == customer).run()}
	rates, _warnings = currencies.rates_of(today, currency, bought_from)
	if not rates:
		return []
	parts = currencies.parts_of(currency)
	books = Revenue(today, rates, [customer], parts)
	_names, found = books.days(ledger.Lens(None, ledger.NET_SALES, today), [customer])
	return [
		(date.fromordinal(day), cents / parts, bool(bought))
		for day, cents, bought in zip(
			found.day.tolist(), found.cents.tolist(), found.bought.tolist(), strict=True
		)
	]


def _expected(value: dict, today: date) -> dict | None:
	day = value.get("next_purchase") and getdate(value["next_purchase"])
	if not day or value.get("status") == "Lost" or day < today:
		return None
	return {"day": day, "amount": flt(value.get("expected_order_value"), 3)}
