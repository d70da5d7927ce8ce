"""Companies and the one currency in which all values are."""

import frappe
from frappe import _
from frappe.query_builder.functions import Count, Min
from frappe.utils import getdate

from keep_customers.setup.guided import choices
from keep_customers.worth import currencies

FIELDS = ("reporting_currency",)


def look(values: dict) -> dict:
	"""Each company with its invoices, and what keeps them from being counted."""
	settings = choices.settings(values, FIELDS)
	currency = currencies.reporting_currency(settings)
	invoice = frappe.qb.DocType("Sales Invoice")
	rows = (
		frappe.qb.from_(invoice)
		.where(invoice.docstatus == 1)
		.groupby(invoice.company)
		.select(invoice.company, Count("*"), Min(invoice.posting_date))
	).run()
	found = {company: (count, first) for company, count, first in rows}
	_rates, warnings = currencies.exchange_rates(currency, getdate(), {}, set(found))
	if not found:
		warnings.append(
			_(
				"There are no submitted Sales Invoices yet. You can set up all the same; tiers come with the first ones."
			)
		)
	return {
		"reporting_currency": currency,
		"companies": [
			{"company": company, "currency": own, "invoices": count, "first": first}
			for company, own in currencies.companies().items()
			for count, first in [found.get(company, (0, None))]
		],
		"warnings": warnings,
	}


def save(values: dict) -> None:
	choices.settings(values, FIELDS).save()
