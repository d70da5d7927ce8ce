"""Customer Value and Tier Change: what the nightly run knows and writes about customers."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import frappe
import numpy as np

from keep_customers.engine.forecasts.tonight import NUMBERS, Fading
from keep_customers.engine.value import Measures
from keep_customers.erp.aside import Aside
from keep_customers.erp.tables import (
	chunks,
	columns,
	hold,
	insert,
	numbers,
	standard_columns,
	texts,
	to_ordinals,
	upsert,
)

COMPLETED = ("Completed", "Completed With Errors")  # Care Runs that came to their end
# Who has this status keeps the figures of the last night that ranked it: they say nothing of today.
NOT_RANKED = "Not Ranked"
# What stands on Customer itself, and the Customer Value field it is taken from.
ON_CUSTOMER = {"keep_tier": "tier", "keep_status": "status", "keep_next_purchase": "next_purchase"}

# What the next night reads of it, and as what.
FIELDS = {
	**dict.fromkeys(
		("name", "tier", "policy", "status", "pin", "lens", "source_modified", "statistics", "new_status", "new_tier"),
		texts,
	),
	**dict.fromkeys(
		("tier_since", "status_since", "below_since", "next_purchase", "first_purchase", "last_purchase"),
		to_ordinals,
	),
	**dict.fromkeys(
		(
			"current_value", "potential_value", "p_alive", "buys_quarter", "buys_year", "value_at_risk", "purchases",
			"median_gap", "last_gap", "earlier_gap", "invoices", "measured_total",
		),
		numbers,
	),
}  # fmt: skip


@dataclass
class Stored:
	"""Customer Value as the last night left it: one array a column, ``row`` finds a customer.

	Every array has one element more: row -1 stands for who has no Customer Value, and holds nothing.
	"""

	row: dict[str, int]
	columns: dict[str, np.ndarray]

	def __getitem__(self, field: str) -> np.ndarray:
		return self.columns[field]

	@cached_property
	def has_fading(self) -> np.ndarray:
		"""Whether what the forecasts know is stored, and is what it should be; bool array."""
		return self._fading[0]

	@property
	def fading(self) -> Fading:
		"""Nothing where there is none."""
		return Fading.from_rows(self._fading[1])

	@cached_property
	def _fading(self) -> tuple[np.ndarray, np.ndarray]:
		return unpacked(self.columns["statistics"])


def stored() -> Stored:
	"""All of Customer Value, one query."""
	value = frappe.qb.DocType("Customer Value")
	found = columns(frappe.qb.from_(value), *(value[field] for field in FIELDS))
	arrays = {
		field: read([*column, None]) for (field, read), column in zip(FIELDS.items(), found, strict=True)
	}
	return Stored({name: index for index, name in enumerate(arrays["name"][:-1].tolist())}, arrays)


def packed(fading: Fading) -> list[str]:
	"""One text a customer: a column of numbers each would be seven times the work of reading."""
	return [" ".join(f"{number:.9g}" for number in row) for row in fading.rows().tolist()]


def unpacked(stored: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
	"""Which texts are those of :func:`packed`, shape (n,), and their numbers, (n, 7)."""
	result = np.zeros((len(stored), NUMBERS))
	there = np.flatnonzero([bool(text) for text in stored])
	there = there[np.array([text.count(" ") == NUMBERS - 1 for text in stored[there]], bool)]
	if there.size:
		result[there] = numbers(" ".join(stored[there].tolist()).split(" ")).reshape(-1, NUMBERS)
	is_there = np.zeros(len(stored), bool)
	is_there[there] = np.isfinite(result[there]).all(axis=1)
	result[~is_there] = 0
	return is_there, result


def measures(known: Stored, rows: np.ndarray) -> Measures:
	"""The measures stored in the given rows."""
	return Measures(
		first=known["first_purchase"][rows],
		last=known["last_purchase"][rows],
		purchases=known["purchases"][rows].astype(np.int64),
		median_gap=known["median_gap"][rows],
		last_gap=known["last_gap"][rows],
		earlier_gap=known["earlier_gap"][rows],
		total=known["measured_total"][rows],
	)


def write(
	values: list[dict],
	changes: list[dict],
	aside: Aside,
	changed: Collection[str] = (),
	commit_every: int = 2000,
) -> tuple[int, int]:
	"""Write Customer Values and the Tier Changes that go with them, and what Customer shows of them.

	A customer's value, its tier changes and its fields on Customer are committed together, so a night
	that is killed leaves every customer either wholly written or as it was.

	:param changed: whose invoices have changed, so that what they buy is to be read again
	:returns: how many values and changes were written; who was deleted or renamed meanwhile is left out
	"""
	if not values:
		return 0, 0
	by_customer: dict[str, list[dict]] = {}
	for change in changes:
		by_customer.setdefault(change["customer"], []).append(change)

	def write_part(part: list[dict]) -> tuple[int, int]:
		# Whoever deletes or renames a customer holds it first and what is known about it afterwards: so do we.
		there = hold("Customer", [value["name"] for value in part])
		part = [value for value in part if value["name"] in there]
		moved = [change for value in part for change in by_customer.get(value["name"], ())]
		_write("Customer Value", part, upsert)
		if again := [value["name"] for value in part if value["name"] in changed]:
			table = frappe.qb.DocType("Customer Value")
			frappe.qb.update(table).set(table.baskets_of, None).where(table.name.isin(again)).run()
		_write("Tier Change", moved, insert)
		show_on_customer([value["name"] for value in part])
		return len(part), len(moved)

	done = []
	for part in chunks(values, commit_every):
		done += aside.each(part, write_part, lambda value: ("Customer", value["name"]))
	forget_cached_customers()
	return sum(written for written, _moves in done), sum(moves for _written, moves in done)


def _write(doctype: str, rows: list[dict], how) -> None:
	if not rows:
		return
	standard = standard_columns()
	fields = list(rows[0])
	fixed = list(standard.values())
	how(doctype, [*fields, *standard], [[*row.values(), *fixed] for row in rows])


def show_on_customer(customers: list[str]) -> None:
	"""Copy tier, status and next purchase to the customers, without touching their ``modified``."""
	# In plain SQL: the query builder leaves out the parentheses of a subquery in SET.
	if not customers:
		return
	columns = ", ".join(
		f"`{field}` = (select v.`{source}` from `tabCustomer Value` v where v.`name` = `tabCustomer`.`name`)"  # noqa: S608 (names are ours, texts are parameters)
		for field, source in ON_CUSTOMER.items()
	)
	places = ", ".join(["%s"] * len(customers))
	# nosemgrep: frappe-using-db-sql, names are ours and texts are parameters
	frappe.db.sql(f"update `tabCustomer` set {columns} where `name` in ({places})", customers)  # noqa: S608 (names are ours, texts are parameters)


def forget_cached_customers() -> None:
	"""Customers were changed past the document life: nobody may go on seeing their cached copies."""
	frappe.cache.delete_keys("document_cache::Customer::")


def last_parameters() -> dict:
	"""What the last completed run has noted for the next one: model parameters, exchange rates."""
	runs = frappe.get_all(
		"Care Run",
		filters={"status": ("in", COMPLETED), "clock_was_wrong": 0},
		pluck="parameters",
		order_by="creation desc",
		limit=1,
	)
	try:
		parameters = json.loads(runs[0] or "{}") if runs else {}
	except ValueError:
		return {}  # somebody has been at them; tonight's are as good
	return parameters if isinstance(parameters, dict) else {}


def tier_ranks() -> dict[str, int]:
	"""Tier -> rank; 1 is the best."""
	return dict(frappe.get_all("Customer Tier", fields=["name", "rank"], as_list=True))


def leave(reasons: dict[str, str], changes: list[dict], day: date, aside: Aside) -> int:
	"""Take the tier from customers that are no longer ranked; their figures stay as they were.

	:param reasons: customer -> why
	:returns: how many changes were written
	"""
	if not reasons:
		return 0
	value = frappe.qb.DocType("Customer Value")
	change_of = {change["customer"]: change for change in changes}

	def leave_part(part: list[str]) -> int:
		# Who was deleted in this moment is gone from our records too, and comes into none again.
		hold("Customer", part)
		there = hold("Customer Value", part)
		part = [customer for customer in part if customer in there]
		if not part:
			return 0
		moved = [change_of[customer] for customer in part if customer in change_of]
		_write("Tier Change", moved, insert)
		query = frappe.qb.update(value).where(value.name.isin(part))
		for field, new in {
			"tier": None,
			"tier_since": day,
			"tier_reason": reasons[part[0]],
			"status": NOT_RANKED,
			"status_since": day,
			"below_since": None,
			"pin": None,
			"next_purchase": None,
			"computed_on": day,
		}.items():
			query = query.set(value[field], new)
		query.run()
		show_on_customer(part)
		return len(moved)

	by_reason: dict[str, list[str]] = {}
	for customer, reason in reasons.items():
		by_reason.setdefault(reason, []).append(customer)
	done = []
	for customers in by_reason.values():
		for part in chunks(customers, 1000):
			done += aside.each(part, leave_part, lambda customer: ("Customer", customer))
	forget_cached_customers()
	return sum(done)
