import frappe

from keep_customers.complaints import feedback, portal
from keep_customers.engine.complaints import YES
from keep_customers.erp import guest_pages
from keep_customers.erp.language import day_in_words
from keep_customers.messaging.feedback import advice, state

no_cache = 1
sitemap = 0


def get_context(context):
	"""Show what the customer said, nothing that was written among ourselves."""
	found = feedback.read_complaint(guest_pages.private(context))
	if not found:
		return guest_pages.gone(context, advice())
	case, round = found
	guest_pages.prepare(context, portal.company_of(case))
	solved = feedback.answered(case.name, round)
	context.state = state(bool(solved), context)
	if context.state == "answered":
		context.advice = portal.glad() if solved == YES else portal.sorry(case)
	context.number, context.subject, context.offered = case.name, case.subject, portal.offered(case)
	context.day = day_in_words(case.opened_on, frappe.local.lang)
