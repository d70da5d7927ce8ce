"""A small company in which everything goes wrong that can go wrong with papers: drawn by a seed, so the same every day.

Its today is a leap day. What is drawn is written into the database as an import would leave it, and kept as plain papers.
"""

import random
from datetime import date, timedelta
from decimal import Decimal

import frappe

from tests.site.story import ABROAD, COMPANY, GROUP, PREFIX, TERRITORY, Story, _company, _item, _tree, rate

from .plain import NOTHING, Paper

TODAY = date(2024, 2, 29)
FIRST = date(2024, 2, 1)  # whose rates hold
SEED = 7
BEGAN = date(2021, 5, 1)
DEALERS, SOUTH = f"{PREFIX} Dealers", f"{PREFIX} South"
BEANS, CUPS, MILK = (f"{PREFIX} {name}" for name in ("Beans", "Cups", "Milk"))
# Item -> its group when it was sold, and its group today.
ITEMS = {f"{PREFIX} Arabica": (BEANS, BEANS), f"{PREFIX} Mug": (CUPS, CUPS), f"{PREFIX} Cream": (CUPS, MILK)}
# One of its money in the reporting currency, on the first of the month; in which nothing comes to half a cent.
RATES = {
	"EUR": {COMPANY: Decimal(1), ABROAD: Decimal("0.1307")},
	"KWD": {COMPANY: Decimal("0.3331"), ABROAD: Decimal("0.0427")},
	"JPY": {COMPANY: Decimal("162.37"), ABROAD: Decimal("21.07")},
}
PARTS = {"EUR": 100, "KWD": 1000, "JPY": 100}
COSTS = [Decimal(part) for part in ("0", "0.35", "0.8", "1.3")]  # of what a line brought
# Days on which calendars trip.
EDGES = [
	date(2024, 2, 29), date(2024, 2, 28), date(2023, 2, 28), date(2023, 3, 1), date(2022, 2, 28), date(2022, 12, 31),
	date(2023, 1, 1), date(2023, 3, 31), date(2023, 4, 1), date(2023, 9, 30), date(2023, 10, 1), date(2023, 12, 31),
	date(2024, 1, 1), date(2024, 1, 31),
]  # fmt: skip
NAMES = (
	"Adler", "Bär & Söhne", "Café “Mitte”", "D'Angelo", "Eiche 100% Natur", "Falke", "Gans", "Habicht", "Igel", "Jaguar",
	"Kauz", "Luchs", "Marder", "Natter", "Otter", "Puma", "Qualle", "Rabe", "Storch", "Taube", "Uhu", "Viper", "Wolf",
)  # fmt: skip
INSIDE, WALK_IN, GONE, NEVER = (
	f"{PREFIX} {name}" for name in ("Inside", "Walk In", "Shut Down", "Never Bought")
)
OLD_NAME, NEW_NAME = f"{PREFIX} Falke", f"{PREFIX} Falke Reborn"
MERGED, INTO = f"{PREFIX} Gans", f"{PREFIX} Habicht"


