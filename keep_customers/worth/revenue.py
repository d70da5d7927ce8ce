"""What was sold to whom on which day, to the cent: the ledger's purchases, with the revenue of windows and rebates.

A cent is the smallest part of the currency. Each invoice is converted and rounded to cents by itself, and everything else is a sum of those. What is undone by a whole
credit, and what is written anew, counts on the day of the sale; an opening entry is a purchase and no revenue.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import frappe
import numpy as np
from frappe.query_builder import Case
from frappe.query_builder.functions import Concat_ws, Count, GroupConcat, Max, Min, Round, Sum
from frappe.utils import getdate
from pypika.terms import Function

from keep_customers.engine.retention import Days, Period, first_days, last_days, period
from keep_customers.engine.value import Purchases, by_day
from keep_customers.erp.tables import chunks, columns, numbers, to_ordinals
from keep_customers.worth.corrected import is_purchase, no_opening
from keep_customers.worth.ledger import Ledger, Lens

FEW = 5000  # customers whose sales are read one by one
BEFORE_ORDINALS = 365  # MariaDB's days begin a year before Python's


@dataclass(frozen=True)
class Sums:
	"""One element a customer.

	:param first: ordinal day of the first purchase, 0 for none; last, of the latest one
	:param periods: what was bought in each span
	"""

	first: np.ndarray
	last: np.ndarray
	periods: list[Period]

	@classmethod
	def of(cls, rows: Days, customers: int, spans: Sequence[tuple[date, date]]) -> Sums:
		periods = [period(rows, customers, since.toordinal(), until.toordinal()) for since, until in spans]
		return cls(first_days(rows, customers), last_days(rows, customers), periods)

	def _parts(self) -> list[np.ndarray]:
		return [self.first, self.last, *(part for one in self.periods for part in (one.cents, one.bought))]

	def put(self, at: np.ndarray, other: Sums) -> None:
		"""Others in the place of some, in place."""
		for mine, theirs in zip(self._parts(), other._parts(), strict=True):
			mine[at] = theirs

	def take(self, at: np.ndarray) -> Sums:
		"""
		:param at: indices or a bool array
		"""
		return Sums(
			self.first[at], self.last[at], [Period(one.cents[at], one.bought[at]) for one in self.periods]
		)


class Revenue(Ledger):
	"""
	:param parts: how many cents make one, see :func:`keep_customers.worth.currencies.parts_of`
	"""

	def __init__(self, as_of: date, rates: dict[str, float], only: list[str] | None = None, parts: int = 100):
		super().__init__(as_of, rates, only)
		self.parts = parts

	def days(self, lens: Lens, customers: Sequence[str] | None = None) -> tuple[list[str], Days]:
		"""
		:param customers: only these, by default everybody
		:returns: the customers' names, and what was sold, numbered by them
		"""
		names, found = self._everybodys(lens) if customers is None else self.purchases(lens, customers)
		customer, day, net, bought = found.customer, found.day, found.net, found.occasion.astype(np.int64)
		if moved := self._moved_amounts(lens, names):
			rows = zip((customer, day, net, bought), zip(*moved, strict=True), strict=True)
			found = by_day(*(np.concatenate([one, np.array(more, one.dtype)]) for one, more in rows))
			customer, day, net, bought = found.customer, found.day, found.net, found.occasion
		return names, Days(customer, day, np.rint(net * self.parts).astype(np.int64), bought > 0)

	def _everybodys(self, lens: Lens) -> tuple[list[str], Purchases]:
		"""As :meth:`purchases`, where the database can without the totals, which cost as much again."""
		if frappe.db.db_type != "mariadb":
			return self.purchases(lens)
		invoice = self.invoice
		day = Function("to_days", invoice.posting_date)
		packed = GroupConcat(Concat_ws(" ", day, self._amount(lens), self._bought()))
		query = self._invoices(lens).groupby(invoice.customer)
		names, count, histories = columns(query, invoice.customer, Count("*"), packed, costly=True)
		count = numbers(count).astype(np.int64)
		# One text of nothing but numbers is read in a third of the time.
		found = np.fromstring(",".join(histories).replace(",", " "), sep=" ").reshape(-1)
		if len(found) != 3 * count.sum():
			return self.purchases(lens)  # the database has cut one off
		days, amounts, bought = found[0::3], found[1::3], found[2::3]
		who = np.repeat(np.arange(len(names)), count)
		rows = [(who, days.astype(np.int64) - BEFORE_ORDINALS, amounts, bought)]
		return list(names), self._by_day(lens, list(names), rows)

	def sums(self, lens: Lens, spans: Sequence[tuple[date, date]]) -> tuple[list[str], Sums] | None:
		"""As :meth:`days`, of everybody, where nothing but sums is asked: the database adds them up, which takes half the time.

		:param spans: first and last days
		:returns: None where other papers have changed the sales of too many
		"""
		changed = {paper.customer for paper in self.corrected.undone.values()}
		changed |= {now.customer for now, _first in self.corrected.anew.values()}
		if len(changed) > FEW:
			return None
		invoice, amount = self.invoice, self._amount(lens)
		day, bought = invoice.posting_date, is_purchase(invoice)
		occasion = Case().when(bought, day)
		terms = [invoice.customer, Min(occasion), Max(occasion)]
		for since, until in spans:
			inside = (day >= since) & (day <= until)
			terms.append(Sum(Case().when(inside, amount).else_(0)))
			terms.append(Sum(Case().when(inside & bought, 1).else_(0)))
		names, first, last, *found = columns(self._invoices(lens).groupby(invoice.customer), *terms)
		each = [
			Period(np.rint(numbers(cents) * self.parts).astype(np.int64), numbers(times) > 0)
			for cents, times in zip(found[0::2], found[1::2], strict=True)
		]
		result = Sums(to_ordinals(first), to_ordinals(last), each)
		place = {name: index for index, name in enumerate(names)}
		if few := sorted(changed & place.keys()):
			of, rows = self.days(lens, few)
			result.put(np.array([place[name] for name in of], np.int64), Sums.of(rows, len(of), spans))
		return list(names), result

	def _amount(self, lens: Lens):
		amount = Round(super()._amount(lens), len(str(self.parts)) - 1)
		return Case().when(no_opening(self.invoice), amount).else_(0)

	def _moved_amounts(self, lens: Lens, names: list[str]) -> list[tuple[int, int, float, int]]:
		"""Rows that take an amount from the day of its paper and put it on the day of its sale."""
		number = {name: index for index, name in enumerate(names)}
		undone = {name: paper.day for name, paper in self.corrected.undone.items()}
		anew = {name: first for name, _now, first in self.corrected.moved()}
		invoice, rows = self.invoice, []
		for column, sale in ((invoice.return_against, undone), (invoice.name, anew)):
			for part in chunks(sorted(sale), 1000):
				papers = self._invoices(lens).where(column.isin(part))
				found = papers.select(
					invoice.customer, column, invoice.posting_date, self._amount(lens)
				).run()
				for customer, name, day, amount in found:
					if customer in number:
						who, amount = number[customer], float(amount)
						rows.append((who, getdate(day).toordinal(), -amount, 0))
						rows.append((who, sale[name].toordinal(), amount, 0))
		return rows
