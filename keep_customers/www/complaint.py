import frappe

from keep_customers.complaints import portal
from keep_customers.erp import guest_pages
from keep_customers.erp.api import text_sent

no_cache = 1
sitemap = 0


def get_context(context):
	if not guest_pages.logged_in(context, portal.why_log_in()):
		return
	context.case = portal.own_case(frappe.session.user, text_sent("name"))
	if not context.case:
		return guest_pages.not_here(context)
	guest_pages.prepare(context, context.case["company"])
