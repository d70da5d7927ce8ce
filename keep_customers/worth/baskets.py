"""Customer Item Group: what each customer buys of each item group, for the questions ``engine/baskets.py`` answers.

Only customers whose invoices are others than those their rows were read from are read again. By which rules they were read
stands on Customer Value, in ``baskets_of``, and is written together with the rows; who writes that the invoices have changed
takes it away (``values.write``). So a night that is killed leaves every customer either wholly read or for the next one.

What counts as a purchase is what ``ledger.py`` says, through the lens the customer is ranked by, always in net sales. An
item counts for the group it has today: else all who bought it would seem to have stopped when it is moved.
"""

from collections.abc import Iterator
from datetime import date
from hashlib import blake2b
from typing import NamedTuple

import frappe
import numpy as np
from frappe.query_builder import Case
from frappe.query_builder.functions import IfNull, Sum
from frappe.utils import cint, getdate
from pypika.functions import Coalesce

from keep_customers.engine.baskets import NO_GROUP, Baskets, Lines, measure
from keep_customers.erp.aside import Aside
from keep_customers.erp.soon import soon
from keep_customers.erp.tables import (
	among,
	chunks,
	columns,
	hold,
	insert,
	new_name,
	numbers,
	standard_columns,
	to_dates,
	to_ordinals,
)
from keep_customers.erp.trees import ancestors_at
from keep_customers.worth.corrected import Corrected, credited, is_purchase, no_opening
from keep_customers.worth.currencies import decimals_of
from keep_customers.worth.values import NOT_RANKED

DOCTYPE = "Customer Item Group"
# What is stored was measured by the rules above and the engine's; whoever changes them counts on.
RULES = "1"
# Who has one of these stages buys, whatever it has stopped buying; the others are silent altogether.
STILL_BUYS = ("New", "Active", "Due", "Overdue", "Won Back")
# Read and written at once: what is in memory does not grow with the company.
INVOICES, CUSTOMERS = 10_000, 4_000


class Reader(NamedTuple):
	"""How a night reads.

	:ivar rates: company -> factor to the reporting currency
	"""

	as_of: date
	rates: dict[str, float]
	currency: str
	level: int
	aside: Aside


class Stale(NamedTuple):
	"""A customer to be read."""

	name: str
	title: str
	lens: str
	invoices: int


def read(reader: Reader) -> int:
	"""Bring the rows of all customers up to date whose invoices have changed; returns how many were read.

	It commits part by part.
	"""
	level = reader.level
	targets = ancestors_at("Item Group", level)
	shape = f"{level} {sorted(targets.items())}" if level else "0"
	rules = blake2b(f"{RULES}|{reader.currency}|{shape}".encode(), digest_size=8).hexdigest()
	done = 0
	for company, part in _parts(_stale(rules)):
		companies = [name for name in ([company] if company else reader.rates) if name in reader.rates]
		if not companies:  # without a rate they keep what they have
			continue

		def read_part(some: list[Stale], companies=companies) -> int:
			names, many = [one.name for one in some], sum(one.invoices for one in some) > INVOICES
			return _write(reader, rules, some, *_measured(reader, names, companies, targets, many))

		done += sum(reader.aside.each(part, read_part, lambda one: ("Customer", one.name)))
	return done


def _stale(rules: str) -> list[Stale]:
	"""Ranked customers whose rows are not those of their invoices, by the company they are ranked by and their name."""
	value = frappe.qb.DocType("Customer Value")
	query = frappe.qb.from_(value).where(value.status != NOT_RANKED)
	query = query.where(value.baskets_of.isnull() | (value.baskets_of != rules))
	found = columns(query, value.name, value.customer_name, value.lens, value.invoices)
	stale = [
		Stale(name, title, lens or "", int(invoices or 0))
		for name, title, lens, invoices in zip(*found, strict=True)
	]
	return sorted(stale, key=lambda one: (one.lens, one.name))


def _parts(stale: list[Stale]) -> Iterator[tuple[str, list[Stale]]]:
	"""(company or none, customers who are ranked by what they buy from it), not too much at once."""
	part: list[Stale] = []
	invoices = 0
	for one in stale:
		full = invoices + one.invoices > INVOICES or len(part) == CUSTOMERS
		if part and (full or _company(one) != _company(part[0])):
			yield _company(part[0]), part
			part, invoices = [], 0
		part.append(one)
		invoices += one.invoices
	if part:
		yield _company(part[0]), part


