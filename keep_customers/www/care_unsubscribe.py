import frappe

no_cache = 1
sitemap = 0


def get_context(context):
	"""Show the button whoever asks, whatever the token says: pressing it is what counts."""
	context.token = frappe.form_dict.get("token", "")
	context.no_breadcrumbs = True
	# The link is its holder's secret: it goes to no other site.
	context.metatags = {"robots": "noindex", "referrer": "no-referrer"}
