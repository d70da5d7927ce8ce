"""What the company's own figures suggest."""

from collections import defaultdict
from math import floor, log10
from statistics import median

import frappe
from frappe.query_builder.functions import Count
from frappe.utils import add_months, getdate

from keep_customers.erp.tables import FALLING
from keep_customers.worth import currencies
from keep_customers.worth.corrected import is_purchase, no_opening

WINDOW = 12  # months
LARGE = 0.1  # of the invoices are large ones
CADENCE = range(7, 181, 7)  # days


def large_purchase(settings) -> float | None:
	"""The amount that a tenth of last year's invoices reach, in the reporting currency and rounded to two figures.

	Only invoices of companies that keep their books in it are looked at; None if there are none.
	"""
	currency = currencies.reporting_currency(settings)
	companies = [company for company, own in currencies.companies().items() if own == currency]
	invoice = frappe.qb.DocType("Sales Invoice")
	query = frappe.qb.from_(invoice).where(
		(invoice.docstatus == 1)
		& invoice.company.isin(companies or [""])
		& (invoice.posting_date > add_months(getdate(), -WINDOW))
		& is_purchase(invoice)
		& no_opening(invoice)
	)
	[[count]] = query.select(Count("*")).run()
	if not count:
		return None
	rows = (
		query.select(invoice.base_net_total)
		.orderby(invoice.base_net_total, order=FALLING)
		.limit(1)
		.offset(int(count * LARGE))
	).run()
	return _rounded(float(rows[0][0]))


def cadences() -> dict[str, int]:
	"""Tier -> days between contacts: half of its customers' usual time between purchases, in whole weeks.

	Tiers of which nobody has bought twice are left out.
	"""
	gaps = defaultdict(list)
	for tier, gap in frappe.get_all(
		"Customer Value",
		{"median_gap": (">", 0), "tier": ("is", "set")},
		["tier", "median_gap"],
		as_list=True,
	):
		gaps[tier].append(gap)
	return {tier: min(CADENCE, key=lambda days: abs(days - median(of) / 2)) for tier, of in gaps.items()}


def _rounded(amount: float) -> float:
	if amount <= 0:
		return 0.0
	unit = 10.0 ** (floor(log10(amount)) - 1)
	return round(amount / unit) * unit
