"""In which money one counts: the companies' currencies, the reporting currency, and the rates between them."""

from collections.abc import Sequence
from datetime import date

import frappe
import numpy as np
from frappe import _
from frappe.utils import cint, flt, get_first_day

from keep_customers.erp import host
from keep_customers.erp.attempts import nobodys_fault
from keep_customers.worth.values import last_parameters

CARD = "Value at Risk"


def companies() -> dict[str, str]:
	"""Company -> its currency."""
	return dict(frappe.get_all("Company", fields=["name", "default_currency"], as_list=True))


def reporting_currency(settings=None) -> str:
	"""
	:param settings: of the app, by default the stored ones
	"""
	settings = settings or frappe.get_cached_doc("Keep Customers Settings")
	return (
		settings.reporting_currency
		or frappe.db.get_single_value("Global Defaults", "default_currency")
		or next(iter(companies().values()), None)
		or "USD"
	)


def parts_of(currency: str) -> int:
	"""In how many parts of one an amount is counted where it has to add up: 1000 of a dinar, 100 of all that knows no smaller part."""
	return 1000 if cint(frappe.get_cached_value("Currency", currency, "fraction_units")) >= 1000 else 100


def decimals_of(currency: str) -> int:
	"""Of an amount, counted like that."""
	return len(str(parts_of(currency))) - 1


def show_on_card(currency: str) -> None:
	"""Let the workspace's card say in which money its sum is: of one that says nothing the host takes it for the site's own."""
	card = "Number Card", CARD, "currency"
	if host.has("Number Card", "currency") and frappe.db.get_value(*card) != currency:
		frappe.db.set_value(*card, currency, update_modified=False)


def currency_of(customer: str) -> str:
	"""The currency in which one talks with the customer."""
	return frappe.get_cached_value("Customer", customer, "default_currency") or reporting_currency()


def known_rates(parameters: dict, currency: str) -> dict[str, float]:
	"""The factors a run has noted in its parameters, if it reported in the same currency."""
	return parameters.get("rates", {}) if parameters.get("currency") == currency else {}


def rates_of(day: date, currency: str, only: set[str] | None = None) -> tuple[dict[str, float], list[str]]:
	"""The companies' factors to the reporting currency for a figure of that day; where no rate is to be had, the last night's.

	:param only: the companies to ask for, by default all: ERPNext may ask the internet for a rate
	:returns: as :func:`exchange_rates`
	"""
	return exchange_rates(currency, day, known_rates(last_parameters(), currency), only)


def exchange_rates(
	currency: str, as_of: date, known: dict[str, float], only: set[str] | None = None
) -> tuple[dict[str, float], list[str]]:
	"""Each company's factor to the reporting currency, and what to tell the admin.

	The rate of the first day of the month holds for the whole month: with a rate of its own every day, all
	figures of a foreign company would move every night although nobody bought anything.

	:param known: the factors of the last run, used where no rate is to be had now
	:param only: the companies to ask for, by default all
	:returns: (company -> factor, warnings); a company without any rate is left out
	"""
	rates, warnings = {}, []
	month = get_first_day(as_of)
	for company, own in companies().items():
		if only is not None and company not in only:
			continue
		rate = 1.0
		if own != currency:
			rate = _rate(own, currency, month)
			if not rate and known.get(company):
				rate = known[company]
				warnings.append(
					_(
						"No exchange rate from {0} to {1} on {2}; the last known one was used for {3}. Please add a Currency Exchange."
					).format(own, currency, month, company)
				)
		if rate:
			rates[company] = rate
		else:
			warnings.append(
				_(
					"No exchange rate from {0} to {1} on {2}; the invoices of {3} are left out. Please add a Currency Exchange."
				).format(own, currency, month, company)
			)
	return rates, warnings


def rate_of_month(source: str, target: str, day: date) -> float:
	"""Factor from one currency to another on the first of the day's month; 0 if there is none."""
	return 1.0 if source == target else _rate(source, target, get_first_day(day))


def factors(sources: Sequence[str | None], target: str, day: date) -> np.ndarray:
	"""The same for each of some currencies; of what says none, it is the one asked for."""
	rates = {source: rate_of_month(source or target, target, day) for source in set(sources)}
	return np.array([rates[source] for source in sources], np.float64)


def _rate(source: str, target: str, day: date) -> float:
	"""ERPNext's exchange rate, 0 if it has none; the messages it then shows are for who enters an invoice."""
	from erpnext.setup.utils import get_exchange_rate

	muted, frappe.flags.mute_messages = frappe.flags.mute_messages, True
	try:
		return flt(get_exchange_rate(source, target, day))
	except Exception as error:
		if nobodys_fault(error):
			raise
		return 0.0
	finally:
		frappe.flags.mute_messages = muted
