"""Who may not read a Customer may not read its file, value, touches or follow-ups.

Frappe applies a User Permission on Customer to every document that links to one, but not one on what
the Customer links to (its territory or group), nor shares of the Customer. So lists ask the database for
exactly the customers this user's Customer list would show, and single documents ask the Customer itself.
The rows of a file's tables can be listed past the file, so they have the condition of their own.

A Visit Plan is its rep's and the managers', and theirs only if they may read every customer in it. An event, a suggestion
or a rebate names customers in a table of which everybody gets the rows that are theirs to read (``access/named_rows.py``).
"""

import re
import sys
from contextlib import contextmanager

import frappe
from frappe.model.db_query import DatabaseQuery
from pypika.terms import Criterion

from keep_customers.erp.tables import In, chunks

FILE_TABLES = ("Customer File Person", "Customer File Occasion", "Customer File Consent")

# What a document is about, where that is not just its field ``customer``.
LINKS = {
	"Referral": {"referrer": "Customer", "referred_customer": "Customer", "lead": "Lead"},
	"Event Suggestion": {"customer": "Customer"},
}

# Documents that are not about one customer -> their tables that name some, by field.
TABLES_OF_CUSTOMERS = {
	"VIP Event": {"guests": "VIP Event Guest"},
	"Event Suggestion": {"voters": "Event Suggestion Vote"},
	"Volume Rebate": {"customers": "Volume Rebate Customer"},
	"Keep Customers Settings": {"excluded_customers": "Keep Excluded Customer"},
}

# What hangs on a document by its doctype and name -> the fields that say on which.
REFERENCES = {
	"File": ("attached_to_doctype", "attached_to_name"),
	"Care Run Set Aside": ("reference_doctype", "reference_name"),
}

# Where the host collects why something is refused.
COLLECTED = "has_permission_check_logs"


def customer_condition(user: str | None = None, doctype: str = "Customer Value") -> str:
	"""SQL condition that leaves only rows of customers the user may read; empty for no restriction."""
	readable = _readable(user or frappe.session.user)
	# A file has its customer's name; so has the parent of its tables' rows.
	column = "parent" if doctype in FILE_TABLES else "customer"
	return f"`tab{doctype}`.`{column}` in ({readable})" if readable else ""


def links_condition(user: str | None = None, doctype: str = "Referral") -> str:
	"""SQL condition that leaves only documents of which the user may read every side there is."""
	conditions = []
	for field, linked in LINKS[doctype].items():
		if readable := _readable(user or frappe.session.user, linked):
			column = f"`tab{doctype}`.`{field}`"
			conditions.append(f"(coalesce({column}, '') = '' or {column} in ({readable}))")
	if doctype in TABLES_OF_CUSTOMERS and (rows := rows_condition(user, doctype)):
		conditions.append(rows)
	return " and ".join(conditions)


