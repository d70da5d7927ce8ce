import frappe

from keep_customers.erp import complaint_page

no_cache = 1
sitemap = 0


def get_context(context):
	if not complaint_page.is_on():
		# Else the host remembers the address as missing, for those too to whom it belongs later.
		frappe.local.no_cache = True
		raise frappe.PageDoesNotExistError
	context.no_breadcrumbs = True
	context.most_files = complaint_page.MOST_FILES
	context.largest_file = f"{complaint_page.largest_file() / 1024 / 1024:g}"
