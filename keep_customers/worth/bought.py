"""Who has bought something: some items, anything of some item groups, or anything at all; since when, and what last.

What counts as bought is said in ``ledger.py`` and ``corrected.py``. It counts as long as something is left of it: of the quantity,
or of the money where a credit note has only lowered the price. A return is of the day of what it returns.
"""

from collections.abc import Collection, Iterable, Iterator
from datetime import date
from typing import NamedTuple

import frappe
from frappe.query_builder import Case
from frappe.query_builder.functions import IfNull, Max, NullIf, Sum
from frappe.utils import cint, getdate

from keep_customers.erp.tables import LONG_LIST, among, beside, chunks, columns
from keep_customers.erp.trees import branch
from keep_customers.worth.corrected import WHOLE, Corrected, is_purchase, no_opening

PIECE = 1e-6  # less is no quantity: three tenths less three times a tenth
EXACTLY = 500  # customers at a time


class Goods(NamedTuple):
	"""
	:ivar items: what they are sold as; neither these nor groups stand for anything at all
	:ivar groups: item groups, each with all below it
	:ivar since: the first day that counts; None for ever
	"""

	items: frozenset[str]
	groups: frozenset[str]
	since: date | None


class Bought(NamedTuple):
	"""
	:ivar what: the item's name; None where anything is asked for
	"""

	what: str | None
	day: date


def goods(items: Collection[str], groups: Iterable[str], since) -> Goods:
	"""
	:param items: of a template its variants count, and of an item the Product Bundles that it is part of
	:param groups: with all groups below them
	"""
	with_groups = frozenset().union(*(branch("Item Group", group) or () for group in groups))
	return Goods(frozenset(_in_bundles(with_variants(items))), with_groups, getdate(since) if since else None)


def with_variants(items: Collection[str]) -> set[str]:
	variants = frappe.get_all("Item", {"variant_of": ("in", sorted(items))}, pluck="name") if items else []
	return {*items, *variants}


def _in_bundles(items: set[str]) -> set[str]:
	if not items:
		return items
	bundle, part = frappe.qb.DocType("Product Bundle"), frappe.qb.DocType("Product Bundle Item")
	rows = (
		frappe.qb.from_(part)
		.inner_join(bundle)
		.on(bundle.name == part.parent)
		.select(bundle.new_item_code)
		.where(part.item_code.isin(sorted(items)) & (part.parenttype == "Product Bundle"))
	).run()
	return {*items, *(name for (name,) in rows)}


def last_bought(wanted: Goods, customers: Collection[str]) -> dict[str, Bought]:
	"""Those of the customers who have bought it -> what of it they have bought last; others may be among them if customers are
	many.

	Everybody is asked by what each invoice says itself, which needs no more than a line a customer; and exactly, who has given
	something back or whose invoices other papers have corrected.
	"""
	found, gave_back = _at_first_sight(wanted, customers)
	if not found:
		return {}
	corrected = _corrected(wanted, sorted(found))
	for part in chunks(sorted((gave_back | set(corrected.values())) & found.keys()), EXACTLY):
		for name in part:
			del found[name]
		some = set(part)
		found.update(
			_exactly(wanted, part, [paper for paper, customer in corrected.items() if customer in some])
		)
	return found


def _corrected(wanted: Goods, customers: list[str]) -> dict[str, str]:
	"""Invoice -> customer, of what does not count although it says so itself: it was credited in full, or was written anew for what
	had been bought before."""
	corrected, since = Corrected.of(getdate(), customers), wanted.since
	papers = [paper for paper in corrected.undone.values() if not since or paper.day >= since]
	if since:
		papers += [now for now, first in corrected.anew.values() if first.day < since <= now.day]
	return {paper.name: paper.customer for paper in papers}


