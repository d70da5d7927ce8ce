"""Documents that name one of some others: where there are none of these, nothing is asked.

To the host a list that is empty, or has an empty text in it, means "nothing stands there" for columns that may be empty: asked
for the rows of nobody it gives those of everybody who is not named.
"""

from collections.abc import Collection

import frappe

from keep_customers.erp.tables import chunks

MANY = 1000  # names a query


def _parts(values: Collection[str | None]):
	return chunks(sorted({*values} - {None, ""}), MANY)


def find(doctype: str, column: str, values: Collection[str | None], fields=None, **filters) -> list:
	"""The rows in whose column stands one of the values: their names, or with these fields.

	:param filters: what else is to hold, as the host writes it
	"""
	how = {"fields": fields} if fields else {"pluck": "name"}
	return [
		row
		for part in _parts(values)
		for row in frappe.get_all(doctype, filters={column: ("in", part), **filters}, **how)
	]


def pluck(doctype: str, column: str, values: Collection[str | None], of: str, **filters) -> set[str]:
	"""What stands in another column of them, without what is empty."""
	return {row[of] for row in find(doctype, column, values, [of], **filters)} - {None, ""}


def count(doctype: str, column: str, values: Collection[str | None], **filters) -> int:
	return sum(frappe.db.count(doctype, {column: ("in", part), **filters}) for part in _parts(values))
