"""What the next four quarters of a year bring by the forecasts, and what of it is at risk.

Forecasts are stored for twelve months. They are spread over the quarters as the revenue of those who were customers then
came in the same quarters one and two years ago: so the season is in it, and that customers leave on the way.
"""

from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from itertools import pairwise

import frappe
import numpy as np

from keep_customers.engine import retention
from keep_customers.engine.retention import QUARTERS
from keep_customers.erp.tables import columns, numbers
from keep_customers.retention.books import Books, as_texts, months_on
from keep_customers.worth import currencies
from keep_customers.worth.ledger import GROSS_PROFIT
from keep_customers.worth.values import NOT_RANKED

EXPECTED, AT_RISK, LAST_YEAR = "Expected", "At Risk", "Last Year"
MEASURES = (EXPECTED, AT_RISK, LAST_YEAR)
TIER, GROUP, TERRITORY, REP = "Tier", "Customer Group", "Territory", "Rep"
GROUPED_BY = (TIER, GROUP, TERRITORY, REP)
YEARS = (1, 2)  # ago, in which customers' purchases say how a year goes
NONE = "-"  # the group of those who have none


@dataclass(frozen=True)
class Ahead:
	"""Arrays of one element a customer of ``books``.

	:param days: first and last day of each quarter
	:param shares: of the year in each quarter, (4,)
	:param years: how many years they were taken from; 0 where they are even
	:param money: MEASURES -> cents by quarter, (n, 4)
	:param buys: probabilities of a purchase within 90 days and 12 months, two arrays
	:param profit: whether what is expected of some customers is gross profit
	"""

	books: Books
	tiers: np.ndarray
	days: list[tuple[date, date]]
	shares: np.ndarray
	years: int
	money: dict[str, np.ndarray]
	buys: tuple[np.ndarray, np.ndarray]
	profit: bool

	def keys(self, by: str) -> np.ndarray:
		"""Each customer's group, NONE for who has none."""
		people = self.books.people
		result = {
			TIER: lambda: self.tiers,
			GROUP: lambda: people.groups,
			TERRITORY: lambda: people.territories,
			REP: self.books.reps,
		}[by]()
		return np.where(result == "", NONE, result)


def ahead(filters: dict, today: date) -> Ahead:
	"""
	:param filters: as :class:`Books`; tier, today's
	"""
	books = Books(filters, today)
	forecasts = _forecasts(books.people.names, books.currency, today)
	if filters.get("company"):
		forecasts = _of_company(forecasts, books, filters, today)
	keep = forecasts.ranked
	if filters.get("tier"):
		keep = keep & (forecasts.tier == filters["tier"])
	# How the year goes is asked of all of them, also of those who are no customers any more.
	shares, years = _course(books, today)
	forecasts = forecasts.take(keep)
	books.only(keep)
	days = _quarters(today)
	money = {
		measure: retention.spread(np.rint(amounts * books.parts).astype(np.int64), shares)
		for measure, amounts in ((EXPECTED, forecasts.expected), (AT_RISK, forecasts.at_risk))
	}
	money[LAST_YEAR] = _came(books, _quarters(months_on(today, -12)))
	buys = forecasts.buys_quarter / 100, forecasts.buys_year / 100
	by_profit = frappe.get_all("Tier Policy", {"value_basis": GROSS_PROFIT}, pluck="name")
	profit = bool(set(forecasts.policy.tolist()) & set(by_profit))
	return Ahead(books, forecasts.tier, days, shares, years, money, buys, profit)


@dataclass(frozen=True)
class Forecasts:
	"""What is stored of each customer; arrays of one element each.

	:param ranked: whether anything is; all else is nothing without
	:param tier: "" for none, as for policy
	:param expected: money within 12 months, as is at_risk
	:param buys_quarter: per cent that buy within 90 days; buys_year within 12 months
	"""

	ranked: np.ndarray
	tier: np.ndarray
	policy: np.ndarray
	expected: np.ndarray
	at_risk: np.ndarray
	buys_quarter: np.ndarray
	buys_year: np.ndarray

	def take(self, keep: np.ndarray) -> "Forecasts":
		return Forecasts(*(getattr(self, one.name)[keep] for one in fields(self)))


