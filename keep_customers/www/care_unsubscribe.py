import frappe

from keep_customers.erp import guest_pages
from keep_customers.messaging import unsubscribe

no_cache = 1
sitemap = 0


def get_context(context):
	"""Show the button whoever asks, whatever the token says: pressing it is what counts.

	A mail program presses it by posting to the page itself (RFC 8058).
	"""
	token = guest_pages.private(context)
	one_click = frappe.request.method == "POST" and frappe.request.form.get("List-Unsubscribe") == "One-Click"
	context.done = one_click and unsubscribe.press(token)
