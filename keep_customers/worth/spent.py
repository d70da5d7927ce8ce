"""What some customers have spent, day by day: for who looks at a time of each customer's own."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from typing import NamedTuple

from frappe.query_builder.functions import Sum

from keep_customers.erp.tables import chunks, columns, numbers, to_dates, to_ordinals
from keep_customers.worth.corrected import sales_of
from keep_customers.worth.ledger import NET_SALES, Ledger, Lens

Days = list[tuple[date, float]]


class Spent(Ledger):
	def by_day(self, lens: Lens, customers: Collection[str]) -> dict[str, Days]:
		"""Customer -> (day, net amount of the day), in the order of the days; without what was credited in full, and without
		opening entries.

		:param lens: its window is not looked at
		"""
		invoice, found = self.invoice, defaultdict(list)
		for part in chunks(sorted(set(customers)), 1000):
			query = self._invoices(lens).where(sales_of(invoice, part))
			query = query.groupby(invoice.customer, invoice.posting_date)
			terms = invoice.customer, invoice.posting_date, Sum(self._amount(lens))
			names, days, amounts = columns(query, *terms, costly=True)
			rows = zip(names, to_dates(to_ordinals(days)), numbers(amounts).tolist(), strict=True)
			for name, day, amount in rows:
				found[name].append((day, amount))
		for days in found.values():
			days.sort()
		return found


class Books(NamedTuple):
	"""The invoices as a night reads them.

	:ivar currency: the reporting currency, in which the rates count
	"""

	as_of: date
	rates: dict[str, float]
	currency: str

	def spent(self, company: str | None, customers: list[str], basis: str = NET_SALES) -> dict:
		"""As :meth:`Spent.by_day`; nothing of a company whose money cannot be exchanged."""
		if company and company not in self.rates:
			return {}
		return Spent(self.as_of, self.rates, customers).by_day(Lens(company, basis, self.as_of), customers)

	def of_companies(self, rows: list, basis: str = NET_SALES) -> dict:
		"""The same of rows with customer and the company that their policy looks at."""
		found: dict = {}
		for company in {row.company or None for row in rows}:
			names = [row.customer for row in rows if (row.company or None) == company]
			found |= self.spent(company, names, basis)
		return found
