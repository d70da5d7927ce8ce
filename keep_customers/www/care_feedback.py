import frappe
from frappe.utils import format_date, get_fullname

from keep_customers.erp import guest_pages
from keep_customers.events import feedback as event_feedback
from keep_customers.events import wishes
from keep_customers.messaging import feedback, visit_feedback

no_cache = 1
sitemap = 0


def get_context(context):
	token = guest_pages.private(context)
	if touch := visit_feedback.read_visit(token):
		context.about = "visit"
		context.rep, context.day = get_fullname(touch.rep), format_date(touch.date)
	elif invitation := event_feedback.read(token):
		event = frappe.get_doc("VIP Event", invitation.event)
		context.about = "event"
		context.event_theme, context.day = event.theme, format_date(event.starts_on)
		context.host = get_fullname(event.host) if event.host else None
		context.suggestions = wishes.open_suggestions()
	else:
		return guest_pages.gone(context, feedback.advice())
	context.state = feedback.state(feedback.was_said(touch or invitation), context)
