import frappe
from frappe.utils import format_date, get_fullname

from keep_customers.erp import feedback

no_cache = 1
sitemap = 0


def get_context(context):
	context.no_breadcrumbs = True
	# The link is its holder's secret: it goes to no other site.
	context.metatags = {"robots": "noindex", "referrer": "no-referrer"}
	context.token = frappe.form_dict.get("token", "")
	touch = feedback.read_visit(context.token)
	if not touch:
		context.state, context.advice, context.http_status_code = "gone", feedback.advice(), 410
		return
	context.state = "answered" if feedback.visit_answered(touch.name) else "open"
	context.rep, context.day = get_fullname(touch.rep), format_date(touch.date)
