"""What the figures are, said slowly and plainly of rows of papers, without a line of the app's: what it is held against.

Money is :class:`decimal.Decimal`. Who reads it sees what counts; nothing here is quick.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from statistics import median

ANEW_WITHIN = timedelta(days=7)
NOTHING = Decimal(0)


@dataclass
class Paper:
	"""A Sales Invoice of any kind.

	:param amount: net, in the currency of its company; below nothing on a credit note
	:param lines: (item, quantity, net amount)
	:param costs: of each line, what one of its goods has cost
	"""

	name: str
	customer: str
	company: str
	day: date
	amount: Decimal
	lines: list
	costs: list = field(default_factory=list)
	is_return: bool = False
	is_debit_note: bool = False
	opening: bool = False
	against: str | None = None
	docstatus: int = 1

	@property
	def is_sale(self) -> bool:
		return not self.is_return and not self.is_debit_note and self.amount > 0

	@property
	def profit(self) -> Decimal:
		costs = zip(self.lines, self.costs, strict=False)
		return self.amount - sum((cost * qty for (_item, qty, _amount), cost in costs), NOTHING)


@dataclass
class Pile:
	"""The submitted papers until a day, and what is known of them then.

	:param rates: company -> how much one of its money is in the reporting currency
	:param company: only what it has sold counts
	:param parts: how many cents make one
	:param profit: whether what goods have cost is taken off
	"""

	papers: list[Paper]
	as_of: date
	rates: dict[str, Decimal]
	company: str | None = None
	parts: int = 100
	profit: bool = False
	gone: dict[str, date] = field(init=False)
	first: dict[str, Paper] = field(init=False)

	def __post_init__(self):
		self.papers = [p for p in self.papers if p.docstatus == 1 and p.day <= self.as_of]
		self.by_name = {p.name: p for p in self.papers}
		self.gone = self._gone()
		self.first = self._written_anew()
		self.papers = [p for p in self.papers if self.company in (None, p.company)]

	def _gone(self) -> dict[str, date]:
		"""Sales of which nothing is left, and since when."""
		found = {}
		for sale in self.papers:
			notes = [p for p in self.papers if p.is_return and p.against == sale.name]
			if sale.is_sale and notes and -sum(p.amount for p in notes) >= sale.amount * Decimal("0.999"):
				found[sale.name] = max(p.day for p in notes)
		return found

	def _written_anew(self) -> dict[str, Paper]:
		"""Invoice written in another's place -> the first one for which it stands."""
		times, result = dict.fromkeys(self.gone, 0), {}
		for new in sorted(self.papers, key=lambda p: (p.day, p.name)):
			if not new.is_sale or new.opening:
				continue
			items = {item for item, _qty, _amount in new.lines}
			wrong = []
			for name, since in self.gone.items():
				old = self.by_name[name]
				of_the_same = (old.customer, old.company) == (new.customer, new.company)
				if not of_the_same or old is new or not since <= new.day <= since + ANEW_WITHIN:
					continue
				if items & {item for item, _qty, _amount in old.lines}:
					wrong.append(old)
			if wrong:
				old = min(wrong, key=lambda p: (times[p.name], p.day, p.name))
				times[old.name] += 1
				result[new.name] = result.get(old.name, old)
		return result

	# Money

	def exact(self, amount: Decimal, company: str) -> Decimal:
		return amount * self.rates[company]

	def worth(self, p: Paper) -> Decimal:
		return self.exact(p.profit if self.profit else p.amount, p.company)

	def cents(self, amount: Decimal, company: str) -> int:
		"""To the smallest part of the reporting currency."""
		exact = self.exact(amount, company) * self.parts
		whole = exact.quantize(Decimal(1), ROUND_HALF_UP)
		assert abs(exact - whole) != Decimal("0.5"), (
			"the story names an amount that two machines may round two ways"
		)
		return int(whole)

	# What was bought when

	def of(self, customer: str) -> list[Paper]:
		return [p for p in self.papers if p.customer == customer]

	def day_of(self, p: Paper) -> date:
		"""On which its money counts: what is undone, and what undoes it, on the day of the sale."""
		if p.against in self.gone:
			return self.by_name[p.against].day
		if p.name in self.first and p.name not in self.gone:
			return self.first[p.name].day
		return p.day

	def occasions(self, customer: str, opening: bool = True) -> list[date]:
		"""The days on which something was bought that still is.

		:param opening: whether those from before the books are purchases
		"""
		sales = [p for p in self.of(customer) if p.is_sale and (opening or not p.opening)]
		return sorted({self.day_of(p) for p in sales if p.name not in self.gone})

	def total(self, customer: str) -> Decimal:
		return sum((self.worth(p) for p in self.of(customer)), NOTHING)

	def in_window(self, customer: str, start: date) -> Decimal:
		"""After the day; what was undone within it belongs to neither side."""
		found = NOTHING
		for p in self.of(customer):
			day = self.day_of(p)
			if p.against in self.gone and not day <= start < self.gone[p.against]:
				day = p.day
			if not p.opening and day > start:
				found += self.worth(p)
		return found

	def gap(self, customer: str) -> float:
		days = self.occasions(customer)
		gaps = [(b - a).days for a, b in pairwise(days)]
		return median(gaps) if gaps else 0

	def sold(self, customer: str, since: date, until: date) -> int:
		"""Cents of revenue between two days."""
		return sum(
			self.cents(p.amount, p.company)
			for p in self.of(customer)
			if not p.opening and since <= self.day_of(p) <= until
		)

	def bought(self, customer: str, since: date, until: date) -> bool:
		return any(since <= day <= until for day in self.occasions(customer))

	# Who stays

	def steps(
		self, customers: list[str], before: tuple[date, date], now: tuple[date, date]
	) -> dict[str, str]:
		"""Customer -> what became of it from one period to the other; without those who are in neither."""
		found = {}
		for customer in customers:
			had, has = (self.bought(customer, *span) for span in (before, now))
			was, is_ = (self.sold(customer, *span) for span in (before, now))
			if had and has:
				found[customer] = "Shrunk" if is_ < was else "Grown" if is_ > was else "Same"
			elif had:
				found[customer] = "Lost"
			elif has:
				found[customer] = "New" if self.occasions(customer)[0] > before[1] else "Won Back"
			elif was or is_:
				found[customer] = "Corrected"
		return found

	def cohort(self, customer: str) -> tuple[int, int] | None:
		"""Year and quarter in which it came."""
		days = self.occasions(customer)
		return quarter(days[0]) if days else None

	def cohorts(self, customers: list[str], last: tuple[int, int], number: int) -> dict:
		"""Quarter -> for each one since: how many bought, and cents of all who came in it."""
		quarters = [last]
		while len(quarters) < number:
			quarters.append(before(quarters[-1]))
		quarters.reverse()
		result = {}
		for place, came in enumerate(quarters):
			theirs = [customer for customer in customers if self.cohort(customer) == came]
			if theirs:
				spans = [days_of(one) for one in quarters[place:]]
				result[came] = [
					(
						sum(self.bought(customer, *span) for customer in theirs),
						sum(self.sold(customer, *span) for customer in theirs),
					)
					for span in spans
				]
		return result

	# What was bought of what

	def of_groups(self, customer: str, group_of: dict[str, str]) -> dict[str, "OfGroup"]:
		"""Item group of today -> what was bought of it. What is undone was neither bought nor given back."""
		found: dict[str, OfGroup] = {}
		for p in self.of(customer):
			if p.name in self.gone or p.against in self.gone:
				continue
			for item, _qty, amount in p.lines:
				of = found.setdefault(group_of[item], OfGroup())
				if p.is_sale and amount > 0:
					of.days = sorted({*of.days, self.day_of(p)})
				if not p.opening:
					of.money.append((self.day_of(p), self.exact(amount, p.company)))
		return found


