import frappe

from keep_customers.complaints import page, portal
from keep_customers.erp import guest_pages

no_cache = 1
sitemap = 0


def get_context(context):
	guest_pages.log_in_first(context)
	context.cases = portal.own_cases(frappe.session.user)
	context.may_complain = page.is_on()
