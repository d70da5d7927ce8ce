import frappe

from keep_customers.complaints import page
from keep_customers.erp import guest_pages
from keep_customers.erp.api import text_sent

no_cache = 1
sitemap = 0


def get_context(context):
	if not page.is_on():
		return guest_pages.instead(context, *page.off(), 404)
	guest_pages.prepare(context)
	context.received = page.received(text_sent("received"))
	context.promise = page.promise()
	if context.received:
		return
	context.sheet = context.said.sheet or frappe.generate_hash(length=32)
	# A browser fills in no files of its own.
	context.files_sent = any(file.filename for file in frappe.request.files.getlist("attachments"))
	context.most_files = page.MOST_FILES
	context.most_bytes = page.largest_file()
	context.largest_file = page.in_megabytes(context.most_bytes)
