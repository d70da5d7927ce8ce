"""Whole tables in and out: many rows with one statement, on MariaDB, Postgres and SQLite alike."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import islice

import frappe
import numpy as np
from frappe.utils import get_datetime_str, now_datetime

UNIX_EPOCH = date(1970, 1, 1).toordinal()
# Values per statement stay below SQLite's limit of 32,766 parameters.
MAX_PARAMETERS = 30_000
BATCH = 20_000


def batches(query, size: int = BATCH) -> Iterator[list[tuple]]:
	"""The result of a query builder's query, a batch of rows at a time.

	The rows cross the driver's buffer once and are let go batch by batch, so memory follows the batch
	where the driver can stream and the result otherwise.
	"""
	rows = iter(query.run())
	while batch := list(islice(rows, size)):
		yield batch


def chunks(values: Sequence, size: int) -> Iterator[Sequence]:
	for start in range(0, len(values), size):
		yield values[start : start + size]


def to_ordinals(days: Sequence) -> np.ndarray:
	"""Ordinal days of date objects or ISO texts; 0 where there is none."""
	when = np.array(days, dtype="datetime64[D]")
	return np.where(np.isnat(when), 0, when.astype(np.int64) + UNIX_EPOCH)


def to_dates(ordinals: np.ndarray) -> list[date | None]:
	"""Date objects of ordinal days; None for 0."""
	known: dict[int, date | None] = {0: None}
	result = []
	for day in ordinals.tolist():
		if day not in known:
			known[day] = date.fromordinal(day)
		result.append(known[day])
	return result


def insert(
	doctype: str, fields: Sequence[str], rows: Sequence[Sequence], ignore_existing: bool = False
) -> None:
	"""Insert rows; with ``ignore_existing`` those that would break a unique index are left out."""
	_insert(doctype, fields, rows, _do_nothing() if ignore_existing else ("", ""))


def upsert(doctype: str, fields: Sequence[str], rows: Sequence[Sequence]) -> None:
	"""Insert rows, or bring those with the same name up to date.

	``creation`` and ``owner`` stay as they were first written; columns not named (tags, assignments,
	another app's custom fields) are not touched.
	"""
	_insert(doctype, fields, rows, _do_update([f for f in fields if f not in ("name", "creation", "owner")]))


def standard_columns() -> dict[str, object]:
	"""What Frappe writes into every new document's row, for now and the user of this session."""
	now = get_datetime_str(now_datetime())
	user = frappe.session.user
	return {"creation": now, "modified": now, "owner": user, "modified_by": user, "docstatus": 0, "idx": 0}


def _insert(doctype, fields, rows, conflict):
	if not rows:
		return
	verb, clause = conflict
	columns = ", ".join(f"`{field}`" for field in fields)
	row = "(" + ", ".join(["%s"] * len(fields)) + ")"
	for part in chunks(rows, max(MAX_PARAMETERS // len(fields), 1)):
		values = [value for values in part for value in values]
		# nosemgrep: doctype and fields come from this app's own code, every value is a parameter
		frappe.db.sql(
			f"INSERT {verb} INTO `tab{doctype}` ({columns}) VALUES {', '.join([row] * len(part))} {clause}",
			values,
		)


def _do_nothing() -> tuple[str, str]:
	return ("IGNORE", "") if frappe.db.db_type == "mariadb" else ("", "ON CONFLICT DO NOTHING")


def _do_update(fields) -> tuple[str, str]:
	if frappe.db.db_type == "mariadb":
		return "", "ON DUPLICATE KEY UPDATE " + ", ".join(f"`{f}` = VALUES(`{f}`)" for f in fields)
	return "", "ON CONFLICT (`name`) DO UPDATE SET " + ", ".join(f"`{f}` = excluded.`{f}`" for f in fields)
