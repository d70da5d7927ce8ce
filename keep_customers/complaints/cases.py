"""Complaint cases: what a new one is completed with, and what may be done with it.

What may follow what, and how the clock runs, is decided in ``engine/complaints.py``.
"""

from contextlib import contextmanager
from dataclasses import replace

import frappe
from frappe import _
from frappe.utils import flt, now_datetime

from keep_customers.access.lookups import may_read
from keep_customers.care import ending
from keep_customers.care.assignment import Assignment
from keep_customers.engine import complaints as engine
from keep_customers.engine.compensations import GRANTED, HANDED_OVER, OWED
from keep_customers.erp.tables import name_no_more
from keep_customers.people.contacts import primary_contact, reached_at
from keep_customers.worth import currencies
from keep_customers.worth.values import tier_ranks

DOCTYPE = "Complaint Case"
DOCUMENTS = {
	"sales_invoice": "Sales Invoice", "delivery_note": "Delivery Note", "issue": "Issue",
	"warranty_claim": "Warranty Claim",
}  # fmt: skip
IMPORTANT_RANKS = 2  # Platinum and Gold, as shipped


# What a new case knows


def complete(case) -> None:
	"""Fill in what follows from what is known: the customer of the invoice, its tier, its contact, who is responsible.

	:raises frappe.PermissionError: if the user may not read the customer an invoice leads to, or the contact
	"""
	# An import brings no defaults.
	case.opened_on = case.opened_on or now_datetime()
	case.severity = case.severity or "Normal"
	for field, doctype in DOCUMENTS.items():
		if not case.customer and case.get(field):
			case.customer = frappe.db.get_value(doctype, case.get(field), "customer")
	set_customer(case)
	for field, doctype, item in (("serial_no", "Serial No", "item_code"), ("batch_no", "Batch", "item")):
		if case.get(field) and not case.item:
			case.item = frappe.db.get_value(doctype, case.get(field), item)
	if case.category:
		usual = frappe.db.get_value("Complaint Category", case.category, "default_severity")
		if usual and engine.SEVERITIES.index(usual) > engine.SEVERITIES.index(case.severity):
			case.severity = usual
	if case.customer and not case.contact:
		case.contact = primary_contact(case.customer)
	set_contact(case)
	settings = frappe.get_cached_doc("Keep Customers Settings")
	case.currency = currencies.reporting_currency(settings)
	if not case.responsible:
		case.responsible = responsible_for(case, settings)


def set_customer(case) -> None:
	"""Take name and tier of the case's customer."""
	if not case.customer:
		case.customer_name = case.tier = None
		return
	if not (case.flags.ignore_permissions or may_read("Customer", case.customer)):
		# Not by its name: an invoice may have led to it.
		frappe.throw(_("Please choose the customer."), frappe.PermissionError)
	case.customer_name = frappe.db.get_value("Customer", case.customer, "customer_name")
	case.tier = frappe.db.get_value("Customer Value", case.customer, "tier")


def set_contact(case, anew: bool = False) -> None:
	"""Take name and addresses of the case's contact, as far as the user may read it.

	:param anew: whether they replace those of another contact
	:raises frappe.ValidationError: if it is not the customer's
	"""
	if not case.contact:
		return
	known = reached_at(case.contact, case.customer) if case.customer else None
	if case.customer and not known:
		frappe.throw(
			_("{0} is no contact of this customer, or nobody has confirmed it yet.").format(case.contact)
		)
	if not (case.flags.ignore_permissions or frappe.has_permission("Contact", "read", doc=case.contact)):
		return
	if not known:
		fields = ["first_name", "last_name", "email_id", "mobile_no", "phone"]
		known = frappe.db.get_value("Contact", case.contact, fields, as_dict=True)
	for field, value in {
		"contact_name": " ".join(filter(None, (known.first_name, known.last_name))),
		"contact_email": known.email_id,
		"contact_mobile": known.mobile_no or known.phone,
	}.items():
		if anew or not case.get(field):
			case.set(field, value)


def responsible_for(case, settings) -> str | None:
	"""Who answers it: the customer's rep; None if the category's team does, of whom an Assignment Rule chooses one."""
	# A team of which nobody is left has no rule.
	if case.category and frappe.db.get_value("Complaint Category", case.category, "assignment_rule"):
		return None
	assignment = Assignment([case.customer] if case.customer else [], settings)
	return assignment.user_for(case.customer) if case.customer else assignment.head_office()


# What may be done with it


def state(case) -> engine.Case:
	"""The case as the engine sees it."""
	current = max((row.round or 1 for row in case.steps), default=1)
	done = {row.step for row in case.steps if (row.round or 1) == current}
	if case.word != engine.YES:
		done.discard(engine.CONFIRMED)  # taken back by a later No
	known = engine.Case(
		status=case.status,
		done=frozenset(done or {engine.RECEIVED}),
		word=case.word or "",
		second_chance=bool(case.second_chance),
		repeat=bool(case.repeat_of),
		learnt=bool(case.cause and case.quality_action),
		overridden=bool(case.override_reason),
		silent=bool(case.closed_unanswered),
	)
	return with_compensations(known, case)