@dataclass
class OfGroup:
	"""
	:ivar days: on which something of it was bought
	:ivar money: (day, amount)
	"""

	days: list = field(default_factory=list)
	money: list = field(default_factory=list)

	def year(self) -> Decimal:
		"""The year up to the latest purchase."""
		last = self.days[-1]
		return sum(
			(amount for day, amount in self.money if last - timedelta(days=365) < day <= last), NOTHING
		)


def quarter(day: date) -> tuple[int, int]:
	return day.year, (day.month + 2) // 3


def before(of: tuple[int, int]) -> tuple[int, int]:
	year, number = of
	return (year - 1, 4) if number == 1 else (year, number - 1)


def days_of(of: tuple[int, int]) -> tuple[date, date]:
	year, number = of
	first = date(year, 3 * number - 2, 1)
	after = date(year + 1, 1, 1) if number == 4 else date(year, 3 * number + 1, 1)
	return first, after - timedelta(days=1)


def tiers(figures: dict[str, tuple[float, float]], high: float, top: float, low: float) -> dict[str, str]:
	"""Customer -> Platinum, Gold, Iron or Lead, from current and potential value and the shares of all.

	:param figures: customer -> (current, potential)
	"""

	def many(share: float) -> int:
		return int(len(figures) * share / 100 + 0.5)

	by_current = sorted(figures, key=lambda name: (-figures[name][0], -figures[name][1], name))
	best = [name for name in by_current[: many(high)] if figures[name][0] > 0]
	by_potential = sorted(best, key=lambda name: (-figures[name][1], -figures[name][0], name))
	result = {name: "Platinum" if place < many(top) else "Gold" for place, name in enumerate(by_potential)}
	rest = sorted(
		(name for name in figures if name not in result),
		key=lambda name: (-figures[name][1], -figures[name][0], name),
	)
	lead = rest[max(len(rest) - many(low), 0) :]
	return result | {name: "Lead" if name in lead else "Iron" for name in rest}