class Drawn:
	"""Papers of all kinds, one customer after the other."""

	def __init__(self, seed: int):
		self.any = random.Random(seed)
		self.papers: list[Paper] = []

	def amount(self) -> Decimal:
		"""Never one that comes to half of the smallest part in any currency, in whichever machine."""
		while True:
			found = Decimal(self.any.choice([self.any.randint(1, 99), self.any.randint(100, 500_000)])) / 100
			if all(_clear(found * rate, PARTS[name]) for name, of in RATES.items() for rate in of.values()):
				return found

	def day(self) -> date:
		if self.any.random() < 0.25:
			return self.any.choice(EDGES)
		return BEGAN + timedelta(days=self.any.randint(0, (TODAY - BEGAN).days + 20))

	def lines(self, amount: Decimal, sign: int = 1) -> list:
		items = self.any.sample(list(ITEMS), self.any.randint(1, 2))
		if len(items) == 1:
			return [(items[0], sign * self.any.randint(1, 5), amount)]
		some = (amount * self.any.randint(1, 9) / 10).quantize(Decimal("0.01"))
		return [(items[0], sign, some), (items[1], sign * 2, amount - some)]

	def paper(self, customer: str, company: str, day: date, amount: Decimal, lines: list, **kind) -> Paper:
		# In an order that says nothing of the days.
		name = f"{PREFIX}-{self.any.randint(0, 999):03}-{len(self.papers):04}"
		found = Paper(name, customer, company, day, amount, lines, **kind)
		self.papers.append(found)
		if found.is_sale:
			found.costs = [
				(abs(net / qty) * self.any.choice(COSTS)).quantize(Decimal("0.01"))
				for _item, qty, net in lines
			]
		elif found.is_return:
			# Goods that come back cost what they did when they were sold.
			found.costs = next((p.costs for p in self.papers if p.name == found.against), [])
		return found

	def sale(self, customer: str, company: str, day: date | None = None, lines=None, **kind) -> Paper:
		amount = sum((amount for _i, _q, amount in lines), NOTHING) if lines else self.amount()
		return self.paper(customer, company, day or self.day(), amount, lines or self.lines(amount), **kind)

	def after(self, day: date, least: int = 0, most: int = 60) -> date:
		return day + timedelta(days=self.any.randint(least, most))

	def credit(self, sale: Paper, part: Decimal = Decimal(1), day: date | None = None, **kind) -> Paper:
		"""A credit note over a part of an invoice, of each line the same part."""
		while True:
			lines = [
				(item, -qty, -(amount * part).quantize(Decimal("0.01"))) for item, qty, amount in sale.lines
			]
			amount = sum((amount for _i, _q, amount in lines), NOTHING)
			if all(_clear(amount * rate, PARTS[name]) for name, of in RATES.items() for rate in of.values()):
				break
			part -= Decimal("0.01")
		return self.paper(
			sale.customer, sale.company, day or self.after(sale.day), amount, lines, is_return=True, against=sale.name, **kind
		)  # fmt: skip

	def something(self, customer: str) -> None:
		company = self.any.choice([COMPANY, COMPANY, ABROAD])
		sale, what = self.sale(customer, company), self.any.randint(0, 15)
		if what == 0:
			self.credit(sale, Decimal(self.any.randint(10, 90)) / 100)
		elif what == 1:
			self.credit(sale)
		elif what in (2, 3):
			# Written anew, perhaps twice, perhaps too late to be known for it.
			note = self.credit(sale)
			again = self.sale(customer, company, self.after(note.day, 0, 9), self.anew(sale))
			if what == 3:
				second = self.credit(again, day=self.after(again.day, 0, 20))
				self.sale(customer, company, self.after(second.day, 0, 7), self.anew(again))
			elif self.any.random() < 0.5:
				self.credit(again, Decimal("0.3"))
		elif what == 4:
			amount = self.amount()
			self.paper(
				customer, company, self.after(sale.day), amount, self.lines(amount), is_debit_note=True, against=sale.name
			)  # fmt: skip
		elif what == 5:
			sale.opening = True
			if self.any.random() < 0.5:
				self.credit(sale, Decimal("0.5"))
		elif what == 6:
			# Cancelled and amended; or only cancelled.
			sale.docstatus = 2
			if self.any.random() < 0.7:
				self.sale(customer, company, sale.day, self.anew(sale))
		elif what == 7:
			sale.docstatus = 0
		elif what == 8:
			# Given away; and one that another line takes below nothing.
			sale.amount, sale.lines = NOTHING, [(item, qty, NOTHING) for item, qty, _amount in sale.lines]
			amount = -self.amount()
			self.paper(customer, company, self.day(), amount, [(next(iter(ITEMS)), 1, amount)])
		elif what == 9:
			# Two on a day, of which one comes back.
			self.sale(customer, company, sale.day)
			self.credit(sale)
		elif what == 10:
			# In three parts, the last of which was cancelled.
			for part, status in ((Decimal("0.4"), 1), (Decimal("0.3"), 1), (Decimal("0.3"), 2)):
				self.credit(sale, part, docstatus=status)
		elif what == 11:
			# A return of what nobody knows any more.
			note = self.credit(sale, Decimal("0.2"))
			note.against, note.costs = None, []

	def anew(self, sale: Paper) -> list:
		amount = self.amount()
		if self.any.random() < 0.15:
			return self.lines(amount)  # of other items, perhaps
		return [(sale.lines[0][0], 1, amount)]


def _clear(amount: Decimal, parts: int) -> bool:
	return abs(abs(amount * parts) % 1 - Decimal("0.5")) > Decimal("0.001")


class Firm:
	"""
	:ivar papers: all of them, by the customers' names of today
	:ivar customers: name -> dict of group, territory and rep
	"""

	def __init__(self, papers: list[Paper], customers: dict[str, dict]):
		self.papers, self.customers = papers, customers

	@property
	def counted(self) -> list[str]:
		"""Whose purchases the reports of revenue look at: who has left as well."""
		return [name for name in self.customers if name not in (INSIDE, WALK_IN)]


