"""Customer Value and Tier Change: what the nightly run knows and writes about customers."""

import json
from collections.abc import Callable, Collection, Sequence
from datetime import date
from typing import TypeVar

import frappe
from frappe.query_builder import Case
from frappe.query_builder.functions import IfNull

from keep_customers.erp.aside import Aside
from keep_customers.erp.tables import among, chunks, hold, insert_columns, upsert_columns

T = TypeVar("T")

COMPLETED = ("Completed", "Completed With Errors")  # Care Runs that came to their end
# Who has this status keeps the figures of the last night that ranked it: they say nothing of today.
NOT_RANKED = "Not Ranked"
# What stands on Customer itself, and the Customer Value field it is taken from.
ON_CUSTOMER = {"keep_tier": "tier", "keep_status": "status", "keep_next_purchase": "next_purchase"}


def of_today(value, field: str):
	"""A figure of Customer Value as a term; nothing of who is ranked no more."""
	return Case().when(is_ranked(value), value[field])


def is_ranked(value):
	"""Whether the figures of a Customer Value say something of today, as a condition."""
	return IfNull(value.status, "") != NOT_RANKED


def write(
	values: dict[str, list],
	changes: list[dict],
	aside: Aside,
	changed: Collection[str],
	commit_every: int = 2000,
) -> tuple[int, int]:
	"""Write Customer Values and the Tier Changes that go with them, and what Customer shows of them.

	A customer's value, its tier changes and its fields on Customer are committed together, so a night
	that is killed leaves every customer either wholly written or as it was.

	:param values: field -> each customer's
	:param changed: whose invoices have changed, so that what they buy is to be read again
	:returns: how many values and changes were written; who was deleted or renamed meanwhile is left out
	"""
	names = values["name"]
	by_customer: dict[str, list[dict]] = {}
	for change in changes:
		by_customer.setdefault(change["customer"], []).append(change)

	def write_part(part: Sequence[int]) -> tuple[int, int]:
		# Whoever deletes or renames a customer holds it first and what is known about it afterwards: so do we.
		there = hold("Customer", [names[at] for at in part])
		part = [at for at in part if names[at] in there]
		written = [names[at] for at in part]
		moved = [change for name in written for change in by_customer.get(name, ())]
		_write("Customer Value", _of(values, part), upsert_columns)
		if again := [name for name in written if name in changed]:
			table = frappe.qb.DocType("Customer Value")
			read = frappe.qb.update(table).set(table.baskets_of, None).where(table.baskets_of.isnotnull())
			among(read, table.name, again).run()
		_write("Tier Change", _turned(moved), insert_columns)
		show_on_customer(written)
		return len(part), len(moved)

	done = _in_parts(names, write_part, aside, commit_every)
	if done:
		forget_cached_customers()
	return sum(written for written, _moves in done), sum(moves for _written, moves in done)


def write_figures(figures: dict[str, list], aside: Aside, commit_every: int = 5000) -> int:
	"""Bring figures of Customer Values up to date that show on no customer and move nobody.

	:param figures: field -> each customer's
	:returns: how many were written; who was deleted or renamed meanwhile is left out
	"""
	names = figures["name"]

	def write_part(part: Sequence[int]) -> int:
		there = hold("Customer Value", [names[at] for at in part])
		part = [at for at in part if names[at] in there]
		_write("Customer Value", _of(figures, part), upsert_columns)
		return len(part)

	return sum(_in_parts(names, write_part, aside, commit_every))


def _in_parts(names: list[str], work: Callable[[Sequence[int]], T], aside: Aside, most: int) -> list[T]:
	done = []
	for part in chunks(range(len(names)), most):
		done += aside.each(part, work, lambda at: ("Customer", names[at]))
	return done


def _of(columns: dict[str, list], part: Sequence[int]) -> dict[str, list]:
	return {field: [column[at] for at in part] for field, column in columns.items()}


def _turned(rows: list[dict]) -> dict[str, list]:
	return {field: [row[field] for row in rows] for field in rows[0]} if rows else {}


def _write(doctype: str, columns: dict[str, list], how: Callable) -> None:
	if columns and next(iter(columns.values())):
		how(doctype, columns)


def show_on_customer(customers: list[str]) -> None:
	"""Copy tier, status and next purchase to the customers, without touching their ``modified``."""
	if not customers:
		return
	places = ", ".join(["%s"] * len(customers))
	if frappe.db.db_type == "mariadb":
		# Looks each value up once; it knows no "update … from".
		columns = ", ".join(f"c.`{field}` = v.`{source}`" for field, source in ON_CUSTOMER.items())
		# nosemgrep: frappe-using-db-sql, names are ours and texts are parameters
		frappe.db.sql(
			"update `tabCustomer` c left join `tabCustomer Value` v on v.`name` = c.`name` "  # noqa: S608 (names are ours, texts are parameters)
			f"set {columns} where c.`name` in ({places})",
			customers,
		)
		return
	# In plain SQL: the query builder leaves out the parentheses of a subquery in SET.
	columns = ", ".join(
		f"`{field}` = (select v.`{source}` from `tabCustomer Value` v where v.`name` = `tabCustomer`.`name`)"  # noqa: S608 (names are ours, texts are parameters)
		for field, source in ON_CUSTOMER.items()
	)
	# nosemgrep: frappe-using-db-sql, names are ours and texts are parameters
	frappe.db.sql(f"update `tabCustomer` set {columns} where `name` in ({places})", customers)  # noqa: S608 (names are ours, texts are parameters)


def forget_cached_customers() -> None:
	"""Customers were changed past the document life: nobody may go on seeing their cached copies."""
	frappe.cache.delete_keys("document_cache::Customer::")


def of_last_run(field: str):
	"""What stands in the last completed Care Run; None where there is none."""
	runs = frappe.get_all(
		"Care Run",
		filters={"status": ("in", COMPLETED), "clock_was_wrong": 0},
		pluck=field,
		order_by="creation desc",
		limit=1,
	)
	return runs[0] if runs else None


def last_parameters() -> dict:
	"""What the last completed run has noted for the next one: model parameters, exchange rates."""
	try:
		parameters = json.loads(of_last_run("parameters") or "{}")
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
		_write("Tier Change", _turned(moved), insert_columns)
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
