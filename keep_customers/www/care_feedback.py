from frappe.utils import format_date, get_fullname

from keep_customers.erp import feedback, guest_pages

no_cache = 1
sitemap = 0


def get_context(context):
	touch = feedback.read_visit(guest_pages.private(context))
	if not touch:
		return guest_pages.gone(context, feedback.advice())
	context.state = "answered" if feedback.visit_answered(touch.name) else "open"
	context.rep, context.day = get_fullname(touch.rep), format_date(touch.date)
