import frappe

from keep_customers.erp import guest_pages

no_cache = 1
sitemap = 0


def get_context(context):
	"""What ``guest_pages.say`` says; nobody else has anything to say here."""
	said = frappe.local.response.get("context") or {}
	if "instead" not in said:
		return guest_pages.not_here(context)
	guest_pages.prepare(context)
	context.update(said)
