from urllib.parse import quote

import frappe

from keep_customers.erp import guest_pages
from keep_customers.events import door, pages

no_cache = 1
sitemap = 0


def get_context(context):
	token = guest_pages.private(context)
	found = pages.read(token)
	if not found:
		return guest_pages.gone(context, pages.advice())
	guest_pages.prepare(context, found[1].company)
	# The QR code leads here. The host's team sees the guest, anybody else the invitation that is in their hand.
	at_the_door = bool(frappe.form_dict.get("door"))
	if at_the_door and door.may_check_in(*found):
		context.colleague = True
		# A user who has never opened Desk has none yet.
		frappe.sessions.get_csrf_token()
		context.state, context.guest = "door", door.shown(*found)
		context.event = found[1].name
		return
	context.invitation = pages.shown(token, *found)
	context.state = context.invitation["state"]
	if at_the_door and frappe.session.user == "Guest":
		context.login = "/login?redirect-to=" + quote(pages.door_path(token), safe="")
