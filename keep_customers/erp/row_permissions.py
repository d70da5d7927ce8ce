"""Rows of tables that name customers: in lists that show them with their documents, and asked for past their documents.

An event, a suggestion or a rebate names customers in a table of which everybody gets the rows that are theirs to read
(``access/named_rows.py``).
"""

import sys

import frappe

from keep_customers.erp.permissions import (
	TABLES_OF_CUSTOMERS,
	Sql,
	has_permission,
	may_read,
	only_readable,
	readable_sql,
)


def rows_condition(user: str | None = None, doctype: str = "VIP Event") -> str:
	"""SQL condition for a list that shows a table of customers with its documents: only the rows the user may read.

	The framework joins the table for who asks for its columns or filters by them, and asks for no condition on it. What
	it gets is put into its query, not returned: a shared document, which it lets past what is returned, shares no rows.
	"""
	readable = readable_sql(user or frappe.session.user)
	if not readable:
		return ""
	tables, asking = TABLES_OF_CUSTOMERS[doctype].values(), _asking_query()
	if not asking:
		# Some way of asking that is not known here: no document with a row that is not theirs.
		return " and ".join(
			f"not exists (select 1 from `tab{table}` named where named.parent = `tab{doctype}`.`name`"  # noqa: S608 (users are escaped, all else is ours)
			f" and case when named.customer in ({readable}) then 0 else 1 end = 1)"
			for table in tables
		)
	joined = _joined_by(asking)
	for child in getattr(getattr(asking, "query", None), "_child_queries", ()):
		if child.doctype in tables:
			_narrow(child, user)
	for table in tables:
		if f"tab{table}" in joined:
			_add(asking, f"(`tab{table}`.`customer` is null or `tab{table}`.`customer` in ({readable}))")
	return ""


def _asking_query():
	"""The framework's query that asks for a condition; it does not hand itself on."""
	frame = sys._getframe(2)
	while frame:
		asking = frame.f_locals.get("self")
		if hasattr(asking, "get_permission_query_conditions"):
			return asking
		frame = frame.f_back
	return None


def _joined_by(asking) -> set[str]:
	"""The names of a query's database tables: of a DatabaseQuery (Frappe 15), or of an Engine."""
	if hasattr(asking, "tables"):
		return {table.strip("`") for table in asking.tables or ()}
	query = getattr(asking, "query", None)
	tables = [*getattr(query, "_from", ()), *(join.item for join in getattr(query, "_joins", ()))]
	return {getattr(table, "_table_name", "") for table in tables}


def _add(asking, condition: str) -> None:
	if hasattr(asking, "tables"):
		asking.conditions.append(condition)
	else:
		asking.query = asking.query.where(Sql(condition))


def _narrow(child, user: str | None) -> None:
	"""Let the rows that Frappe 16 reads by a second query be those that the user may read."""
	as_asked = child.get_query

	def get_query(parent_names=None):
		return only_readable(as_asked(parent_names), frappe.qb.DocType(child.doctype).customer, user)

	child.get_query = get_query


class RowOfFile:
	"""A row of a file's table asks the file; the framework would ask for the doctype only."""

	row_of = "Customer File"

	def has_permission(self, permtype="read", *args, **kwargs) -> bool:
		if self.flags.ignore_permissions:
			return True
		document = frappe.db.get_value(self.doctype, self.name, "parent") if self.name else None
		return bool(
			super().has_permission(permtype, *args, **kwargs)
			and may_read(self.row_of, document or self.parent, right=permtype)
		)


class RowOfCase(RowOfFile):
	"""Written with its case only: past it, nobody would ask who approves a compensation or may take a step."""

	row_of = "Complaint Case"

	def has_permission(self, permtype="read", *args, **kwargs) -> bool:
		if permtype in ("write", "create", "delete", "share") and not self.flags.ignore_permissions:
			return False
		return super().has_permission(permtype, *args, **kwargs)


class RowOfPlan(RowOfFile):
	row_of = "Visit Plan"


class RowOfDrive(RowOfFile):
	row_of = "Maintenance Drive"


class RowOfEvent(RowOfFile):
	"""Names a customer of its own: who may read the document does not learn of every customer in it."""

	row_of = "VIP Event"

	def has_permission(self, permtype="read", *args, **kwargs) -> bool:
		return bool(super().has_permission(permtype, *args, **kwargs)) and (
			self.flags.ignore_permissions or has_permission(self, permtype)
		)


class RowOfSuggestion(RowOfEvent):
	row_of = "Event Suggestion"


class RowOfRebate(RowOfEvent):
	row_of = "Volume Rebate"


class RowOfSettings(RowOfEvent):
	row_of = "Keep Customers Settings"
