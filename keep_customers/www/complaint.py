import frappe
from frappe import _

from keep_customers.complaints import portal
from keep_customers.erp import guest_pages
from keep_customers.erp.api import text_sent

no_cache = 1
sitemap = 0


def get_context(context):
	if frappe.session.user == "Guest":
		frappe.throw(_("Please log in to see this page."), frappe.PermissionError)
	case = portal.own_case(frappe.session.user, text_sent("name"))
	if not case:
		guest_pages.not_here()
	context.show_sidebar = True
	context.no_breadcrumbs = True
	context.case = case
