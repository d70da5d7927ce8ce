"""What the company's own figures suggest."""

from collections import Counter, defaultdict
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
# What groups of dealers, and of those who use what they buy, are called.
DEALERS = (
	"dealer", "distribut", "wholesale", "resell", "händler", "großhandel", "grossiste", "revendeur", "mayorista",
	"经销", "經銷", "分销", "分銷", "批发", "批發", "代理", "加盟",
)  # fmt: skip
END_CUSTOMERS = (
	"individual", "consumer", "end customer", "end user", "endkunde", "retail", "private", "个人", "個人", "零售",
	"终端", "終端", "消费者", "消費者",
)  # fmt: skip
NEARLY_ALL = 0.9


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


def populations(own: Counter) -> list[str]:
	"""The customer groups that look like dealers among others; else like end customers, by their names, else by what
	ERPNext says their customers are. None without both kinds.

	:param own: how many customers are right in a group, of those who are ranked
	"""
	tree = frappe.get_all("Customer Group", fields=["name", "lft", "rgt"], order_by="lft asc", as_list=True)
	total = sum(own.values())
	for words in (DEALERS, END_CUSTOMERS):
		found, until = [], 0
		for name, left, right in tree:
			if left < until or not any(word in name.casefold() for word in words):
				continue  # below one that is found already, or none
			inside = sum(own[below] for below, first, _last in tree if left <= first <= right)
			if 0 < inside < total:
				found.append(name)
				until = right
		if found:
			return found
	return _of_persons(own)


def _of_persons(own: Counter) -> list[str]:
	"""The groups of persons, where there are such of firms, too."""
	customer = frappe.qb.DocType("Customer")
	query = frappe.qb.from_(customer).where((customer.disabled == 0) & (customer.is_internal_customer == 0))
	rows = (
		query.groupby(customer.customer_group, customer.customer_type)
		.select(customer.customer_group, customer.customer_type, Count("*"))
		.run()
	)
	people, everybody = Counter(), Counter()
	for group, kind, count in rows:
		everybody[group] += count
		people[group] += count if kind == "Individual" else 0
	share = {group: people[group] / everybody[group] for group in own if everybody[group]}
	persons = [group for group, part in share.items() if part >= NEARLY_ALL]
	firms = [group for group, part in share.items() if part <= 1 - NEARLY_ALL]
	return sorted(persons) if persons and len(persons) + len(firms) == len(share) > len(persons) else []


def _rounded(amount: float) -> float:
	if amount <= 0:
		return 0.0
	unit = 10.0 ** (floor(log10(amount)) - 1)
	return round(amount / unit) * unit
