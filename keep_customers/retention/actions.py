"""What a rep does with a Loss Review: say why, plan how to win the customer back, give up, or say that it only moved.

What may follow what is decided in ``engine/losses.py``. A step of the plan is a Follow Up like any other: consent, the
contact cap and the rep's capacity hold for it, and it becomes a ToDo on its day.
"""

from collections.abc import Callable

import frappe
from frappe import _
from frappe.utils import cstr, formatdate, getdate, now_datetime

from keep_customers.access.lookups import named
from keep_customers.care import ending, followups, planning
from keep_customers.engine import losses as engine
from keep_customers.erp.api import day_sent, typed
from keep_customers.erp.permissions import may_read
from keep_customers.erp.said import said
from keep_customers.retention.reviews import DOCTYPE, ask, end_question

CHANNELS = ("Phone", "Visit", "Email", "SMS", "Messenger", "Letter")
LONGEST_STEP = 120
NO_LONGER_PLANNED = "No longer agreed"


def why_not() -> dict[str, str]:
	"""What the engine refuses -> what to tell the user."""
	return {
		"no cause": _("Please say why they left first: a plan answers a cause."),
		"won back": _("This customer buys again."),
		"no loss": _("This was no loss. If it was one after all, take the review up again."),
		"not over": _("This review is not over yet."),
	}


@frappe.whitelist(methods=["POST"])
@typed
def explain(review: str, cause: str, evidence: str, competitor: str | None = None) -> None:
	"""Say why the customer left.

	:param cause: a Loss Cause
	:param evidence: how it is known, in a sentence
	:param competitor: where they buy now, if it is known
	:raises frappe.PermissionError: if the user may not write the review
	:raises frappe.ValidationError: if it says nothing, or the review is over
	"""
	doc = _held(review)
	if not frappe.db.exists("Loss Cause", {"name": cause, "disabled": 0}):
		frappe.throw(_("Please choose a cause."))
	if not evidence.strip():
		frappe.throw(_("Please say in a sentence how you know."))
	doc.update({"cause": cause, "evidence": evidence.strip(), "competitor": competitor or None})
	doc.explained_by, doc.explained_on = frappe.session.user, now_datetime()
	_become(doc, engine.explain)
	end_question(doc.name, "Closed")


@frappe.whitelist(methods=["POST"])
@typed
def plan(review: str, step: str, on_date: str, channel: str, user: str | None = None) -> None:
	"""Add a step to the plan to win the customer back.

	:param step: what is to be done, in a few words
	:param on_date: a day from today on
	:param user: who does it; by default the customer's rep
	:raises frappe.PermissionError: if the user may not write the review
	:raises frappe.ValidationError: if something is missing, nobody can do it, or it is not its turn
	"""
	doc, step = _held(review), step.strip()
	if not step:
		frappe.throw(_("Please say what is to be done."))
	if channel not in CHANNELS:
		frappe.throw(_("Please choose how they are contacted."))
	day = day_sent("on_date", on_date)
	if day < getdate():
		frappe.throw(_("A plan is for the future. Please choose a later day."))
	if user and not _can_do(user, doc.customer):
		frappe.throw(_("{0} cannot look after this customer. Please choose somebody else.").format(user))
	_become(doc, engine.plan)
	followups.add([_step(doc, step[:LONGEST_STEP], day, channel, user)])
	if day == getdate():
		planning.ask_at_once(DOCTYPE, doc.name)


@frappe.whitelist(methods=["POST"])
@typed
def give_up(review: str, reason: str) -> None:
	"""Do nothing more for it; what is planned is taken back.

	:raises frappe.PermissionError: if the user may not write the review
	:raises frappe.ValidationError: without a reason, or if it is not its turn
	"""
	doc = _held(review)
	doc.result_note = _reason(reason)
	_end(doc, engine.give_up)


@frappe.whitelist(methods=["POST"])
@typed
def no_loss(review: str, customer: str, reason: str | None = None) -> None:
	"""The customer only moved to another record.

	:param customer: the one it buys as now
	:raises frappe.PermissionError: if the user may not write the review, or not read that customer
	:raises frappe.ValidationError: if it is the same one, or the customer has bought again
	"""
	doc = _held(review)
	other = named("Customer", customer)
	if other.name == doc.customer:
		frappe.throw(_("Please choose the other customer, under which they buy now."))
	doc.moved_to, doc.result_note = other.name, cstr(reason).strip() or None
	doc.had_bought_on = None
	_end(doc, engine.moved)


@frappe.whitelist(methods=["POST"])
@typed
def take_up_again(review: str) -> None:
	"""It was given up, or taken for no loss, too early.

	:raises frappe.PermissionError: if the user may not write the review
	:raises frappe.ValidationError: if it is not over
	"""
	doc = _held(review)
	doc.moved_to = doc.had_bought_on = doc.result_note = doc.closed_on = None
	_become(doc, engine.take_up_again)
	if doc.status == engine.OPEN:
		ask(doc)


def _held(review: str):
	"""The review, for who may write it, held until what is done with it is done."""
	return named(DOCTYPE, review, "write", for_update=True)


def _become(doc, action: Callable[[engine.Review], engine.Review]) -> None:
	try:
		after = action(engine.Review(doc.status, bool(doc.get_db_value("cause"))))
	except engine.Refused as refused:
		frappe.throw(why_not()[refused.why], title=_("Not Yet"))
	doc.status = after.status
	if doc.status in engine.WAITING:
		doc.closed_on = None
	doc.flags.by_action = True
	doc.save()


def _end(doc, action: Callable[[engine.Review], engine.Review]) -> None:
	doc.closed_on = getdate()
	_become(doc, action)
	end_question(doc.name, "Closed")
	ending.take_back(DOCTYPE, doc.name, NO_LONGER_PLANNED)


def _reason(text: str) -> str:
	if not text.strip():
		frappe.throw(_("Please say why."))
	return text.strip()


def _can_do(user: str, customer: str) -> bool:
	enabled = frappe.db.get_value("User", {"name": user, "user_type": "System User"}, "enabled")
	return bool(enabled) and may_read("Customer", customer, user)


def _step(doc, step: str, day, channel: str, user: str | None) -> dict:
	return {
		"customer": doc.customer,
		"customer_name": doc.customer_name,
		"occurrence": f"{doc.name} {frappe.generate_hash(length=8)}",
		"status": "Planned",
		"priority": "High",
		"channel": channel,
		"reason": said("Win back: lost since {0}.", formatdate(doc.lost_on)),
		"short": step,
		"planned_on": day,
		"due_date": day,
		"for_user": user,
		"reference_doctype": DOCTYPE,
		"reference_name": doc.name,
	}
