"""Reads purchases out of ERPNext's invoices: a few whole-table questions, none per customer.

What counts as bought is said here and in ``corrected.py``, and nowhere else:

- A purchase is a submitted Sales Invoice over more than nothing that is no return, no debit note, and not credited in
  full. What is written anew after such a credit is the same purchase, on its first day.
- Returns subtract and debit notes add, on their own day; for a rebate on the day of what they are about.
- An opening entry is a purchase of the past: it is history, and in no window's revenue.

Amounts are ``base_net_total`` (or the gross profit of the items, whichever paper their cost stands on), converted to the reporting currency.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import NamedTuple

import frappe
import numpy as np
from frappe.query_builder import Case
from frappe.query_builder.functions import Coalesce, Concat_ws, Count, GroupConcat, IfNull, Max, NullIf, Sum
from frappe.query_builder.terms import SubQuery

from keep_customers.engine.value import Purchases, by_day, measure
from keep_customers.erp.tables import (
	chunks,
	columns,
	numbers,
	stretches,
	texts,
	to_dates,
	to_ordinals,
	within,
)
from keep_customers.worth.corrected import Corrected, is_purchase, no_opening
from keep_customers.worth.currencies import companies

NET_SALES, GROSS_PROFIT = "Net Sales", "Gross Profit"
# What is stored was measured by the rules above; whoever changes them counts on, and all histories are read again.
RULES = {NET_SALES: "2", GROSS_PROFIT: "4"}
# Customers whose purchases are read at once: as texts they take many times what becomes of them.
STRETCH = 50_000
EVERYBODY = (None, None)
# All that the totals read, in the order they group by: the database need not touch the invoices themselves,
# which are ten times as wide.
INDEX = "keep_customers_ledger"
INDEXED = (
	"docstatus", "customer", "posting_date", "company", "is_opening", "is_return", "is_debit_note", "base_net_total",
	"modified",
)  # fmt: skip


def add_index() -> None:
	"""Make the index, or make it anew where it has other columns than it should."""
	if frappe.db.has_index("tabSales Invoice", INDEX) and _indexed() != INDEXED:
		drop_index()
	frappe.db.add_index("Sales Invoice", list(INDEXED), INDEX)


def drop_index() -> None:
	if frappe.db.db_type == "sqlite":
		# nosemgrep: frappe-using-db-sql, names are ours and texts are parameters
		frappe.db.sql_ddl(f"drop index if exists `tabSales Invoice.{INDEX}`")
	elif frappe.db.db_type == "postgres":
		# nosemgrep: frappe-using-db-sql, names are ours and texts are parameters
		frappe.db.sql_ddl(f'drop index if exists "{INDEX}"')
	else:
		# nosemgrep: frappe-using-db-sql, names are ours and texts are parameters
		frappe.db.sql_ddl(f"drop index if exists `{INDEX}` on `tabSales Invoice`")


def _indexed() -> tuple[str, ...]:
	if frappe.db.db_type == "sqlite":
		# nosemgrep: frappe-using-db-sql, names are ours and texts are parameters
		rows = frappe.db.sql(f"select name from pragma_index_info('tabSales Invoice.{INDEX}') order by seqno")  # noqa: S608 (names are ours, texts are parameters)
	elif frappe.db.db_type == "postgres":
		# nosemgrep: frappe-using-db-sql, names are ours and texts are parameters
		rows = frappe.db.sql(
			f"select attname from pg_attribute where attrelid = '{INDEX}'::regclass order by attnum"  # noqa: S608 (names are ours, texts are parameters)
		)
	else:
		# nosemgrep: frappe-using-db-sql, names are ours and texts are parameters
		rows = frappe.db.sql(
			"select column_name from information_schema.statistics where table_schema = database() "  # noqa: S608 (names are ours, texts are parameters)
			f"and table_name = 'tabSales Invoice' and index_name = '{INDEX}' order by seq_in_index"
		)
	return tuple(column for (column,) in rows)


@dataclass(frozen=True)
class Lens:
	"""How purchases are looked at; policies with the same lens share one reading of the invoices.

	:param company: only what was bought from it counts; None for all companies
	:param basis: :data:`NET_SALES` or :data:`GROSS_PROFIT`
	:param window_start: invoices after this day make the current value
	"""

	company: str | None
	basis: str
	window_start: date

	@property
	def key(self) -> str:
		"""What the history of a customer depends on; the window is not part of it."""
		return f"{self.basis}|{self.company or ''}|{RULES[self.basis]}"

	def is_of_other_rules(self, key: str | None) -> bool:
		"""Whether a history was read through this lens, but by rules before these; the first ones had no number."""
		return (
			bool(key) and key != self.key and f"{key}|".startswith(self.key.removesuffix(RULES[self.basis]))
		)


@dataclass(frozen=True)
class Totals:
	"""One element a customer with any invoice, in the order of ``customers``.

	``invoices``, ``total`` and ``modified`` together tell whether anything changed since they were last
	read, whichever way it changed: a submitted, cancelled, deleted or amended invoice changes one of them.
	"""

	customers: list[str]
	invoices: np.ndarray
	total: np.ndarray
	window: np.ndarray
	modified: np.ndarray
	purchases: Purchases | None = None  # numbered by ``customers``; where asked for and possible


class History(NamedTuple):
	first: date
	last: date
	total: float


class Ledger:
	"""The invoices up to and including one day, in the reporting currency.

	:param rates: company -> factor to the reporting currency
	:param only: these customers, where only few are asked about
	"""

	def __init__(self, as_of: date, rates: dict[str, float], only: list[str] | None = None):
		self.as_of = as_of
		self.rates = rates
		self.only = only
		self.invoice = frappe.qb.DocType("Sales Invoice")

	@cached_property
	def goods(self):
		return _cost_of_goods()

	@cached_property
	def corrected(self) -> Corrected:
		return Corrected.of(self.as_of, self.only)

	def totals(self, lens: Lens, with_purchases: bool = False, about: int = 0) -> Totals:
		"""Each customer's number of invoices, amounts and newest change: one scan of the invoices.

		:param with_purchases: read what was bought on which day along, if the database can
		:param about: how many customers there are, more or less
		"""
		packed = with_purchases and frappe.db.db_type == "mariadb"
		# What goods have cost is added up for all invoices each time.
		in_parts = packed and lens.basis == NET_SALES
		parts = [
			self._totals(lens, stretch, packed, about)
			for stretch in (stretches("Customer", STRETCH) if in_parts else [EVERYBODY])
		]
		parts = [part for part in parts if part.customers] or parts[:1]
		customers = [name for part in parts for name in part.customers]
		count, total, window, modified = (
			np.concatenate([getattr(part, field) for part in parts])
			for field in ("invoices", "total", "window", "modified")
		)
		self._move(lens, customers, window)
		bought = [part.purchases for part in parts]
		return Totals(
			customers, count, np.round(total, 6), np.round(window, 6), modified,
			_one_after_the_other(bought, [len(part.customers) for part in parts]) if all(bought) else None,
		)  # fmt: skip

	def _totals(self, lens: Lens, stretch: tuple, packed: bool, about: int) -> Totals:
		"""As :meth:`totals`, of a stretch of customers; before anything is moved or rounded."""
		invoice, amount = self.invoice, self._amount(lens)
		counts = (invoice.posting_date > lens.window_start) & no_opening(invoice)
		in_window = Case().when(counts, amount).else_(0)
		terms = [invoice.customer, Count("*"), Sum(amount), Sum(in_window), Max(invoice.modified)]
		if packed:
			# A million rows are a matter of a quarter of a minute for a driver written in Python; as one text
			# a customer they are a matter of seconds.
			terms.append(GroupConcat(Concat_ws(" ", invoice.posting_date, amount, self._bought())))
		query = within(self._invoices(lens), invoice.customer, stretch).groupby(invoice.customer)
		names, count, total, window, modified, *histories = columns(
			query, *terms, costly=True, rows=0 if packed else about
		)
		customers, count = list(names), numbers(count).astype(np.int64)
		rows = _unpacked(histories[0], count) if packed else None
		bought = self._by_day(lens, customers, rows) if rows else None
		return Totals(customers, count, numbers(total), numbers(window), texts(modified), bought)

	def purchases(self, lens: Lens, customers: Sequence[str] | None = None) -> tuple[list[str], Purchases]:
		"""What was bought on which day, of the named customers or of all.

		:returns: the customers' names, and their :class:`Purchases` numbered by them
		"""
		if customers is None:
			totals = self.totals(lens, with_purchases=True)
			if totals.purchases:
				return totals.customers, totals.purchases
		invoice = self.invoice
		query = self._invoices(lens).groupby(invoice.customer, invoice.posting_date)
		terms = invoice.customer, invoice.posting_date, Sum(self._amount(lens)), Sum(self._bought())
		parts = (
			[query]
			if customers is None
			else [query.where(invoice.customer.isin(part)) for part in chunks(customers, 1000)]
		)
		number: dict[str, int] = {}
		collected = []
		for part in parts:
			names, days, amounts, bought = columns(part, *terms, costly=True)
			collected.append(
				(
					np.array([number.setdefault(name, len(number)) for name in names], np.int64),
					to_ordinals(days),
					numbers(amounts),
					numbers(bought),
				)
			)
		return list(number), self._by_day(lens, list(number), collected)

	def histories(self, lens: Lens) -> dict[str, History]:
		"""The purchases of the few customers asked about, of those with any."""
		if not self.only:
			return {}
		names, purchases = self.purchases(lens, self.only)
		found = measure(purchases, len(names))
		days = zip(to_dates(found.first), to_dates(found.last), found.total.tolist(), strict=True)
		return {name: History(*one) for name, one in zip(names, days, strict=True) if one[0]}

	def _by_day(self, lens: Lens, customers: list[str], rows: list[tuple[np.ndarray, ...]]) -> Purchases:
		"""Rows of the invoices as they are, with what other papers have made of them."""
		number = {name: index for index, name in enumerate(customers)}
		moved = [
			(number[customer], day.toordinal(), 0.0, bought)
			for customer, company, day, bought in self.corrected.occasions()
			if customer in number and self._looks_at(lens, company)
		]
		if moved:
			rows = [*rows, tuple(map(np.array, zip(*moved, strict=True)))]
		return by_day(*(np.concatenate(column) for column in zip(*rows, strict=True)))

	def _move(self, lens: Lens, customers: list[str], window: np.ndarray) -> None:
		"""Take from the window what belongs to a purchase before it: its whole credit, and the invoice written anew."""
		invoice, start = self.invoice, lens.window_start
		place = {name: index for index, name in enumerate(customers)}
		for column, names in (
			(invoice.return_against, self.corrected.credited_after(start)),
			(invoice.name, self.corrected.anew_after(start)),
		):
			for part in chunks(names, 1000):
				query = self._invoices(lens).where(column.isin(part) & (invoice.posting_date > start))
				for customer, amount in self._sums(lens, query).items():
					window[place[customer]] -= amount

	def sold(self, lens: Lens, until: date) -> dict[str, float]:
		"""Customer -> what was sold to it in the lens's window until a day.

		What changes a sale later counts where the sale does: returns, debit notes and what is written anew.
		"""
		invoice, original = self.invoice, frappe.qb.DocType("Sales Invoice").as_("original")

		def inside(day):
			return (day > lens.window_start) & (day <= until)

		revenue = self._invoices(lens).where(no_opening(invoice))
		later = (
			revenue.inner_join(original)
			.on((original.name == invoice.return_against) & (original.docstatus == 1))
			.where(invoice.return_against > "")
		)
		sums = [
			(1, self._sums(lens, revenue.where(inside(invoice.posting_date)))),
			(-1, self._sums(lens, later.where(inside(invoice.posting_date)))),
			(1, self._sums(lens, later.where(inside(original.posting_date) & no_opening(original)))),
		]
		moved = [(inside(first) - inside(now), name) for name, now, first in self.corrected.moved()]
		for sign in (-1, 1):
			names = [name for way, name in moved if way == sign]
			for part in chunks(names, 1000):
				# What changes it later goes along to the first day.
				papers = invoice.name.isin(part) | invoice.return_against.isin(part)
				sums.append((sign, self._sums(lens, revenue.where(papers))))
		sold: dict[str, float] = {}
		for sign, amounts in sums:
			for customer, amount in amounts.items():
				sold[customer] = sold.get(customer, 0.0) + sign * amount
		return sold

	def _sums(self, lens: Lens, query) -> dict[str, float]:
		customer = self.invoice.customer
		names, amounts = columns(query.groupby(customer), customer, Sum(self._amount(lens)))
		return dict(zip(names, numbers(amounts).tolist(), strict=True))

	def grown_to(
		self, lens: Lens, least: float, active_since: date, day: date
	) -> list[tuple[str, float, float]]:
		"""Customers who bought since ``active_since`` and whose purchases come to at least ``least``.

		Of whom the nights add up the same purchases, only those are looked at who had come so far last night.

		:returns: (customer, all purchases together, those before ``day``)
		"""
		invoice, value = self.invoice, frappe.qb.DocType("Customer Value")
		amount = self._amount(lens)
		rows = (
			self._invoices(lens)
			.inner_join(value)
			.on((value.name == invoice.customer) & (value.last_purchase >= active_since))
			.where((IfNull(value.lens, "") != lens.key) | (value.measured_total >= least))
			.select(
				invoice.customer, Sum(amount), Sum(Case().when(invoice.posting_date < day, amount).else_(0))
			)
			.groupby(invoice.customer)
			.having(Sum(amount) >= least)
		).run()
		return [(name, float(total), float(before)) for name, total, before in rows]

	def _bought(self):
		# A sale at a loss is a purchase all the same: the customer did come.
		return Case().when(is_purchase(self.invoice), 1).else_(0)

	def _invoices(self, lens: Lens):
		invoice = self.invoice
		query = (
			frappe.qb.from_(invoice).where(invoice.docstatus == 1).where(invoice.posting_date <= self.as_of)
		)
		if lens.company:
			query = query.where(invoice.company == lens.company)
		elif set(self.rates) != set(companies()):
			query = query.where(invoice.company.isin(list(self.rates) or [""]))
		if lens.basis == GROSS_PROFIT:
			query = query.left_join(self.goods).on(self.goods.parent == invoice.name)
		return query

	def _looks_at(self, lens: Lens, company: str) -> bool:
		return company == lens.company if lens.company else company in self.rates

	def _amount(self, lens: Lens):
		amount = self.invoice.base_net_total
		if lens.basis == GROSS_PROFIT:
			amount = amount - IfNull(self.goods.cost, 0)
		rates = {lens.company: self.rates[lens.company]} if lens.company else self.rates
		factor = Case()
		for company, rate in rates.items():
			if rate != 1:
				factor = factor.when(self.invoice.company == company, rate)
		return amount * factor.else_(1) if any(rate != 1 for rate in rates.values()) else amount


def _one_after_the_other(parts: Sequence[Purchases], customers: Sequence[int]) -> Purchases:
	"""Purchases of one stretch of customers after the other.

	:param customers: how many there are in each
	"""
	before = np.concatenate([[0], np.cumsum(customers)])
	return Purchases(
		np.concatenate([part.customer + start for part, start in zip(parts, before, strict=False)]),
		*(np.concatenate([getattr(part, field) for part in parts]) for field in ("day", "net", "occasion")),
	)


def _unpacked(histories: Sequence[str], invoices: np.ndarray) -> list[tuple[np.ndarray, ...]] | None:
	"""Invoices of one text a customer, "day amount bought,day amount bought"; None if one was cut off."""
	# nosemgrep: frappe-using-db-sql, names are ours and texts are parameters
	[[limit]] = frappe.db.sql("select @@group_concat_max_len")
	if not histories or any(len(history) >= limit for history in histories):
		return None
	days, amounts, bought = [], [], []
	for part in chunks(histories, 10_000):
		values = ",".join(part).replace(",", " ").split(" ")
		days.append(to_ordinals(values[0::3]))
		amounts.append(numbers(values[1::3]))
		bought.append(numbers(values[2::3]))
	customer = np.repeat(np.arange(len(histories)), invoices)
	if not len(customer) == sum(map(len, days)) == sum(map(len, bought)):
		return None
	return [(customer, *(np.concatenate(column) for column in (days, amounts, bought)))]


def from_anybody(as_of: date, customers: list[str]) -> dict[str, History]:
	"""Customer -> its purchases from all companies; amounts of different currencies are not told apart."""
	books = Ledger(as_of, dict.fromkeys(companies(), 1.0), customers)
	return books.histories(Lens(None, NET_SALES, as_of))


def _cost_of_goods():
	"""What the goods of each invoice cost, by the first paper that knows it: the row itself, where stock moved with it (and
	on 15 without); its delivery note's; those of the same order, which those made from an ordered invoice are too; else those
	made from the invoice.

	What is returned costs what it did when it was sold, and a Product Bundle what was packed for it: its own row says nothing.
	"""
	item, sold, delivered = (
		frappe.qb.DocType("Sales Invoice Item"),
		frappe.qb.DocType("Sales Invoice Item").as_("sold"),
		frappe.qb.DocType("Delivery Note Item"),
	)
	row, ordered = IfNull(sold.name, item.name), IfNull(sold.so_detail, item.so_detail)
	bundles = bool(frappe.get_all("Packed Item", limit=1))
	# Asked of the rows only that come so far.
	shipped = (
		Case()
		.when(IfNull(ordered, "") != "", IfNull(_cost_delivered("so_detail", ordered, bundles), 0))
		.else_(IfNull(_cost_delivered("si_detail", row, bundles), 0))
	)
	if bundles:
		packed = (_cost_packed(paper.name) / NullIf(paper.stock_qty, 0) for paper in (item, sold, delivered))
		shipped = Coalesce(*(NullIf(one, 0) for one in packed), shipped)
	rate = (
		Case()
		.when(IfNull(item.incoming_rate, 0) != 0, item.incoming_rate)
		.when(IfNull(sold.incoming_rate, 0) != 0, sold.incoming_rate)
		.when(IfNull(delivered.incoming_rate, 0) != 0, delivered.incoming_rate)
		.else_(shipped)
	)
	return (
		frappe.qb.from_(item)
		.left_join(sold)
		.on((sold.name == item.sales_invoice_item) & (item.stock_qty < 0))
		.left_join(delivered)
		.on(delivered.name == IfNull(sold.dn_detail, item.dn_detail))
		.where(item.docstatus == 1)
		.groupby(item.parent)
		.select(item.parent, Sum(rate * item.stock_qty).as_("cost"))
	).as_("goods")


def _cost_packed(row):
	"""What all has cost that was packed for the row of a Product Bundle, by ERPNext's own index."""
	packed = frappe.qb.DocType("Packed Item")
	return SubQuery(
		frappe.qb.from_(packed)
		.select(Sum(packed.incoming_rate * packed.qty))
		.where((packed.parent_detail_docname == row) & (packed.docstatus == 1))
	)


def _cost_delivered(field: str, value, bundles: bool):
	"""What a unit of the goods has cost, on average, that went out for one row.

	:param field: of delivery notes' rows, which ERPNext has an index on
	:param bundles: whether there are Product Bundles among them
	"""
	shipped = frappe.qb.DocType("Delivery Note Item").as_(f"shipped_by_{field}")
	cost = shipped.incoming_rate * shipped.stock_qty
	if bundles:
		cost = IfNull(cost, 0) + IfNull(_cost_packed(shipped.name), 0)
	return SubQuery(
		frappe.qb.from_(shipped)
		.select(Sum(cost) / Sum(shipped.stock_qty))
		.where((shipped[field] == value) & (shipped.docstatus == 1) & (shipped.stock_qty > 0))
	)
