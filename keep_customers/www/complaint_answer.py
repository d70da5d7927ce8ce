from frappe.utils import format_date

from keep_customers.complaints import feedback
from keep_customers.erp import guest_pages
from keep_customers.messaging.feedback import advice, state

no_cache = 1
sitemap = 0


def get_context(context):
	"""Show what the customer said, nothing that was written among ourselves."""
	found = feedback.read_complaint(guest_pages.private(context))
	if not found:
		return guest_pages.gone(context, advice())
	case, round = found
	context.state = state(feedback.answered(case.name, round), context)
	context.subject, context.day = case.subject, format_date(case.opened_on)
