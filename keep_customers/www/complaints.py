import frappe
from frappe.utils import cint

from keep_customers.complaints import page, portal
from keep_customers.erp import guest_pages
from keep_customers.erp.api import text_sent

no_cache = 1
sitemap = 0
MOST_PAGES = 10000


def get_context(context):
	if not guest_pages.logged_in(context, portal.why_log_in()):
		return
	context.page_number = max(1, min(cint(text_sent("page")), MOST_PAGES))
	context.cases, context.older = portal.own_cases(frappe.session.user, context.page_number)
	context.may_complain = page.is_on()
