"""What was sold to whom on which day, to the cent: the ledger's purchases, with the revenue of windows and rebates.

Each invoice is converted and rounded to cents by itself, and everything else is a sum of those. What is undone by a whole
credit, and what is written anew, counts on the day of the sale; an opening entry is a purchase and no revenue.
"""

from collections.abc import Sequence

import frappe
import numpy as np
from frappe.query_builder import Case
from frappe.query_builder.functions import Concat_ws, Count, GroupConcat, Round
from frappe.utils import getdate
from pypika.terms import Function

from keep_customers.engine.retention import Days
from keep_customers.engine.value import Purchases, by_day
from keep_customers.erp.tables import chunks, columns, numbers
from keep_customers.worth.corrected import no_opening
from keep_customers.worth.ledger import Ledger, Lens

BEFORE_ORDINALS = 365  # MariaDB's days begin a year before Python's


class Revenue(Ledger):
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
		return names, Days(customer, day, np.rint(net * 100).astype(np.int64), bought > 0)

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

	def _amount(self, lens: Lens):
		amount = Round(super()._amount(lens), 2)
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
