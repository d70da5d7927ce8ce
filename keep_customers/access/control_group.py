"""Which customers a rule leaves alone to see whether it helps: not for reps, who would treat them otherwise.

Who reads the field *Arm* of Follow Up knows it; from all others the follow-ups of who is held back are kept away, from the
day they are planned on: one that vanishes when its turn comes would tell as much.
"""

import frappe
from frappe import _
from frappe.query_builder.functions import IfNull

from keep_customers.erp import permissions

ARM, CARED_FOR, HELD_BACK = "arm", "Cared For", "Held Back"


def may_be_seen(user: str | None = None) -> bool:
	"""Whether a user, else the one of this session, may know who is in a control group."""
	meta = frappe.get_meta("Follow Up")
	return meta.get_field(ARM).permlevel in meta.get_permlevel_access(
		"read", user=user or frappe.session.user
	)


def only_who_may_see_all() -> None:
	"""Reports that compare control groups: of few customers a figure would tell who is in one.

	:raises frappe.PermissionError: for who may not read every customer, or not know of control groups
	"""
	if not (permissions.reads_all_customers() and may_be_seen()):
		frappe.throw(_("This report is for managers who may read all customers."), frappe.PermissionError)


def condition(user: str | None = None, doctype: str = "Follow Up") -> str:
	"""SQL condition that leaves follow-ups of customers the user may read, without those of a control group."""
	conditions = [permissions.customer_condition(user, doctype)]
	if not may_be_seen(user):
		conditions.append(f"coalesce(`tabFollow Up`.`{ARM}`, '') != '{HELD_BACK}'")
	return " and ".join(one for one in conditions if one)


def has_permission(doc, ptype: str = "read", user: str | None = None, debug: bool = False) -> bool:
	"""Refuse what :func:`condition` leaves out of lists."""
	if doc.get(ARM) == HELD_BACK and not may_be_seen(user):
		return False
	return permissions.has_permission(doc, ptype, user, debug)


def left_out(query, follow_up):
	"""A query builder's query without the follow-ups that the user of this session may not know of."""
	return query if may_be_seen() else query.where(IfNull(follow_up[ARM], "") != HELD_BACK)
