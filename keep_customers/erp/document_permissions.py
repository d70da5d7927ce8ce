"""Documents with rules of their own about who may read them: cases, plans, referrals, what was said about consent, and
what hangs on any of them.

A Visit Plan is its rep's and the managers', and theirs only if they may read every customer in it.
"""

import frappe

from keep_customers.erp.permissions import (
	LINKS,
	TABLES_OF_CUSTOMERS,
	Sql,
	has_permission,
	may_read,
	names_are_checked,
	readable_sql,
	rows_of_readable,
	without_percent,
)
from keep_customers.erp.row_permissions import rows_condition

# What hangs on a document by its doctype and name -> the fields that say on which.
REFERENCES = {
	"File": ("attached_to_doctype", "attached_to_name"),
	"Care Run Set Aside": ("reference_doctype", "reference_name"),
	"Tag Link": ("document_type", "document_name"),
}
# Of which nothing is listed by who may read them: what they hang on says so, or whose they are.
NOT_ABOUT_ONE = {*REFERENCES, "Prepared Report"}


def links_condition(user: str | None = None, doctype: str = "Referral") -> str:
	"""SQL condition that leaves only documents of which the user may read every side there is."""
	conditions = []
	for field, linked in LINKS[doctype].items():
		if readable := readable_sql(user or frappe.session.user, linked):
			column = f"`tab{doctype}`.`{field}`"
			conditions.append(f"(coalesce({column}, '') = '' or {column} in ({readable}))")
	if doctype in TABLES_OF_CUSTOMERS and (rows := rows_condition(user, doctype)):
		conditions.append(rows)
	return " and ".join(conditions)


def case_condition(user: str | None = None, doctype: str = "Complaint Case") -> str:
	"""SQL condition that leaves only cases of readable customers, or the rows of these cases' tables.

	A case without a customer, as guests and e-mails bring them, is for those who may read every customer, and for who
	is responsible for it.
	"""
	user = user or frappe.session.user
	if doctype != "Complaint Case":
		return "".join(rows_of_readable(user, doctype, "Complaint Case"))
	readable = readable_sql(user)
	if not readable:
		return ""
	own = without_percent(frappe.db.escape(user, percent=False))
	return (
		f"(`tabComplaint Case`.`customer` in ({readable}) or (coalesce(`tabComplaint Case`.`customer`, '') = ''"
		f" and `tabComplaint Case`.`responsible` = {own}))"
	)


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
	return responsible == user or not readable_sql(user)


def reference_condition(user: str | None = None, doctype: str = "File") -> str:
	"""SQL condition that leaves out what hangs on customers, or on documents of ours, that the user may not read."""
	kind, name = (f"`tab{doctype}`.`{field}`" for field in REFERENCES[doctype])
	cases = ""
	for of in _guarded():
		if readable := readable_sql(user or frappe.session.user, of):
			cases += f" when {kind} = '{of}' then case when {name} in ({readable}) then 1 else 0 end"
	return f"case{cases} else 1 end = 1" if cases else ""


def has_reference_permission(doc, ptype: str = "read", user: str | None = None, debug: bool = False) -> bool:
	"""Refuse what :func:`reference_condition` leaves out of lists."""
	kind, name = (doc.get(field) for field in REFERENCES[doc.doctype])
	if kind not in _guarded() or not frappe.db.exists(kind, name):
		return True
	return may_read(kind, name, user)


def _guarded() -> list[str]:
	"""Customer, and of what else we say who may read it."""
	return [
		"Customer",
		*sorted(set(frappe.get_hooks("has_permission", app_name="keep_customers")) - NOT_ABOUT_ONE),
	]


def consent_condition(user: str | None = None, doctype: str = "Consent Record") -> str:
	"""SQL condition that leaves only what was said at customers the user may read, and of people they may read: an address
	is guarded as it is where it comes from. What belongs to no customer any more is for who may read all of them."""
	user = user or frappe.session.user
	conditions = []
	if readable := readable_sql(user):
		conditions.append(f"`tabConsent Record`.`customer` in ({readable})")
	for kind, where in (
		("Contact", "`tabConsent Record`.`person`"),
		("Customer File", "`tabConsent Record`.`customer`"),
	):
		if readable := readable_sql(user, kind):
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
	if not doc.customer and readable_sql(user):
		return False
	if not has_permission(doc, ptype, user, debug):
		return False
	about = {"Contact": ("Contact", doc.person), "Customer File Person": ("Customer File", doc.customer)}
	doctype, name = about.get(doc.person_type, (None, None))
	if doctype and not (name and frappe.db.exists(doctype, name)):
		return not readable_sql(user, doctype)
	return not doctype or may_read(doctype, name, user)


def may_approve_plans(user: str) -> bool:
	"""Whether the user's roles approve visit plans, and so see those of others."""
	return bool(frappe.permissions.get_role_permissions("Visit Plan", user=user).get("submit"))


def plan_condition(user: str | None = None, doctype: str = "Visit Plan") -> str:
	"""SQL condition that leaves only the plans the user may read, or the rows of these plans' tables."""
	user = user or frappe.session.user
	conditions = []
	if user != "Administrator" and not may_approve_plans(user):
		conditions.append(f"`tabVisit Plan`.`rep` = {without_percent(frappe.db.escape(user, percent=False))}")
	if readable := readable_sql(user):
		# "case": where nothing is readable, "in (null)" is neither true nor false.
		conditions.append(
			"not exists (select 1 from `tabVisit Plan Stop` planned_stop"  # noqa: S608 (users are escaped, all else is ours)
			" where planned_stop.parent = `tabVisit Plan`.`name`"
			f" and case when planned_stop.customer in ({readable}) then 0 else 1 end = 1)"
		)
	condition = " and ".join(conditions)
	if doctype == "Visit Plan" or not condition:
		return condition
	return (
		f"`tab{doctype}`.`parent` in (select `tabVisit Plan`.`name` from `tabVisit Plan` where {condition})"  # noqa: S608 (users are escaped, all else is ours)
	)


def has_plan_permission(doc, ptype: str = "read", user: str | None = None, debug: bool = False) -> bool:
	"""Refuse a plan that is another rep's, or one with a customer the user may not read."""
	user = user or frappe.session.user
	if user == "Administrator":
		return True
	# As above: what it was and what it shall become.
	reps, customers = {doc.get("rep")}, set()
	if not names_are_checked(doc, ptype):
		customers.update(stop.customer for stop in doc.get("stops") or ())
	if doc.name:
		reps.add(frappe.db.get_value("Visit Plan", doc.name, "rep"))
		customers.update(frappe.get_all("Visit Plan Stop", filters={"parent": doc.name}, pluck="customer"))
	if any(rep and rep != user for rep in reps) and not may_approve_plans(user):
		return False
	return all(
		may_read("Customer", customer, user)
		for customer in customers
		if customer and frappe.db.exists("Customer", customer)
	)


def only_readable_cases(query, user: str | None = None):
	"""Restrict a query on Complaint Case, under its own name, to the cases a user may read, as :func:`only_readable`."""
	condition = case_condition(user or frappe.session.user)
	return query.where(Sql(condition)) if condition else query


def only_readable_referrals(query, user: str | None = None):
	"""The same for Referral."""
	condition = links_condition(user or frappe.session.user)
	return query.where(Sql(condition)) if condition else query
