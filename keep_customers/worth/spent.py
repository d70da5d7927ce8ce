"""What some customers have spent, day by day: for who looks at a time of each customer's own."""

from datetime import date
from typing import NamedTuple

from keep_customers.worth.currencies import parts_of
from keep_customers.worth.ledger import NET_SALES, Lens
from keep_customers.worth.revenue import Revenue


class Day(NamedTuple):
	"""
	:ivar amount: net, returns subtracted
	:ivar bought: whether it is a purchase occasion; what is corrected later is none
	"""

	day: date
	amount: float
	bought: bool


class Books(NamedTuple):
	"""The invoices as a night reads them.

	:ivar currency: the reporting currency, in which the rates count
	"""

	as_of: date
	rates: dict[str, float]
	currency: str

	def spent(
		self, company: str | None, customers: list[str], basis: str = NET_SALES
	) -> dict[str, list[Day]]:
		"""Customer -> its days, in their order, as the reports of revenue count them; nothing of a company whose money cannot
		be exchanged.
		"""
		if not customers or (company and company not in self.rates):
			return {}
		parts = parts_of(self.currency)
		revenue = Revenue(self.as_of, self.rates, customers, parts)
		names, rows = revenue.days(Lens(company, basis, self.as_of), customers)
		found: dict[str, list[Day]] = {}
		columns = rows.customer.tolist(), rows.day.tolist(), rows.cents.tolist(), rows.bought.tolist()
		for who, day, cents, bought in zip(*columns, strict=True):
			found.setdefault(names[who], []).append(Day(date.fromordinal(day), cents / parts, bought))
		return found

	def of_companies(self, rows: list, basis: str = NET_SALES) -> dict[str, list[Day]]:
		"""The same of rows with customer and the company that their policy looks at."""
		found: dict[str, list[Day]] = {}
		for company in {row.company or None for row in rows}:
			names = [row.customer for row in rows if (row.company or None) == company]
			found |= self.spent(company, names, basis)
		return found