def _forecasts(customers: np.ndarray, currency: str, today: date) -> Forecasts:
	"""
	:param customers: names
	:param currency: the reporting currency, which has been another one where no night has come since
	"""
	value = frappe.qb.DocType("Customer Value")
	names, tiers, policies, money_of, expected, at_risk, *buys = columns(
		frappe.qb.from_(value).where(value.status != NOT_RANKED),
		value.name,
		value.tier,
		value.policy,
		value.currency,
		value.potential_value,
		value.value_at_risk,
		value.buys_quarter,
		value.buys_year,
	)
	place = {name: at for at, name in enumerate(names)}
	at = np.array([place.get(name, -1) for name in customers.tolist()], np.int64)
	# The last element is that of who is not there.
	tiers, policies = (as_texts([*texts, None])[at] for texts in (tiers, policies))
	rate = currencies.factors(money_of, currency, today)
	figures = (numbers(expected) * rate, numbers(at_risk) * rate, *map(numbers, buys))
	return Forecasts(at >= 0, tiers, policies, *(np.append(one, 0.0)[at] for one in figures))


def _of_company(forecasts: Forecasts, books: Books, filters: dict, today: date) -> Forecasts:
	"""What of the forecasts is one company's: nothing of a policy that looks at another one; of one that looks at all, the
	part that the company had of what was sold to the customer in the last years.
	"""
	looks_at = dict(frappe.get_all("Tier Policy", fields=["name", "company"], as_list=True))
	company = as_texts([looks_at.get(policy) for policy in forecasts.policy.tolist()])
	part = np.where(company == "", _part_of_all(books, filters, today), 1.0)
	return replace(
		forecasts,
		ranked=forecasts.ranked & np.isin(company, ["", filters["company"]]),
		expected=forecasts.expected * part,
		at_risk=forecasts.at_risk * part,
	)


def _part_of_all(books: Books, filters: dict, today: date) -> np.ndarray:
	"""Of what all companies sold to each of the customers, how much it was of one's; 0 … 1."""
	every = Books({**filters, "company": None}, today)
	place = {name: at for at, name in enumerate(every.people.names.tolist())}
	at = np.array([place.get(name, -1) for name in books.people.names.tolist()], np.int64)
	part = np.zeros(len(at))
	# Of whom nothing was sold to in those years, all there is tells.
	for since in (1, months_on(today, -12 * max(YEARS)).toordinal() + 1):
		mine, all_of_it = (
			retention.period(some.rows, len(some.people), since, today.toordinal()).cents
			for some in (books, every)
		)
		all_of_it = np.append(all_of_it, 0)[at]
		part = np.where(all_of_it > 0, mine / np.where(all_of_it > 0, all_of_it, 1), part)
	return np.clip(part, 0, 1)


def _course(books: Books, today: date) -> tuple[np.ndarray, int]:
	"""How the years before went, of those who had bought before they began; and how many of them there were."""
	came = []
	for years in YEARS:
		begin = months_on(today, -12 * years)
		known = (books.first > 0) & (books.first <= begin.toordinal())
		if known.any():
			came.append(_came(books, _quarters(begin))[known].sum(axis=0))
	came = np.array(came, np.float64).reshape(-1, QUARTERS)
	return retention.course(came), len(came) if came.sum() > 0 else 0


def _quarters(begin: date) -> list[tuple[date, date]]:
	"""Four times three months from the day after on."""
	edges = [months_on(begin, 3 * number) for number in range(QUARTERS + 1)]
	return [(since + timedelta(days=1), until) for since, until in pairwise(edges)]


def _came(books: Books, days: list[tuple[date, date]]) -> np.ndarray:
	"""What was sold to each in the quarters, (n, 4)."""
	number = len(books.people)
	periods = [
		retention.period(books.rows, number, since.toordinal(), until.toordinal()) for since, until in days
	]
	return np.column_stack([one.cents for one in periods])


def customers(found: Ahead, measure: str, quarter: int | None, only: np.ndarray | None = None) -> list[dict]:
	"""Who stands behind a figure, those first who make most of it.

	:param measure: one of MEASURES
	:param quarter: 0 … 3; None for the year
	:param only: of whom; bool array, by default everybody
	:returns: dicts of customer, customer_name, tier, expected, at_risk, last_year, amount (what the figure adds up) and
		last_purchase
	"""
	when = slice(None) if quarter is None else slice(quarter, quarter + 1)
	money = {name: part[:, when].sum(axis=1) for name, part in found.money.items()}
	amount, books = money[measure], found.books
	which = amount != 0 if only is None else (amount != 0) & only
	order = np.flatnonzero(which)
	order = order[np.lexsort((books.people.names[order].astype(str), -amount[order]))]
	return [
		{
			"customer": books.people.names[at],
			"customer_name": books.people.titles[at],
			"tier": found.tiers[at],
			"expected": int(money[EXPECTED][at]) / books.parts,
			"at_risk": int(money[AT_RISK][at]) / books.parts,
			"last_year": int(money[LAST_YEAR][at]) / books.parts,
			"amount": int(amount[at]) / books.parts,
			"last_purchase": date.fromordinal(int(books.last[at])) if books.last[at] else None,
		}
		for at in order.tolist()
	]
