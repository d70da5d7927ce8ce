"""Customer Value and Tier Change: what the nightly run knows and writes about customers."""

import json
from dataclasses import dataclass
from datetime import date

import frappe
import numpy as np

from keep_customers.engine.value import Measures
from keep_customers.erp.tables import chunks, insert, standard_columns, to_ordinals, upsert

# What stands on Customer itself, and the Customer Value field it is taken from.
ON_CUSTOMER = {"keep_tier": "tier", "keep_status": "status", "keep_next_purchase": "next_purchase"}

FIELDS = (
	"name", "tier", "tier_since", "policy", "below_since", "status", "status_since",
	"current_value", "potential_value", "p_alive", "next_purchase", "currency",
	"purchases", "first_purchase", "last_purchase", "median_gap", "last_gap", "earlier_gap",
	"invoices", "measured_total", "source_modified", "lens", "pin",
)  # fmt: skip


@dataclass
class Stored:
	"""Customer Value as the last night left it: one list or array a column, ``row`` finds a customer."""

	row: dict[str, int]
	columns: dict[str, tuple]

	def __getitem__(self, field: str) -> tuple:
		return self.columns[field]


def stored() -> Stored:
	"""All of Customer Value, one query."""
	value = frappe.qb.DocType("Customer Value")
	rows = frappe.qb.from_(value).select(*(value[field] for field in FIELDS)).run()
	columns = dict(zip(FIELDS, zip(*rows, strict=True), strict=True)) if rows else dict.fromkeys(FIELDS, ())
	return Stored({name: index for index, name in enumerate(columns["name"])}, columns)


def measures(known: Stored, rows: np.ndarray) -> Measures:
	"""The measures stored in the given rows."""

	def pick(field, kind=np.float64):
		column = known[field]
		return np.array([column[row] or 0 for row in rows.tolist()], kind)

	def pick_day(field):
		column = known[field]
		return to_ordinals([column[row] for row in rows.tolist()])

	return Measures(
		first=pick_day("first_purchase"),
		last=pick_day("last_purchase"),
		purchases=pick("purchases", np.int64),
		median_gap=pick("median_gap"),
		last_gap=pick("last_gap"),
		earlier_gap=pick("earlier_gap"),
		total=pick("measured_total"),
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
