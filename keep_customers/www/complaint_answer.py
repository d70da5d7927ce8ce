import frappe
from frappe.utils import format_date

from keep_customers.erp import feedback

no_cache = 1
sitemap = 0


def get_context(context):
	"""Show what the customer said, nothing that was written among ourselves."""
	context.no_breadcrumbs = True
	# The link is its holder's secret: it goes to no other site.
	context.metatags = {"robots": "noindex", "referrer": "no-referrer"}
	context.token = frappe.form_dict.get("token", "")
	found = feedback.read_complaint(context.token)
	if not found:
		context.state, context.advice, context.http_status_code = "gone", feedback.advice(), 410
		return
	case, round = found
	context.state = "answered" if feedback.is_answered(case, round) else "open"
	context.subject, context.day = case.subject, format_date(case.opened_on)