def with_compensations(before: engine.Case, case) -> engine.Case:
	"""The case as the engine sees it, after something was decided about what is given."""
	return replace(
		before,
		owed=any(row.status in OWED for row in case.compensations),
		given=any(row.status == HANDED_OVER for row in case.compensations),
	)


def note_state(case, after: engine.Case) -> None:
	"""Take over what an action has made of it."""
	case.status, case.step, case.word = after.status, after.step, after.word
	case.second_chance = int(after.second_chance)


def current_round(case) -> int:
	"""1, or 2 after a first no."""
	return 2 if case.second_chance else 1


def add_step(case, step: str, note: str = "", left_out: bool = False) -> None:
	case.append(
		"steps",
		{
			"step": step,
			"done_on": now_datetime(),
			"done_by": frappe.session.user,
			"left_out": int(left_out),
			"note": note,
			"round": current_round(case),
		},
	)


def why_not() -> dict[str, str]:
	"""What the engine refuses -> what to tell the user; {0} are the steps it is about."""
	return {
		"closed": _("This case is closed. Please open a new one; it will be recognised as a repeat."),
		"done": _("{0} is done already."),
		"left out": _("Please say why {0} is left out."),
		"customer's word": _(
			"Only the customer's answer confirms a case. Please ask them, or record what they said."
		),
		"not waiting": _("The case is not waiting for the customer."),
		"waiting": _("The case is waiting for the customer already."),
		"no solution": _("Please offer a solution first."),
		"nothing given": _("Please say what they get for the trouble, or why they get nothing."),
		"no answer": _(
			"The customer has not said yes. Please ask them, or let a manager close the case with a reason."
		),
		"refused": _("The customer is not satisfied. Only a manager can close the case, with a reason."),
		"repeat": _(
			"This has happened before. Please give the cause and a measure (Quality Action) before the case is closed."
		),
		"compensation": _(
			"A compensation is still undecided or not handed over. Please settle it before the case is closed."
		),
		"not closed": _("The check-back call comes after the case is closed."),
		"answered": _("A solution was given. Please ask the customer whether it is solved."),
	}


def refuse(refused: engine.Refused) -> None:
	"""Tell the user why not, and what to do.

	:raises frappe.ValidationError: always
	"""
	steps = ", ".join(_(step, context="Complaint Case") for step in refused.steps)
	frappe.throw(why_not()[refused.why].format(steps), title=_("Not Yet"))


def may_override() -> bool:
	"""Whether the user of this session closes cases without the customer's yes."""
	roles = {"System Manager", "Keep Customers Manager", "Sales Manager"}
	return frappe.session.user == "Administrator" or bool(roles & set(frappe.get_roles()))


def cost_of_compensation(case) -> float:
	return sum(flt(row.cost) for row in case.compensations if row.status in GRANTED)


def deserves_more(case) -> str:
	"""Why a case deserves more than an answer, by the settings; empty if they suggest nothing."""
	settings = frappe.get_cached_doc("Keep Customers Settings")
	if not settings.suggest_compensation:
		return ""
	if case.severity == "Grave":
		return _("The complaint is grave.")
	if tier_ranks().get(case.tier, 99) <= IMPORTANT_RANKS:
		return _("The customer is {0}.").format(_(case.tier, context="Customer Tier"))
	return ""


def suggest_compensation(case) -> None:
	"""What it is, and whether it is given, is for people to say."""
	if not case.compensations and deserves_more(case):
		case.append("compensations", {"kind": "Gift", "status": "Suggested", "currency": case.currency})


# Written past its document life


@contextmanager
def alone(name: str):
	"""A case that nobody else writes until the block is over; then what was done in it is committed."""
	yield frappe.get_doc(DOCTYPE, name, for_update=True)
	frappe.db.commit()  # nosemgrep: frappe-manual-commit, gives the lock back


def store(case, fields: tuple[str, ...]) -> None:
	"""Past the document life: who has the case open keeps it, and nothing a person wrote has changed."""
	case.db_set({field: case.get(field) for field in fields}, update_modified=False)


# Whose life it shares


def on_case_trash(case) -> None:
	"""Take back what is asked because of it, and what mentions it."""
	ending.take_back(DOCTYPE, case.name, "Complaint deleted")
	frappe.db.delete("ToDo", {"reference_type": DOCTYPE, "reference_name": case.name})
	name_no_more(DOCTYPE, "repeat_of", case.name)


def on_customer_trash(customer: str) -> list[str]:
	"""Delete a customer's cases for good, with steps, attachments and ToDos; returns their names."""
	names = frappe.get_all(DOCTYPE, filters={"customer": customer}, pluck="name")
	for name in names:
		# Whoever may delete the customer decides about its cases.
		frappe.delete_doc(DOCTYPE, name, force=True, ignore_permissions=True, delete_permanently=True)
	return names
