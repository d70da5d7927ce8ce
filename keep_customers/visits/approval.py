"""A Visit Plan and the superior: what a form may say, how approval is asked for, who hears of the daily notes.

A plan is approved by submitting it; the rep asks the superior with a ToDo.
"""

from collections.abc import Callable

import frappe
from frappe import _
from frappe.desk.doctype.notification_settings.notification_settings import is_notifications_enabled
from frappe.utils import escape_html, formatdate, getdate

from keep_customers.access.lookups import named
from keep_customers.care.assignment import superior
from keep_customers.erp import todos
from keep_customers.erp.api import typed
from keep_customers.erp.document_permissions import has_plan_permission, may_approve_plans
from keep_customers.erp.language import language_of, speaking
from keep_customers.erp.leavers import can_act

# What the app writes; it is taken from no form and no request.
OURS = ("status", "approver", "approved_by", "approved_on", "reported_on")
OURS_OF_A_STOP = ("recent_sales", "open_complaints", "follow_up", "touch")
WAITING, REPORTED = "Waiting for Approval", "Reported"


@frappe.whitelist(methods=["POST"])
@typed
def ask_for_approval(plan: str) -> str:
	"""Ask the rep's superior, with one ToDo, to approve a draft.

	:returns: the superior's user
	:raises frappe.PermissionError: if the user may not write the plan
	"""
	approver = ask(draft(plan))
	if not approver:
		frappe.throw(nobody_may())
	return approver


def nobody_may() -> str:
	return _(
		"Nobody is found who may approve the plan. Please ask for a superior in the Employee record, or for"
		" a fallback user in Keep Customers Settings, who has the role Sales Manager and may read all its customers."
	)


def ask(doc) -> str | None:
	"""As :func:`ask_for_approval`, without asking for permission; None if nobody may approve it."""
	approver = superior_of(doc)
	if approver and not todos.has_open(approver, doc.doctype, doc.name):
		todos.end_all(doc.doctype, doc.name, "Cancelled")
		# As it is written it is put into the approver's language.
		[text] = sentences()
		text = text.format(
			todos.link_to(doc.doctype, doc.name),
			escape_html(doc.rep_name or doc.rep),
			formatdate(doc.from_date),
			formatdate(doc.to_date),
		)
		due = max(getdate(doc.from_date), getdate())
		todos.add(approver, doc.doctype, doc.name, f"<p>{text}</p>", due=due)
	if approver:
		doc.db_set({"status": WAITING, "approver": approver})
	return approver


def sentences() -> list[str]:
	"""What stands on the approver's list."""
	return [_("Please approve the visit plan {0} of {1}, {2} – {3}.")]


def superior_of(doc) -> str | None:
	first = next((stop.customer for stop in doc.stops), None)  # none where its customers were deleted
	territory = doc.territory or (first and frappe.db.get_value("Customer", first, "territory"))
	settings = frappe.get_cached_doc("Keep Customers Settings")

	def may(user: str) -> bool:
		# Who may not read one of its customers could not open it.
		return may_approve_plans(user) and has_plan_permission(doc, user=user)

	return superior(doc.rep, territory, settings, may)


@frappe.whitelist(methods=["POST"])
@typed
def send_back(plan: str, why: str) -> None:
	"""The superior does not approve yet: the plan is a draft again, with the reason as a comment on it.

	:raises frappe.PermissionError: if the user may not approve the plan
	"""
	doc = draft(plan, right="submit")
	if not (why or "").strip():
		frappe.throw(_("Please say what should be different."))
	doc.add_comment("Comment", escape_html(why))
	doc.db_set("status", "Draft")
	todos.end_all(doc.doctype, doc.name, "Closed")
	_notify(doc, doc.rep, lambda: _("Your visit plan {0} was sent back.").format(doc.name))


def given_up(doc) -> None:
	"""A draft that the rep has discarded: nobody need approve it any more."""
	doc.db_set("status", "Cancelled")
	todos.end_all(doc.doctype, doc.name, "Cancelled")


def draft(plan: str, right: str = "write"):
	doc = named("Visit Plan", plan, right, for_update=True)
	if not doc.docstatus.is_draft():
		frappe.throw(_("{0} is not a draft any more.").format(doc.name))
	if not doc.stops:
		frappe.throw(_("Please add the customers to visit first."))
	return doc


def keep_what_is_ours(doc) -> None:
	"""Undo what a form or a request says in the fields that only the app writes."""
	before = doc.get_doc_before_save()
	for field in OURS:
		doc.set(field, before.get(field) if before else None)
	doc.status = doc.status or "Draft"
	stops = {stop.name: stop for stop in before.stops} if before else {}
	already = _contacts_of(doc.amended_from) if doc.is_new() and doc.amended_from else set()
	for stop in doc.stops:
		# A contact that took place is not recorded again by the amended plan.
		touch = stop.touch if (stop.customer, stop.touch) in already else None
		known = stops.get(stop.name)
		same = known if known and known.customer == stop.customer else None
		for field in OURS_OF_A_STOP:
			stop.set(field, same.get(field) if same else None)
		stop.touch = stop.touch or touch


def _contacts_of(plan: str) -> set[tuple[str, str]]:
	rows = frappe.get_all("Visit Plan Stop", filters={"parent": plan}, fields=["customer", "touch"])
	return {(row.customer, row.touch) for row in rows if row.touch}


def tell_day_notes(doc) -> None:
	"""Tell the superior that there is a new daily note, not what it says."""
	before = doc.get_doc_before_save()
	known = {row.name for row in before.day_notes} if before else set()
	if any(row.name not in known for row in doc.day_notes):
		_tell_superior(doc, lambda: _("Daily note of {0} on {1}").format(doc.rep_name or doc.rep, doc.name))


def tell_report(doc) -> None:
	"""Tell the superior that the report is there to be read."""
	_tell_superior(
		doc, lambda: _("{0} is back: the report of {1} is there.").format(doc.rep_name or doc.rep, doc.name)
	)


def _tell_superior(doc, subject: Callable[[], str]) -> None:
	approver = doc.approved_by or doc.approver
	_notify(doc, approver if can_act(approver) else superior_of(doc), subject)


def _notify(doc, user: str | None, subject: Callable[[], str]) -> None:
	"""Tell somebody else who wants to be told, in their language."""
	if user and user != frappe.session.user and is_notifications_enabled(user):
		with speaking(language_of(user)):
			todos.notify(user, doc.doctype, doc.name, subject())
