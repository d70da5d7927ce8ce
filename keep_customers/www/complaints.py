import frappe
from frappe import _

from keep_customers.complaints import page, portal

no_cache = 1
sitemap = 0


def get_context(context):
	if frappe.session.user == "Guest":
		frappe.throw(_("Please log in to see this page."), frappe.PermissionError)
	context.show_sidebar = True
	context.no_breadcrumbs = True
	context.cases = portal.own_cases(frappe.session.user)
	context.may_complain = page.is_on()
