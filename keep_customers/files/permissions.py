"""Who sees a drive and its checks: those who take part see each other's figures, and nobody sees what is drawn of their own
customers before it is over."""

import frappe

from keep_customers.erp.permissions import customer_condition, has_permission, without_percent

DRIVE, CHECK, PARTICIPANT = "Maintenance Drive", "Fact Check", "Maintenance Drive Participant"


def may_lead(user: str | None = None) -> bool:
	"""Whether a user starts and closes drives."""
	return bool(frappe.permissions.get_role_permissions(DRIVE, user=user or frappe.session.user).get("write"))


def drive_condition(user: str | None = None, doctype: str = DRIVE) -> str:
	"""SQL condition that leaves the drives one leads, or those that have begun and that one takes part in; or the rows of
	their tables."""
	user = user or frappe.session.user
	if user == "Administrator" or may_lead(user):
		return ""
	# What is being prepared is not announced: nobody shall empty a file to fill it again.
	condition = (
		"`tabMaintenance Drive`.`status` != 'Draft' and exists (select 1 from `tabMaintenance Drive Participant` taking_part"  # noqa: S608 (users are escaped, all else is ours)
		" where taking_part.parent = `tabMaintenance Drive`.`name`"
		f" and taking_part.user = {_quoted(user)})"
	)
	if doctype == DRIVE:
		return condition
	return f"`tab{doctype}`.`parent` in (select `tabMaintenance Drive`.`name` from `tabMaintenance Drive` where {condition})"  # noqa: S608 (users are escaped, all else is ours)


def has_drive_permission(doc, ptype: str = "read", user: str | None = None, debug: bool = False) -> bool:
	user = user or frappe.session.user
	if user == "Administrator" or may_lead(user):
		return True
	name = doc.get("name")
	return bool(
		name
		and frappe.db.get_value(DRIVE, name, "status") not in (None, "Draft")
		and frappe.db.exists(PARTICIPANT, {"parent": name, "user": user})
	)


def check_condition(user: str | None = None, doctype: str = CHECK) -> str:
	"""SQL condition that leaves the checks of readable customers, without those the user is to know nothing of yet."""
	user = user or frappe.session.user
	if user == "Administrator":
		return ""
	hidden = (
		f"coalesce(`tabFact Check`.`rep`, '') != {_quoted(user)} and not exists (select 1 from"  # noqa: S608 (users are escaped, all else is ours)
		" `tabMaintenance Drive Participant` taking_part where taking_part.parent = `tabFact Check`.`drive`"
		f" and taking_part.user = {_quoted(user)})"
	)
	over = (
		"exists (select 1 from `tabMaintenance Drive` ended_drive where ended_drive.name = `tabFact Check`.`drive`"
		" and ended_drive.status = 'Closed')"
	)
	conditions = [f"({over} or ({hidden}))"]
	if readable := customer_condition(user, CHECK):
		conditions.append(readable)
	return " and ".join(conditions)


def has_check_permission(doc, ptype: str = "read", user: str | None = None, debug: bool = False) -> bool:
	user = user or frappe.session.user
	if user == "Administrator":
		return True
	return has_permission(doc, ptype, user, debug) and (is_over(doc.drive) or not takes_part(doc, user))


def is_over(drive: str) -> bool:
	return frappe.db.get_value(DRIVE, drive, "status") == "Closed"


def takes_part(check, user: str) -> bool:
	"""Whether a user is the rep of what is checked, or one of those they compete with."""
	return check.rep == user or bool(frappe.db.exists(PARTICIPANT, {"parent": check.drive, "user": user}))


def _quoted(user: str) -> str:
	return without_percent(frappe.db.escape(user, percent=False))
