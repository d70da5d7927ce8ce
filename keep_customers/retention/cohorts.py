"""Who came in which quarter, and how many of them, and of their money, were there in each quarter since."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from keep_customers.engine import retention
from keep_customers.engine.retention import Cohorts
from keep_customers.retention.books import Books

ALL = "All"  # cohorts
# Who stands behind a figure: who bought in the quarter, whose revenue it is, and who did not buy.
BOUGHT, REVENUE, DID_NOT_BUY = "Bought", "Revenue", "Did Not Buy"
WHO = (BOUGHT, REVENUE, DID_NOT_BUY)


@dataclass(frozen=True)
class Table:
	books: Books
	cohorts: Cohorts
	since: int  # the first quarter whose newcomers are looked at
	last: int
	older: int  # customers who came before it


def name(quarter: int) -> str:
	"""2025-Q1"""
	year, month = retention.quarter_begins(quarter)
	return f"{year}-Q{(month + 2) // 3}"


def number(text: str) -> int | None:
	"""The quarter of a name; None for what is none."""
	year, _sign, quarter = text.partition("-Q")
	if not (year.isdecimal() and len(year) == 4 and quarter in ("1", "2", "3", "4")):
		return None
	return (int(year) - 1970) * retention.QUARTERS + int(quarter) - 1


def table(filters: dict, quarters: int, today: date) -> Table:
	"""
	:param filters: as :class:`Books`; tier, the first one that a customer was given; running, whether the quarter that is not
		over yet counts
	:param quarters: of so many the newcomers are looked at
	"""
	books = Books(filters, today)
	if filters.get("tier"):
		books.only(books.tiers_on(None) == filters["tier"])
	running = int(retention.quarter(np.array([today.toordinal()]))[0])
	last = running if filters.get("running") else running - 1
	since = last - quarters + 1
	found = retention.cohorts(books.rows, len(books.people), last, since)
	came = _came(books)
	older = int(((books.first > 0) & (came < since)).sum())
	return Table(books, found, since, last, older)


def customers(table: Table, cohort: str, after: int, who: str = BOUGHT) -> list[dict]:
	"""Who stands behind a figure, those with the most revenue first.

	:param cohort: a quarter's name, or ALL
	:param after: so many quarters after the one in which they came
	:param who: one of WHO
	:returns: dicts of customer, customer_name, first_purchase, last_purchase, begun and amount (what was sold in the first
		quarter and in that one)
	"""
	books = table.books
	came = _came(books)
	chosen = (books.first > 0) & (came >= table.since) & (came + after <= table.last)
	if cohort != ALL:
		chosen &= came == number(cohort)
	when = retention.quarter(books.rows.day) - came[books.rows.customer]
	begun, amount = (_sums(books, when == on) for on in (0, after))
	bought = np.zeros(len(books.people), bool)
	bought[books.rows.customer[(when == after) & books.rows.bought]] = True
	chosen &= {BOUGHT: bought, REVENUE: bought | (amount != 0), DID_NOT_BUY: ~bought}[who]
	order = np.flatnonzero(chosen)
	order = order[np.lexsort((books.people.names[order].astype(str), -begun[order], -amount[order]))]
	return [
		{
			"customer": books.people.names[at],
			"customer_name": books.people.titles[at],
			"first_purchase": date.fromordinal(int(books.first[at])),
			"last_purchase": date.fromordinal(int(books.last[at])),
			"begun": int(begun[at]) / books.parts,
			"amount": int(amount[at]) / books.parts,
		}
		for at in order.tolist()
	]


def _came(books: Books) -> np.ndarray:
	"""The quarter of each one's first purchase."""
	return retention.quarter(np.maximum(books.first, 1))


def _sums(books: Books, which: np.ndarray) -> np.ndarray:
	result = np.zeros(len(books.people), np.int64)
	np.add.at(result, books.rows.customer[which], books.rows.cents[which])
	return result
