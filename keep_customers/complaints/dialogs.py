"""What the dialogs of a case's form show, one call each."""

import frappe

from keep_customers.access.lookups import named
from keep_customers.complaints import cases, compensations, feedback, repeats, standard_answers
from keep_customers.erp.api import typed


@frappe.whitelist()
@typed
def for_steps(case: str) -> dict:
	"""What helps with the steps of a case.

	:returns: repeats as :func:`repeats.alike`, answers as :func:`standard_answers.offered`, given as
		:func:`compensations.proposal`
	:raises frappe.PermissionError: if the user may not write the case
	"""
	doc = named(cases.DOCTYPE, case, "write")
	may_read_answers = frappe.has_permission("Standard Answer", "read")
	return {
		"repeats": repeats.alike(doc),
		"answers": standard_answers.offered(case) if may_read_answers else [],
		"given": compensations.proposal(doc),
	}


@frappe.whitelist()
@typed
def for_asking(case: str) -> dict:
	"""Who is asked whether it is solved, how, and in which words.

	:returns: as :func:`feedback.prepared`
	:raises frappe.PermissionError: if the user may not write the case
	:raises frappe.ValidationError: if there is nothing to ask about
	"""
	return feedback.prepared(named(cases.DOCTYPE, case, "write"))
