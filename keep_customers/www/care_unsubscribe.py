from keep_customers.erp import guest_pages

no_cache = 1
sitemap = 0


def get_context(context):
	"""Show the button whoever asks, whatever the token says: pressing it is what counts."""
	guest_pages.private(context)
