"""Customer Value and Tier Change: what the nightly run knows and writes about customers."""

import json
from dataclasses import dataclass
from datetime import date

import frappe
import numpy as np

from keep_customers.engine.value import Measures
from keep_customers.erp.tables import (
	chunks,
	columns,
	insert,
	numbers,
	standard_columns,
	texts,
	to_ordinals,
	upsert,
)

# What stands on Customer itself, and the Customer Value field it is taken from.
ON_CUSTOMER = {"keep_tier": "tier", "keep_status": "status", "keep_next_purchase": "next_purchase"}

# What the next night reads of it, and as what.
FIELDS = {
	**dict.fromkeys(("name", "tier", "policy", "status", "pin", "lens", "source_modified"), texts),
	**dict.fromkeys(
		("tier_since", "status_since", "below_since", "next_purchase", "first_purchase", "last_purchase"),
		to_ordinals,
	),
	**dict.fromkeys(
		(
			"current_value", "potential_value", "p_alive", "purchases", "median_gap", "last_gap", "earlier_gap",
			"invoices", "measured_total",
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


def stored() -> Stored:
	"""All of Customer Value, one query."""
	value = frappe.qb.DocType("Customer Value")
	found = columns(frappe.qb.from_(value), *(value[field] for field in FIELDS))
	arrays = {
		field: read([*column, None]) for (field, read), column in zip(FIELDS.items(), found, strict=True)
	}
	return Stored({name: index for index, name in enumerate(arrays["name"][:-1].tolist())}, arrays)


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


def write(values: list[dict], changes: list[dict], commit_every: int = 2000) -> None:
	"""Write Customer Values and the Tier Changes that go with them, and what Customer shows of them.

	A customer's value, its tier changes and its fields on Customer are committed together, so a night
	that is killed leaves every customer either wholly written or as it was.
	"""
	if not values:
		return
	by_customer: dict[str, list[dict]] = {}
	for change in changes:
		by_customer.setdefault(change["customer"], []).append(change)
	for part in chunks(values, commit_every):
		_write("Customer Value", part, upsert)
		_write("Tier Change", [c for value in part for c in by_customer.get(value["name"], ())], insert)
		show_on_customer([value["name"] for value in part])
		frappe.db.commit()
	forget_cached_customers()


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
	columns = ", ".join(
		f"`{field}` = (select v.`{source}` from `tabCustomer Value` v where v.`name` = `tabCustomer`.`name`)"
		for field, source in ON_CUSTOMER.items()
	)
	places = ", ".join(["%s"] * len(customers))
	frappe.db.sql(f"update `tabCustomer` set {columns} where `name` in ({places})", customers)


def forget_cached_customers() -> None:
	"""Customers were changed past the document life: nobody may go on seeing their cached copies."""
	frappe.cache.delete_keys("document_cache::Customer::")


def last_parameters() -> dict:
	"""What the last completed run has noted for the next one: model parameters, exchange rates."""
	runs = frappe.get_all(
		"Care Run",
		filters={"status": ("in", ("Completed", "Completed With Errors"))},
		pluck="parameters",
		order_by="creation desc",
		limit=1,
	)
	return json.loads(runs[0] or "{}") if runs else {}


def tier_ranks() -> dict[str, int]:
	"""Tier -> rank; 1 is the best."""
	return dict(frappe.get_all("Customer Tier", fields=["name", "rank"], as_list=True))


def leave(reasons: dict[str, str], changes: list[dict], day: date) -> None:
	"""Take the tier from customers that are no longer ranked; their figures stay as they were.

	:param reasons: customer -> why
	"""
	if not reasons:
		return
	value = frappe.qb.DocType("Customer Value")
	by_reason: dict[str, list[str]] = {}
	for customer, reason in reasons.items():
		by_reason.setdefault(reason, []).append(customer)
	_write("Tier Change", changes, insert)
	for reason, customers in by_reason.items():
		for part in chunks(customers, 1000):
			query = frappe.qb.update(value).where(value.name.isin(part))
			for field, new in {
				"tier": None,
				"tier_since": day,
				"tier_reason": reason,
				"status": "Not Ranked",
				"status_since": day,
				"below_since": None,
				"pin": None,
				"next_purchase": None,
				"computed_on": day,
			}.items():
				query = query.set(value[field], new)
			query.run()
			show_on_customer(part)
	frappe.db.commit()
	forget_cached_customers()