def rows_condition(user: str | None = None, doctype: str = "VIP Event") -> str:
	"""SQL condition for a list that shows a table of customers with its documents: only the rows the user may read.

	The framework joins the table for who asks for its columns or filters by them, and asks for no condition on it. What
	it gets is put into its query, not returned: a shared document, which it lets past what is returned, shares no rows.
	"""
	readable = _readable(user or frappe.session.user)
	if not readable:
		return ""
	tables, asking = TABLES_OF_CUSTOMERS[doctype].values(), _asking_query()
	if not asking:
		# Some way of asking that is not known here: no document with a row that is not theirs.
		return " and ".join(
			f"not exists (select 1 from `tab{table}` named where named.parent = `tab{doctype}`.`name`"
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
		asking.query = asking.query.where(_Sql(condition))


def _narrow(child, user: str | None) -> None:
	"""Let the rows that Frappe 16 reads by a second query be those that the user may read."""
	as_asked = child.get_query

	def get_query(parent_names=None):
		return only_readable(as_asked(parent_names), frappe.qb.DocType(child.doctype).customer, user)

	child.get_query = get_query


def _readable(user: str, doctype: str = "Customer") -> str | None:
	"""The customers (or leads) the user may read, as SQL: a list or a subquery; None for all of them."""
	if user == "Administrator":
		return None
	# The roles are asked, not has_permission: that says yes to whom any one customer is shared with.
	if not frappe.permissions.get_role_permissions(doctype, user=user).get("read"):
		shared = frappe.share.get_shared(doctype, user)
		return _without_percent(", ".join(frappe.db.escape(name, percent=False) for name in shared) or "null")
	allowed = DatabaseQuery(doctype, user=user).build_match_conditions()
	if not allowed:
		return None
	return _without_percent(f"select `tab{doctype}`.`name` from `tab{doctype}` where {allowed}")


def _without_percent(sql: str) -> str:
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
	about = set() if _names_are_checked(doc, ptype) else {(of, doc.get(field)) for field, of in links.items()}
	if doc.name:
		stored = frappe.db.get_value(doc.doctype, doc.name, list(links), as_dict=True) or {}
		about |= {(linked, stored.get(field)) for field, linked in links.items()}
	return all(
		_may_read(linked, name, user) for linked, name in about if name and frappe.db.exists(linked, name)
	)


def _may_read(doctype: str, name: str, user: str | None = None, right: str = "read") -> bool:
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


def _names_are_checked(doc, ptype: str) -> bool:
	"""Whether what was sent is looked at as links: that answers an unreadable name like one that does not exist."""
	return ptype in ("create", "write", "submit") and getattr(doc, "names_only_readable", False)


def case_condition(user: str | None = None, doctype: str = "Complaint Case") -> str:
	"""SQL condition that leaves only cases of readable customers, or the rows of these cases' tables.

	A case without a customer, as guests and e-mails bring them, is for those who may read every customer, and for who
	is responsible for it.
	"""
	user = user or frappe.session.user
	readable = _readable(user)
	if not readable:
		return ""
	own = _without_percent(frappe.db.escape(user, percent=False))
	condition = (
		f"(`tabComplaint Case`.`customer` in ({readable}) or (coalesce(`tabComplaint Case`.`customer`, '') = ''"
		f" and `tabComplaint Case`.`responsible` = {own}))"
	)
	if doctype == "Complaint Case":
		return condition
	return f"`tab{doctype}`.`parent` in (select `tabComplaint Case`.`name` from `tabComplaint Case` where {condition})"


def has_case_permission(doc, ptype: str = "read", user: str | None = None, debug: bool = False) -> bool:
	"""Refuse a case of a customer the user may not read, or one without a customer that is not theirs to answer."""
	user = user or frappe.session.user
	if not has_permission(doc, ptype, user, debug):
		return False
	stored = (
		frappe.db.get_value("Complaint Case", doc.name, ["customer", "responsible"]) if doc.name else None
	)
	customer, responsible = stored or (doc.get("customer"), doc.get("responsible"))
	if customer or not stored or user == "Administrator":
		return True
	return responsible == user or not _readable(user)


def reference_condition(user: str | None = None, doctype: str = "File") -> str:
	"""SQL condition that leaves out what hangs on customers, or on documents of ours, that the user may not read."""
	kind, name = (f"`tab{doctype}`.`{field}`" for field in REFERENCES[doctype])
	cases = ""
	for of in _guarded():
		if readable := _readable(user or frappe.session.user, of):
			cases += f" when {kind} = '{of}' then case when {name} in ({readable}) then 1 else 0 end"
	return f"case{cases} else 1 end = 1" if cases else ""


def has_reference_permission(doc, ptype: str = "read", user: str | None = None, debug: bool = False) -> bool:
	"""Refuse what :func:`reference_condition` leaves out of lists."""
	kind, name = (doc.get(field) for field in REFERENCES[doc.doctype])
	if kind not in _guarded() or not frappe.db.exists(kind, name):
		return True
	return _may_read(kind, name, user)


def _guarded() -> list[str]:
	"""Customer, and of what else we say who may read it."""
	return [
		"Customer",
		*sorted(set(frappe.get_hooks("has_permission", app_name="keep_customers")) - set(REFERENCES)),
	]


def consent_condition(user: str | None = None, doctype: str = "Consent Record") -> str:
	"""SQL condition that leaves only what was said at customers the user may read, and of people they may read: an address
	is guarded as it is where it comes from. What belongs to no customer any more is for who may read all of them."""
	user = user or frappe.session.user
	conditions = []
	if readable := _readable(user):
		conditions.append(f"`tabConsent Record`.`customer` in ({readable})")
	for kind, where in (
		("Contact", "`tabConsent Record`.`person`"),
		("Customer File", "`tabConsent Record`.`customer`"),
	):
		if readable := _readable(user, kind):
			person = "Contact" if kind == "Contact" else "Customer File Person"
			conditions.append(
				f"(coalesce(`tabConsent Record`.`person_type`, '') != '{person}' or {where} in ({readable}))"
			)
	return " and ".join(conditions)


def has_consent_permission(doc, ptype: str = "read", user: str | None = None, debug: bool = False) -> bool:
	"""Refuse what :func:`consent_condition` leaves out of lists."""
	user = user or frappe.session.user
	if user == "Administrator":
		return True
	if not doc.customer:
		return not _readable(user)
	if not has_permission(doc, ptype, user, debug):
		return False
	about = {"Contact": ("Contact", doc.person), "Customer File Person": ("Customer File", doc.customer)}
	doctype, name = about.get(doc.person_type, (None, None))
	return not (doctype and frappe.db.exists(doctype, name)) or _may_read(doctype, name, user)


class RowOfFile:
	"""A row of a file's table asks the file; the framework would ask for the doctype only."""

	row_of = "Customer File"

	def has_permission(self, permtype="read", *args, **kwargs) -> bool:
		if self.flags.ignore_permissions:
			return True
		document = frappe.db.get_value(self.doctype, self.name, "parent") if self.name else None
		return bool(
			super().has_permission(permtype, *args, **kwargs)
			and _may_read(self.row_of, document or self.parent, right=permtype)
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


def may_approve_plans(user: str) -> bool:
	"""Whether the user's roles approve visit plans, and so see those of others."""
	return bool(frappe.permissions.get_role_permissions("Visit Plan", user=user).get("submit"))


def plan_condition(user: str | None = None, doctype: str = "Visit Plan") -> str:
	"""SQL condition that leaves only the plans the user may read, or the rows of these plans' tables."""
	user = user or frappe.session.user
	conditions = []
	if user != "Administrator" and not may_approve_plans(user):
		conditions.append(
			f"`tabVisit Plan`.`rep` = {_without_percent(frappe.db.escape(user, percent=False))}"
		)
	if readable := _readable(user):
		# "case": where nothing is readable, "in (null)" is neither true nor false.
		conditions.append(
			"not exists (select 1 from `tabVisit Plan Stop` planned_stop"
			" where planned_stop.parent = `tabVisit Plan`.`name`"
			f" and case when planned_stop.customer in ({readable}) then 0 else 1 end = 1)"
		)
	condition = " and ".join(conditions)
	if doctype == "Visit Plan" or not condition:
		return condition
	return (
		f"`tab{doctype}`.`parent` in (select `tabVisit Plan`.`name` from `tabVisit Plan` where {condition})"
	)


def has_plan_permission(doc, ptype: str = "read", user: str | None = None, debug: bool = False) -> bool:
	"""Refuse a plan that is another rep's, or one with a customer the user may not read."""
	user = user or frappe.session.user
	if user == "Administrator":
		return True
	# As above: what it was and what it shall become.
	reps, customers = {doc.get("rep")}, set()
	if not _names_are_checked(doc, ptype):
		customers.update(stop.customer for stop in doc.get("stops") or ())
	if doc.name:
		reps.add(frappe.db.get_value("Visit Plan", doc.name, "rep"))
		customers.update(frappe.get_all("Visit Plan Stop", filters={"parent": doc.name}, pluck="customer"))
	if any(rep and rep != user for rep in reps) and not may_approve_plans(user):
		return False
	return all(
		_may_read("Customer", customer, user)
		for customer in customers
		if customer and frappe.db.exists("Customer", customer)
	)


def may_use_app() -> bool:
	"""Whether the app's tile is shown on the apps screen."""
	return bool(frappe.has_permission("Customer Value", "read"))


def only_readable(query, column, user: str | None = None):
	"""Restrict a query builder's query to customers a user may read, else the user of this session.

	Reports use it: the framework does not filter their rows, and hands on a user named by the caller.

	:param column: the field with the customer's name
	"""
	readable = _readable(user or frappe.session.user)
	return query.where(In(column, readable)) if readable else query


def only_readable_cases(query, user: str | None = None):
	"""Restrict a query on Complaint Case, under its own name, to the cases a user may read, as :func:`only_readable`."""
	condition = case_condition(user or frappe.session.user)
	return query.where(_Sql(condition)) if condition else query


def only_readable_referrals(query, user: str | None = None):
	"""The same for Referral."""
	condition = links_condition(user or frappe.session.user)
	return query.where(_Sql(condition)) if condition else query


def reads_all_customers(user: str | None = None) -> bool:
	"""Whether nothing keeps a customer from a user, else from the one of this session."""
	return not _readable(user or frappe.session.user)


def readable_among(customers: set[str]) -> set[str]:
	"""Those of the customers that the user of this session may read."""
	customer = frappe.qb.DocType("Customer")
	found: set[str] = set()
	for part in chunks(sorted(customers), 1000):
		query = frappe.qb.from_(customer).select(customer.name).where(customer.name.isin(part))
		found.update(name for (name,) in only_readable(query, customer.name).run())
	return found


class _Sql(Criterion):
	"""A condition that is SQL already; its columns name their table."""

	def __init__(self, sql: str):
		super().__init__()
		self.sql = sql

	def nodes_(self):
		yield self

	def get_sql(self, **kwargs) -> str:
		return f"({self.sql})"