def drawn(seed: int) -> tuple[list[Paper], dict[str, dict]]:
	pile = Drawn(seed)
	names = [*(f"{PREFIX} {name}" for name in NAMES), INSIDE, WALK_IN, GONE, NEVER]
	customers = {}
	for number, name in enumerate(names):
		customers[name] = {
			"customer_group": DEALERS if number % 4 == 1 else GROUP, "territory": SOUTH if number % 3 == 0 else TERRITORY,
		}  # fmt: skip
		if name != NEVER:
			for _time in range(pile.any.randint(1, 9)):
				pile.something(name)
	# One who only ever got a price corrected, and one of whom everything came back.
	only, back = f"{PREFIX} Only Corrected", f"{PREFIX} All Came Back"
	for name in (only, back):
		customers[name] = {"customer_group": GROUP, "territory": TERRITORY}
	amount = pile.amount()
	pile.paper(only, COMPANY, date(2023, 6, 1), amount, pile.lines(amount), is_debit_note=True)
	pile.credit(pile.sale(back, COMPANY, date(2023, 12, 31)), day=TODAY)
	return pile.papers, customers


def nasty(story: Story, seed: int = SEED) -> None:
	"""The company in the database; its first night is still to come."""
	story.today = TODAY
	_company(ABROAD, "KTA", "CNY", "China")
	for currency in ("KWD", "JPY"):
		if not frappe.db.exists("Currency", currency):
			parts = PARTS[currency]
			frappe.get_doc(
				{"doctype": "Currency", "currency_name": currency, "fraction_units": parts}
			).insert()
	own = {COMPANY: "EUR", ABROAD: "CNY"}
	for currency, of in RATES.items():
		for company, value in of.items():
			if own[company] != currency:
				# What another story has left on a site that is not put back.
				way = {"from_currency": own[company], "to_currency": currency, "date": FIRST}
				frappe.db.delete("Currency Exchange", way)
				rate(float(value), FIRST, own[company], currency)
	_tree("Customer Group", DEALERS)
	_tree("Territory", SOUTH)
	for group in (BEANS, CUPS, MILK):
		_tree("Item Group", group)
	for item, (before, _today) in ITEMS.items():
		_item(item)
		frappe.db.set_value("Item", item, "item_group", before)
	papers, customers = drawn(seed)
	made = story.customers(*(name.removeprefix(f"{PREFIX} ") for name in customers))
	assert made == list(customers)
	for name, values in customers.items():
		frappe.db.set_value("Customer", name, values, update_modified=False)
	write(papers)
	for item, (_before, today) in ITEMS.items():
		frappe.db.set_value("Item", item, "item_group", today)
	frappe.db.set_value("Customer", INSIDE, "is_internal_customer", 1)
	frappe.db.set_value("Customer", GONE, "disabled", 1)
	story.settings(excluded_customers=[{"customer": WALK_IN}])
	story.policy(company=None)
	frappe.rename_doc("Customer", OLD_NAME, NEW_NAME, show_alert=False)
	frappe.rename_doc("Customer", MERGED, INTO, merge=True, show_alert=False)
	frappe.db.commit()


def firm(seed: int = SEED) -> Firm:
	"""The same company on paper."""
	papers, customers = drawn(seed)
	renamed = {OLD_NAME: NEW_NAME, MERGED: INTO}
	for paper in papers:
		paper.customer = renamed.get(paper.customer, paper.customer)
	customers[NEW_NAME] = customers.pop(OLD_NAME)
	del customers[MERGED]
	return Firm(papers, customers)


def write(papers: list[Paper]) -> None:
	invoices, lines = [], []
	for p in papers:
		standard = {
			"creation": p.day,
			"modified": p.day,
			"owner": "Administrator",
			"modified_by": "Administrator",
		}
		own = "EUR" if p.company == COMPANY else "CNY"
		invoices.append(
			{
				"name": p.name, "customer": p.customer, "company": p.company, "posting_date": p.day, "docstatus": p.docstatus,
				"base_net_total": p.amount, "net_total": p.amount, "is_opening": "Yes" if p.opening else "No", "currency": own,
				"conversion_rate": 1, "is_return": int(p.is_return), "is_debit_note": int(p.is_debit_note),
				"return_against": p.against, **standard,
			}
		)  # fmt: skip
		for idx, (item, qty, amount) in enumerate(p.lines, 1):
			lines.append(
				{
					"name": f"{p.name}-{idx}", "parent": p.name, "parenttype": "Sales Invoice",
					"parentfield": "items", "idx": idx, "docstatus": p.docstatus, "item_code": item, "item_name": item,
					"item_group": ITEMS[item][0], "qty": qty, "stock_qty": qty, "conversion_factor": 1, "stock_uom": "Nos",
					"uom": "Nos", "incoming_rate": p.costs[idx - 1] if p.costs and not p.is_return else 0,
					"sales_invoice_item": f"{p.against}-{idx}" if p.against and p.is_return else None, "rate": amount / qty, "base_net_amount": amount, "net_amount": amount, "amount": amount,
					**standard,
				}
			)  # fmt: skip
	for doctype, rows in (("Sales Invoice", invoices), ("Sales Invoice Item", lines)):
		frappe.db.bulk_insert(doctype, list(rows[0]), [tuple(row.values()) for row in rows])
