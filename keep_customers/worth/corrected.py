"""Invoices that other papers have undone, and those that were written in their place.

What is credited in full was not bought. ERPNext links a credit note to its invoice, but nothing to the invoice that is
written anew. So that one is known by what it is: to the same customer, of the same company, about some of the same
items, within a week from the credit note on.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

import frappe
from frappe.query_builder.functions import IfNull, Max, Sum
from frappe.utils import getdate

from keep_customers.erp.tables import among, chunks

ANEW_WITHIN = 7  # days after the credit note
WHOLE = 0.999  # of an invoice: what several credit notes leave by rounding is nothing


def is_purchase(invoice):
	"""Whether a submitted invoice is a purchase, as far as it says so itself."""
	return (invoice.is_return == 0) & (invoice.is_debit_note == 0) & (invoice.base_net_total > 0)


def no_opening(invoice):
	return IfNull(invoice.is_opening, "No") != "Yes"


def sales_of(invoice, customers: list[str]):
	"""What has been sold to a few customers and still is, as a condition: without what was credited in full, its credit
	notes, and opening entries, which say nothing of what was bought.
	"""
	sold = invoice.customer.isin(customers) & (invoice.docstatus == 1) & no_opening(invoice)
	undone = [paper.name for paper in credited(getdate(), customers)]
	if not undone:
		return sold
	return sold & invoice.name.notin(undone) & IfNull(invoice.return_against, "").notin(undone)


def with_opening(customers: list[str]) -> set[str]:
	"""Those of the customers who had bought before the company kept its books here."""
	if not customers:
		return set()
	invoice = frappe.qb.DocType("Sales Invoice")
	query = frappe.qb.from_(invoice).select(invoice.customer).distinct()
	query = query.where((invoice.docstatus == 1) & (invoice.is_opening == "Yes") & (invoice.is_return == 0))
	return {name for (name,) in among(query, invoice.customer, customers).run()}


class Paper(NamedTuple):
	name: str
	customer: str
	company: str
	day: date
	credited_on: date | None = None  # when nothing was left of it


@dataclass(frozen=True)
class Corrected:
	"""What is known on a day.

	:param undone: the invoices that were credited in full, by name
	:param anew: the invoices written in their place, by name, with the first one that each stands for
	"""

	undone: dict[str, Paper]
	anew: dict[str, tuple[Paper, Paper]]

	@classmethod
	def of(cls, as_of: date, customers: list[str] | None = None) -> "Corrected":
		"""
		:param customers: only of these; by default of everybody
		"""
		undone = {paper.name: paper for paper in credited(as_of, customers)}
		return cls(undone, _written_anew(undone, as_of))

	def occasions(self) -> Iterator[tuple[str, str, date, int]]:
		"""(customer, company, day, how many purchases more or fewer that day saw than its invoices say)."""
		for paper in self.undone.values():
			yield paper.customer, paper.company, paper.day, -1
		for now, first in self._standing():
			yield now.customer, now.company, now.day, -1
			yield now.customer, now.company, first.day, 1

	def moved(self) -> list[tuple[str, date, date]]:
		"""(invoice written anew, its day, the day on which it counts)."""
		return [(now.name, now.day, first.day) for now, first in self._standing()]

	def credited_after(self, day: date) -> list[str]:
		"""Invoices of until the day that were undone afterwards."""
		return [paper.name for paper in self.undone.values() if paper.day <= day < paper.credited_on]

	def anew_after(self, day: date) -> list[str]:
		"""Invoices of after the day that count on one until it."""
		return [name for name, now, first in self.moved() if first <= day < now]

	def _standing(self) -> list[tuple[Paper, Paper]]:
		return [pair for name, pair in self.anew.items() if name not in self.undone]


def credited(as_of: date, customers: list[str] | None) -> list[Paper]:
	invoice, note = frappe.qb.DocType("Sales Invoice"), frappe.qb.DocType("Sales Invoice").as_("note")
	paper = invoice.name, invoice.customer, invoice.company, invoice.posting_date
	query = (
		frappe.qb.from_(note)
		.inner_join(invoice)
		.on(invoice.name == note.return_against)
		.where((note.docstatus == 1) & (note.is_return == 1) & (note.return_against > ""))
		.where((note.posting_date <= as_of) & (invoice.docstatus == 1) & is_purchase(invoice))
		.groupby(*paper, invoice.base_net_total)
		.having(Sum(note.base_net_total) <= invoice.base_net_total * -WHOLE)
		.select(*paper, Max(note.posting_date))
	)
	if customers is not None:
		query = among(query, note.customer, customers)
	return [Paper(*names, getdate(day), getdate(on)) for *names, day, on in query.run()]


def _written_anew(undone: dict[str, Paper], as_of: date) -> dict[str, tuple[Paper, Paper]]:
	pairs = list(_candidates(undone, as_of))
	items = _items({name for new, old in pairs for name in (new.name, old.name)})
	choice: dict[Paper, list[Paper]] = {}
	for new, old in pairs:
		if items.get(new.name, set()) & items.get(old.name, set()):
			choice.setdefault(new, []).append(old)
	taken, stands_for = dict.fromkeys(undone, 0), {}
	for new in sorted(choice, key=lambda paper: (paper.day, paper.name)):
		old = min(choice[new], key=lambda paper: (taken[paper.name], paper.day, paper.name))
		taken[old.name] += 1
		# It may have been written in another's place itself, and was wrong again.
		_old, first = stands_for.get(old.name, (old, old))
		stands_for[new.name] = new, first
	return stands_for


def _candidates(undone: dict[str, Paper], as_of: date) -> Iterator[tuple[Paper, Paper]]:
	"""(new, old) invoices of which the one may have been written in the other's place."""
	invoice = frappe.qb.DocType("Sales Invoice")
	by_day = sorted(undone.values(), key=lambda paper: paper.credited_on)
	for part in chunks(by_day, 500):
		of_customer: dict[tuple[str, str], list[Paper]] = {}
		for old in part:
			of_customer.setdefault((old.customer, old.company), []).append(old)
		last = min(as_of, part[-1].credited_on + timedelta(days=ANEW_WITHIN))
		rows = (
			frappe.qb.from_(invoice)
			.select(invoice.name, invoice.customer, invoice.company, invoice.posting_date)
			.where((invoice.docstatus == 1) & is_purchase(invoice) & no_opening(invoice))
			.where(invoice.customer.isin(sorted({old.customer for old in part})))
			.where((invoice.posting_date >= part[0].credited_on) & (invoice.posting_date <= last))
		).run()
		for name, customer, company, day in rows:
			new = Paper(name, customer, company, getdate(day))
			for old in of_customer.get((customer, company), ()):
				if name != old.name and 0 <= (new.day - old.credited_on).days <= ANEW_WITHIN:
					yield new, old


def _items(invoices: set[str]) -> dict[str, set[str]]:
	item = frappe.qb.DocType("Sales Invoice Item")
	found: dict[str, set[str]] = {}
	for part in chunks(sorted(invoices), 1000):
		rows = frappe.qb.from_(item).select(item.parent, IfNull(item.item_code, item.item_name))
		for parent, code in rows.where(item.parent.isin(part)).run():
			found.setdefault(parent, set()).add(code)
	return found
