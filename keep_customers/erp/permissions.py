"""Who may not read a Customer may not read its file, value, touches or follow-ups.

Frappe applies a User Permission on Customer to every document that links to one, but not one on what
the Customer links to (its territory or group), nor shares of the Customer. So lists ask the database for
exactly the customers this user's Customer list would show, and single documents ask the Customer itself.
The rows of a file's tables can be listed past the file, so they have the condition of their own.

Documents that are about more than one customer, or have an owner, are in ``document_permissions.py``; tables that name
customers in ``row_permissions.py``.
"""

import re
from collections.abc import Collection
from contextlib import contextmanager

import frappe
from frappe.model.db_query import DatabaseQuery
from pypika.terms import Criterion

from keep_customers.erp.tables import In, among, chunks, columns

FILE_TABLES = ("Customer File Person", "Customer File Occasion", "Customer File Consent")

# What a document is about, where that is not just its field ``customer``.
LINKS = {
	"Referral": {"referrer": "Customer", "referred_customer": "Customer", "lead": "Lead"},
	"Event Suggestion": {"customer": "Customer"},
	"Loss Review": {"customer": "Customer", "moved_to": "Customer"},
}

# Documents that are not about one customer -> their tables that name some, by field.
TABLES_OF_CUSTOMERS = {
	"VIP Event": {"guests": "VIP Event Guest"},
	"Event Suggestion": {"voters": "Event Suggestion Vote"},
	"Volume Rebate": {"customers": "Volume Rebate Customer"},
	"Keep Customers Settings": {"excluded_customers": "Keep Excluded Customer"},
}

# Where the host collects why something is refused.
COLLECTED = "has_permission_check_logs"


def customer_condition(user: str | None = None, doctype: str = "Customer Value") -> str:
	"""SQL condition that leaves only rows of customers the user may read; empty for no restriction."""
	user = user or frappe.session.user
	readable = readable_sql(user)
	conditions = []
	if doctype in FILE_TABLES:
		# A file has its customer's name; so has the parent of its tables' rows.
		conditions += [f"`tab{doctype}`.`parent` in ({readable})"] if readable else []
		conditions += rows_of_readable(user, doctype, "Customer File")
	elif readable:
		conditions.append(f"`tab{doctype}`.`customer` in ({readable})")
	return " and ".join(conditions)


def rows_of_readable(user: str, table: str, doctype: str) -> list[str]:
	"""SQL conditions, one or none, that leave only rows of documents the user may read.

	Whoever may read any one of them, as by a share, may list the rows of all past it: the host asks no more.
	"""
	readable = readable_sql(user, doctype)
	return [f"`tab{table}`.`parent` in ({readable})"] if readable else []


def readable_sql(user: str, doctype: str = "Customer") -> str | None:
	"""The customers (or documents of another kind) the user may read, as SQL: a list or a subquery; None for all of them."""
	if user == "Administrator":
		return None
	# The roles are asked, not has_permission: that says yes to whom any one customer is shared with.
	if not frappe.permissions.get_role_permissions(doctype, user=user).get("read"):
		shared = frappe.share.get_shared(doctype, user)
		return without_percent(", ".join(frappe.db.escape(name, percent=False) for name in shared) or "null")
	allowed = DatabaseQuery(doctype, user=user).build_match_conditions()
	if not allowed:
		return None
	return without_percent(f"select `tab{doctype}`.`name` from `tab{doctype}` where {allowed}")  # noqa: S608 (users are escaped, all else is ours)


def without_percent(sql: str) -> str:
	"""The same SQL without percent signs in its texts: some queries it becomes part of take them for parameters."""
	opening, glue = {
		# Bytes: a percent sign with a collation of its own would clash with the column's.
		"mariadb": ("concat(", ", char(37), "),
		"postgres": ("concat(", ", chr(37), "),
	}.get(frappe.db.db_type, ("(", " || char(37) || "))
	# A quote within a text is doubled, or in MariaDB behind a backslash.
	text = r"'(?:[^'\\]|\\.|'')*'" if frappe.db.db_type == "mariadb" else r"'(?:[^']|'')*'"

	def spelled(match):
		return opening + glue.join(f"'{part}'" for part in match[0][1:-1].split("%")) + ")"

	return re.sub(text, lambda match: spelled(match) if "%" in match[0] else match[0], sql, flags=re.DOTALL)


