"""What the retention ledger reads: whom it is about, and what was sold to them since their first purchase.

Who has left is in it, disabled or not: without them everybody would have been kept. Internal customers and those the
settings exclude are not, as nobody takes care to keep them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import frappe
import numpy as np
from frappe.utils import add_months, get_last_day

from keep_customers.care.assignment import Assignment
from keep_customers.engine.retention import Days
from keep_customers.erp.tables import columns
from keep_customers.worth import currencies, ledger, moves, population
from keep_customers.worth.revenue import Revenue, Sums
from keep_customers.worth.selection import selected

# So many are asked for by name; of more, everybody's sales are read, which is one query.
BY_NAME = 5000
ABOUT = ("customer", "territory", "customer_group")


@dataclass(frozen=True)
class People:
	"""Customers; arrays of texts, one element each."""

	names: np.ndarray
	titles: np.ndarray
	groups: np.ndarray
	territories: np.ndarray

	def __len__(self) -> int:
		return len(self.names)

	def take(self, at: np.ndarray) -> "People":
		return People(*(part[at] for part in (self.names, self.titles, self.groups, self.territories)))


def people(filters: dict) -> People:
	"""Customers that the filters leave and the user may read.

	:param filters: any of customer, territory and customer_group, with all below them
	"""
	settings = frappe.get_cached_doc("Keep Customers Settings")
	excluded, groups = population.left_out(settings)
	customer, value = frappe.qb.DocType("Customer"), frappe.qb.DocType("Customer Value")
	asked = {name: filters[name] for name in ABOUT if filters.get(name)}
	query = frappe.qb.from_(customer).where(customer.is_internal_customer == 0)
	query = selected(query, customer, value, asked)
	fields = customer.name, customer.customer_name, customer.customer_group, customer.territory
	found = People(*(as_texts(part) for part in columns(query, *fields)))
	if excluded or groups:
		keep = [
			name not in excluded and group not in groups
			for name, group in zip(found.names, found.groups, strict=True)
		]
		found = found.take(np.flatnonzero(keep))
	return found


def as_texts(values) -> np.ndarray:
	"""An array of them, "" for none."""
	result = np.empty(len(values), object)
	result[:] = [str(value) if value else "" for value in values]
	return result


class Books:
	"""What was sold to the customers that the filters leave and the user may read, of those with any invoice.

	:ivar people: one element a customer, in an order that means nothing
	:ivar sums: of each, in the spans that were asked for
	:ivar rows: what was sold, customers numbered by ``people``; None where only sums were asked for
	:ivar currency: of all amounts
	:ivar parts: how many of them, as they are counted, make one
	:ivar warnings: what could not be converted

	:param filters: as :func:`people`; company, whose sales count, by default all that any policy looks at; and rep
	:param spans: first and last days of periods, where nothing is asked but what was sold in them
	"""

	def __init__(self, filters: dict, today: date, spans: Sequence[tuple[date, date]] = ()):
		settings = frappe.get_cached_doc("Keep Customers Settings")
		self.today = today
		self.currency = currencies.reporting_currency(settings)
		self.parts = currencies.parts_of(self.currency)
		company, only = filters.get("company") or None, _companies(filters)
		rates, self.warnings = currencies.rates_of(today, self.currency, only)
		everybody = people(filters)
		few = everybody.names.tolist() if len(everybody) <= BY_NAME else None
		names, rows, sums = [], Days(*(np.zeros(0, np.int64),) * 3, np.zeros(0, bool)), None
		if len(everybody) and rates:
			lens, revenue = (
				ledger.Lens(company, ledger.NET_SALES, today),
				Revenue(today, rates, few, self.parts),
			)
			if found := revenue.sums(lens, spans) if spans and few is None else None:
				(names, sums), rows = found, None
			else:
				names, rows = revenue.days(lens, few)
		place = {name: index for index, name in enumerate(everybody.names.tolist())}
		at = np.array([place.get(name, -1) for name in names], np.int64)
		if filters.get("rep"):
			reps = Assignment([name for name in names if name in place], settings, today)
			theirs = [name in place and reps.user_for(name) == filters["rep"] for name in names]
			at = np.where(np.array(theirs, bool), at, -1)
		self.people = everybody.take(at[at >= 0])
		self.rows = None if rows is None else _only(rows, at >= 0)
		self.sums = sums.take(at >= 0) if sums else Sums.of(self.rows, len(self.people), spans)

	def only(self, keep: np.ndarray) -> "Books":
		"""Those of the customers; bool array."""
		self.people = self.people.take(np.flatnonzero(keep))
		self.rows = None if self.rows is None else _only(self.rows, keep)
		self.sums = self.sums.take(keep)
		return self

	@property
	def first(self) -> np.ndarray:
		"""Ordinal day of the first purchase of each, 0 for none."""
		return self.sums.first

	@property
	def last(self) -> np.ndarray:
		"""Ordinal day of the latest purchase of each, 0 for none."""
		return self.sums.last

	def tiers_on(self, day: date | None) -> np.ndarray:
		"""The tier that each had on a day, see :func:`moves.tiers_on`; the first it was given where there is no day."""
		names = self.people.names.tolist()
		found = moves.tiers_on(day, names)
		return as_texts([found.get(name) for name in names])

	def reps(self, of: np.ndarray | None = None) -> np.ndarray:
		"""The user who takes care of each today; "" for the others.

		:param of: whom it is asked of; bool array, by default all
		"""
		result = np.full(len(self.people), "", object)
		at = np.flatnonzero(of) if of is not None else np.arange(len(result))
		names = self.people.names[at].tolist()
		found = Assignment(names, frappe.get_cached_doc("Keep Customers Settings"), self.today)
		result[at] = [found.user_for(name) or "" for name in names]
		return result


def _only(rows: Days, keep: np.ndarray) -> Days:
	"""The rows of those customers, numbered anew in the same order."""
	if keep.all():
		return rows
	number = np.cumsum(keep) - 1
	there = keep[rows.customer]
	return Days(number[rows.customer[there]], rows.day[there], rows.cents[there], rows.bought[there])


def _companies(filters: dict) -> set[str] | None:
	"""Whose sales are revenue; None for all companies."""
	if filters.get("company"):
		return {filters["company"]}
	only = {policy.company for policy in population.policies()}
	return only if only and all(only) else None


def months_on(day: date, months: int) -> date:
	"""The same day some months later or, below 0, earlier; the last one of a month leads to the last one of another."""
	moved = frappe.utils.getdate(add_months(day, months))
	return get_last_day(moved) if day == get_last_day(day) else moved