def _company(one: Stale) -> str:
	return one.lens.partition("|")[2].rpartition("|")[0]


def _measured(
	reader: Reader, customers: list[str], companies: list[str], targets: dict[str, str], many: bool
) -> tuple[list[str], Baskets]:
	"""The item groups' names, and what the customers buy of them; both numbered.

	:param many: more invoices than are read line by line: the database adds them up, which takes it three times as long
	"""
	corrected = Corrected.of(reader.as_of, customers)
	anew = {name: first for name, _now, first in corrected.moved()}
	invoice, line, item, query = _lines()
	query = query.where(invoice.company.isin(companies) & (invoice.posting_date <= reader.as_of))
	mine = among(query, invoice.customer, customers)
	if corrected.undone or anew:
		# What was credited in full was not bought, and neither was it given back.
		mine = mine.where(invoice.name.notin([*corrected.undone, *anew]))
	if corrected.undone:
		mine = mine.where(IfNull(invoice.return_against, "").notin(list(corrected.undone)))
	group = _group_of(line, item)
	bought = Case().when(is_purchase(invoice) & (line.base_net_amount > 0), 1).else_(0)
	amount = _amount(reader.rates, companies, invoice, line)
	key = invoice.customer, group, invoice.posting_date
	if many:
		mine, amount, bought = mine.groupby(*key), Sum(amount), Sum(bought)
	parts = [columns(mine, *key, amount, bought)]
	for names in chunks(list(anew), 1000):
		again = query.where(invoice.name.isin(names))
		if many:
			again = again.groupby(invoice.name, invoice.customer, group)
		who, what, written, net, number = columns(again, *key[:2], invoice.name, amount, bought)
		parts.append([who, what, [anew[name] for name in written], net, number])
	place = {name: index for index, name in enumerate(customers)}
	known: dict[str, int] = {}

	def number_of(own: str) -> int:
		target = targets.get(own)
		return known.setdefault(target, len(known)) if target else NO_GROUP

	rows = [
		Lines(
			np.array([place.get(name, -1) for name in who], np.int64),
			np.array([number_of(own) for own in what], np.int64),
			to_ordinals(day),
			numbers(net),
			numbers(number),
		)
		for who, what, day, net, number in parts
	]
	# The database takes "Firm" and "FIRM" for one; who is not found under this name is none of these.
	mine = [part.customer >= 0 for part in rows]
	lines = (
		np.concatenate([getattr(part, field)[keep] for part, keep in zip(rows, mine, strict=True)])
		for field in Lines.__dataclass_fields__
	)
	return list(known), measure(Lines(*lines))


def _lines():
	invoice, line, item = (
		frappe.qb.DocType(name) for name in ("Sales Invoice", "Sales Invoice Item", "Item")
	)
	query = (
		frappe.qb.from_(invoice)
		.inner_join(line)
		.on(line.parent == invoice.name)
		.left_join(item)
		.on(item.name == line.item_code)
		.where(invoice.docstatus == 1)
	)
	return invoice, line, item, query


def _group_of(line, item):
	"""The group an item has today; what was sold without an item, or with one that is gone, has the group it had."""
	return Coalesce(item.item_group, line.item_group, "")


def _amount(rates: dict[str, float], companies: list[str], invoice, line):
	"""A line's money; an opening entry is history, and no revenue."""
	case = Case().when(~no_opening(invoice), 0)
	for company in companies:
		if rates[company] != 1:
			case = case.when(invoice.company == company, line.base_net_amount * rates[company])
	return case.else_(line.base_net_amount)


def _write(reader: Reader, rules: str, part: list[Stale], groups: list[str], found: Baskets) -> int:
	# Whoever deletes or renames a customer holds it first and what is known about it afterwards: so do we.
	there = hold("Customer", [one.name for one in part])
	there &= hold("Customer Value", sorted(there))
	there_still = [one for one in part if one.name in there]
	table, value = frappe.qb.DocType(DOCTYPE), frappe.qb.DocType("Customer Value")
	for some in chunks(there_still, 500):
		among(frappe.qb.from_(table).delete(), table.customer, [one.name for one in some]).run()
	for some in chunks(there_still, 1000):
		read = among(frappe.qb.update(value), value.name, [one.name for one in some])
		read.set(value.baskets_of, rules).run()
	standard = standard_columns()
	rows = _rows(part, groups, found, reader.currency, list(standard.values()))
	insert(DOCTYPE, [*FIELDS, *standard], [row for one in there_still for row in rows.get(one.name, ())])
	return len(there_still)