def has_permission(doc, ptype: str = "read", user: str | None = None, debug: bool = False) -> bool:
	"""Refuse a document whose customer the user may not read; everything else stays with the roles."""
	user = user or frappe.session.user
	if user == "Administrator":
		return True
	links = LINKS.get(doc.doctype, {"customer": "Customer"})
	# What is sent may name another customer than the one it is about.
	about = set() if names_are_checked(doc, ptype) else {(of, doc.get(field)) for field, of in links.items()}
	if doc.name:
		stored = frappe.db.get_value(doc.doctype, doc.name, list(links), as_dict=True) or {}
		about |= {(linked, stored.get(field)) for field, linked in links.items()}
	return all(
		may_read(linked, name, user) for linked, name in about if name and frappe.db.exists(linked, name)
	)


def of_role(doctype: str, right: str = "read") -> bool:
	"""Whether the roles of the user of this session give a right to documents of a kind; ``has_permission`` says yes to whom any
	one of them is shared with, too."""
	return bool(frappe.permissions.get_role_permissions(doctype).get(right))


def need_role(doctype: str, right: str = "read") -> None:
	"""
	:raises frappe.PermissionError: unless it is a right :func:`of_role`
	"""
	if not of_role(doctype, right):
		raise frappe.PermissionError


def may_read(doctype: str, name: str, user: str | None = None, right: str = "read") -> bool:
	with nothing_said():
		return bool(frappe.has_permission(doctype, right, doc=name, user=user))


@contextmanager
def nothing_said():
	"""The host says why not, or leaves an empty message: either is an answer, and names the customer to who asked for
	something else."""
	collected, before = frappe.flags.pop(COLLECTED, None), len(frappe.local.message_log)
	try:
		yield
	finally:
		del frappe.local.message_log[before:]
		if collected is not None:
			frappe.flags[COLLECTED] = collected


def names_are_checked(doc, ptype: str) -> bool:
	"""Whether what was sent is looked at as links: that answers an unreadable name like one that does not exist."""
	return ptype in ("create", "write", "submit") and getattr(doc, "names_only_readable", False)


def may_use_app() -> bool:
	"""Whether the app's tile is shown: to who looks after customers, and to who answers their complaints only."""
	return any(frappe.has_permission(doctype, "read") for doctype in ("Customer Value", "Complaint Case"))


def only_readable(query, column, user: str | None = None):
	"""Restrict a query builder's query to customers a user may read, else the user of this session.

	Reports use it: the framework does not filter their rows, and hands on a user named by the caller.

	:param column: the field with the customer's name
	"""
	readable = readable_sql(user or frappe.session.user)
	return query.where(In(column, readable)) if readable else query


def reads_all_customers(user: str | None = None) -> bool:
	"""Whether nothing keeps a customer from a user, else from the one of this session."""
	return not readable_sql(user or frappe.session.user)


def readable_documents(doctype: str, names: Collection[str]) -> set[str]:
	"""Those of the documents of a kind that the host lets the user of this session read."""
	if not names or not frappe.has_permission(doctype, "read"):
		return set()
	return set(frappe.get_list(doctype, filters={"name": ("in", list(names))}, pluck="name", limit=0))


def readable_among(customers: set[str]) -> set[str]:
	"""Those of the customers that the user of this session may read."""
	customer = frappe.qb.DocType("Customer")
	found: set[str] = set()
	for part in chunks(sorted(customers), 1000):
		query = frappe.qb.from_(customer).select(customer.name).where(customer.name.isin(part))
		found.update(name for (name,) in only_readable(query, customer.name).run())
	return found


def readable_to(customers: Collection[str], user: str) -> set[str] | None:
	"""Those of the customers that a user may read, by one query; None, without any, for whom nothing keeps from any."""
	readable = readable_sql(user)
	if not readable:
		return None
	customer = frappe.qb.DocType("Customer")
	query = frappe.qb.from_(customer).where(In(customer.name, readable))
	[names] = columns(among(query, customer.name, customers), customer.name)
	return {*names}


class Sql(Criterion):
	"""A condition that is SQL already; its columns name their table."""

	def __init__(self, sql: str):
		super().__init__()
		self.sql = sql

	def nodes_(self):
		yield self

	def get_sql(self, **kwargs) -> str:
		return f"({self.sql})"
