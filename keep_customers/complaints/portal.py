"""What a customer who is logged in sees of their own cases: their words, how far it is, what was promised.

There is no ``has_website_permission`` for Complaint Case on purpose: the host would let whoever has it print the whole
document, with what was noted among ourselves. These pages ask here, and show what is listed here.
"""

import frappe
from frappe import _
from frappe.utils import format_date, format_datetime

from keep_customers.complaints import cases, feedback
from keep_customers.engine import complaints as engine
from keep_customers.people.contacts import customers_of

MOST = 200


def own_cases(user: str) -> list[dict]:
	"""The user's cases, the newest first, as :func:`shown` has them."""
	customers = customers_of(user)
	if not customers:
		return []
	names = frappe.get_all(
		cases.DOCTYPE,
		filters={"customer": ("in", sorted(customers))},
		pluck="name",
		order_by="opened_on desc, name desc",
		limit=MOST,
	)
	return [shown(frappe.get_doc(cases.DOCTYPE, name)) for name in names]


def own_case(user: str, name: str):
	"""One of the user's cases; None for those of others, as for those that do not exist."""
	customers = customers_of(user)
	filters = {"name": name or "", "customer": ("in", sorted(customers))}
	if not customers or not frappe.db.exists(cases.DOCTYPE, filters):
		return None
	return shown(frappe.get_doc(cases.DOCTYPE, name))


def shown(case) -> dict:
	"""All that a customer sees of a case.

	:returns: name, subject, description (plain text), day, status (in words), color, promised (or None), settled (the
		day, or None), answer (the link on which they say whether it is solved, or None)
	"""
	status, color = {
		engine.OPEN: (_("We are working on it"), "blue"),
		engine.WAITING: (_("We are waiting for your answer"), "orange"),
		engine.GIVEN: (_("We have offered you a solution"), "purple"),
		engine.REOPENED: (_("We are looking at it again"), "red"),
		engine.CLOSED: (_("It is settled"), "green"),
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
		"day": format_date(case.opened_on),
		"status": status,
		"color": color,
		"promised": format_datetime(case.promised_on)
		if case.promised_on and case.status != engine.CLOSED
		else None,
		"settled": format_date(case.closed_on) if case.closed_on else None,
		"answer": feedback.link(case) if may_answer else None,
	}
