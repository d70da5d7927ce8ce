from keep_customers.complaints import page
from keep_customers.erp import guest_pages

no_cache = 1
sitemap = 0


def get_context(context):
	if not page.is_on():
		guest_pages.not_here()
	context.no_breadcrumbs = True
	context.most_files = page.MOST_FILES
	context.largest_file = f"{page.largest_file() / 1024 / 1024:g}"
