"""Who may not read a Customer may not read its file, value, touches or follow-ups.

Frappe applies a User Permission on Customer to every document that links to one, but not one on what
the Customer links to (its territory or group), nor shares of the Customer. So lists ask the database for
exactly the customers this user's Customer list would show, and single documents ask the Customer itself.
The rows of a file's tables can be listed past the file, so they have the condition of their own.
"""

import frappe
from frappe.model.db_query import DatabaseQuery
from pypika.terms import Criterion

FILE_TABLES = ("Customer File Person", "Customer File Occasion", "Customer File Consent")


def customer_condition(
	user: str | None = None, doctype: str = "Customer Value", column: str | None = None
) -> str:
	"""SQL condition that leaves only rows of customers the user may read; empty for no restriction.

	:param doctype: the list it is for; its field ``customer`` is looked at
	:param column: quoted SQL name of the column with the customer, where it is another one
	"""
	user = user or frappe.session.user
	if user == "Administrator":
		return ""
	# A file has its customer's name; so has the parent of its tables' rows.
	column = column or f"`tab{doctype}`.`{'parent' if doctype in FILE_TABLES else 'customer'}`"
	# The roles are asked, not has_permission: that says yes to whom any one customer is shared with.
	if not frappe.permissions.get_role_permissions("Customer", user=user).get("read"):
		shared = [frappe.db.escape(name, percent=False) for name in frappe.share.get_shared("Customer", user)]
		return f"{column} in ({', '.join(shared)})" if shared else "1 = 0"
	allowed = DatabaseQuery("Customer", user=user).build_match_conditions()
	return f"{column} in (select `tabCustomer`.`name` from `tabCustomer` where {allowed})" if allowed else ""


def has_permission(doc, ptype: str = "read", user: str | None = None, debug: bool = False) -> bool:
	"""Refuse a document whose customer the user may not read; everything else stays with the roles."""
	user = user or frappe.session.user
	if user == "Administrator":
		return True
	# What is sent to be saved may name another customer than the one it is about.
	customers = {doc.get("customer")}
	if doc.name:
		customers.add(frappe.db.get_value(doc.doctype, doc.name, "customer"))
	return all(
		frappe.has_permission("Customer", "read", doc=customer, user=user)
		for customer in customers
		if customer and frappe.db.exists("Customer", customer)
	)


class RowOfFile:
	"""A row of a file's table asks the file; the framework would ask for the doctype only."""

	def has_permission(self, permtype="read", *args, **kwargs) -> bool:
		if self.flags.ignore_permissions:
			return True
		file = frappe.db.get_value(self.doctype, self.name, "parent") if self.name else None
		return bool(
			super().has_permission(permtype, *args, **kwargs)
			and frappe.has_permission("Customer File", permtype, doc=file or self.parent)
		)


def may_use_app() -> bool:
	"""Whether the app's tile is shown on the apps screen."""
	return bool(frappe.has_permission("Customer Value", "read"))


def only_readable(query, column):
	"""Restrict a query builder's query to customers the user of this session may read.

	Reports use it: the framework does not filter their rows, and hands on a user named by the caller.

	:param column: the field with the customer's name
	"""
	condition = customer_condition(column="{column}")
	if not condition:
		return query
	if "%" in condition:  # it would be taken for a parameter's place
		return query.where(column.isin(frappe.get_list("Customer", pluck="name", limit=0) or [""]))
	return query.where(_Verbatim(condition, column))


class _Verbatim(Criterion):
	"""A condition the framework wrote, in a query of ours."""

	def __init__(self, condition: str, column):
		super().__init__()
		self.condition, self.column = condition, column

	def nodes_(self):
		yield self

	def get_sql(self, **kwargs) -> str:
		return self.condition.replace("{column}", self.column.get_sql(**kwargs))
