import frappe

from keep_customers.complaints import page, portal
from keep_customers.erp import guest_pages

no_cache = 1
sitemap = 0


def get_context(context):
	if not guest_pages.logged_in(context, portal.why_log_in()):
		return
	context.cases = portal.own_cases(frappe.session.user)
	context.may_complain = page.is_on()
