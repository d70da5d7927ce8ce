"""What customers see of their own cases, on these pages and by their links: their words, how far it is, what comes next.

There is no ``has_website_permission`` for Complaint Case on purpose: the host would let whoever has it print the whole
document, with what was noted among ourselves. These pages ask here, and show what is listed here.
"""

import frappe
from frappe import _
from frappe.utils import get_datetime, now_datetime

from keep_customers.complaints import cases, feedback
from keep_customers.engine import complaints as engine
from keep_customers.erp.language import day_in_words, moment_with_clock
from keep_customers.people.contacts import customers_of

MOST = 50  # on a page


def own_cases(user: str, page: int = 1) -> tuple[list[dict], bool]:
	"""A page of the user's cases, the newest first.

	:returns: (dicts as :func:`shown` has them, whether there are older ones)
	"""
	customers = customers_of(user)
	if not customers:
		return [], False
	names = frappe.get_all(
		cases.DOCTYPE,
		filters={"customer": ("in", sorted(customers))},
		pluck="name",
		order_by="opened_on desc, name desc",
		limit_start=MOST * (page - 1),
		limit=MOST + 1,
	)
	several = len(customers) > 1
	found = [_own(frappe.get_doc(cases.DOCTYPE, name), several) for name in names[:MOST]]
	return found, len(names) > MOST


def own_case(user: str, name: str):
	"""One of the user's cases, with its company as :func:`company_of`; None for those of others, as for those that do not exist."""
	customers = customers_of(user)
	filters = {"name": name or "", "customer": ("in", sorted(customers))}
	if not customers or not frappe.db.exists(cases.DOCTYPE, filters):
		return None
	case = frappe.get_doc(cases.DOCTYPE, name)
	return {**_own(case, len(customers) > 1), "company": company_of(case)}


def _own(case, several: bool) -> dict:
	"""As :func:`shown`, with ``of``: whose case it is, for who speaks for several customers."""
	of = (several and frappe.db.get_value("Customer", case.customer, "customer_name")) or None
	return {**shown(case), "of": of}


def company_of(case) -> str | None:
	"""Which company a case is about, by the document it names; None if it names none."""
	for field, doctype in cases.DOCUMENTS.items():
		name = case.get(field)
		if name and (company := frappe.db.get_value(doctype, name, "company")):
			return company
	return None


def why_log_in() -> str:
	return _("Your complaints are shown to you alone. If you have no account here, please ask us.")


def shown(case) -> dict:
	"""All that a customer sees of a case.

	:returns: name, subject, description (plain text), day, status (in words), next (what happens next and by when, or
		None), offered (the solution, or None), settled (the day, or None), answer (the link on which they say whether it
		is solved, or None)
	"""
	status = {
		engine.OPEN: _("We are working on it"),
		engine.WAITING: _("We are waiting for your answer"),
		engine.GIVEN: _("We have offered you a solution"),
		engine.REOPENED: _("We are looking at it again"),
		engine.CLOSED: _("It is settled"),
	}[case.status]
	may_answer = (
		(case.status != engine.CLOSED or case.closed_unanswered)
		and engine.OFFERED in cases.state(case).done
		and not feedback.answered(case.name, cases.current_round(case))
	)
	return {
		"name": case.name,
		"subject": case.subject,
		"description": case.description,
		"day": day_in_words(case.opened_on, frappe.local.lang),
		"status": status,
		"next": next_words(case),
		"offered": offered(case),
		"settled": day_in_words(case.closed_on, frappe.local.lang) if case.closed_on else None,
		"answer": feedback.link(case, frappe.local.lang) if may_answer else None,
	}


def offered(case) -> str | None:
	"""The solution, in words that are for the customer; the notes of the steps are not."""
	return case.get("solution") if engine.OFFERED in cases.state(case).done else None


def next_words(case) -> str | None:
	"""What happens next and by when, in the language of who reads it; None if nothing does."""
	if case.status == engine.WAITING:
		return _("We have asked you something. Please answer our message, or tell us in another way.")
	if case.status not in (engine.OPEN, engine.REOPENED):
		return None
	promise, by = _next_by(case)
	if not by or get_datetime(by) < now_datetime():
		return _("It takes longer than we wanted. We are sorry, and are working on it.")
	return promise.format(moment_with_clock(by, frappe.local.lang))


def _next_by(case) -> tuple:
	"""(what is promised with a place for the moment, the moment)"""
	if case.promised_on:
		return _("We have promised a solution by {0}."), case.promised_on
	if not case.answered_on:
		return _("We answer by {0}."), case.answer_due
	return _("We want to have a solution by {0}."), case.solve_due


def glad() -> str:
	"""What who has said yes reads; also when they come back to the link, which takes no second answer."""
	words = _("We are glad that it is solved.")
	return f"{words} {_('If something is not right after all, please answer our message.')}"


def sorry(case) -> str:
	"""What who has said no reads, and by when they hear of us."""
	words = _("We are sorry. Somebody will look at it again and get in touch with you.")
	return " ".join(filter(None, (words, next_words(case))))
