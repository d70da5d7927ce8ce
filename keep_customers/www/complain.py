from keep_customers.erp import complaint_page, guest_pages

no_cache = 1
sitemap = 0


def get_context(context):
	if not complaint_page.is_on():
		guest_pages.not_here()
	context.no_breadcrumbs = True
	context.most_files = complaint_page.MOST_FILES
	context.largest_file = f"{complaint_page.largest_file() / 1024 / 1024:g}"
