import frappe
from frappe import _
from frappe.utils import get_fullname

from keep_customers.erp import guest_pages
from keep_customers.erp.language import day_in_words, moment_with_clock
from keep_customers.events import feedback as event_feedback
from keep_customers.events import wishes
from keep_customers.messaging import feedback, purchase_feedback, visit_feedback

no_cache = 1
sitemap = 0


def get_context(context):
	token, language = guest_pages.private(context), frappe.local.lang
	if touch := visit_feedback.read_visit(token):
		context.about = "visit"
		context.rep, context.day = get_fullname(touch.rep), day_in_words(touch.date, language)
	elif invitation := event_feedback.read(token):
		event = frappe.get_doc("VIP Event", invitation.event)
		guest_pages.prepare(context, event.company)
		context.about = "event"
		context.event_theme, context.day = event.theme, day_in_words(event.starts_on, language)
		context.host = get_fullname(event.host) if event.host else None
		context.suggestions = wishes.open_suggestions()
		context.votes = frappe.request.form.getlist("votes")
	elif invoice := purchase_feedback.read(token):
		guest_pages.prepare(context, invoice.company)
		context.about, context.day = "purchase", day_in_words(invoice.posting_date, language)
		rep = purchase_feedback.rep_of(invoice)
		context.rep = get_fullname(rep) if rep else None
	elif begins_on := event_feedback.begins_on(token):
		context.state, context.headline = "early", _("Not Yet")
		context.advice = _("The event has not begun yet. You can tell us how it was from {0} on.").format(
			moment_with_clock(begins_on, language)
		)
		return
	else:
		return guest_pages.gone(context, feedback.advice())
	said = (
		purchase_feedback.was_answered(invoice)
		if context.about == "purchase"
		else feedback.was_said(touch or invitation)
	)
	context.state = feedback.state(said, context)