def _at_first_sight(wanted: Goods, customers: Collection[str]) -> tuple[dict[str, Bought], set[str]]:
	"""As :func:`last_bought`, whatever was returned or corrected; and the customers who gave something of it back."""
	invoice, line = _tables()
	what, returned = invoice.posting_date, 0
	if _is_by_items(wanted):
		what = beside(invoice.posting_date, IfNull(line.item_name, ""), " ")
		returned = Case().when(line.qty < 0, 1).else_(0)
	last, back = Max(Case().when(_is_sale(wanted, invoice, line), what)), Max(returned)
	found: dict[str, str] = {}
	gave_back: set[str] = set()
	for query in _asked(wanted, invoice, line, customers):
		query = query.groupby(invoice.customer).having(last.isnotnull())
		answers = columns(query, invoice.customer, last, back, costly=True)
		for name, day_and_item, returns in zip(*answers, strict=True):
			found[name] = max(found.get(name, ""), str(day_and_item))
			if cint(returns):
				gave_back.add(name)
	return {name: Bought(one[11:] or None, getdate(one[:10])) for name, one in found.items()}, gave_back


def _exactly(wanted: Goods, customers: list[str], without: list[str]) -> dict[str, Bought]:
	"""As :func:`last_bought`, of a few customers.

	:param without: invoices that do not count, nor what returns them
	"""
	invoice, line = _tables()
	sale = frappe.qb.DocType("Sales Invoice").as_("sale")
	found: dict[str, tuple[str, str]] = {}
	for query in _asked(wanted, invoice, line, customers):
		if without:
			query = query.where(
				invoice.name.notin(without) & IfNull(invoice.return_against, "").notin(without)
			)
		day = Max(Case().when(_is_sale(wanted, invoice, line), invoice.posting_date))
		terms = [invoice.customer, day]
		query = query.groupby(invoice.customer).having(day.isnotnull())
		if _is_by_items(wanted):
			if wanted.since:
				query = query.left_join(sale).on(sale.name == invoice.return_against)
				query = query.where(sale.name.isnull() | (sale.posting_date >= wanted.since))
			amount = line.base_net_amount
			sold = Sum(Case().when(amount > 0, amount).else_(0))
			left = (Sum(line.stock_qty) > PIECE) | (Sum(amount) > sold * (1 - WHOLE))
			query = query.groupby(IfNull(NullIf(line.item_code, ""), line.item_name)).having(left)
			terms.append(Max(line.item_name))
		for name, *one in query.select(*terms).run():
			found[name] = max(found.get(name, ("", "")), tuple(map(str, one)))
	return {name: Bought(*(what or (None,)), getdate(day)) for name, (day, *what) in found.items()}


def _tables():
	return frappe.qb.DocType("Sales Invoice"), frappe.qb.DocType("Sales Invoice Item")


def _is_by_items(wanted: Goods) -> bool:
	return bool(wanted.items or wanted.groups)


def _is_sale(wanted: Goods, invoice, line):
	"""Whether something was bought by an invoice or a line, as a condition; what was given along for nothing, too."""
	return is_purchase(invoice) & (line.qty > 0) if _is_by_items(wanted) else is_purchase(invoice)


def _asked(wanted: Goods, invoice, line, customers: Collection[str]) -> Iterator:
	"""Queries of the invoices, with their lines if it is asked for some goods, that are about it."""
	counts = (invoice.docstatus == 1) & (invoice.is_debit_note == 0) & no_opening(invoice)
	if wanted.since:
		counts &= invoice.posting_date >= wanted.since
	if not _is_by_items(wanted):
		yield among(frappe.qb.from_(invoice).where(counts), invoice.customer, customers)
		return
	query = frappe.qb.from_(line).inner_join(invoice).on(invoice.name == line.parent).where(counts)
	query = among(query, invoice.customer, customers)
	if not wanted.groups:
		query = query.where(line.item_code.isin(sorted(wanted.items)))
		if frappe.db.db_type == "mariadb" and not wanted.since and len(customers) > LONG_LIST:
			# Nothing else narrows it: it would look up the lines of all invoices, as if each had a single one.
			query = query.modifier("STRAIGHT_JOIN")
		yield query
		return
	# By the groups they have today; what was sold without an item has the one it had.
	item, groups = frappe.qb.DocType("Item"), sorted(wanted.groups)
	is_wanted = item.item_group.isin(groups)
	if wanted.items:
		is_wanted |= item.name.isin(sorted(wanted.items))
	yield query.where(line.item_code.isin(frappe.qb.from_(item).select(item.name).where(is_wanted)))
	no_item = line.item_code.isnull() | (line.item_code == "")
	yield query.where(no_item & line.item_group.isin(groups))
