"""Spot checks: a fact that was drawn is confirmed with the customer by somebody who has not written it."""

import frappe
from frappe import _
from frappe.utils import cstr, now_datetime

from keep_customers.access.lookups import named
from keep_customers.engine.drives import RIGHT, UNSURE, WRONG
from keep_customers.erp.api import typed
from keep_customers.erp.users import full_names
from keep_customers.files import facts
from keep_customers.files.drives import CHECKING
from keep_customers.files.permissions import CHECK, DRIVE, takes_part

RESULTS = (RIGHT, WRONG, UNSURE)


def why_not(check, user: str) -> str | None:
	"""What keeps a user from checking a fact, in their language; None if nothing does."""
	if frappe.db.get_value(DRIVE, check.drive, "status") != CHECKING:
		return _("This drive is not being checked.")
	reps = frappe.db.get_value(facts.FILE, check.customer, ["dedicated_rep", "backup_rep"]) or ()
	if user in {check.rep, *reps}:
		return _("You look after this customer. Somebody else confirms what is known of it.")
	if user in (check.writers or "").split("\n"):
		return _("You have written in this file during the drive. Somebody else confirms what stands in it.")
	if takes_part(check, user):
		return _("You take part in this drive. Somebody who does not confirms its facts.")
	if not facts.is_shown(facts.KEYS.get(check.fact), user):
		return _("You may not read what the file says of it. Somebody who may confirms it.")
	return None


@frappe.whitelist()
@typed
def shown(check: str) -> dict:
	"""What somebody needs to confirm a fact.

	:returns:
		- said: what the file says now, lines of text
		- hidden: whether it stands in a part of the file that the user may not read
		- people: dicts with full_name, relation, phone, of those who are still there
		- phone: of the customer itself
		- why_not: what keeps the user from checking it; None if nothing does
		- may_mend: whether the user may write the file
		- left: how many of the drive's facts this user could check still
		- checked_by_name, rep_name
	:raises frappe.PermissionError: if the user may not read the check, or not the file
	"""
	doc = named(CHECK, check)
	file = _file(doc.customer)
	names = full_names([doc.checked_by, doc.rep])
	return {
		"said": said(file, facts.KEYS.get(doc.fact)),
		"hidden": not facts.is_shown(facts.KEYS.get(doc.fact), frappe.session.user),
		"people": [
			{"full_name": row.full_name, "relation": row.relation, "phone": row.phone}
			for row in (file.people if file else ())
			if not row.left_on
		],
		"phone": frappe.db.get_value("Customer", doc.customer, "mobile_no"),
		"why_not": why_not(doc, frappe.session.user),
		"may_mend": bool(file and file.has_permission("write")),
		"left": len(_open(doc.drive)),
		"checked_by_name": names.get(doc.checked_by),
		"rep_name": names.get(doc.rep),
	}


@frappe.whitelist(methods=["POST"])
@typed
def answer(check: str, result: str, note: str | None = None) -> dict:
	"""Say what the customer says of a fact. It can be said anew until the drive is closed.

	:param result: Right, Wrong or Could Not Tell
	:returns: ``next``, the next fact of the drive that the user can check; None if there is none
	:raises frappe.PermissionError: if the user may not read the check
	:raises frappe.ValidationError: if it is not for them to check
	"""
	doc = named(CHECK, check, for_update=True)
	_file(doc.customer)
	if result not in RESULTS:
		frappe.throw(_("Please choose what the customer said."))
	if why := why_not(doc, frappe.session.user):
		frappe.throw(why, title=_("Not Yours to Check"))
	doc.update(
		{
			"result": result,
			"note": cstr(note).strip()[:500] or None,
			"checked_by": frappe.session.user,
			"checked_on": now_datetime(),
		}
	)
	# Nobody may write checks by hand.
	doc.save(ignore_permissions=True)
	return {"next": next(iter(_open(doc.drive)), None)}


def _open(drive: str) -> list[str]:
	"""The facts of a drive that nobody has checked and this user can, those of one customer together."""
	user = frappe.session.user
	fields = ["name", "drive", "customer", "rep", "writers", "fact"]
	found = frappe.get_list(
		CHECK,
		filters={"drive": drive, "result": ("is", "not set")},
		fields=fields,
		order_by="customer asc, fact asc",
		limit=0,
	)
	theirs = {
		name
		for name, *reps in frappe.get_all(
			facts.FILE,
			filters={"name": ("in", {row.customer for row in found} or [""])},
			fields=["name", "dedicated_rep", "backup_rep"],
			as_list=True,
		)
		if user in reps
	}
	shown = {label for label, fact in facts.KEYS.items() if facts.is_shown(fact, user)}
	return [
		row.name
		for row in found
		if row.fact in shown
		and row.customer not in theirs
		and user not in (row.rep, *(row.writers or "").split("\n"))
	]


def open_for(drive: str, user: str) -> int:
	"""How many facts of a drive a user can check; none for who takes part."""
	return len(_open(drive)) if user == frappe.session.user else 0


def _file(customer: str):
	"""The file, for who may read it; None if there is none any more."""
	if not frappe.db.exists(facts.FILE, customer):
		return None
	doc = named(facts.FILE, customer)
	doc.apply_fieldlevel_read_permissions()
	return doc


def said(file, fact: str | None) -> list[str]:
	"""What a file says of a fact."""
	if not file or not fact:
		return []
	here = [row for row in file.people if not row.left_on]
	if fact == "decision_maker":
		rows = [row for row in here if row.decides or row.relation in facts.DECIDES]
		return [
			_joined(row.full_name, _(row.relation, context=row.doctype) if row.relation else "")
			for row in rows
		]
	if fact == "phone":
		return [_joined(row.full_name, row.phone) for row in here if row.phone]
	if fact == "birthday":
		people = [_joined(row.full_name, day_of(row, row.birthday)) for row in here if row.recurs]
		return people + [
			_joined(row.occasion, row.person, day_of(row, row.date)) for row in file.occasions if row.recurs
		]
	lines = [_(file.get(fact), context=facts.FILE) if fact == "preferred_channel" else file.get(fact)]
	if fact == "family":
		lines += [
			_joined(row.full_name, _(row.relation, context=row.doctype))
			for row in here
			if row.relation in facts.KIN
		]
	return [line for line in lines if line]


def day_of(row, day) -> str:
	"""A birthday or occasion, as the user writes days; without its year where that is not known."""
	if day:
		text = frappe.format_value(day, {"fieldtype": "Date"})
	else:
		text = _("{0}/{1} (month/day)").format(row.month, row.day)
	return f"{text} {_('by the lunar calendar')}" if row.calendar == "Lunar" else text


def _joined(*parts: str | None) -> str:
	return " · ".join(part for part in parts if part)