FIELDS = (
	"name", "customer", "customer_name", "item_group", "currency", "purchases", "regular", "gap", "amount", "share",
	"first_purchase", "last_purchase", "next_purchase", "overdue_from", "slipping_from", "given_up_from",
)  # fmt: skip


def _rows(part: list[Stale], groups: list[str], found: Baskets, currency: str, standard: list) -> dict:
	"""Customer -> its rows."""
	days = (found.first, found.last, found.expected, found.overdue, found.slipping, found.given_up)
	values = zip(
		found.customer.tolist(),
		found.group.tolist(),
		found.purchases.tolist(),
		found.regular.astype(int).tolist(),
		found.gap.tolist(),
		np.round(found.amount, decimals_of(currency)).tolist(),
		np.round(100 * found.share, 4).tolist(),
		*map(to_dates, days),
		strict=True,
	)
	rows: dict[str, list[list]] = {}
	for who, what, *rest in values:
		one = part[who]
		name = new_name()
		rows.setdefault(one.name, []).append(
			[name, one.name, one.title, groups[what], currency, *rest, *standard]
		)
	return rows


def forget(condition) -> None:
	"""Have the next night read some customers again.

	:param condition: (Customer Value) -> condition
	"""
	value = frappe.qb.DocType("Customer Value")
	frappe.qb.update(value).set(value.baskets_of, None).where(condition(value)).run()


def bought_since(customers: list[str]) -> set[tuple[str, str]]:
	"""(customer, item group) of what a few customers have bought since the night that read them, as it reads it."""
	if not customers:
		return set()
	level = cint(frappe.db.get_single_value("Keep Customers Settings", "item_group_level"))
	targets = ancestors_at("Item Group", level)
	undone = [paper.name for paper in credited(getdate(), customers)]
	value, policy = frappe.qb.DocType("Customer Value"), frappe.qb.DocType("Tier Policy")
	invoice, line, item, query = _lines()
	query = (
		query.inner_join(value)
		.on(value.name == invoice.customer)
		.left_join(policy)
		.on(policy.name == value.policy)
		.where(is_purchase(invoice) & no_opening(invoice) & (line.base_net_amount > 0))
		.where(invoice.posting_date > value.last_purchase)
		.where((IfNull(policy.company, "") == "") | (policy.company == invoice.company))
	)
	if undone:
		query = query.where(invoice.name.notin(undone))
	query = among(query, invoice.customer, customers).distinct()
	found = query.select(invoice.customer, _group_of(line, item)).run()
	return {(name, targets[group]) for name, group in found if group in targets}


# What happens to items and their groups in the host


def on_item(item, method=None) -> None:
	"""An item has another group: so has what was bought of it."""
	if item.get_doc_before_save() and item.has_value_changed("item_group"):
		soon(read_buyers_again, queue="long", item=item.name)


def after_item_rename(item, method=None, old=None, new=None, merge=False) -> None:
	if merge:
		soon(read_buyers_again, queue="long", item=new)


def read_buyers_again(item: str) -> None:
	invoice, line = frappe.qb.DocType("Sales Invoice"), frappe.qb.DocType("Sales Invoice Item")
	bought = (
		frappe.qb.from_(line).inner_join(invoice).on(invoice.name == line.parent).select(invoice.customer)
	)
	bought = bought.where((line.item_code == item) & (invoice.docstatus == 1)).distinct().run()
	for names in chunks([name for (name,) in bought], 1000):
		forget(lambda value, names=names: value.name.isin(names))


def before_group_rename(group, method=None, old=None, new=None, merge=False) -> None:
	"""Two that become one would leave a customer with two rows of it."""
	if merge:
		_leave_group(old)


def on_group_trash(group, method=None) -> None:
	_leave_group(group.name)


def _leave_group(group: str) -> None:
	table = frappe.qb.DocType(DOCTYPE)
	of_group = frappe.qb.from_(table).select(table.customer).where(table.item_group == group)
	forget(lambda value: value.name.isin(of_group))
	frappe.db.delete(DOCTYPE, {"item_group": group})
