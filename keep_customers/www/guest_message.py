import frappe

from keep_customers.erp import guest_pages

no_cache = 1
sitemap = 0


def get_context(context):
	"""What ``guest_pages.say`` says; nobody else has anything to say here."""
	said = frappe.local.response.get("context") or {}
	if "headline" not in said:
		guest_pages.not_here()
	guest_pages.prepare(context)
	context.update(said)
